//! The JSON of an OpenAI-compatible endpoint, `POST …/chat/completions`: a question written, an answer read by a schema of
//! ours. Whatever does not fit the schema is no answer.

use serde::Deserialize;
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
    /// What it cost: tokens of question and answer; 0 where the endpoint does not say.
    pub tokens: u64,
}

/// Why there is no answer.
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
    #[serde(default)]
    total_tokens: u64,
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

/// Reads the body of the response.
///
/// # Errors
/// Whatever is not exactly what was asked for.
pub fn answer(body: &[u8]) -> Result<ChatAnswer, NoAnswer> {
    let envelope = serde_json::from_slice::<Envelope>(body)
        .map_err(|error| NoAnswer::Envelope(error.to_string()))?;
    let choice = envelope.choices.into_iter().next();
    let content = choice.map(|choice| choice.message.content);
    let content = content.ok_or_else(|| NoAnswer::Envelope("no choice in it".into()))?;
    let schema = |why: String| NoAnswer::Schema(why);
    if content.len() > MAX_CONTENT_BYTES {
        return Err(schema(format!("it is {} bytes long", content.len())));
    }
    let content =
        serde_json::from_str::<Content>(&content).map_err(|error| schema(error.to_string()))?;
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
    Ok(ChatAnswer {
        kind,
        fields,
        tokens: envelope.usage.total_tokens,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completion(content: &str) -> Vec<u8> {
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
        let read = answer(&completion(content)).unwrap();
        assert_eq!(read.kind, Some(("bill".into(), "Faktura".into())));
        assert_eq!(
            read.fields,
            [("invoice_number".to_owned(), "F-7".to_owned())]
        );
        assert_eq!(read.tokens, 340);
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
            assert!(
                matches!(answer(&completion(content)), Err(NoAnswer::Schema(_))),
                "{content}"
            );
        }
        let long = format!(
            r#"{{"fields": {{"invoice_number": "{}"}}}}"#,
            "7".repeat(81)
        );
        assert!(matches!(
            answer(&completion(&long)),
            Err(NoAnswer::Schema(_))
        ));
        for body in [&b"busy"[..], b"{}", br#"{"choices": []}"#] {
            assert!(matches!(answer(body), Err(NoAnswer::Envelope(_))));
        }
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
