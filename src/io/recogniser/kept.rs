//! What was read of pictures that come again: the letterhead of a supplier is the same picture on every bill.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Recognised;
use crate::basics::ids::ContentHash;

/// More suppliers than send bills within the same hours.
const MOST_PICTURES: usize = 256;
/// A letterhead has some dozen words; what has many more is a page, and would take the memory of many letterheads.
const MOST_WORDS: usize = 200;

/// In memory alone: after a restart each picture is recognised once more.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<VecDeque<(ContentHash, Recognised)>>);

impl Kept {
    /// What was read of this picture, for nothing.
    pub(super) fn get(&self, picture: ContentHash) -> Option<Recognised> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|(known, _)| *known == picture)?;
        let (known, read) = kept.remove(place)?;
        kept.push_back((known, read.clone()));
        Some(Recognised {
            cost: Duration::ZERO,
            ..read
        })
    }

    /// Instead of the picture that was not asked for the longest time.
    pub(super) fn put(&self, picture: ContentHash, read: &Recognised) {
        if read.words.len() > MOST_WORDS {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != picture);
        kept.push_back((picture, read.clone()));
        while kept.len() > MOST_PICTURES {
            kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::page::{Rect, Word};

    fn picture(number: usize) -> ContentHash {
        ContentHash::of(&number.to_be_bytes())
    }

    #[test]
    fn the_picture_not_asked_for_the_longest_is_forgotten_and_a_whole_page_is_never_kept() {
        let kept = Kept::default();
        let read = Recognised {
            sure: vec![96],
            cost: Duration::from_secs(1),
            ..Recognised::default()
        };
        for number in 0..MOST_PICTURES {
            kept.put(picture(number), &read);
        }
        let again = kept.get(picture(0)).unwrap();
        assert_eq!((again.sure, again.cost), (vec![96], Duration::ZERO));
        kept.put(picture(MOST_PICTURES), &read);
        assert_eq!(kept.get(picture(1)), None);
        assert!(kept.get(picture(0)).is_some());
        let word = Word {
            text: "word".into(),
            place: Rect::default(),
        };
        let page = Recognised {
            words: vec![word; MOST_WORDS + 1],
            ..read
        };
        kept.put(picture(1), &page);
        assert_eq!(kept.get(picture(1)), None);
    }
}
