//! The first line of an HTTP/1.1 request (RFC 9112 section 3): all that a page with two addresses needs to know.

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked<'a> {
    /// GET of a path, without its query.
    Get(&'a str),
    /// Another method: nothing can be changed here.
    OtherMethod,
    /// No HTTP/1 request.
    Nonsense,
}

/// Reads the head of a request.
pub fn asked(head: &[u8]) -> Asked<'_> {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).unwrap_or_default();
    let mut words = line.trim_end_matches('\r').split(' ');
    let (method, target, version) = (words.next(), words.next(), words.next());
    match (method, target, version, words.next()) {
        (Some("GET"), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) => {
            Asked::Get(target.split('?').next().unwrap_or_default())
        }
        (Some(_), Some(_), Some("HTTP/1.1" | "HTTP/1.0"), None) => Asked::OtherMethod,
        _ => Asked::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_and_nothing_else_is_taken_for_one() {
        assert_eq!(
            asked(b"GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\n"),
            Asked::Get("/metrics")
        );
        assert_eq!(asked(b"GET /health HTTP/1.0\n"), Asked::Get("/health"));
        assert_eq!(asked(b"POST /health HTTP/1.1\r\n"), Asked::OtherMethod);
        for nonsense in [
            &b""[..],
            b"GET /",
            b"GET / HTTP/2",
            b"GET  / HTTP/1.1",
            b"\xff\xfe \0 HTTP/1.1 x",
        ] {
            assert_eq!(asked(nonsense), Asked::Nonsense, "{nonsense:?}");
        }
    }
}
