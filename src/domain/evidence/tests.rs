use super::*;
use crate::basics::ids::{BillId, MessageId};
use crate::formats::evidence_pack::PackedFile;

/// A trail of five entries, of which the second and fifth are about the bill, the first about its mail, and the others about another bill.
fn trail() -> Vec<ChainedEvent> {
    let mut head = GENESIS;
    let entries = (1..=5).map(|sequence| {
        let name = if matches!(sequence, 3 | 4) {
            "other"
        } else {
            "own"
        };
        let by = Actor::Person("anna@fin.test".into());
        let about: Subject = match sequence {
            1 => mail().into(),
            _ => BillId::derive(&[name]).into(),
        };
        let event = AuditEvent::new(Timestamp::UNIX_EPOCH, by, "moved", about, "why");
        let event = event.state(None, "draft").fact(
            "content",
            ContentHash::of(&[u8::try_from(sequence).unwrap()]),
        );
        head = chain_hash(head, sequence, &event);
        ChainedEvent {
            sequence,
            event,
            hash: head,
        }
    });
    entries.collect()
}

fn mail() -> MessageId {
    MessageId::derive(&["mail"])
}

fn mail_name() -> String {
    format!("mails/{}.eml", mail().short())
}

struct Made {
    pack: Pack,
    trail: Vec<PackedEntry>,
    there: BTreeMap<String, ContentHash>,
}

fn made() -> Made {
    let whole = trail();
    let own = BillId::derive(&["own"]).to_string();
    let trail = whole
        .iter()
        .enumerate()
        .filter(|(_, entry)| [own.clone(), mail().to_string()].contains(&entry.event.subject.id));
    let trail = trail.map(|(at, entry)| {
        let previous = at
            .checked_sub(1)
            .map_or(GENESIS, |before| whole[before].hash);
        packed(entry, previous)
    });
    let file = |name: &str, hash: ContentHash| PackedFile {
        name: name.into(),
        what: "a mail".into(),
        sha256: hash.to_string(),
    };
    let mail = mail_name();
    let hashes = [
        (mail.as_str(), ContentHash::of(&[1])),
        ("bill.json", ContentHash::of(b"{}")),
    ];
    Made {
        pack: Pack {
            format: FORMAT,
            program: "test".into(),
            made_at: String::new(),
            bill: own.clone(),
            head_sequence: 5,
            head_hash: whole[4].hash.to_string(),
            whole_chain: false,
            files: hashes.map(|(name, hash)| file(name, hash)).into(),
        },
        trail: trail.collect(),
        there: hashes.map(|(name, hash)| (name.to_owned(), hash)).into(),
    }
}

fn wrong(edit: impl FnOnce(&mut Made)) -> Vec<String> {
    let mut made = made();
    edit(&mut made);
    check(&made.pack, &made.trail, &made.there).wrong
}

#[test]
fn a_pack_as_it_was_made_is_sound_and_says_what_it_does_not_prove() {
    let Made { pack, trail, there } = made();
    let told = check(&pack, &trail, &there);
    assert_eq!(told.wrong, Vec::<String>::new());
    assert_eq!((told.entries, told.gaps, told.files), (3, 1, 1));
    assert_eq!(told.unproved, ["bill.json"]);
}

#[test]
fn every_field_of_an_entry_is_held_by_its_hash() {
    let edits: [fn(&mut PackedEntry); 11] = [
        |entry| entry.at_ms += 1,
        |entry| entry.actor_kind = "program".into(),
        |entry| entry.actor.push('x'),
        |entry| entry.action.push('x'),
        |entry| entry.about = "payment".into(),
        |entry| entry.about_id.push('x'),
        |entry| entry.from_state = Some("held".into()),
        |entry| entry.to_state = None,
        |entry| entry.reason.clear(),
        |entry| entry.facts[0].1.push('x'),
        |entry| entry.previous = GENESIS.to_string(),
    ];
    for (at, edit) in edits.into_iter().enumerate() {
        let told = wrong(|made| edit(&mut made.trail[1]));
        assert!(!told.is_empty(), "edit {at}");
    }
}

#[test]
fn an_entry_made_up_to_follow_must_be_followed_itself() {
    // With its own hash made right the next one does not follow it.
    let told = wrong(|made| {
        made.trail[0].reason = "another".into();
        let event = event_of(&made.trail[0]).unwrap();
        made.trail[0].hash = chain_hash(GENESIS, 1, &event).to_string();
    });
    assert_eq!(
        told,
        ["entry 2 is not what was written, or not in its place"]
    );
    let told = wrong(|made| made.trail.swap(0, 1));
    assert!(!told.is_empty());
    let told = wrong(|made| made.trail.clear());
    assert!(
        told[0].starts_with("no entry is about the bill"),
        "{told:?}"
    );
}

#[test]
fn files_that_are_changed_missing_or_too_many_are_named() {
    let told = wrong(|made| {
        made.there.insert(mail_name(), ContentHash::of(b"x"));
    });
    assert_eq!(told, [format!("{} was changed", mail_name())]);
    let told = wrong(|made| {
        made.there.remove("bill.json");
        made.there.insert("more".into(), ContentHash::ZERO);
    });
    assert_eq!(told, ["bill.json is missing", "more is not on the list"]);
    // A file changed with its line on the list is no proof any more.
    let mut made = made();
    let hash = ContentHash::of(b"x");
    made.there.insert(mail_name(), hash);
    made.pack.files[0].sha256 = hash.to_string();
    let told = check(&made.pack, &made.trail, &made.there);
    assert_eq!(told.wrong, [format!("no entry names {}", mail_name())]);
}

#[test]
fn a_hash_that_stands_in_an_entry_about_something_else_proves_no_mail() {
    // The bytes the second entry names are those of another thing: it is about the bill.
    for hash in [ContentHash::of(&[2]), ContentHash::of(&[5])] {
        let told = wrong(|made| {
            made.there.insert(mail_name(), hash);
            made.pack.files[0].sha256 = hash.to_string();
        });
        assert_eq!(told, [format!("no entry names {}", mail_name())]);
    }
    // Nor those of this mail under the name of another one.
    let told = wrong(|made| {
        made.there
            .insert("mails/00000000.eml".into(), ContentHash::of(&[1]));
        made.there.remove(&mail_name());
        made.pack.files[0].name = "mails/00000000.eml".into();
    });
    assert_eq!(told, ["no entry names mails/00000000.eml"]);
}

#[test]
fn a_head_before_the_last_entry_is_wrong() {
    let told = wrong(|made| {
        made.pack.head_sequence = 2;
        made.pack.head_hash = trail()[1].hash.to_string();
    });
    assert_eq!(
        told,
        ["entry 5 is behind entry 2, which is said to be the last of all"]
    );
}

#[test]
fn a_chain_that_says_it_is_whole_has_no_gap_and_ends_in_its_head() {
    let told = wrong(|made| made.pack.whole_chain = true);
    assert!(told[0].starts_with("the chain is not whole"), "{told:?}");
    let whole = trail();
    let told = wrong(|made| {
        made.pack.whole_chain = true;
        let previous = std::iter::once(GENESIS).chain(whole.iter().map(|entry| entry.hash));
        made.trail = whole
            .iter()
            .zip(previous)
            .map(|(entry, before)| packed(entry, before))
            .collect();
    });
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn a_mail_that_no_entry_names_is_wrong() {
    let told = wrong(|made| {
        made.pack.files[0].name = "mails/1.eml".into();
        made.pack.files[0].sha256 = ContentHash::of(b"x").to_string();
        made.there.remove(&mail_name());
        made.there
            .insert("mails/1.eml".into(), ContentHash::of(b"x"));
    });
    assert_eq!(told, ["no entry names mails/1.eml"]);
}

#[test]
fn another_format_is_told() {
    assert_eq!(wrong(|made| made.pack.format = 2).len(), 1);
}
