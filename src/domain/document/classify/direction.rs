//! The three questions: was it received from a supplier or issued to a customer, does it support money we owe or money owed
//! to us, is the next act an approval or a collection? All answers given must agree; else a person decides (DOMAIN 1.2).

use super::super::identity::OwnIdentity;
use super::super::words::Heading;
use super::super::{Classification, Confidence, DocumentKind, Side};

/// Which of the two parties of a paper is one of our companies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// We wrote it.
    Issuer,
    /// It is addressed to us.
    Addressee,
    /// Both parties are ours.
    Both,
    /// Neither is, as far as the paper shows.
    Neither,
}

impl Role {
    /// From the two facts.
    pub fn of(issuer_is_us: bool, addressee_is_us: bool) -> Self {
        match (issuer_is_us, addressee_is_us) {
            (true, true) => Self::Both,
            (true, false) => Self::Issuer,
            (false, true) => Self::Addressee,
            (false, false) => Self::Neither,
        }
    }
}

/// What the three questions are answered from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// Who of the parties is ours.
    pub role: Role,
    /// One of our accounts stands where one pays to.
    pub pays_into_ours: bool,
    /// Somebody else's account does.
    pub pays_into_others: bool,
    /// Nothing but an account of ours says that we are its issuer: the account cannot agree with itself.
    pub is_only_by_account: bool,
    /// Its number belongs to our own series.
    pub quotes_own_number: bool,
    /// The money will be collected, so that an account on it may be ours.
    pub is_collected: bool,
    /// Written by the one who pays.
    pub is_self_billed: bool,
}

/// Kind and side of a paper with this heading.
pub fn classify(heading: Heading, evidence: &Evidence, own: &OwnIdentity) -> Classification {
    let mut found = match heading {
        Heading::Invoice | Heading::CreditNote | Heading::SelfBilling | Heading::DebitNote => {
            invoice(heading, evidence, own)
        }
        Heading::Remittance => settled(
            DocumentKind::Remittance,
            // Nearly every payer prints the account he paid to: ours alone says that somebody else wrote it.
            if evidence.role == Role::Issuer && !evidence.is_only_by_account {
                Side::Payable
            } else {
                Side::Receivable
            },
        ),
        Heading::Order | Heading::OrderChange => {
            // An order to us is a customer's; one of ours supports a bill to come.
            settled(
                heading.kind(),
                if evidence.role == Role::Addressee {
                    Side::Receivable
                } else {
                    Side::Payable
                },
            )
        }
        Heading::OrderResponse | Heading::Quotation => settled(
            heading.kind(),
            if evidence.role == Role::Issuer {
                Side::Receivable
            } else {
                Side::Payable
            },
        ),
        Heading::Proforma | Heading::Reminder | Heading::Statement => {
            let side = if evidence.role == Role::Issuer {
                Side::Receivable
            } else {
                Side::Payable
            };
            let mut found = settled(heading.kind(), side);
            if heading != Heading::Statement {
                found.conflict = Some(format!("not_payable: a {heading} is no bill"));
            }
            found
        }
        Heading::Delivery => settled(heading.kind(), Side::Payable),
        Heading::Receipt => settled(
            heading.kind(),
            if evidence.role == Role::Issuer {
                Side::Receivable
            } else {
                Side::Payable
            },
        ),
        Heading::Bank => settled(heading.kind(), Side::None),
        Heading::DirectDebit | Heading::BankDetails | Heading::Dispute => {
            let mut found = settled(DocumentKind::Other, Side::None);
            found.conflict = Some(format!("not_payable: a {heading} needs a person"));
            found
        }
    };
    found.reasons.push(match evidence.role {
        Role::Issuer => "one of our companies issued it".into(),
        Role::Addressee => "it is addressed to one of our companies".into(),
        Role::Both => "both parties are companies of ours".into(),
        Role::Neither => "none of our companies is named on it".into(),
    });
    found
}

fn settled(kind: DocumentKind, side: Side) -> Classification {
    Classification {
        kind,
        side,
        confidence: Confidence::NONE,
        reasons: Vec::new(),
        conflict: None,
    }
}

fn invoice(heading: Heading, evidence: &Evidence, own: &OwnIdentity) -> Classification {
    // Question 1: received from a supplier, or issued to a customer? Self-billing turns the roles around: who writes it pays.
    let parties = match (
        evidence.role,
        evidence.is_self_billed || heading == Heading::SelfBilling,
    ) {
        (Role::Issuer, false) | (Role::Addressee, true) => Some(Side::Receivable),
        (Role::Addressee, false) | (Role::Issuer, true) => Some(Side::Payable),
        (Role::Both | Role::Neither, _) => None,
    };
    // Question 2: where does the money go? An account of ours in a bill to be collected is the one collected from.
    let money = match (evidence.pays_into_ours, evidence.pays_into_others) {
        (true, false) if !evidence.is_collected && !evidence.is_only_by_account => {
            Some(Side::Receivable)
        }
        (false, true) => Some(Side::Payable),
        _ => None,
    };
    // Question 3: what has to be done? A number of our own series is ours to collect.
    let act = evidence.quotes_own_number.then_some(Side::Receivable);
    let answers = [
        ("the parties", parties),
        ("the account", money),
        ("the number", act),
    ];
    let given = answers
        .iter()
        .filter_map(|(who, side)| side.map(|side| (*who, side)))
        .collect::<Vec<_>>();
    let side = parties.or(money.filter(|_| own.is_empty()));
    let all_agree = given
        .windows(2)
        .all(|pair| matches!(pair, [(_, a), (_, b)] if a == b));
    let lone = given.len() == 1 && parties == Some(Side::Receivable);
    let conflict = if all_agree {
        asked(heading, evidence.role, lone).map(str::to_owned)
    } else {
        let words = given
            .iter()
            .map(|(who, side)| format!("{who} say {side}"))
            .collect::<Vec<_>>();
        Some(format!("direction_conflict: {}", words.join(", ")))
    };
    let side = side.filter(|_| all_agree).unwrap_or(Side::Unclear);
    let kind = match (heading, side) {
        (Heading::CreditNote, _) => DocumentKind::CreditNote,
        (_, Side::Receivable) => DocumentKind::CustomerInvoice,
        (_, Side::Payable | Side::None | Side::Unclear) => DocumentKind::Bill,
    };
    Classification {
        kind,
        side,
        confidence: Confidence::NONE,
        reasons: Vec::new(),
        conflict,
    }
}

/// What a person is asked though no answers contradict each other. `lone`: only one thing, the place of our name or an
/// account of ours, says that it is ours.
fn asked(heading: Heading, role: Role, lone: bool) -> Option<&'static str> {
    match role {
        Role::Both => Some("direction_conflict: issuer and addressee are both companies of ours"),
        Role::Neither => {
            Some("not_addressed_to_us: neither issuer nor addressee is one of our companies")
        }
        Role::Issuer | Role::Addressee if heading == Heading::SelfBilling => Some(
            "document_unclear: a self-billed invoice; check the agreement with the other party",
        ),
        Role::Issuer | Role::Addressee if heading == Heading::DebitNote => {
            Some("document_unclear: a debit note; a supplier's charge or a customer's deduction")
        }
        Role::Issuer if lone => Some(
            "direction_conflict: it looks like an invoice of our own, but only one thing on it says so: a name, a VAT id or an account of ours",
        ),
        Role::Issuer | Role::Addressee => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(role: Role) -> Evidence {
        Evidence {
            role,
            pays_into_ours: false,
            pays_into_others: false,
            is_only_by_account: false,
            quotes_own_number: false,
            is_collected: false,
            is_self_billed: false,
        }
    }

    fn read(heading: Heading, evidence: &Evidence) -> (DocumentKind, Side, bool) {
        let own = OwnIdentity {
            names: vec!["Us".into()],
            ..OwnIdentity::default()
        };
        let found = classify(heading, evidence, &own);
        (found.kind, found.side, found.conflict.is_some())
    }

    #[test]
    fn a_suppliers_bill_is_payable_and_our_own_invoice_is_receivable() {
        let bill = Evidence {
            pays_into_others: true,
            ..plain(Role::Addressee)
        };
        assert_eq!(
            read(Heading::Invoice, &bill),
            (DocumentKind::Bill, Side::Payable, false)
        );
        let own = Evidence {
            pays_into_ours: true,
            quotes_own_number: true,
            ..plain(Role::Issuer)
        };
        assert_eq!(
            read(Heading::Invoice, &own),
            (DocumentKind::CustomerInvoice, Side::Receivable, false)
        );
    }

    #[test]
    fn our_name_alone_does_not_make_a_paper_our_own_invoice() {
        assert_eq!(
            read(Heading::Invoice, &plain(Role::Issuer)),
            (DocumentKind::CustomerInvoice, Side::Receivable, true)
        );
    }

    #[test]
    fn our_account_alone_does_not_make_a_paper_our_own_invoice() {
        let by_account = Evidence {
            pays_into_ours: true,
            is_only_by_account: true,
            ..plain(Role::Issuer)
        };
        let (_, _, asked) = read(Heading::Invoice, &by_account);
        assert!(asked);
    }

    #[test]
    fn answers_that_disagree_are_held() {
        let odd = Evidence {
            pays_into_ours: true,
            ..plain(Role::Addressee)
        };
        assert_eq!(
            read(Heading::Invoice, &odd),
            (DocumentKind::Bill, Side::Unclear, true)
        );
        let collected = Evidence {
            pays_into_ours: true,
            is_collected: true,
            ..plain(Role::Addressee)
        };
        assert_eq!(
            read(Heading::Invoice, &collected),
            (DocumentKind::Bill, Side::Payable, false)
        );
    }

    #[test]
    fn what_is_addressed_to_nobody_of_ours_is_held() {
        assert_eq!(
            read(Heading::Invoice, &plain(Role::Neither)),
            (DocumentKind::Bill, Side::Unclear, true)
        );
        assert_eq!(
            read(Heading::Invoice, &plain(Role::Both)),
            (DocumentKind::Bill, Side::Unclear, true)
        );
    }

    #[test]
    fn an_order_to_us_is_a_customers() {
        assert_eq!(
            read(Heading::Order, &plain(Role::Addressee)),
            (DocumentKind::PurchaseOrder, Side::Receivable, false)
        );
        assert_eq!(
            read(Heading::Order, &plain(Role::Issuer)),
            (DocumentKind::PurchaseOrder, Side::Payable, false)
        );
    }

    #[test]
    fn a_proforma_is_never_payable() {
        assert_eq!(
            read(Heading::Proforma, &plain(Role::Addressee)),
            (DocumentKind::Proforma, Side::Payable, true)
        );
    }
}
