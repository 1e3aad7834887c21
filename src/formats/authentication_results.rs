//! The `Authentication-Results` field (RFC 8601): what a mail server says it checked.

/// One field, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthenticationResults {
    /// Who says so. `None` where the field does not name anyone: Exchange Online leaves it away.
    pub authserv_id: Option<String>,
    /// One per method; empty for `none`.
    pub results: Vec<MethodResult>,
}

/// One method's result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MethodResult {
    /// `dkim`, `spf`, `dmarc`, `auth`, …; lower case.
    pub method: String,
    /// `pass`, `fail`, `none`, …; lower case.
    pub result: String,
    /// `ptype.property` in lower case and its value as written: `("header.d", "example.com")`.
    pub properties: Vec<(String, String)>,
}

/// Longest field read: long ones list dozens of signatures; real ones stay under 4 KiB.
const MAX_BYTES: usize = 16 * 1024;

/// Reads the unfolded value; `None` when it does not follow the grammar. A doubtful field must not authenticate anyone, so
/// nothing is repaired.
pub fn read(value: &str) -> Option<AuthenticationResults> {
    if value.len() > MAX_BYTES {
        return None;
    }
    let tokens = tokens(value)?;
    let mut clauses = tokens.split(|token| *token == Token::Sign(';'));
    let first = clauses.next()?;
    let names_no_one = first.contains(&Token::Sign('='));
    let authserv_id = match first {
        _ if names_no_one => None,
        [Token::Word(id)] => Some(id.to_ascii_lowercase()),
        // An optional version number of the format follows the id.
        [Token::Word(id), Token::Word(version)] if version == "1" => Some(id.to_ascii_lowercase()),
        _ => return None,
    };
    let unnamed = if names_no_one { Some(first) } else { None };
    let mut results = Vec::new();
    for clause in unnamed.into_iter().chain(clauses) {
        match clause {
            [] => {}
            [Token::Word(none)] if none.eq_ignore_ascii_case("none") => {}
            _ => results.push(method_result(clause)?),
        }
    }
    Some(AuthenticationResults {
        authserv_id,
        results,
    })
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Word(String),
    Sign(char),
}

/// Words, quoted strings and the signs `;` and `=`; comments are left out.
fn tokens(value: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = value.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' => skip_comment(&mut rest)?,
            ';' | '=' => tokens.push(Token::Sign(c)),
            '"' => tokens.push(Token::Word(quoted(&mut rest)?)),
            c => {
                let mut word = String::from(c);
                while let Some(c) =
                    rest.next_if(|c| !c.is_whitespace() && !matches!(c, ';' | '=' | '(' | '"'))
                {
                    word.push(c);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn skip_comment(rest: &mut Chars<'_>) -> Option<()> {
    let mut depth = 1_u32;
    while depth > 0 {
        match rest.next()? {
            '\\' => {
                rest.next()?;
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    Some(())
}

fn quoted(rest: &mut Chars<'_>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => text.push(rest.next()?),
            c => text.push(c),
        }
    }
}

/// `method=result reason="…" ptype.property=value …`
fn method_result(clause: &[Token]) -> Option<MethodResult> {
    let mut pairs = pairs(clause)?.into_iter();
    let (method, result) = pairs.next()?;
    // A method may carry its version: `dkim/1`.
    let method = method
        .split('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let known = pairs.filter(|(name, _)| name.contains('.'));
    let properties = known
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    Some(MethodResult {
        method,
        result: result.to_ascii_lowercase(),
        properties,
    })
}

fn pairs(clause: &[Token]) -> Option<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut rest = clause;
    while !rest.is_empty() {
        match rest {
            [
                Token::Word(name),
                Token::Sign('='),
                Token::Word(value),
                after @ ..,
            ] => {
                let mut value = value.clone();
                rest = after;
                // Values such as base64 may hold an equals sign.
                while let [Token::Sign('='), after @ ..] = rest {
                    value.push('=');
                    rest = after;
                }
                pairs.push((name.clone(), value));
            }
            // Exchange writes `action=none header.from=…`, and some write a property without a value.
            [Token::Word(_), Token::Sign('='), after @ ..] => rest = after,
            _ => return None,
        }
    }
    Some(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property<'r>(result: &'r MethodResult, name: &str) -> Option<&'r str> {
        result
            .properties
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    #[test]
    fn the_standards_example_with_comments() {
        let read = read(
            "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A dot can go \
             here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462",
        );
        // Blanks and comments inside a name are allowed by the standard and written by nobody; refusing is the safe side.
        assert_eq!(read, None);
    }

    #[test]
    fn several_methods_with_their_properties() {
        let Some(read) = read(
            "MX.fin.test 1; spf=pass (sender ok; really) smtp.mailfrom=anna@example.com;\
             dkim=pass reason=\"good; key\" header.d=Example.com header.b=\"abc=\"; dmarc=pass (p=REJECT) header.from=example.com",
        ) else {
            unreachable!("it follows the grammar")
        };
        assert_eq!(read.authserv_id.as_deref(), Some("mx.fin.test"));
        let methods = read
            .results
            .iter()
            .map(|r| format!("{}={}", r.method, r.result))
            .collect::<Vec<_>>();
        assert_eq!(methods, ["spf=pass", "dkim=pass", "dmarc=pass"]);
        assert_eq!(
            read.results.get(1).and_then(|r| property(r, "header.d")),
            Some("Example.com")
        );
    }

    #[test]
    fn none_and_a_field_that_names_no_one() {
        assert_eq!(read("mx.fin.test; none").map(|r| r.results.len()), Some(0));
        let exchange = read(
            "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x.test; dmarc=pass action=none header.from=x.test;compauth=pass reason=100",
        );
        assert_eq!(
            exchange.map(|r| (r.authserv_id, r.results.len())),
            Some((None, 3))
        );
    }

    #[test]
    fn a_result_hidden_in_a_quoted_string_or_comment_is_no_result() {
        let read = read(
            "mx.fin.test; spf=fail smtp.mailfrom=\"x; dmarc=pass header.from=boss.test\" (; dmarc=pass)",
        );
        assert_eq!(read.map(|r| r.results.len()), Some(1));
    }

    #[test]
    fn what_breaks_the_grammar_says_nothing() {
        for bad in [
            "",
            "mx.fin.test; dmarc",
            "mx.fin.test; dkim=pass \"open",
            "mx.fin.test (open; dmarc=pass",
            "a b c; spf=pass",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }
}
