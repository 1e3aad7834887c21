//! Who has to agree before a bill is paid: every rule that matches adds its people, the everyday rule stands in when none does.

use crate::basics::address::MailAddress;
use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::squash;

/// The name under which a supplier's own approver is asked for.
pub const SUPPLIERS_OWN: &str = "supplier's own approver";

/// Words between the names of many people, which mean nobody.
const PARTICLES: &[&str] = &[
    "al", "da", "de", "del", "della", "den", "der", "des", "di", "do", "dos", "du", "el", "la",
    "le", "ten", "ter", "van", "von", "zu", "zum", "zur",
];

/// 1024 sets: nobody asks more people about one bill.
const PEOPLE_TRIED: usize = 10;

/// A person who may approve.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approver {
    /// As in a salutation.
    pub name: String,
    /// The one address whose answers count.
    pub address: MailAddress,
    /// The largest amount this person may approve; none for no limit.
    pub limit: Option<Money>,
}

impl Approver {
    /// Is it this person whom somebody means by `by`, an address or a name as typed? Case, blanks, marks and accents differ.
    pub fn is_called(&self, by: &str) -> bool {
        let is_address =
            MailAddress::parse(by.trim()).is_some_and(|by| by.same_mailbox(&self.address));
        let name = squash(by);
        is_address || !name.is_empty() && name == squash(&self.name)
    }

    /// May it be this person whom somebody means by `by`? Also by one of the names alone, by the initials, or as logins are made of
    /// them: `anna`, `AB`, `aberg`. Whoever may have changed a bill does not approve it; another Berg then asks somebody else.
    pub fn may_be(&self, by: &str) -> bool {
        // A "van" is as good as anybody.
        let words = |text: &str| {
            let words = text.split(|c: char| !c.is_alphanumeric());
            let is_name = |word: &&str| !PARTICLES.contains(word);
            let words = words.filter(is_name).map(squash);
            words.filter(|word| !word.is_empty()).collect::<Vec<_>>()
        };
        let (names, local) = (words(&self.name), words(self.address.local()));
        let typed = words(by.split('@').next().unwrap_or_default());
        let initial = |word: &String| word.chars().take(1).collect::<String>();
        let joined = |parts: &[String]| {
            let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
                return Vec::new();
            };
            let initials = parts.iter().map(initial).collect::<String>();
            let short = [initial(first) + last, first.clone() + &initial(last)];
            [&short[..], &[initials, parts.concat()]].concat()
        };
        let known = [&names[..], &local, &joined(&names), &joined(&local)].concat();
        let means = |word: &String| word.chars().count() > 1 && known.contains(word);
        self.is_called(by) || typed.iter().any(means) || means(&typed.concat())
    }
}

/// Who stands in for whom. The stand-in's own limit says nothing here: what counts is what the approver may decide.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delegation {
    /// Whose decisions they are.
    pub approver: MailAddress,
    /// Who may take them.
    pub delegate: MailAddress,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// The largest amount; none for all the approver may.
    pub ceiling: Option<Money>,
}

impl Delegation {
    pub(super) fn holds_on(&self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

/// One rule of the matrix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApprovalRule {
    /// Names it in mails, audit trail and bills.
    pub name: String,
    /// Matches amounts strictly above this; none matches every amount.
    pub above: Option<Money>,
    /// Matches the supplier with this number in our books; none matches every supplier.
    pub supplier: Option<String>,
    /// Who may answer for this rule.
    pub approvers: Vec<MailAddress>,
    /// How many of them, all different, have to agree; 0 approves by the rule itself.
    pub needed: u32,
    /// Applies only when no other rule matches.
    pub everyday: bool,
}

/// The matrix. Amounts are compared by magnitude: a credit note of 12,000.00 needs who a bill of 12,000.00 needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApprovalPolicy {
    /// Everybody who may approve at all.
    pub approvers: Vec<Approver>,
    /// Who stands in for whom, and when.
    pub delegations: Vec<Delegation>,
    /// The rules; their order does not matter.
    pub rules: Vec<ApprovalRule>,
    /// The currency of `above` and `limit`. There is no rate table: an amount in another one counts as above every limit.
    pub currency: Currency,
    /// Days until an unanswered request expires.
    pub expires_days: u16,
}

/// What the policy looks at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matter<'a> {
    /// What would be paid, gross.
    pub amount: Money,
    /// The supplier's number in our books.
    pub supplier_number: Option<&'a str>,
    /// The person the supplier's record names.
    pub suppliers_approver: Option<&'a MailAddress>,
    /// The colleague who sent the bill in.
    pub submitter: Option<&'a MailAddress>,
    /// Who keyed or corrected the bill, or let pass that it may be paid twice or to somebody else: addresses, or names as on
    /// the command line.
    pub corrected_by: &'a [String],
}

/// One rule's demand: `needed` different people out of `eligible`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// The rule's name.
    pub rule: String,
    /// Who may answer for it.
    pub eligible: Vec<MailAddress>,
    /// How many have to agree.
    pub needed: u32,
}

/// Everything that has to be agreed to. One person's vote counts for every slot that person is eligible for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Requirement {
    /// One per matching rule.
    pub slots: Vec<Slot>,
    /// What the approvers should know about how it was found: another currency than the policy's.
    pub notes: Vec<String>,
}

/// One person to ask.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Who.
    pub approver: MailAddress,
    /// The rules that ask for this person.
    pub rules: Vec<String>,
}

/// No set of people fits: a person has to change the policy or the bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsatisfiable {
    /// Which rule lacks whom and why.
    pub why: String,
}

/// Why somebody must not approve, though the policy names that person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoAuthority {
    /// The policy does not list this address.
    NotListed,
    /// The amount is above this person's limit, or in a currency the limit says nothing about.
    Limit,
    /// This person sent the bill in.
    Submitter,
    /// This person keyed or corrected it, or let pass what only a second person may.
    Corrected,
}

impl NoAuthority {
    /// For a sentence that begins with the person's name.
    pub fn as_words(self) -> &'static str {
        match self {
            Self::NotListed => "is not listed as an approver",
            Self::Limit => "may not approve this amount",
            Self::Submitter => "sent the bill in",
            Self::Corrected => "corrected the bill or let a doubt about it pass",
        }
    }
}

impl ApprovalPolicy {
    /// The approver with this address.
    pub fn approver(&self, address: &MailAddress) -> Option<&Approver> {
        self.approvers
            .iter()
            .find(|approver| approver.address.same_mailbox(address))
    }

    /// May this person approve this matter at all (C12, section of duties)?
    ///
    /// # Errors
    /// Says why not.
    pub fn authority(
        &self,
        address: &MailAddress,
        matter: &Matter<'_>,
    ) -> Result<&Approver, NoAuthority> {
        let approver = self.unbiased(address, matter)?;
        // A limit in another currency says nothing about this amount, so it does not reach.
        let reaches = approver
            .limit
            .is_none_or(|limit| matter.amount.exceeds(limit) == Some(false));
        reaches.then_some(approver).ok_or(NoAuthority::Limit)
    }

    /// The listed person with this address, who has no hand in the matter; the limit is not looked at.
    pub(super) fn unbiased(
        &self,
        address: &MailAddress,
        matter: &Matter<'_>,
    ) -> Result<&Approver, NoAuthority> {
        let approver = self.approver(address).ok_or(NoAuthority::NotListed)?;
        if matter
            .submitter
            .is_some_and(|submitter| submitter.same_mailbox(address))
        {
            return Err(NoAuthority::Submitter);
        }
        if matter
            .corrected_by
            .iter()
            .any(|by| self.may_mean(by, approver))
        {
            return Err(NoAuthority::Corrected);
        }
        Ok(approver)
    }

    /// Whether `by` may be this approver: a whole name or address of one of them is nobody else's.
    pub(super) fn may_mean(&self, by: &str, approver: &Approver) -> bool {
        let somebody_is = self.approvers.iter().any(|known| known.is_called(by));
        match somebody_is {
            true => approver.is_called(by),
            false => approver.may_be(by),
        }
    }

    /// Who has to agree to this matter.
    ///
    /// # Errors
    /// When a rule names fewer eligible people than it needs, or no rule matches at all: nobody is guessed.
    pub fn requirement(&self, matter: &Matter<'_>) -> Result<Requirement, Unsatisfiable> {
        let matching = |rule: &&ApprovalRule| !rule.everyday && rule.matches(matter);
        let mut demands = self
            .rules
            .iter()
            .filter(matching)
            .map(|rule| (rule.name.as_str(), rule.approvers.as_slice(), rule.needed))
            .collect::<Vec<_>>();
        if let Some(own) = matter.suppliers_approver {
            demands.push((SUPPLIERS_OWN, std::slice::from_ref(own), 1));
        }
        if demands.is_empty() {
            let everyday = self
                .rules
                .iter()
                .filter(|rule| rule.everyday && rule.matches(matter));
            demands.extend(
                everyday.map(|rule| (rule.name.as_str(), rule.approvers.as_slice(), rule.needed)),
            );
        }
        if demands.is_empty() {
            return Err(Unsatisfiable {
                why: "no approval rule matches this bill".into(),
            });
        }
        let slots = demands
            .into_iter()
            .map(|demand| self.slot(demand, matter))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Requirement {
            slots,
            notes: self.notes(matter),
        })
    }

    fn slot(
        &self,
        (rule, named, needed): (&str, &[MailAddress], u32),
        matter: &Matter<'_>,
    ) -> Result<Slot, Unsatisfiable> {
        let mut eligible: Vec<MailAddress> = Vec::new();
        let mut excluded = Vec::new();
        for address in named {
            match self.authority(address, matter) {
                Ok(approver) if !eligible.iter().any(|a| a.same_mailbox(address)) => {
                    eligible.push(approver.address.clone());
                }
                Ok(_) => {}
                Err(reason) => excluded.push(format!("{address} {}", reason.as_words())),
            }
        }
        let enough = u32::try_from(eligible.len()).is_ok_and(|count| count >= needed);
        if !enough {
            let left_out = if excluded.is_empty() {
                String::new()
            } else {
                format!(" ({})", excluded.join("; "))
            };
            return Err(Unsatisfiable {
                why: format!(
                    "the rule “{rule}” needs {needed} approvers for {} and {} may approve{left_out}",
                    matter.amount,
                    eligible.len()
                ),
            });
        }
        Ok(Slot {
            rule: rule.to_owned(),
            eligible,
            needed,
        })
    }

    fn notes(&self, matter: &Matter<'_>) -> Vec<String> {
        let currency = matter.amount.currency();
        let foreign = currency != self.currency;
        let note = || {
            format!(
                "the bill is in {currency} and the approval limits are in {}: it counts as above every limit",
                self.currency
            )
        };
        foreign.then(note).into_iter().collect()
    }
}

impl ApprovalRule {
    fn matches(&self, matter: &Matter<'_>) -> bool {
        // Another currency than the rule's cannot be compared: above every limit (`exceeds` gives none).
        let amount = self
            .above
            .is_none_or(|above| matter.amount.exceeds(above).unwrap_or(true));
        let supplier = self
            .supplier
            .as_deref()
            .is_none_or(|number| matter.supplier_number == Some(number));
        amount && supplier
    }
}

impl Requirement {
    /// Everybody to ask, each once, in the order of the rules.
    pub fn asked(&self) -> Vec<Asked> {
        let mut asked: Vec<Asked> = Vec::new();
        for slot in self.slots.iter().filter(|slot| slot.needed > 0) {
            for approver in &slot.eligible {
                match asked.iter_mut().find(|a| a.approver.same_mailbox(approver)) {
                    Some(known) => known.rules.push(slot.rule.clone()),
                    None => asked.push(Asked {
                        approver: approver.clone(),
                        rules: vec![slot.rule.clone()],
                    }),
                }
            }
        }
        asked
    }

    /// The fewest people who can fulfil it when each answers for every slot they are eligible for. Tries every set of
    /// people, so it is exact up to `PEOPLE_TRIED`, and above that it gives the largest single demand.
    pub fn fewest(&self) -> u32 {
        let people = self
            .asked()
            .into_iter()
            .map(|a| a.approver)
            .collect::<Vec<_>>();
        let largest = self.slots.iter().map(|slot| slot.needed).max().unwrap_or(0);
        if people.len() > PEOPLE_TRIED {
            return largest;
        }
        let sets = 0_u32..1 << people.len();
        let fulfilling = sets.filter(|set| {
            let chosen = people
                .iter()
                .enumerate()
                .filter(|(place, _)| set & (1 << place) != 0);
            self.is_met_by(&chosen.map(|(_, person)| person.clone()).collect::<Vec<_>>())
        });
        fulfilling.map(u32::count_ones).min().unwrap_or(largest)
    }

    /// True when these people, all different, agreed and that is enough for every slot.
    pub fn is_met_by(&self, agreed: &[MailAddress]) -> bool {
        self.slots.iter().all(|slot| {
            let counted = slot
                .eligible
                .iter()
                .filter(|person| agreed.iter().any(|a| a.same_mailbox(person)))
                .count();
            u32::try_from(counted).is_ok_and(|count| count >= slot.needed)
        })
    }

    /// The names of the rules that ask nobody, when none asks anybody: such a bill is approved by policy.
    pub fn approved_by_policy(&self) -> Option<String> {
        let nobody = !self.slots.is_empty() && self.slots.iter().all(|slot| slot.needed == 0);
        let names = self.slots.iter().map(|slot| slot.rule.as_str());
        nobody.then(|| names.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests;
