//! The JSON of an OpenAI-compatible endpoint, `POST …/chat/completions`: a question written, an answer read by a schema of
//! ours. Whatever does not fit the schema is no answer.

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::json;

/// An answer larger than this is none: eight values and a kind are asked for.
const MAX_CONTENT_BYTES: usize = 16 * 1024;
/// Longest value or quotation in an answer.
const MAX_VALUE_CHARS: usize = 80;
/// More fields than are ever asked for.
const MAX_FIELDS: usize = 12;

/// What is asked of the model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatQuestion<'a> {
    /// The model's name at its provider.
    pub model: &'a str,
    /// What it has to do.
    pub instructions: &'a str,
    /// The text of the document.
    pub text: &'a str,
    /// The longest answer, in tokens.
    pub max_answer_tokens: u32,
}

/// What the model answered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChatAnswer {
    /// What the document is, with the words on it that say so.
    pub kind: Option<(String, String)>,
    /// Fields by name, each as the model says it is printed.
    pub fields: Vec<(String, String)>,
}

/// The body of a response: what it says, and what it cost, which is to be paid also when it says nothing of use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// Tokens of question and answer; nothing where the endpoint does not say.
    pub tokens: Option<u64>,
    /// The answer.
    pub answer: Result<ChatAnswer, NoAnswer>,
}

/// Why there is no answer. Where it is wrong, never what it says: that is text of a stranger's page.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The envelope is not what the endpoint promises.
    #[error("the endpoint's answer is no chat completion: {0}")]
    Envelope(String),
    /// The content does not fit our schema.
    #[error("the model's answer does not fit the schema: {0}")]
    Schema(String),
}

/// The body of the request. No temperature but zero: the same page gets the same answer, as far as the provider can.
pub fn request(question: &ChatQuestion<'_>) -> Vec<u8> {
    let body = json!({
        "model": question.model,
        "messages": [
            {"role": "system", "content": question.instructions},
            {"role": "user", "content": question.text},
        ],
        "response_format": {"type": "json_object"},
        "temperature": 0,
        "max_tokens": question.max_answer_tokens,
        "stream": false,
    });
    body.to_string().into_bytes()
}

#[derive(Deserialize)]
struct Envelope {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Usage,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

#[derive(Deserialize, Default)]
struct Usage {
    total_tokens: Option<u64>,
}

/// The schema the model was told to answer in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    fields: std::collections::BTreeMap<String, Option<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    is: String,
    because: String,
}

/// Reads the body of the response; whatever is not exactly what was asked for is no answer.
pub fn completion(body: &[u8]) -> Completion {
    match serde_json::from_slice::<Envelope>(body) {
        Ok(envelope) => Completion {
            tokens: envelope.usage.total_tokens,
            answer: answer(envelope),
        },
        Err(error) => Completion {
            tokens: None,
            answer: Err(NoAnswer::Envelope(place(&error))),
        },
    }
}

/// Where JSON is wrong. The words of the error itself quote what stands there.
fn place(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        Category::Io | Category::Eof => "it ends too early",
        Category::Syntax => "it is no JSON",
        Category::Data => "a member is missing, unknown or of another type",
    };
    format!("{what}, line {} column {}", error.line(), error.column())
}

fn answer(envelope: Envelope) -> Result<ChatAnswer, NoAnswer> {
    let choice = envelope.choices.into_iter().next();
    let content = choice.map(|choice| choice.message.content);
    let content = content.ok_or_else(|| NoAnswer::Envelope("no choice in it".into()))?;
    let schema = |why: String| NoAnswer::Schema(why);
    if content.len() > MAX_CONTENT_BYTES {
        return Err(schema(format!("it is {} bytes long", content.len())));
    }
    let content =
        serde_json::from_str::<Content>(&content).map_err(|error| schema(place(&error)))?;
    let fields = content.fields.into_iter();
    let fields = fields
        .filter_map(|(name, value)| Some((name, value?)))
        .collect::<Vec<_>>();
    let kind = content.kind.map(|kind| (kind.is, kind.because));
    let is_long = |text: &String| text.chars().count() > MAX_VALUE_CHARS;
    if fields.len() > MAX_FIELDS
        || fields
            .iter()
            .any(|(name, value)| is_long(name) || is_long(value))
        || kind
            .as_ref()
            .is_some_and(|(is, because)| is_long(is) || is_long(because))
    {
        return Err(schema("too many fields, or one is too long".into()));
    }
    Ok(ChatAnswer { kind, fields })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(content: &str) -> Vec<u8> {
        let body = json!({
            "id": "x", "object": "chat.completion", "created": 1,
            "choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 300, "completion_tokens": 40, "total_tokens": 340},
        });
        body.to_string().into_bytes()
    }

    #[test]
    fn an_answer_in_the_schema_is_read() {
        let content = r#"{"kind": {"is": "bill", "because": "Faktura"}, "fields": {"invoice_number": "F-7", "issue_date": null}}"#;
        let Completion { tokens, answer } = completion(&answered(content));
        let read = answer.unwrap();
        assert_eq!(read.kind, Some(("bill".into(), "Faktura".into())));
        assert_eq!(
            read.fields,
            [("invoice_number".to_owned(), "F-7".to_owned())]
        );
        assert_eq!(tokens, Some(340));
    }

    #[test]
    fn whatever_does_not_fit_is_no_answer() {
        for content in [
            "The number is F-7.",
            r#"{"fields": {"invoice_number": 7}}"#,
            r#"{"fields": {}, "approve": true}"#,
            r#"{"kind": {"is": "bill", "because": "x", "sure": 1}}"#,
            r#"["invoice_number"]"#,
        ] {
            let Completion { tokens, answer } = completion(&answered(content));
            assert!(matches!(answer, Err(NoAnswer::Schema(_))), "{content}");
            assert_eq!(tokens, Some(340), "what is of no use costs as much");
        }
        let long = format!(
            r#"{{"fields": {{"invoice_number": "{}"}}}}"#,
            "7".repeat(81)
        );
        assert!(matches!(
            completion(&answered(&long)).answer,
            Err(NoAnswer::Schema(_))
        ));
        for body in [&b"busy"[..], b"{}", br#"{"choices": []}"#] {
            let Completion { tokens, answer } = completion(body);
            assert!(matches!(answer, Err(NoAnswer::Envelope(_))));
            assert_eq!(tokens, None);
        }
    }

    #[test]
    fn why_it_is_no_answer_repeats_nothing_of_it() {
        for content in [
            r#"{"kind": "DE89370400440532013000"}"#,
            r#"{"DE89370400440532013000": 1}"#,
            "DE89370400440532013000",
        ] {
            let why = completion(&answered(content)).answer.unwrap_err();
            assert!(!why.to_string().contains("DE89"), "{why}");
        }
        let body = br#"{"choices": "DE89370400440532013000"}"#;
        let why = completion(body).answer.unwrap_err().to_string();
        assert!(!why.contains("DE89") && why.contains("line 1"), "{why}");
    }

    #[test]
    fn the_question_asks_for_json_and_little_of_it() {
        let body = request(&ChatQuestion {
            model: "m",
            instructions: "read",
            text: "Faktura \"F-7\"",
            max_answer_tokens: 300,
        });
        let body = serde_json::from_slice::<serde_json::Value>(&body).unwrap();
        assert_eq!(body["response_format"]["type"], "json_object");
        assert_eq!(body["max_tokens"], 300);
        assert_eq!(body["messages"][1]["content"], "Faktura \"F-7\"");
    }
}
