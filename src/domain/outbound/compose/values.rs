//! The facts under the names by which the templates call them. Every text from a stranger passes `shown::text` on its way.

use minijinja::{Value, context};

use super::shown::{self, Language};
use crate::basics::money::Money;
use crate::basics::text::ANSWER_ABOVE;
use crate::domain::approval::Verdict;
use crate::domain::outbound::facts::{
    AccountFacts, AccountNoticeFacts, AccountStanding, ApprovalReceiptFacts, ApprovalRequestFacts,
    AsksFor, BillFacts, ClarificationFacts, DelegationFacts, DelegationTells, EscalationFacts,
    FindingFacts, LineFacts, ReceiptFollows, ReplyRefusedFacts,
};
use crate::domain::outbound::feedback::FeedbackFacts;
use crate::domain::outbound::reminder_facts::{OurAccount, RemindedInvoice, ReminderFacts};
use crate::domain::outbound::work_list::{WorkItem, WorkListFacts};

pub(super) fn approval_request(facts: &ApprovalRequestFacts) -> Value {
    context! {
        lang => "en",
        answer_above => ANSWER_ABOVE,
        company => shown::text(&facts.company),
        approver_name => shown::text(&facts.approver_name),
        approver => facts.approver.to_string(),
        in_place_of => facts.in_place_of.as_deref().map(shown::text),
        bill => bill(&facts.bill),
        findings => facts.findings.iter().map(finding).collect::<Vec<_>>(),
        rules => shown::texts(&facts.rules),
        asked => shown::texts(&facts.asked),
        needed => facts.needed,
        submitter => facts.submitter.as_ref().map(ToString::to_string),
        words => words(&facts.approve_words, &facts.reject_words),
        expires => shown::moment(&facts.expires_at),
        tag => shown::text(&facts.tag),
        attachments => shown::texts(&facts.attachments),
        left_out => shown::texts(&facts.left_out),
        contact => facts.contact.to_string(),
        asked_again_because => facts.asked_again_because.as_deref().map(shown::text),
        reminds_of => facts.reminds_of.as_ref().map(shown::moment),
    }
}

pub(super) fn escalation(facts: &EscalationFacts) -> Value {
    context! {
        lang => "en",
        company => shown::text(&facts.company),
        approver_name => shown::text(&facts.approver_name),
        approver => facts.approver.to_string(),
        supplier_name => shown::text(&facts.supplier_name),
        number => shown::text(&facts.number),
        payable => shown::amount(facts.payable, Language::En),
        due_date => facts.due_date.map(|day| shown::day(day, Language::En)),
        asked_at => shown::moment(&facts.asked_at),
        expires => shown::moment(&facts.expires_at),
        bill_id => shown::text(&facts.bill_id),
    }
}

pub(super) fn approval_receipt(facts: &ApprovalReceiptFacts) -> Value {
    let (follows, waits_for) = match &facts.follows {
        ReceiptFollows::Approved => ("approved", Vec::new()),
        ReceiptFollows::WaitsFor(people) => ("waits", shown::texts(people)),
        ReceiptFollows::Rejected => ("rejected", Vec::new()),
    };
    context! {
        lang => "en",
        company => shown::text(&facts.company),
        approver_name => shown::text(&facts.approver_name),
        approved => facts.verdict == Verdict::Approve,
        reason => shown::text(&facts.reason),
        bill => bill(&facts.bill),
        follows,
        waits_for,
        contact => facts.contact.to_string(),
        tag => shown::text(&facts.tag),
    }
}

pub(super) fn reply_refused(facts: &ReplyRefusedFacts) -> Value {
    context! {
        lang => "en",
        company => shown::text(&facts.company),
        to => facts.to.to_string(),
        subject_answered => shown::text(&facts.subject_answered),
        code => shown::text(&facts.code),
        reason => shown::text(&facts.reason),
        next => shown::text(&facts.next),
        contact => facts.contact.to_string(),
    }
}

pub(super) fn clarification(facts: &ClarificationFacts) -> Value {
    let asks_for = match facts.asks_for {
        AsksFor::OneWord => "one_word",
        AsksFor::Reason => "reason",
        AsksFor::AnswerToQuestion => "nothing",
    };
    context! {
        lang => "en",
        answer_above => ANSWER_ABOVE,
        company => shown::text(&facts.company),
        approver_name => shown::text(&facts.approver_name),
        supplier_name => shown::text(&facts.supplier_name),
        number => shown::text(&facts.number),
        payable => shown::amount(facts.payable, Language::En),
        answer => shown::text(&facts.answer),
        asks_for,
        words => words(&facts.approve_words, &facts.reject_words),
        expires => shown::moment(&facts.expires_at),
        tag => shown::text(&facts.tag),
        contact => facts.contact.to_string(),
    }
}

pub(super) fn work_list(facts: &WorkListFacts) -> Value {
    let items = |items: &[WorkItem]| items.iter().map(work_item).collect::<Vec<_>>();
    context! {
        lang => "en",
        company => shown::text(&facts.company),
        new => items(&facts.new),
        before => items(&facts.before),
        total => facts.total,
        late => facts.late,
        more => facts.more(),
    }
}

fn work_item(item: &WorkItem) -> Value {
    let mut code = item.code.replace('_', " ");
    if let Some(first) = code.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    context! {
        id => item.id.as_str(),
        code,
        about => shown::text(&item.about),
        reason => shown::text(&item.reason),
        next_action => shown::text(&item.next_action),
        due => shown::moment(&item.due),
        is_late => item.is_late,
    }
}

pub(super) fn account_notice(facts: &AccountNoticeFacts) -> Value {
    context! {
        lang => "en",
        company => shown::text(&facts.company),
        supplier_name => shown::text(&facts.supplier_name),
        ending => shown::text(&facts.ending),
        pays_from => shown::day(facts.pays_from, Language::En),
        contact => facts.contact.to_string(),
    }
}

pub(super) fn delegation(facts: &DelegationFacts) -> Value {
    let (tells, why) = match &facts.tells {
        DelegationTells::IsAsked { why } => ("asked", why.as_str()),
        DelegationTells::HasAnswered(Verdict::Approve) => ("approved", ""),
        DelegationTells::HasAnswered(Verdict::Reject) => ("rejected", ""),
    };
    context! {
        lang => "en",
        company => shown::text(&facts.company),
        to_name => shown::text(&facts.to_name),
        other_name => shown::text(&facts.other_name),
        supplier_name => shown::text(&facts.supplier_name),
        number => shown::text(&facts.number),
        payable => shown::amount(facts.payable, Language::En),
        tells,
        why => shown::text(why),
        contact => facts.contact.to_string(),
    }
}

pub(super) fn feedback(facts: &FeedbackFacts) -> Value {
    context! {
        lang => "en",
        company => shown::text(&facts.company),
        to => facts.to.to_string(),
        subject_answered => shown::text(&facts.subject_answered),
        fate => facts.fate.as_str(),
        taken => shown::texts(&facts.taken),
        closed => shown::texts(&facts.closed),
        contact => facts.contact.to_string(),
    }
}

pub(super) fn reminder(facts: &ReminderFacts, language: Language) -> Value {
    let totals = facts
        .totals
        .iter()
        .map(|total| shown::amount(*total, language));
    let invoices = facts.invoices.iter().map(|each| invoice(each, language));
    context! {
        lang => language.code(),
        company => shown::text(&facts.company_name),
        customer_name => shown::text(&facts.customer_name),
        customer_number => shown::text(&facts.customer_number),
        tone => facts.tone.as_str(),
        invoices => invoices.collect::<Vec<_>>(),
        totals => totals.collect::<Vec<_>>(),
        as_of => shown::day(facts.as_of, language),
        account => facts.account.as_ref().map(our_account),
        contact => facts.contact_mail.to_string(),
        contact_name => facts.contact_name.as_deref().map(shown::text),
    }
}

/// `proposed` is the word we ask for; `also` are the others we understand. Without a list, the word of the verdict itself.
fn words(approve: &[String], reject: &[String]) -> Value {
    let proposed = |list: &[String], verdict: Verdict| {
        let word = list.first().map_or(verdict.as_str(), String::as_str);
        shown::text(word).to_uppercase()
    };
    let also = |list: &[String]| {
        list.iter()
            .skip(1)
            .map(|word| shown::text(word))
            .collect::<Vec<_>>()
    };
    context! {
        approve => proposed(approve, Verdict::Approve),
        approve_also => also(approve),
        reject => proposed(reject, Verdict::Reject),
        reject_also => also(reject),
    }
}

fn bill(bill: &BillFacts) -> Value {
    let english = |money: Option<Money>| money.map(|money| shown::amount(money, Language::En));
    context! {
        kind => bill.kind.as_str(),
        supplier_name => shown::text(&bill.supplier_name),
        supplier_number => bill.supplier_number.as_deref().map(shown::text),
        number => shown::text(&bill.number),
        issue_date => bill.issue_date.map(|date| shown::day(date, Language::En)),
        due_date => bill.due_date.map(|date| shown::day(date, Language::En)),
        net => english(bill.net),
        tax => english(bill.tax),
        gross => english(bill.gross),
        payable => shown::amount(bill.payable, Language::En),
        po_number => bill.po_number.as_deref().map(shown::text),
        account => bill.account.as_ref().map(account),
        lines => bill.lines.iter().map(line).collect::<Vec<_>>(),
        payment_waits => bill.payment_waits,
        is_collected => bill.is_collected,
        lines_unsure => bill.lines_unsure,
        lines_left_out => bill.lines_left_out,
        version => shown::text(&bill.version),
    }
}

fn account(account: &AccountFacts) -> Value {
    let standing = match account.standing {
        AccountStanding::Known => "known",
        AccountStanding::Changed => "changed",
        AccountStanding::FirstSeen => "first_seen",
        AccountStanding::Confirmed => "confirmed",
    };
    context! { last_four => shown::text(&account.last_four), standing }
}

fn line(line: &LineFacts) -> Value {
    context! {
        description => shown::text(&line.description),
        quantity_price => line.quantity_price.as_deref().map(shown::text),
        net => line.net.map(|net| shown::amount(net, Language::En)),
        coding => line.coding.as_deref().map(shown::text),
    }
}

fn finding(finding: &FindingFacts) -> Value {
    context! {
        code => shown::text(&finding.code),
        severity => finding.severity.as_str(),
        text => shown::text(&finding.text),
        cleared => finding.cleared,
    }
}

fn invoice(invoice: &RemindedInvoice, language: Language) -> Value {
    context! {
        number => shown::text(&invoice.number),
        issue_date => shown::day(invoice.issue_date, language),
        due_date => shown::day(invoice.due_date, language),
        days_overdue => invoice.days_overdue,
        open => shown::amount(invoice.open, language),
        reference => shown::text(&invoice.reference),
    }
}

fn our_account(account: &OurAccount) -> Value {
    context! {
        holder => shown::text(&account.holder),
        iban => shown::iban(&account.iban),
        bic => account.bic.as_ref().map(|bic| bic.as_str().to_owned()),
    }
}
