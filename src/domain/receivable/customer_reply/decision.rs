//! What follows from a customer's answer: which invoices are promised or disputed, or why a person has to read it.

use super::amounts::are_all_of;
use super::intent::{Intent, Understood};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Date;
use crate::basics::ids::CustomerInvoiceId;
use crate::basics::money::Money;
use crate::domain::receivable::matching::is_named;
use crate::domain::receivable::{Customer, OpenInvoice};

/// What an answer is about, and whether it counts.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What is open of the customer.
    pub open: &'a [OpenInvoice],
    /// Those the answered reminder spoke of.
    pub reminded: &'a [CustomerInvoiceId],
    /// False when the cut between new and quoted text may be wrong.
    pub certain: bool,
    /// Why these may not be the customer's words; `None` where it is proven.
    pub unproven: Option<&'a str>,
}

/// What is taken down.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision<'a> {
    /// These are to be paid by this day.
    Promised(Date, Vec<&'a OpenInvoice>, String),
    /// These are not accepted.
    Disputed(Vec<&'a OpenInvoice>, String),
    /// Nothing: a person reads it. What it seems to say, and why that does not count, where it would.
    AskPerson(Vec<Intent>, Option<String>),
}

/// Decides; `text` is all that the customer wrote.
pub fn decide<'a>(understood: Understood, text: &str, asked: Asked<'a>) -> Decision<'a> {
    match understood {
        Understood::Unsure(intents) => {
            let why = asked.unproven.filter(|_| !intents.is_empty());
            Decision::AskPerson(intents, why.map(str::to_owned))
        }
        Understood::Promise {
            day,
            amounts,
            sentence,
        } => {
            let meant = meant(&sentence, text, asked).and_then(|meant| {
                let is_whole = is_of_whole(&amounts, &meant);
                is_whole
                    .then_some(meant)
                    .ok_or("the amount is not what is open")
            });
            match meant {
                Ok(invoices) => Decision::Promised(day, invoices, sentence),
                Err(why) => Decision::AskPerson(vec![Intent::Promise], Some(why.into())),
            }
        }
        Understood::Dispute { sentence } => match meant(&sentence, text, asked) {
            // Which of several is meant, a person asks.
            Ok(several) if several.len() > 1 && !are_named(&several, &sentence) => {
                let why = "it does not say which invoice".to_owned();
                Decision::AskPerson(vec![Intent::Dispute], Some(why))
            }
            Ok(invoices) => Decision::Disputed(invoices, sentence),
            Err(why) => Decision::AskPerson(vec![Intent::Dispute], Some(why.into())),
        },
    }
}

/// Why this is none of the customer's own addresses: not the one we wrote to, and in none of its domains.
pub fn not_own(
    from: &MailAddress,
    customer: &Customer,
    reminded_at: &MailAddress,
) -> Option<String> {
    let mut domains = customer.domains.iter();
    let is_own = from.same_mailbox(reminded_at) || domains.any(|domain| domain == from.domain());
    (!is_own).then(|| format!("{from} is no address of the customer"))
}

/// The invoices the sentence speaks of: those it names, else those the reminder spoke of. Where other sentences name others, nobody
/// knows which of them it means.
fn meant<'a>(
    sentence: &str,
    text: &str,
    asked: Asked<'a>,
) -> Result<Vec<&'a OpenInvoice>, &'a str> {
    if let Some(why) = asked.unproven {
        return Err(why);
    }
    if !asked.certain {
        return Err("part of it may be quoted");
    }
    let named_in = |text: &str| {
        let named = asked.open.iter();
        let named = named.filter(|open| is_named(text, &open.invoice));
        named.collect::<Vec<_>>()
    };
    let (named, elsewhere) = (named_in(sentence), named_in(text));
    if named != elsewhere {
        return Err("it names several invoices, and not all in one sentence");
    }
    if !named.is_empty() {
        return Ok(named);
    }
    let spoken_of = |open: &&OpenInvoice| asked.reminded.contains(&open.invoice.id);
    let spoken_of = asked.open.iter().filter(spoken_of).collect::<Vec<_>>();
    if spoken_of.is_empty() {
        return Err("nothing that the reminder spoke of is open");
    }
    Ok(spoken_of)
}

fn are_named(invoices: &[&OpenInvoice], sentence: &str) -> bool {
    let mut invoices = invoices.iter();
    invoices.all(|open| is_named(sentence, &open.invoice))
}

/// The amounts named are that of all these together. In several currencies there is no such amount.
fn is_of_whole(amounts: &[String], invoices: &[&OpenInvoice]) -> bool {
    match Money::sum(invoices.iter().map(|open| open.balance)) {
        Some(total) => are_all_of(amounts, total),
        None => amounts.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;
    use crate::domain::receivable::samples::invoice;

    const DAY: Date = date(2026, 11, 27);

    fn open() -> Vec<OpenInvoice> {
        vec![
            invoice("MR-1", "1", 128_400),
            invoice("MR-2", "1", 53_500),
            invoice("MR-3", "1", 100),
        ]
    }

    fn asked<'a>(open: &'a [OpenInvoice], reminded: &'a [CustomerInvoiceId]) -> Asked<'a> {
        Asked {
            open,
            reminded,
            certain: true,
            unproven: None,
        }
    }

    fn promise(sentence: &str, amounts: &[&str]) -> Understood {
        Understood::Promise {
            day: DAY,
            amounts: amounts.iter().map(|one| (*one).to_owned()).collect(),
            sentence: sentence.into(),
        }
    }

    fn numbers(decision: &Decision) -> Vec<String> {
        match decision {
            Decision::Promised(_, invoices, _) | Decision::Disputed(invoices, _) => {
                let numbers = invoices.iter().map(|open| open.invoice.number.clone());
                numbers.collect()
            }
            Decision::AskPerson(_, _) => Vec::new(),
        }
    }

    fn why(decision: Decision) -> String {
        match decision {
            Decision::AskPerson(_, why) => why.unwrap_or_default(),
            Decision::Promised(..) | Decision::Disputed(..) => panic!("{decision:?}"),
        }
    }

    #[test]
    fn a_promise_is_for_what_it_names_else_for_what_the_reminder_spoke_of() {
        let open = open();
        let reminded = [open[0].invoice.id, open[1].invoice.id];
        let asked = asked(&open, &reminded);
        let (all, one) = ("We pay on Friday.", "We pay MR-2 on Friday.");
        assert_eq!(
            numbers(&decide(promise(all, &[]), all, asked)),
            ["MR-1", "MR-2"]
        );
        assert_eq!(numbers(&decide(promise(one, &[]), one, asked)), ["MR-2"]);
        for (sentence, amounts, whole) in [
            (all, ["181900"], true),
            (all, ["53500"], false),
            (one, ["53500"], true),
            (one, ["181900"], false),
        ] {
            let decided = decide(promise(sentence, &amounts), sentence, asked);
            assert_eq!(
                !numbers(&decided).is_empty(),
                whole,
                "{sentence} {amounts:?}"
            );
        }
    }

    #[test]
    fn a_dispute_is_of_the_invoice_its_own_sentence_names() {
        let open = open();
        let reminded = [open[0].invoice.id, open[1].invoice.id];
        let dispute = |sentence: &str| Understood::Dispute {
            sentence: sentence.into(),
        };
        let named = "The goods of MR-2 were damaged.";
        let decided = decide(dispute(named), named, asked(&open, &reminded));
        assert_eq!(numbers(&decided), ["MR-2"]);
        let both = format!("{named} MR-1 is being looked at.");
        let decided = decide(dispute(named), &both, asked(&open, &reminded));
        assert!(why(decided).contains("several invoices"));
        let unnamed = "The goods were damaged.";
        let decided = decide(dispute(unnamed), unnamed, asked(&open, &reminded));
        assert_eq!(why(decided), "it does not say which invoice");
        let decided = decide(dispute(unnamed), unnamed, asked(&open, &reminded[1..]));
        assert_eq!(numbers(&decided), ["MR-2"]);
    }

    #[test]
    fn what_is_not_surely_the_customers_word_is_read_by_a_person() {
        let open = open();
        let reminded = [open[0].invoice.id];
        let sure = asked(&open, &reminded);
        let text = "We pay on Friday.";
        let decided = |asked| why(decide(promise(text, &[]), text, asked));
        let unproven = Asked {
            unproven: Some("nothing proves it"),
            ..sure
        };
        assert_eq!(decided(unproven), "nothing proves it");
        let uncertain = Asked {
            certain: false,
            ..sure
        };
        assert_eq!(decided(uncertain), "part of it may be quoted");
        let nothing = Asked {
            reminded: &[],
            ..sure
        };
        assert!(decided(nothing).contains("nothing that the reminder spoke of"));
    }
}
