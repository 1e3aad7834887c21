//! Pages of documentation written from the code, so that they cannot lie.

use std::fmt::Display;

use crate::basics::words::Refused;
use crate::domain::{approval, document, job, message, outbound, payable, receivable};

/// docs/STATES.md: every state machine as a table of what follows what.
pub fn states() -> String {
    let mut page = String::from(
        "# States\n\nOne table a machine: rows are states, columns are events, `·` is refused. Written from the code by \
         `countinghouse states-reference`; a test keeps it fresh, and that every state is reached, every one but the last \
         ones left, and the last ones refuse everything.\n",
    );
    page.push_str(&table(
        "Message",
        message::MessageState::ALL,
        message::MessageEvent::ALL,
        message::state::next,
    ));
    page.push_str(&table(
        "Document",
        document::DocumentState::ALL,
        document::DocumentEvent::ALL,
        document::state::next,
    ));
    page.push_str(&table(
        "Bill",
        payable::BillState::ALL,
        payable::BillEvent::ALL,
        payable::state::next,
    ));
    page.push_str(&table(
        "Approval request",
        approval::ApprovalState::ALL,
        approval::ApprovalEvent::ALL,
        approval::state::next,
    ));
    page.push_str(&table(
        "Payment",
        payable::PaymentState::ALL,
        payable::PaymentEvent::ALL,
        payable::payment_state::next,
    ));
    page.push_str(&table(
        "Supplier account",
        payable::AccountState::ALL,
        payable::AccountEvent::ALL,
        payable::supplier_account::next,
    ));
    page.push_str(&table(
        "Payment run",
        payable::PaymentRunState::ALL,
        payable::PaymentRunEvent::ALL,
        payable::payment_run::state::next,
    ));
    page.push_str(&table(
        "Remittance",
        receivable::RemittanceState::ALL,
        receivable::RemittanceEvent::ALL,
        receivable::remittance::next,
    ));
    page.push_str(&table(
        "Outbound message",
        outbound::OutboundState::ALL,
        outbound::OutboundEvent::ALL,
        outbound::state::next,
    ));
    page.push_str(&table(
        "Job",
        job::JobState::ALL,
        job::JobEvent::ALL,
        job::next,
    ));
    page.push_str("\nAn exception is open until somebody resolves it. A reminder has no machine: its levels are computed.\n");
    page
}

/// docs/CHECKS.md: everything a check of a bill can say.
pub fn checks() -> String {
    let mut page = String::from(
        "# Checks\n\nWhat the checks of a bill can say. The codes are stable: `exceptions resolve --clear CODE` lets one \
         pass for this version of the bill. A hold waits for a person before anybody is asked to approve; with \
         `blocks_payment` the bill may be approved and its payment waits; a note is shown to the approver. Written from \
         the code by `countinghouse checks-reference`; a test keeps it fresh.\n\n| code | severity | what it says |\n\
         |---|---|---|\n",
    );
    for check in payable::checks::CHECKS {
        page.push_str(&format!(
            "| `{}` | {} | {} |\n",
            check.code, check.severity, check.sentence
        ));
    }
    page
}

fn table<S: Copy + Display, E: Copy + Display>(
    name: &str,
    states: &[S],
    events: &[E],
    next: impl Fn(S, E) -> Result<S, Refused>,
) -> String {
    let mut page = format!("\n## {name}\n\n|");
    for event in events {
        page.push_str(&format!(" | {event}"));
    }
    page.push_str(&format!(" |\n|---{}|\n", "|---".repeat(events.len())));
    for state in states {
        page.push_str(&format!("| **{state}**"));
        for event in events {
            match next(*state, *event) {
                Ok(to) => page.push_str(&format!(" | {to}")),
                Err(_) => page.push_str(" | ·"),
            }
        }
        page.push_str(" |\n");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete<S: Copy + PartialEq + Display, E: Copy>(
        start: &[S],
        states: &[S],
        events: &[E],
        next: impl Fn(S, E) -> Result<S, Refused>,
    ) {
        let follows = |state| {
            events
                .iter()
                .filter_map(|event| next(state, *event).ok())
                .collect::<Vec<_>>()
        };
        let mut reached = start.to_vec();
        let mut at = 0;
        while let Some(state) = reached.get(at).copied() {
            for to in follows(state) {
                if !reached.contains(&to) {
                    reached.push(to);
                }
            }
            at += 1;
        }
        for state in states {
            assert!(reached.contains(state), "{state} is never reached");
        }
    }

    #[test]
    fn every_state_is_reached() {
        complete(
            &[message::MessageState::Fetched],
            message::MessageState::ALL,
            message::MessageEvent::ALL,
            message::state::next,
        );
        complete(
            &[document::DocumentState::Unread],
            document::DocumentState::ALL,
            document::DocumentEvent::ALL,
            document::state::next,
        );
        complete(
            &[payable::BillState::Draft],
            payable::BillState::ALL,
            payable::BillEvent::ALL,
            payable::state::next,
        );
        complete(
            &[approval::ApprovalState::Open],
            approval::ApprovalState::ALL,
            approval::ApprovalEvent::ALL,
            approval::state::next,
        );
        complete(
            &[payable::PaymentState::Planned],
            payable::PaymentState::ALL,
            payable::PaymentEvent::ALL,
            payable::payment_state::next,
        );
        complete(
            &[payable::AccountState::Proposed],
            payable::AccountState::ALL,
            payable::AccountEvent::ALL,
            payable::supplier_account::next,
        );
        complete(
            &[payable::PaymentRunState::Proposed],
            payable::PaymentRunState::ALL,
            payable::PaymentRunEvent::ALL,
            payable::payment_run::state::next,
        );
        complete(
            &[receivable::RemittanceState::Claimed],
            receivable::RemittanceState::ALL,
            receivable::RemittanceEvent::ALL,
            receivable::remittance::next,
        );
        complete(
            &[outbound::OutboundState::Queued],
            outbound::OutboundState::ALL,
            outbound::OutboundEvent::ALL,
            outbound::state::next,
        );
        complete(
            &[job::JobState::Ready],
            job::JobState::ALL,
            job::JobEvent::ALL,
            job::next,
        );
    }

    #[test]
    fn final_states_refuse_everything() {
        use payable::{BillEvent, BillState};
        assert!(
            BillEvent::ALL
                .iter()
                .all(|event| payable::state::next(BillState::Void, *event).is_err())
        );
        use outbound::{OutboundEvent, OutboundState};
        // Only a person sends again what came back.
        let came_back =
            |event: &&OutboundEvent| outbound::state::next(OutboundState::Bounced, **event).is_ok();
        let leaves = OutboundEvent::ALL.iter().filter(came_back);
        assert_eq!(leaves.collect::<Vec<_>>(), [&OutboundEvent::Requeue]);
    }
}
