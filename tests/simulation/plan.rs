//! What will happen in a town, decided before it happens, so that somebody can say afterwards whether it came so.

use countinghouse::basics::calendar::{Date, add_days};

use crate::dice::Dice;
use crate::office::bills::{Paper, bill};

/// What its approvers will do about a bill, or what is wrong with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Everybody who is asked approves.
    Approved,
    /// The first who is asked rejects it.
    Rejected,
    /// Nobody answers.
    Unanswered,
    /// Somebody else approves in the approver's name; the company's server says so.
    Forged,
    /// Its sums do not fit: a person has to look, and does not come.
    Wrong,
}

/// What a customer does about an invoice of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Habit {
    /// Announces it and pays.
    Announces,
    /// Pays with the number in the text.
    Pays,
    /// Says it is paid. It is not.
    OnlySaysSo,
    /// Pays half.
    PaysHalf,
    /// Pays more.
    PaysMore,
    /// Nothing.
    Waits,
}

pub struct PlannedBill {
    pub number: String,
    /// Cents.
    pub gross: i64,
    pub fate: Fate,
    issued: Date,
}

impl PlannedBill {
    /// Above the limit of everyday bills two have to approve.
    pub fn votes_needed(&self) -> usize {
        if self.gross > 1_000_000 { 2 } else { 1 }
    }

    pub fn paper(&self) -> Paper {
        let paper = bill(&self.number, self.gross).issued(self.issued);
        match self.fate {
            Fate::Wrong => paper.payable(self.gross - 100),
            Fate::Approved | Fate::Rejected | Fate::Unanswered | Fate::Forged => paper,
        }
    }
}

pub struct PlannedInvoice {
    pub number: String,
    /// Cents.
    pub gross: i64,
    pub habit: Habit,
    pub due: Date,
}

impl PlannedInvoice {
    /// What the bank books, in cents; nothing when nothing comes.
    pub fn paid(&self) -> Option<i64> {
        match self.habit {
            Habit::Announces | Habit::Pays => Some(self.gross),
            Habit::PaysHalf => Some(self.gross / 2),
            Habit::PaysMore => Some(self.gross + 1234),
            Habit::OnlySaysSo | Habit::Waits => None,
        }
    }

    pub fn is_announced(&self) -> bool {
        matches!(self.habit, Habit::Announces | Habit::OnlySaysSo)
    }
}

pub struct Plan {
    pub bills: Vec<PlannedBill>,
    pub invoices: Vec<PlannedInvoice>,
}

impl Plan {
    /// One everyday bill that its approver approves.
    pub fn one_bill(first_day: Date) -> Self {
        let bill = PlannedBill {
            number: "RE-7001".to_owned(),
            gross: 119_000,
            fate: Fate::Approved,
            issued: add_days(first_day, -1),
        };
        Self {
            bills: vec![bill],
            invoices: Vec::new(),
        }
    }

    pub fn of(dice: &mut Dice, first_day: Date) -> Self {
        let fates = [
            Fate::Approved,
            Fate::Approved,
            Fate::Approved,
            Fate::Rejected,
            Fate::Unanswered,
            Fate::Forged,
            Fate::Wrong,
        ];
        let habits = [
            Habit::Announces,
            Habit::Pays,
            Habit::OnlySaysSo,
            Habit::PaysHalf,
            Habit::PaysMore,
            Habit::Waits,
        ];
        let bills = (0..3 + dice.below(5)).map(|nth| PlannedBill {
            number: format!("RE-{}", 7001 + nth),
            gross: if dice.chance(30) {
                1_000_001 + dice.below(900_000) as i64
            } else {
                10_000 + dice.below(900_000) as i64
            },
            fate: *dice.one_of(&fates),
            issued: add_days(first_day, -1),
        });
        let bills = bills.collect();
        let invoices = (0..2 + dice.below(4)).map(|nth| PlannedInvoice {
            number: format!("MR-2026-{}", 3001 + nth),
            gross: 20_000 + dice.below(300_000) as i64,
            habit: *dice.one_of(&habits),
            due: add_days(first_day, dice.below(40) as i32 - 10),
        });
        Self {
            bills,
            invoices: invoices.collect(),
        }
    }
}
