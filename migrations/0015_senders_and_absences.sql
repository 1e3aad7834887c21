-- Which letters a sender got today: nobody is told too often what became of a mail.
CREATE INDEX outbound_by_recipient ON outbound (to_address, written_at);

-- Approvers who said by an absence notice until when they are away.
CREATE TABLE absences (
    message {{key}} NOT NULL REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,
    approver {{key}} NOT NULL,
    back_on TEXT NOT NULL,
    noted_at {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT absences_message PRIMARY KEY (message)
){{strict}};
CREATE INDEX absences_by_approver ON absences (approver, back_on);
