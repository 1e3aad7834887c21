//! The optional language model, played by a local stand-in: what it may propose, and what it can never do.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::office::Office;
use crate::paper::{BY, Desk, bill};

/// Answers every request in the same way, and keeps what it was sent.
struct StandIn {
    port: u16,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl StandIn {
    fn begin(status: &'static str, content: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                kept.lock().unwrap().push(body_of(&mut stream));
                let answer = json!({
                    "choices": [{"message": {"role": "assistant", "content": content.to_string()}}],
                    "usage": {"total_tokens": 321},
                });
                let answer = answer.to_string();
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n",
                    answer.len()
                );
                stream.write_all((head + &answer).as_bytes()).unwrap();
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> Vec<Value> {
        self.heard.lock().unwrap().clone()
    }

    /// An office that asks it.
    fn desk(&self, more: &str) -> Desk {
        let office = Office::new();
        let config = include_str!("../../config/demo/countinghouse.toml");
        let port = self.port;
        let model = format!(
            "\n[model]\nendpoint = \"http://127.0.0.1:{port}/v1/chat/completions\"\nname = \"stand-in\"\n{more}\n"
        );
        office.write("countinghouse.toml", format!("{config}{model}"));
        Desk::at(office)
    }
}

/// The body of a request, by its Content-Length.
fn body_of(stream: &mut impl Read) -> Value {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// A bill whose number the reader does not find.
fn unclear() -> Vec<u8> {
    bill(
        "VG-2026-0417",
        "884213",
        "02.11.2026",
        ["100,00", "19,00", "119,00"],
    )
}

fn codes(bill: &Value) -> Vec<String> {
    let findings = bill["findings"].as_array().unwrap().iter();
    let open = findings.filter(|finding| finding["cleared"] == false);
    open.map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_proposal_that_stands_on_the_page_fills_the_bill_and_holds_it_until_a_person_confirms() {
    let model = StandIn::begin(
        "200 OK",
        json!({"fields": {"invoice_number": "VG-2026-0417"}}),
    );
    let desk = model.desk("");
    let (document, bill) = desk.receives("first", &unclear());
    assert_eq!(bill["invoice_number"], "VG-2026-0417");
    assert_eq!(bill["state"], "held", "{bill}");
    assert!(
        codes(&bill).contains(&"completeness.proposed".to_owned()),
        "{bill}"
    );
    let fields = document["fields"].as_array().unwrap();
    let number = fields
        .iter()
        .find(|field| field["field"] == "invoice_number");
    let number = number.unwrap();
    assert_eq!(number["method"], "model");
    assert_eq!(number["confidence"].as_f64(), Some(0.85));
    let trail = document["audit"].as_array().unwrap();
    let proposed = trail
        .iter()
        .find(|event| event["action"] == "values proposed");
    assert_eq!(proposed.unwrap()["actor"], "stand-in", "{trail:?}");

    let heard = model.heard();
    assert_eq!(heard.len(), 1);
    let sent = heard[0]["messages"][1]["content"].as_str().unwrap();
    assert!(
        sent.contains("Vorgangszeichen:") && !sent.contains("DE53"),
        "{sent}"
    );

    let id = bill["id"].as_str().unwrap();
    let clear = codes(&bill);
    let exception = &bill["exceptions"].as_array().unwrap().iter();
    let open = exception
        .clone()
        .find(|item| item["state"] == "open")
        .unwrap();
    let mut confirm = vec![
        "exceptions",
        "resolve",
        open["id"].as_str().unwrap(),
        "--clear",
    ];
    confirm.extend(clear.iter().map(String::as_str));
    confirm.extend(BY);
    desk.0.run(&confirm).ok();
    desk.0.run(&["process", "first.eml"]).ok();
    let cleared = desk.show("bills", id);
    assert_eq!(codes(&cleared), [""; 0], "{cleared}");
    assert_eq!(cleared["state"], "awaiting_approval", "{cleared}");
}

#[test]
fn what_is_not_on_the_page_and_what_was_not_asked_changes_nothing() {
    let answer = json!({"fields": {"invoice_number": "RE-1", "iban": "DE53200994100040215583"}});
    let model = StandIn::begin("200 OK", answer);
    let desk = model.desk("");
    let (document, bill) = desk.receives("first", &unclear());
    assert_eq!(bill["invoice_number"], Value::Null);
    assert!(!codes(&bill).contains(&"completeness.proposed".to_owned()));
    assert!(
        document["audit"].to_string().contains("nothing proposed"),
        "{document}"
    );
}

#[test]
fn a_model_that_refuses_leaves_everything_as_it_was_without_it() {
    let model = StandIn::begin("503 Service Unavailable", json!({}));
    let desk = model.desk("");
    let (document, bill) = desk.receives("first", &unclear());
    assert_eq!(
        (&bill["state"], &bill["invoice_number"]),
        (&"held".into(), &Value::Null)
    );
    assert!(document["audit"].to_string().contains("503"), "{document}");
    let status = desk.0.run(&["status", "--json"]).ok().object();
    assert_eq!(
        (&status["jobs_ready"], &status["jobs_parked"]),
        (&0.into(), &0.into())
    );
}

#[test]
fn the_limit_of_the_day_ends_the_questions() {
    let model = StandIn::begin("200 OK", json!({"fields": {}}));
    let desk = model.desk("max_tokens_per_day = 300");
    desk.receives("first", &unclear());
    let second = bill(
        "VG-2026-0533",
        "884213",
        "09.11.2026",
        ["200,00", "38,00", "238,00"],
    );
    let (document, _) = desk.receives("second", &second);
    assert_eq!(model.heard().len(), 1);
    let trail = document["audit"].to_string();
    assert!(trail.contains("the tokens of the day are spent"), "{trail}");
}

#[test]
fn an_endpoint_that_others_could_read_along_is_refused() {
    let office = Office::new();
    let config = include_str!("../../config/demo/countinghouse.toml");
    for (endpoint, why) in [
        ("http://llm.example.com/v1", "only on this machine"),
        ("llm.example.com/v1", "must be a URL"),
        ("https://llm.example.com/v1", "needs the name of a model"),
    ] {
        let model = format!("\n[model]\nendpoint = \"{endpoint}\"\n");
        office.write("countinghouse.toml", format!("{config}{model}"));
        let ran = office.run(&["check"]);
        assert_eq!(ran.code, Some(2), "{}", ran.out);
        assert!(ran.err.contains(why), "{endpoint}: {}", ran.err);
    }
}
