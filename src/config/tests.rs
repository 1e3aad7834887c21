use super::*;

const SMALL: &str = r#"
[company]
name = "Example GmbH"
domains = ["example.com"]
[storage]
data_folder = "data"
[[mailbox]]
name = "ap"
side = "ap"
address = "ap@example.com"
kind = "maildir"
maildir = "in"
[outgoing]
kind = "maildir"
maildir = "out"
[owners]
payables = "a@example.com"
receivables = "b@example.com"
mail = "c@example.com"
"#;

fn problems(text: &str) -> Vec<Problem> {
    Config::parse(text, Path::new("/etc")).expect_err("it has problems")
}

#[test]
fn a_small_file_is_enough_and_defaults_are_real() {
    let config = Config::parse(SMALL, Path::new("/etc")).expect("valid");
    assert_eq!(config.storage.data_folder, Path::new("/etc/data"));
    assert_eq!(config.reminders.levels_days, [-7, -3, 0, 3, 7, 14, 30]);
    assert_eq!(config.approval.two_above.to_string(), "10,000.00 EUR");
    assert_eq!(
        config.mailboxes[0].after_reading,
        AfterReading::Flag("\\Seen".into())
    );
}

#[test]
fn every_problem_is_named_at_once_with_key_value_reason_and_example() {
    let broken = SMALL
        .replace("side = \"ap\"", "side = \"payable\"")
        .replace("payables = \"a@example.com\"", "payables = \"nobody\"")
        .replace("data_folder", "data_foldr");
    let found = problems(&broken);
    let keys = found.iter().map(|p| p.key.as_str()).collect::<Vec<_>>();
    assert_eq!(
        keys,
        [
            "storage.data_folder",
            "storage.data_foldr",
            "mailbox[1].side",
            "owners.payables"
        ]
    );
    assert_eq!(found[2].value, "\"payable\"");
    assert_eq!(found[2].reason, "is not `ap` or `ar`");
    assert_eq!(found[2].example, "side = \"ap\"");
    assert!(found[1].reason.contains("did you mean `data_folder`?"));
}

#[test]
fn a_password_over_the_open_network_is_refused() {
    let imap = "kind = \"imap\"\nhost = \"imap.example.com\"\nuser = \"ap\"\npassword_env = \"P\"\nsecurity = \"none\"";
    let text = SMALL.replace("kind = \"maildir\"\nmaildir = \"in\"", imap);
    assert_eq!(problems(&text)[0].key, "mailbox[1].security");
}

#[test]
fn a_database_url_may_not_carry_a_password() {
    let text = SMALL.replace(
        "data_folder = \"data\"",
        "data_folder = \"data\"\ndatabase_url = \"postgres://u:secret@db/x\"",
    );
    let found = problems(&text);
    assert_eq!(found[0].key, "storage.database_url");
}

/// The small file on PostgreSQL, its mails in this bucket.
fn with_bucket(table: &str) -> String {
    let storage =
        "data_folder = \"data\"\ndatabase_url = \"postgres://u@db/x\"\nraw_bytes = \"bucket\"";
    let text = SMALL.replace("data_folder = \"data\"", storage);
    format!("{text}\n{table}")
}

#[cfg(feature = "object-store")]
#[test]
fn a_bucket_has_its_providers_address_and_names_all_that_is_missing() {
    let s3 = "[bucket]\nkind = \"s3\"\nname = \"mails\"\nregion = \"eu-central-1\"\naccess_key_id = \"AKIA\"\nsecret_env = \"S\"\n";
    let config = Config::parse(&with_bucket(s3), Path::new("/etc")).expect("valid");
    let RawBytes::Bucket(bucket) = config.storage.raw_bytes else {
        panic!("{:?}", config.storage.raw_bytes);
    };
    assert_eq!(bucket.url, "https://s3.eu-central-1.amazonaws.com");
    let missing = problems(&with_bucket("[bucket]\nkind = \"azure\"\n"));
    let keys = missing.iter().map(|p| p.key.as_str()).collect::<Vec<_>>();
    assert_eq!(
        keys,
        ["bucket.account", "bucket.name", "bucket.secret_file"]
    );
    let signed = s3.replace(
        "secret_env",
        "endpoint = \"https://s3.example.com/?X-Amz-Signature=1\"\nsecret_env",
    );
    assert_eq!(problems(&with_bucket(&signed))[0].key, "bucket.endpoint");
    let open = s3.replace(
        "secret_env",
        "endpoint = \"http://s3.example.com\"\nsecret_env",
    );
    let found = problems(&with_bucket(&open));
    assert!(
        found[0].reason.contains("http only on this machine"),
        "{found:?}"
    );
}

#[cfg(not(feature = "object-store"))]
#[test]
fn a_bucket_needs_a_program_that_was_built_for_it() {
    let table = "[bucket]\nkind = \"gcs\"\nname = \"mails\"\nsecret_env = \"S\"\n";
    let found = problems(&with_bucket(table));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].example.contains("--features object-store"),
        "{found:?}"
    );
}

#[test]
fn a_bucket_is_for_several_machines_that_ask_for_it() {
    let table = "[bucket]\nkind = \"gcs\"\nname = \"mails\"\nsecret_env = \"S\"\n";
    let unasked = problems(&format!("{SMALL}\n{table}"));
    assert_eq!(unasked[0].key, "bucket.kind");
    let alone = with_bucket(table).replace("postgres://u@db/x", "sqlite:books.db");
    let found = problems(&alone);
    assert!(
        found.iter().any(|p| p.key == "storage.raw_bytes"),
        "{found:?}"
    );
}

#[test]
fn a_rule_may_only_name_approvers_that_exist() {
    let text =
        format!("{SMALL}\n[[approval_rule]]\nname = \"all\"\napprovers = [\"x@example.com\"]\n");
    let found = problems(&text);
    assert_eq!(found[0].key, "approval_rule[1].approvers");
}

#[test]
fn a_delegate_is_another_approver_for_a_time_and_for_no_more_than_the_approver_may() {
    let with = |delegate: &str| {
        let two = "name = \"Vi\"\naddress = \"vi@example.com\"\nlimit = \"500.00\"\n";
        let ben = "[[approver]]\nname = \"Bo\"\naddress = \"bo@example.com\"\n";
        format!("{SMALL}\n{ben}[[approver]]\n{two}{delegate}\n")
    };
    let days = "delegate_from = \"2026-12-21\"\ndelegate_until = \"2027-01-08\"\n";
    let bo = "delegate = \"bo@example.com\"\n";
    let fine = with(&format!("{bo}{days}delegate_limit = \"500.00\""));
    let config = Config::parse(&fine, Path::new("/etc")).unwrap();
    let named = config
        .approvers
        .last()
        .and_then(|one| one.delegation.clone());
    assert_eq!(named.unwrap().delegate.to_string(), "bo@example.com");
    for (text, key) in [
        (bo.to_owned(), "delegate_from"),
        (days.to_owned(), "delegate"),
        (
            format!("{bo}{days}delegate_limit = \"500.01\""),
            "delegate_limit",
        ),
        (format!("delegate = \"vi@example.com\"\n{days}"), "delegate"),
        (format!("delegate = \"x@example.com\"\n{days}"), "delegate"),
        (
            format!("{bo}delegate_from = \"2026-12-21\"\ndelegate_until = \"2026-12-20\""),
            "delegate_until",
        ),
    ] {
        let found = problems(&with(&text));
        assert!(found[0].key.ends_with(&format!("].{key}")), "{found:?}");
    }
}

#[test]
fn amounts_are_texts_so_that_no_float_is_ever_read() {
    let text = format!("{SMALL}\n[reminders]\nminimum = 10.0\n");
    assert!(problems(&text)[0].reason.contains("amount in quotes"));
}

#[test]
fn the_sample_is_a_valid_file_and_fresh() {
    let sample = sample::annotated_sample();
    let found = Config::parse(&sample, Path::new("/etc"))
        .err()
        .unwrap_or_default();
    assert!(found.is_empty(), "{found:#?}");
    let committed = include_str!("../../config/countinghouse.toml");
    assert_eq!(
        committed, sample,
        "write it anew: cargo run -- config-sample > config/countinghouse.toml"
    );
}

#[test]
fn the_small_teams_file_and_the_demos_are_valid() {
    let files = [
        include_str!("../../config/small-team.toml"),
        include_str!("../../config/demo/countinghouse.toml"),
    ];
    for text in files {
        let found = Config::parse(text, Path::new("/etc")).err();
        assert!(found.is_none(), "{found:#?}");
    }
}

#[test]
fn the_reference_is_fresh() {
    let committed = include_str!("../../docs/CONFIG.md");
    assert_eq!(
        committed,
        sample::reference(),
        "write it anew: cargo run -- config-reference > docs/CONFIG.md"
    );
}

#[test]
fn a_password_of_a_supplier_says_whose_files_it_opens_and_never_stands_in_the_file() {
    let with = |table: &str| {
        let demo = include_str!("../../config/demo/countinghouse.toml");
        format!("{demo}\n[[supplier_password]]\n{table}")
    };
    let nobody = problems(&with("password_env = \"X\""));
    assert_eq!(nobody.len(), 1, "{nobody:?}");
    assert_eq!(nobody[0].key, "supplier_password[1].supplier");
    let written = problems(&with("supplier = \"70012\"\npassword = \"geheim\""));
    assert!(
        written
            .iter()
            .any(|it| it.key == "supplier_password[1].password_file"),
        "{written:?}"
    );
    let odd = problems(&with("senders = [\"nobody\"]\npassword_env = \"X\""));
    assert!(
        odd[0]
            .reason
            .contains("neither a mail address nor a domain"),
        "{odd:?}"
    );
    let good =
        with("senders = [\"Billing@Portal.example\", \"beta.example\"]\npassword_env = \"X\"");
    let config = Config::parse(&good, Path::new("/etc")).unwrap();
    let senders = &config.supplier_passwords[0].senders;
    assert_eq!(*senders, ["billing@portal.example", "beta.example"]);
}

#[test]
fn every_default_and_example_is_toml() {
    for section in keys::SECTIONS {
        for key in section.keys {
            for toml in key.default.into_iter().chain([key.example]) {
                assert!(
                    format!("x = {toml}").parse::<Table>().is_ok(),
                    "{}.{}: {toml}",
                    section.name,
                    key.name
                );
            }
        }
    }
}

#[test]
fn more_votes_than_a_rule_names_people_are_told_with_what_would_fit() {
    let text =
        include_str!("../../config/demo/countinghouse.toml").replace("needed = 2", "needed = 5");
    let found = problems(&text);
    assert!(
        found[0].reason.contains("the 2 approvers this rule names"),
        "{found:?}"
    );
    assert_eq!(found[0].example, "needed = 2");
}

#[test]
fn a_file_that_is_no_toml_is_told_by_line_and_without_an_example_of_something_else() {
    let found = problems("[company\nname = 1\n");
    assert_eq!((found.len(), found[0].example.as_str()), (1, ""));
    assert!(found[0].reason.contains("line 1"), "{found:?}");
}

#[test]
fn a_port_and_a_protection_that_do_not_go_together_are_told() {
    let server = |port, security| Server {
        host: "mail.test".into(),
        port,
        security,
        user: None,
        password: None,
        oauth: None,
        ca_file: None,
        timeout_seconds: 30,
    };
    let told = server(993, Security::StartTls).unusual_security().unwrap();
    assert!(told.contains("security = \"tls\""), "{told}");
    let told = server(587, Security::Tls).unusual_security().unwrap();
    assert!(told.contains("security = \"starttls\""), "{told}");
    for usual in [
        (993, Security::Tls),
        (143, Security::StartTls),
        (10_993, Security::StartTls),
    ] {
        assert_eq!(server(usual.0, usual.1).unusual_security(), None);
    }
}

#[test]
fn a_secret_file_is_looked_for_beside_the_configuration_as_every_path_is() {
    let text = SMALL.replace("kind = \"maildir\"\nmaildir = \"in\"", "host = \"mail.example.com\"\nuser = \"ap\"\npassword_file = \"imap.password\"\nca_file = \"ca.pem\"");
    let config = Config::parse(&text, Path::new("/etc/countinghouse")).expect("valid");
    let MailboxSource::Imap { server, .. } = &config.mailboxes[0].source else {
        panic!("no server");
    };
    let at = |name: &str| Path::new("/etc/countinghouse").join(name);
    assert_eq!(
        server.password,
        Some(SecretSource::File(at("imap.password")))
    );
    assert_eq!(server.ca_file, Some(at("ca.pem")));
}

#[test]
fn mails_are_not_moved_to_where_they_are_found_again() {
    let imap = |name: &str, more: &str| {
        format!(
            "[[mailbox]]\nname = \"{name}\"\nside = \"ap\"\naddress = \"ap@example.com\"\nhost = \"mail.example.com\"\n\
             user = \"ap\"\npassword_env = \"PW\"\n{more}"
        )
    };
    let with = |boxes: &[String]| {
        let (before, rest) = SMALL.split_once("[[mailbox]]").unwrap();
        let (_, after) = rest.split_once("[outgoing]").unwrap();
        let text = format!("{before}{}[outgoing]{after}", boxes.concat());
        Config::parse(&text, Path::new("/etc"))
    };
    let moved = |to: &str| format!("after_reading = \"move\"\nmove_to = \"{to}\"\n");
    assert!(with(&[imap("a", &moved("Processed"))]).is_ok());
    let other = "folder = \"Processed\"\n";
    for boxes in [
        vec![imap("a", &moved("Inbox"))],
        vec![imap("a", &moved("Processed")), imap("b", other)],
        vec![imap("b", other), imap("a", &moved("Processed"))],
    ] {
        let problems = with(&boxes).expect_err("it would never end");
        assert!(problems[0].key.ends_with("move_to"), "{problems:?}");
    }
}

#[test]
fn a_mailbox_with_tokens_needs_no_password_and_its_oauth_must_be_there() {
    let imap =
        "kind = \"imap\"\nhost = \"imap.example.com\"\nuser = \"ap@example.com\"\noauth = \"m365\"";
    let by_token = SMALL.replace("kind = \"maildir\"\nmaildir = \"in\"", imap);
    let found = problems(&by_token);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].key, "mailbox[1].oauth");
    assert_eq!(found[0].reason, "has no [[oauth]] of that name");

    let oauth = "[[oauth]]\nname = \"m365\"\nclient_id = \"c\"\nissuer = \"https://login.microsoftonline.com/t/v2.0\"\n";
    let found = problems(&format!("{by_token}{oauth}"));
    assert_eq!(found[0].key, "oauth[1].client_secret_file");
    let whole = format!("{by_token}{oauth}client_secret_env = \"M365\"\n");
    let config = Config::parse(&whole, Path::new("/etc")).expect("valid");
    assert_eq!(config.oauth[0].name, "m365");

    let both = whole.replace("oauth = \"m365\"", "oauth = \"m365\"\npassword_env = \"P\"");
    assert!(problems(&both)[0].reason.contains("only one of them"));
    let clear = whole.replace("https://login", "http://login");
    assert!(
        problems(&clear)[0]
            .reason
            .contains("readable over the network")
    );
}
