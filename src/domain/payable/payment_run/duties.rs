//! Four eyes: whoever lets money go has neither chosen, approved nor changed what it pays, nor where it goes.

use std::collections::BTreeSet;

use crate::basics::address::MailAddress;
use crate::basics::text::squash;
use crate::domain::approval::policy::Approver;

/// Who had a hand in a run, as they were named.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Hands {
    /// Who chose the payments.
    pub prepared_by: String,
    /// Who approved one of the bills, with its number.
    pub approved: Vec<(MailAddress, String)>,
    /// Who keyed or corrected one of the bills or let a doubt about it pass, with its number.
    pub corrected: Vec<(String, String)>,
    /// Who changed the accounts of a supplier that is paid, with its number.
    pub accounts_changed: Vec<(String, String)>,
}

/// Why this person must not release it; empty when the person may.
pub fn objections(by: &str, hands: &Hands, people: &[Approver]) -> Vec<String> {
    if !by.chars().any(char::is_alphanumeric) {
        return vec!["somebody has to be named".into()];
    }
    let is_by = |other: &str| is_same_person(by, other, people);
    let mut why = Vec::new();
    if is_by(&hands.prepared_by) {
        why.push(format!("{} prepared the run", hands.prepared_by));
    }
    for (approver, bill) in &hands.approved {
        let known = people
            .iter()
            .find(|person| person.address.same_mailbox(approver));
        let unlisted = Approver {
            name: String::new(),
            address: approver.clone(),
            limit: None,
        };
        if known.unwrap_or(&unlisted).may_be(by) {
            why.push(format!("{approver} approved bill {bill}"));
        }
    }
    for (person, bill) in hands.corrected.iter().filter(|(person, _)| is_by(person)) {
        why.push(format!(
            "{person} corrected bill {bill} or let a doubt about it pass"
        ));
    }
    let changed = hands.accounts_changed.iter();
    for (person, supplier) in changed.filter(|(person, _)| is_by(person)) {
        why.push(format!(
            "{person} changed the accounts of supplier {supplier}"
        ));
    }
    why.dedup();
    why
}

/// Two names may mean one person: typed alike, one a part of the other (`lena`, `Lena Holt`, `lena.holt@…`), or both names of one
/// approver.
pub fn is_same_person(one: &str, other: &str, people: &[Approver]) -> bool {
    let words = |text: &str| {
        let local = text.split('@').next().unwrap_or_default();
        let words = local.split(|c: char| !c.is_alphanumeric()).map(squash);
        words
            .filter(|word| !word.is_empty())
            .collect::<BTreeSet<_>>()
    };
    let (of_one, of_other) = (words(one), words(other));
    let is_part = !of_one.is_empty()
        && !of_other.is_empty()
        && (of_one.is_subset(&of_other) || of_other.is_subset(&of_one));
    let may_be_both = |person: &Approver| person.may_be(one) && person.may_be(other);
    is_part || squash(one) == squash(other) || people.iter().any(may_be_both)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anna() -> Approver {
        Approver {
            name: "Anna Berg".into(),
            address: MailAddress::parse("anna.berg@fin.test").unwrap(),
            limit: None,
        }
    }

    fn hands() -> Hands {
        Hands {
            prepared_by: "lena".into(),
            approved: vec![(anna().address, "4711".into())],
            corrected: vec![("Dora".into(), "4711".into())],
            accounts_changed: vec![("max@fin.test".into(), "70001".into())],
        }
    }

    #[test]
    fn who_had_a_hand_in_it_does_not_release_it_by_any_name() {
        for by in [
            "lena",
            "Lena ",
            "anna.berg@fin.test",
            "Anna Berg",
            "aberg",
            "DORA",
            "max@fin.test",
            "",
            " - ",
        ] {
            assert_eq!(objections(by, &hands(), &[anna()]).len(), 1, "{by}");
        }
        assert!(objections("Tom Ode", &hands(), &[anna()]).is_empty());
    }

    #[test]
    fn a_name_is_the_same_person_as_the_address_made_of_it_and_not_as_another_of_the_same_first_name()
     {
        let prepared = |by: &str| Hands {
            prepared_by: by.into(),
            ..Hands::default()
        };
        for (one, other) in [
            ("lena@fin.test", "lena"),
            ("Lena Holt", "lena.holt@fin.test"),
            ("lena", "Lena Holt"),
        ] {
            assert_eq!(objections(one, &prepared(other), &[]).len(), 1, "{one}");
            assert_eq!(objections(other, &prepared(one), &[]).len(), 1, "{other}");
        }
        assert!(objections("Tom Lee", &prepared("Tom Ode"), &[]).is_empty());
    }

    #[test]
    fn an_approver_who_is_listed_no_more_still_had_a_hand_in_it() {
        assert_eq!(objections("anna.berg@fin.test", &hands(), &[]).len(), 1);
    }

    #[test]
    fn two_names_of_one_approver_are_one_person() {
        let prepared = Hands {
            prepared_by: "Anna".into(),
            ..Hands::default()
        };
        assert_eq!(objections("a.berg@fin.test", &prepared, &[anna()]).len(), 1);
    }
}
