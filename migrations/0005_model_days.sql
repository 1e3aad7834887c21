-- What the language model was asked on a day, for its limits: one row a day.
CREATE TABLE model_days (
    day {{key}} NOT NULL,
    requests {{i64}} NOT NULL,
    tokens {{i64}} NOT NULL,
    version {{i64}} NOT NULL,
    sequence {{i64}} NOT NULL,
    CONSTRAINT model_days_day PRIMARY KEY (day)
){{strict}};
