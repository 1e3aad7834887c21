//! Many UIDs in one command.

/// At most 11 characters each, below the 8,192 a line may have (RFC 7162 section 4).
const MAX_UIDS: usize = 500;

/// As many as one command takes.
pub(super) fn chunks(uids: &[u32]) -> impl Iterator<Item = &[u32]> {
    uids.chunks(MAX_UIDS)
}

/// `1:3,7` for ascending UIDs.
pub(super) fn uid_set(uids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(uid) => *last = uid,
            _ => ranges.push((uid, uid)),
        }
    }
    let texts = ranges.into_iter().map(|(low, high)| {
        if low == high {
            low.to_string()
        } else {
            format!("{low}:{high}")
        }
    });
    texts.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_ranges() {
        assert_eq!(
            uid_set(&[1, 2, 3, 7, 9, 10, u32::MAX]),
            "1:3,7,9:10,4294967295"
        );
        assert_eq!(uid_set(&[]), "");
    }
}
