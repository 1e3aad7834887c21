//! The same answer for people: a short block a file.

use std::fmt::Write;

use serde_json::Value;

use crate::domain::message::MessageState;

/// One file.
pub fn block(value: &Value) -> String {
    let mut out = String::new();
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let wrote = if text("state") == MessageState::Quarantined.as_str() {
        writeln!(out, "{}\n  message quarantined", text("file"))
    } else if text("type") == "message" && value.get("route").is_some() {
        writeln!(
            out,
            "{}\n  message to {}: {} ({})",
            text("file"),
            text("route"),
            text("subject"),
            text("from")
        )
    } else {
        writeln!(out, "{}", text("file"))
    };
    debug_assert!(wrote.is_ok(), "a String takes everything");
    let documents = value.get("documents").and_then(Value::as_array);
    match documents {
        Some(documents) => documents.iter().for_each(|document| {
            one(&mut out, document);
            odd(&mut out, document);
        }),
        None if value.get("kind").is_some() => one(&mut out, value),
        None => {}
    }
    for part in value
        .get("set_aside")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        line(
            &mut out,
            "set aside",
            &format!("{}: {}", plain(part.get("name")), plain(part.get("why"))),
        );
    }
    deliveries(&mut out, value);
    if !text("new_text").is_empty() {
        line(
            &mut out,
            "text",
            &text("new_text")
                .lines()
                .take(3)
                .collect::<Vec<_>>()
                .join(" / "),
        );
    }
    if let Some(decision) = value.get("decision") {
        let [verb, reason, why] = ["verb", "reason", "why"].map(|key| plain(decision.get(key)));
        let reason = if reason.is_empty() {
            reason
        } else {
            format!(": {reason}")
        };
        line(&mut out, "decision", &format!("{verb}{reason} ({why})"));
    }
    odd(&mut out, value);
    out.trim_end().to_owned()
}

/// What was odd in a file or a mail, unless it is a reason already.
fn odd(out: &mut String, value: &Value) {
    let is_said = |issue: &&Value| !items(value, "reasons").any(|reason| reason == *issue);
    for issue in items(value, "issues").filter(is_said) {
        line(out, "odd", &plain(Some(issue)));
    }
}

/// What a report says of each recipient.
fn deliveries(out: &mut String, message: &Value) {
    let told = message.get("deliveries").and_then(Value::as_array);
    for delivery in told.into_iter().flatten() {
        let said = ["recipient", "action", "status", "diagnostic"];
        let said = said.map(|key| plain(delivery.get(key)));
        let said = said.into_iter().filter(|part| !part.is_empty());
        line(out, "delivery", &said.collect::<Vec<_>>().join(", "));
    }
}

fn one(out: &mut String, document: &Value) {
    let side = plain(document.get("side"));
    line(
        out,
        "document",
        &format!(
            "{}: {} ({side})",
            plain(document.get("name")),
            plain(document.get("kind"))
        ),
    );
    for (name, field) in document
        .get("fields")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let share = field
            .get("confidence")
            .and_then(Value::as_f64)
            .unwrap_or_default();
        line(
            out,
            name,
            &format!("{} ({share})", plain(field.get("value"))),
        );
    }
    for payment in items(document, "payments") {
        line(out, "pays", &paid(payment));
    }
    for item in items(document, "lines") {
        line(out, "line", &bill_line(item));
    }
    for recalled in items(document, "memories") {
        let [field, place] = ["field", "place"].map(|key| plain(recalled.get(key)));
        line(
            out,
            "memory",
            &format!("{field}, {place}, as a person corrected it before"),
        );
    }
    for reason in items(document, "reasons") {
        line(out, "because", &plain(Some(reason)));
    }
}

fn items<'a>(document: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let list = document.get(key).and_then(Value::as_array);
    list.into_iter().flatten()
}

fn paid(payment: &Value) -> String {
    let invoice = plain(payment.get("invoice"));
    match payment.get("amount").filter(|amount| !amount.is_null()) {
        Some(amount) => format!(
            "{invoice} {} {}",
            plain(Some(amount)),
            plain(payment.get("currency"))
        ),
        None => format!("{invoice}, no amount said"),
    }
}

/// `2 x 12.50 = 25.00 Hinges (0.96)`; an amount with VAT is said to be one.
fn bill_line(item: &Value) -> String {
    let [quantity, price, net, gross] =
        ["quantity", "unit_price", "net", "gross"].map(|key| plain(item.get(key)));
    let factors = match (quantity.as_str(), price.as_str()) {
        ("", _) | (_, "") => String::new(),
        (quantity, price) => format!("{quantity} x {price} = "),
    };
    let amount = if gross.is_empty() {
        net
    } else {
        format!("{gross} with VAT")
    };
    let share = item
        .get("confidence")
        .and_then(Value::as_f64)
        .unwrap_or_default();
    format!(
        "{factors}{amount} {} ({share})",
        plain(item.get("description"))
    )
}

fn line(out: &mut String, name: &str, text: &str) {
    out.push_str(&format!("  {name:<18}{text}\n"));
}

fn plain(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}
