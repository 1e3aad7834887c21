//! UNCL1001, the code list of EN 16931 BT-3 (DOMAIN 2.2): what each code means for the books.

use super::super::words::Heading;

/// What a code means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Meaning {
    /// The paper it stands for.
    pub heading: Heading,
    /// In words.
    pub words: &'static str,
    /// Why a person has to look although the code is known.
    pub doubt: Option<&'static str>,
}

/// The meaning of a code. An unlisted one is never taken for a commercial invoice: a person looks.
pub fn meaning(code: &str) -> Meaning {
    let clear = |heading, words| Meaning {
        heading,
        words,
        doubt: None,
    };
    let doubtful = |heading, words, doubt| Meaning {
        heading,
        words,
        doubt: Some(doubt),
    };
    match code {
        "380" => clear(Heading::Invoice, "commercial invoice"),
        "388" => clear(Heading::Invoice, "tax invoice"),
        "384" => clear(Heading::Invoice, "corrected invoice"),
        "326" => clear(Heading::Invoice, "partial invoice"),
        "386" => clear(Heading::Invoice, "prepayment invoice"),
        "383" => clear(Heading::Invoice, "debit note"),
        "393" => clear(Heading::Invoice, "factored invoice"),
        "71" | "204" | "211" | "218" | "219" | "202" | "203" | "875" | "876" | "877" => {
            clear(Heading::Invoice, "request for payment of works")
        }
        "80" | "82" | "84" | "331" | "575" | "623" | "780" => {
            clear(Heading::Invoice, "invoice of a special trade")
        }
        "381" | "81" | "83" | "296" | "308" | "396" | "420" | "458" | "532" => {
            clear(Heading::CreditNote, "credit note")
        }
        "389" => clear(Heading::SelfBilling, "self-billed invoice"),
        "261" => clear(Heading::SelfBilling, "self-billed credit note"),
        "325" => clear(Heading::Proforma, "proforma invoice"),
        "385" | "390" | "394" | "395" | "387" => doubtful(
            Heading::Invoice,
            "invoice with special terms",
            "several vendors or special terms",
        ),
        "262" | "502" | "503" => doubtful(
            Heading::CreditNote,
            "rare credit note",
            "rare; check what it credits",
        ),
        _ => doubtful(
            Heading::Invoice,
            "rare or unknown type",
            "rare or unknown; check what it is",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_nobody_knows_are_held() {
        assert!(meaning("999").doubt.is_some());
        assert!(meaning("380").doubt.is_none());
        assert_eq!(meaning("381").heading, Heading::CreditNote);
        assert_eq!(meaning("325").heading, Heading::Proforma);
    }
}
