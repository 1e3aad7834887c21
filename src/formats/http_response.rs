//! An HTTP/1.1 response (RFC 9112), whole in memory: status and body. For a connection that is closed behind it.

/// Header lines looked at: no endpoint sends more.
const MAX_HEADERS: usize = 200;

/// A response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpResponse {
    /// `200`.
    pub status: u16,
    /// Without its chunks.
    pub body: Vec<u8>,
}

/// Why a response cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotHttp {
    /// It does not begin with a status line (section 4).
    #[error("no HTTP/1.1 status line")]
    Status,
    /// The header fields do not end, or are too many (section 5).
    #[error("the header fields do not end")]
    Headers,
    /// Chunks that do not fit together (section 7.1).
    #[error("the chunks of the body do not fit together")]
    Chunks,
    /// The connection ended before the body did (section 8).
    #[error("the connection ended in the middle of the body")]
    Cut,
}

/// Reads everything a server sent until it closed the connection.
///
/// # Errors
/// When it is no complete response.
pub fn read(bytes: &[u8]) -> Result<HttpResponse, NotHttp> {
    let head_end = memchr::memmem::find(bytes, b"\r\n\r\n").ok_or(NotHttp::Headers)?;
    let (head, rest) = bytes.split_at_checked(head_end).ok_or(NotHttp::Headers)?;
    let body = rest.get(4..).ok_or(NotHttp::Headers)?;
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(status).ok_or(NotHttp::Status)?;
    let fields = lines.take(MAX_HEADERS + 1).collect::<Vec<_>>();
    if fields.len() > MAX_HEADERS {
        return Err(NotHttp::Headers);
    }
    let field = |wanted: &str| {
        let mut named = fields.iter().filter_map(|line| line.split_once(':'));
        named
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
    };
    let is_chunked =
        field("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    let body = if is_chunked {
        chunks(body)?
    } else if let Some(length) = field("content-length") {
        let length = length.parse::<usize>().map_err(|_| NotHttp::Headers)?;
        body.get(..length).ok_or(NotHttp::Cut)?.to_vec()
    } else {
        body.to_vec()
    };
    Ok(HttpResponse { status, body })
}

/// `HTTP/1.1 200 OK`.
fn status(line: &str) -> Option<u16> {
    let mut words = line.split(' ');
    let version = words.next()?;
    let code = words.next()?;
    (version.starts_with("HTTP/1.") && code.len() == 3)
        .then(|| code.parse().ok())
        .flatten()
}

fn chunks(mut rest: &[u8]) -> Result<Vec<u8>, NotHttp> {
    let mut body = Vec::new();
    loop {
        let line_end = memchr::memmem::find(rest, b"\r\n").ok_or(NotHttp::Cut)?;
        let line = rest.get(..line_end).ok_or(NotHttp::Chunks)?;
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
        let digits = std::str::from_utf8(digits).map_err(|_| NotHttp::Chunks)?;
        let length = usize::from_str_radix(digits.trim(), 16).map_err(|_| NotHttp::Chunks)?;
        if length == 0 {
            return Ok(body);
        }
        let start = line_end.saturating_add(2);
        let end = start.checked_add(length).ok_or(NotHttp::Chunks)?;
        body.extend(rest.get(start..end).ok_or(NotHttp::Cut)?);
        let after = rest.get(end..).ok_or(NotHttp::Cut)?;
        rest = after.strip_prefix(b"\r\n").ok_or(NotHttp::Chunks)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(bytes: &[u8]) -> Result<String, NotHttp> {
        read(bytes).map(|response| String::from_utf8(response.body).unwrap())
    }

    #[test]
    fn a_body_by_length_by_chunks_or_up_to_the_end() {
        let by_length = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}trailing";
        assert_eq!(body(by_length), Ok("{}".into()));
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n";
        assert_eq!(body(chunked), Ok("{\"a\":1}".into()));
        assert_eq!(body(b"HTTP/1.0 404 Not Found\r\n\r\nno"), Ok("no".into()));
        assert_eq!(
            read(b"HTTP/1.0 404 Not Found\r\n\r\nno").map(|response| response.status),
            Ok(404)
        );
    }

    #[test]
    fn what_is_cut_or_no_http_is_refused() {
        for (bytes, why) in [
            (&b"220 mail ready\r\n\r\n"[..], NotHttp::Status),
            (b"HTTP/1.1 200 OK\r\n", NotHttp::Headers),
            (
                b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}",
                NotHttp::Cut,
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
                NotHttp::Cut,
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
                NotHttp::Chunks,
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
                NotHttp::Chunks,
            ),
        ] {
            assert_eq!(read(bytes), Err(why));
        }
    }
}
