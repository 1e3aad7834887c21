use super::*;
use crate::basics::calendar::Timestamp;

async fn vault() -> (tempfile::TempDir, Vault) {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(&folder.path().join("vault")).await.unwrap();
    (folder, vault)
}

fn unfinished(vault: &Vault) -> usize {
    std::fs::read_dir(vault.unfinished()).unwrap().count()
}

#[tokio::test]
async fn bytes_come_back_under_the_name_that_sha256sum_gives_them() {
    let (_folder, vault) = vault().await;
    let hash = vault.put(b"abc").await.unwrap();
    assert!(
        vault.path(hash).ends_with(
            "sha256/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
    );
    assert_eq!(vault.get(hash, 3).await.unwrap(), b"abc");
    vault.verify(hash).await.unwrap();
    assert_eq!(vault.size(hash).await.unwrap(), Some(3));
    assert_eq!(vault.size(ContentHash::of(b"abd")).await.unwrap(), None);
    assert_eq!(unfinished(&vault), 0);
}

#[tokio::test]
async fn a_batch_keeps_its_order_and_the_same_mail_twice_is_one_file() {
    let (_folder, vault) = vault().await;
    let mails = (0..60)
        .map(|n| format!("mail {}", n % 50).into_bytes())
        .collect::<Vec<_>>();
    let hashes = vault.put_all(&mails).await.unwrap();
    let expected = mails
        .iter()
        .map(|mail| ContentHash::of(mail))
        .collect::<Vec<_>>();
    assert_eq!(hashes, expected);
    assert_eq!(vault.put_all(&mails).await.unwrap(), expected);
    let shards = std::fs::read_dir(vault.files()).unwrap();
    let files: usize = shards
        .map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap().count())
        .sum();
    assert_eq!((files, unfinished(&vault)), (50, 0));
}

#[tokio::test]
async fn a_message_in_pieces_gets_the_same_name_as_whole() {
    let (_folder, vault) = vault().await;
    let whole = (0..3_000_000_u32)
        .map(|n| n.to_le_bytes()[1])
        .collect::<Vec<u8>>();
    let mut writer = vault.writer(10 << 20).await.unwrap();
    for piece in whole.chunks(700_001) {
        writer.push(piece).await.unwrap();
    }
    assert_eq!(writer.written_bytes(), 3_000_000);
    let (content, letter) = writer.finish().await.unwrap();
    assert_eq!(content, ContentHash::of(&whole));
    assert_eq!(letter, content, "these bytes have no trace fields");
    assert_eq!(
        vault.get(ContentHash::of(&whole), 3_000_000).await.unwrap(),
        whole
    );
}

#[tokio::test]
async fn an_interrupted_or_overlong_message_leaves_nothing() {
    let (_folder, vault) = vault().await;
    let mut writer = vault.writer(5).await.unwrap();
    writer.push(b"12345").await.unwrap();
    assert!(writer.push(b"6").await.is_err());
    drop(writer);
    assert_eq!(unfinished(&vault), 0);
    assert_eq!(vault.size(ContentHash::of(b"12345")).await.unwrap(), None);
}

#[tokio::test]
async fn damage_loss_and_excess_are_told_apart() {
    let (_folder, vault) = vault().await;
    let hash = vault.put(b"abc").await.unwrap();
    assert!(matches!(
        vault.get(hash, 2).await,
        Err(VaultError::TooLong { limit_bytes: 2, .. })
    ));
    assert!(matches!(
        vault.get(ContentHash::of(b"x"), 2).await,
        Err(VaultError::Missing { .. })
    ));
    std::fs::write(vault.path(hash), b"abd").unwrap();
    assert!(matches!(
        vault.get(hash, 3).await,
        Err(VaultError::Damaged { .. })
    ));
    let error = vault.verify(hash).await.unwrap_err();
    assert_eq!(error.disposition(), Disposition::AskPerson);
}

#[tokio::test]
async fn a_file_cut_short_is_made_whole_by_storing_it_again() {
    let (_folder, vault) = vault().await;
    let hash = vault.put(b"abc").await.unwrap();
    std::fs::write(vault.path(hash), b"").unwrap();
    vault.put(b"abc").await.unwrap();
    vault.verify(hash).await.unwrap();
}

#[tokio::test]
async fn leftovers_of_a_killed_writer_are_swept_once_they_are_old() {
    let (_folder, vault) = vault().await;
    std::fs::write(vault.unfinished().join("1-1"), b"half a mail").unwrap();
    assert_eq!(
        vault.remove_leftovers(Timestamp::UNIX_EPOCH).await.unwrap(),
        0
    );
    assert_eq!(vault.remove_leftovers(Timestamp::MAX).await.unwrap(), 1);
}

#[tokio::test]
async fn nobody_else_may_read_the_mail() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, vault) = vault().await;
    let hash = vault.put(b"abc").await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(&vault.path(hash)), mode(&vault.files())),
        (0o600, 0o700)
    );
}

fn batch() -> Vec<Vec<u8>> {
    (0..9).map(|n| format!("mail {n}").into_bytes()).collect()
}

fn journals(vault: &Vault) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(vault.journals()).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn what_a_power_cut_took_of_a_batch_is_made_again_when_the_vault_is_opened() {
    let (folder, vault) = vault().await;
    let mails = batch();
    let hashes = vault.put_all(&mails).await.unwrap();
    // Names and contents that were not on the disk: one lost, one empty, one full of zeros.
    std::fs::remove_file(vault.path(hashes[0])).unwrap();
    std::fs::write(vault.path(hashes[1]), b"").unwrap();
    std::fs::write(vault.path(hashes[2]), vec![0; mails[2].len()]).unwrap();
    assert_eq!(journals(&vault).len(), 1);
    // While its process lives a journal is nobody else's.
    let beside = Vault::open(&folder.path().join("vault")).await.unwrap();
    assert!(beside.verify(hashes[0]).await.is_err());
    assert_eq!(journals(&vault).len(), 1);
    drop(vault);
    let vault = Vault::open(&folder.path().join("vault")).await.unwrap();
    for hash in hashes {
        vault.verify(hash).await.unwrap();
    }
    assert_eq!(journals(&vault), Vec::<PathBuf>::new());
}

const NOBODY: u32 = 65_534;

fn owned_by(path: &Path, user: u32) {
    std::os::unix::fs::chown(path, Some(user), None).expect("tests/run is started as root");
}

#[tokio::test]
async fn somebody_who_only_looks_leaves_a_journal_to_its_owner() {
    let (folder, vault) = vault().await;
    let hashes = vault.put_all(&batch()).await.unwrap();
    std::fs::remove_file(vault.path(hashes[0])).unwrap();
    let journal = journals(&vault).remove(0);
    drop(vault);
    let root = folder.path().join("vault");
    owned_by(&root, NOBODY);
    owned_by(&journal, NOBODY);
    let seen = Vault::open(&root).await.unwrap();
    assert_eq!(
        (journals(&seen).len(), seen.size(hashes[0]).await.unwrap()),
        (1, None)
    );
    drop(seen);
    owned_by(&journal, 0);
    let vault = Vault::open(&root).await.unwrap();
    vault.verify(hashes[0]).await.unwrap();
    assert_eq!(journals(&vault), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn in_a_folder_of_another_user_no_mail_relies_on_a_journal_that_nobody_would_read() {
    let (folder, vault) = vault().await;
    owned_by(&folder.path().join("vault"), NOBODY);
    let hashes = vault.put_all(&batch()).await.unwrap();
    assert_eq!(journals(&vault), Vec::<PathBuf>::new());
    for hash in hashes {
        vault.verify(hash).await.unwrap();
    }
}

#[tokio::test]
async fn after_an_orderly_end_no_journal_is_left() {
    let (_folder, vault) = vault().await;
    let hashes = vault.put_all(&batch()).await.unwrap();
    assert_eq!(journals(&vault).len(), 1);
    vault.close().await.unwrap();
    assert_eq!(journals(&vault), Vec::<PathBuf>::new());
    for hash in hashes {
        vault.verify(hash).await.unwrap();
    }
}

#[tokio::test]
async fn a_batch_that_was_being_written_when_the_power_went_is_left_out_and_nothing_before_it() {
    let (folder, vault) = vault().await;
    let hashes = vault.put_all(&batch()).await.unwrap();
    let journal = journals(&vault).remove(0);
    for hash in &hashes {
        std::fs::remove_file(vault.path(*hash)).unwrap();
    }
    drop(vault);
    let whole = crate::io::limits::read_bytes(&journal, 1 << 20).unwrap();
    let open = async || Vault::open(&folder.path().join("vault")).await.unwrap();
    // Cut anywhere in the last record, in its length as in its content; or with a length nobody wrote.
    for tail in [&whole[..whole.len() - 3], &whole[..whole.len() - 43]] {
        std::fs::write(&journal, tail).unwrap();
        let vault = open().await;
        let (last, others) = hashes.split_last().unwrap();
        for hash in others {
            vault.verify(*hash).await.unwrap();
            std::fs::remove_file(vault.path(*hash)).unwrap();
        }
        assert_eq!(vault.size(*last).await.unwrap(), None);
    }
    std::fs::write(&journal, [whole.as_slice(), &[255; 60]].concat()).unwrap();
    let vault = open().await;
    assert_eq!(vault.size(hashes[8]).await.unwrap(), Some(6));
}

#[tokio::test]
async fn a_journal_that_has_grown_is_done_with() {
    let (_folder, vault) = vault().await;
    let mails = |round: u8| {
        (0..70)
            .map(|n| vec![round.wrapping_mul(71).wrapping_add(n); 1 << 20])
            .collect::<Vec<_>>()
    };
    let first = vault.put_all(&mails(0)).await.unwrap();
    vault.put_all(&mails(1)).await.unwrap();
    // One is emptied after the other, so at most the second is still there.
    assert!(journals(&vault).len() <= 1, "{:?}", journals(&vault));
    for hash in first {
        vault.verify(hash).await.unwrap();
    }
}

#[tokio::test]
async fn one_damaged_mail_in_a_journal_costs_no_other_and_the_journal_is_kept() {
    let (folder, vault) = vault().await;
    let mails = batch();
    let hashes = vault.put_all(&mails).await.unwrap();
    let journal = journals(&vault).remove(0);
    for hash in &hashes {
        std::fs::remove_file(vault.path(*hash)).unwrap();
    }
    drop(vault);
    let mut bytes = crate::io::limits::read_bytes(&journal, 1 << 20).unwrap();
    // The last byte of the second mail: 8 of the length, 32 of the hash, then the mail.
    let record = 40 + mails[0].len();
    bytes[2 * record - 1] ^= 1;
    std::fs::write(&journal, &bytes).unwrap();
    let open = async || Vault::open(&folder.path().join("vault")).await.unwrap();
    let vault = open().await;
    for (number, hash) in hashes.iter().enumerate() {
        let there = vault.size(*hash).await.unwrap().is_some();
        assert_eq!(there, number != 1, "mail {number}");
    }
    for _ in 0..2 {
        let kept = journals(&vault);
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert_eq!(
            crate::io::limits::read_bytes(&kept[0], 1 << 20).unwrap(),
            bytes
        );
        drop(open().await);
    }
}

#[tokio::test]
async fn what_a_failed_flush_left_in_memory_only_is_written_anew_although_it_reads_well() {
    use std::os::unix::fs::MetadataExt;
    let (folder, vault) = vault().await;
    let hashes = vault.put_all(&batch()).await.unwrap();
    let file = |vault: &Vault, hash| std::fs::File::open(vault.path(hash)).unwrap();
    // Held open, so that its number is not given to another file.
    let before = file(&vault, hashes[0]);
    drop(vault);
    let vault = Vault::open(&folder.path().join("vault")).await.unwrap();
    let number = |file: &std::fs::File| file.metadata().unwrap().ino();
    assert_ne!(number(&file(&vault, hashes[0])), number(&before));
    vault.verify(hashes[0]).await.unwrap();
    assert_eq!(journals(&vault), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_journal_that_could_not_be_emptied_is_read_again_by_the_next_that_is_begun() {
    let (folder, vault) = vault().await;
    let root = folder.path().join("vault");
    let hashes = vault.put_all(&batch()).await.unwrap();
    let left = journals(&vault).remove(0);
    drop(vault);
    let aside = folder.path().join("aside");
    std::fs::rename(&left, &aside).unwrap();
    let vault = Vault::open(&root).await.unwrap();
    std::fs::rename(&aside, &left).unwrap();
    std::fs::remove_file(vault.path(hashes[0])).unwrap();
    let others = (0..9).map(|n| format!("another {n}").into_bytes());
    vault.put_all(&others.collect::<Vec<_>>()).await.unwrap();
    vault.verify(hashes[0]).await.unwrap();
    assert_eq!(journals(&vault).len(), 1, "only its own is left");
    assert_ne!(journals(&vault), [left]);
}

#[tokio::test]
async fn a_daemon_that_starts_while_another_process_makes_mails_again_waits_for_them() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use std::os::unix::fs::OpenOptionsExt;
    use std::time::Duration;
    let (folder, vault) = vault().await;
    let root = folder.path().join("vault");
    let hashes = vault.put_all(&batch()).await.unwrap();
    for hash in &hashes {
        std::fs::remove_file(vault.path(*hash)).unwrap();
    }
    // A file that is slow to be read: until its other end is closed.
    let slow = vault.path(hashes[0]);
    mknodat(CWD, &slow, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    drop(vault);
    let open = || {
        let root = root.clone();
        tokio::spawn(async move { Vault::open(&root).await.unwrap() })
    };
    let first = open();
    let other_end = loop {
        let mut options = std::fs::OpenOptions::new();
        let nonblock = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        match options.write(true).custom_flags(nonblock).open(&slow) {
            Ok(other_end) => break other_end,
            // Nobody reads it yet.
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    let second = open();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!second.is_finished(), "its mails are not there yet");
    drop(other_end);
    let vault = second.await.unwrap();
    for hash in hashes {
        vault.verify(hash).await.unwrap();
    }
    drop(first.await.unwrap());
}
