//! TipoDocumento, the type of a FatturaPA: what each code means for the books.

use super::super::words::Heading;
use super::uncl1001::Meaning;

/// The meaning of a code. What a buyer writes for the tax office is no bill of a supplier; an unlisted code a person looks at.
pub fn meaning(code: &str) -> Meaning {
    let clear = |heading, words| Meaning {
        heading,
        words,
        doubt: None,
    };
    let doubtful = |words, doubt| Meaning {
        heading: Heading::Invoice,
        words,
        doubt: Some(doubt),
    };
    let by_buyer = |words| {
        doubtful(
            words,
            "the buyer writes it for the tax office; what is owed is on the supplier's own invoice",
        )
    };
    match code {
        "TD01" => clear(Heading::Invoice, "invoice"),
        "TD02" => clear(Heading::Invoice, "advance on an invoice"),
        "TD03" => clear(Heading::Invoice, "advance on a fee"),
        "TD04" => clear(Heading::CreditNote, "credit note"),
        "TD05" => clear(Heading::Invoice, "debit note"),
        "TD06" => clear(Heading::Invoice, "fee note"),
        "TD07" => clear(Heading::Invoice, "simplified invoice"),
        "TD08" => clear(Heading::CreditNote, "simplified credit note"),
        "TD09" => clear(Heading::Invoice, "simplified debit note"),
        "TD24" | "TD25" => clear(Heading::Invoice, "deferred invoice"),
        "TD26" => clear(Heading::Invoice, "sale of assets"),
        "TD16" => by_buyer("reverse charge within Italy"),
        "TD17" => by_buyer("services bought abroad"),
        "TD18" => by_buyer("goods bought in the Union"),
        "TD19" => by_buyer("goods bought under article 17"),
        "TD20" | "TD29" => by_buyer("report of an invoice that is missing or wrong"),
        "TD21" => by_buyer("self-invoice for exceeding the plafond"),
        "TD22" | "TD23" => by_buyer("withdrawal from a VAT warehouse"),
        "TD27" => by_buyer("own use or gift"),
        "TD28" => by_buyer("purchase from San Marino on paper"),
        _ => doubtful("rare or unknown type", "rare or unknown; check what it is"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_buyer_writes_is_held_and_what_the_supplier_writes_is_not() {
        for code in ["TD01", "TD02", "TD05", "TD06", "TD07", "TD24", "TD26"] {
            assert_eq!(
                (meaning(code).heading, meaning(code).doubt),
                (Heading::Invoice, None),
                "{code}"
            );
        }
        for code in ["TD04", "TD08"] {
            assert_eq!(
                (meaning(code).heading, meaning(code).doubt),
                (Heading::CreditNote, None),
                "{code}"
            );
        }
        for code in [
            "TD16", "TD17", "TD18", "TD19", "TD20", "TD21", "TD27", "TD28", "TD99",
        ] {
            assert!(meaning(code).doubt.is_some(), "{code}");
        }
    }
}
