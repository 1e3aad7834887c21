//! Wrong arguments, wrong configurations, wrong files: named, with the exit code that says which.

use std::os::unix::fs::PermissionsExt;

use crate::office::{Office, program};

#[test]
fn an_unknown_command_ends_with_2() {
    let folder = tempfile::TempDir::new().unwrap();
    let output = program(folder.path())
        .arg("reconcile-everything")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_unknown_state_is_refused_with_the_list_of_states() {
    let ran = Office::new().run(&["bills", "list", "--state", "paidd"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("awaiting_approval"), "{}", ran.err);
}

#[test]
fn a_broken_configuration_tells_every_problem_at_once_and_ends_with_2() {
    let office = Office::new();
    let broken = include_str!("../../config/demo/countinghouse.toml")
        .replace("currency = \"EUR\"", "currency = \"Euro\"")
        .replace("time_zone = \"Europe/Berlin\"", "time_zone = \"Atlantis\"")
        .replace(
            "[approval]
",
            "[approval]
expires_dayz = 14
",
        );
    office.write("countinghouse.toml", &broken);
    let ran = office.run(&["check"]);
    assert_eq!(ran.code, Some(2), "{}{}", ran.out, ran.err);
    for problem in ["currency", "time_zone", "expires_dayz"] {
        assert!(
            ran.err.contains(problem),
            "{problem} is not named: {}",
            ran.err
        );
    }
}

#[test]
fn a_program_gets_objects_from_check_and_demo() {
    let office = Office::new();
    let told = office.run(&["check", "--json"]).objects();
    let names = told.iter().map(|line| line["check"].as_str().unwrap());
    assert!(names.clone().any(|name| name == "scans and photos"));
    assert!(names.clone().any(|name| name == "configuration"));
    let broken = include_str!("../../config/demo/countinghouse.toml")
        .replace("currency = \"EUR\"", "currency = \"Euro\"");
    office.write("countinghouse.toml", &broken);
    let ran = office.run(&["check", "--json"]);
    assert_eq!(ran.code, Some(2));
    let told = ran.objects();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["ok"], false);
    assert!(told[0]["problem"].as_str().unwrap().contains("currency"));

    let demo = Office::empty()
        .run(&["demo", "--exit", "--json"])
        .ok()
        .objects();
    let of = |what: &str| demo.iter().filter(|one| one["told"] == what).count();
    assert!(of("message") > 20 && of("bill") > 5 && of("exception") > 0);
    assert_eq!(of("audit"), 1);
}

#[test]
fn a_configuration_that_is_not_there_ends_with_2() {
    let ran = Office::new().run(&["--config", "nowhere.toml", "status"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("nowhere.toml"), "{}", ran.err);
}

#[test]
fn a_daemon_that_lacks_what_its_configuration_names_ends_with_2_and_is_not_started_again() {
    let office = Office::new();
    let with_password = include_str!("../../config/demo/countinghouse.toml").replace(
        "[storage]
",
        "[storage]
database_url = \"postgres://books@localhost/books\"
database_password_file = \"nowhere\"
",
    );
    office.write("countinghouse.toml", &with_password);
    let ran = office.run(&["run"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("the database password"), "{}", ran.err);
}

#[test]
fn a_log_filter_that_is_none_is_named_by_check() {
    let office = Office::new();
    let broken = format!(
        "{}\n[log]\nfilter = \"countinghouse=loud\"\n",
        include_str!("../../config/demo/countinghouse.toml")
    );
    office.write("countinghouse.toml", &broken);
    let ran = office.run(&["check"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("filter"), "{}", ran.err);
}

#[test]
fn a_sound_configuration_is_well() {
    Office::new().run(&["check"]).ok();
}

#[test]
fn books_that_nobody_has_made_yet_are_no_trouble_of_a_fresh_install() {
    let ran = Office::new().run(&["check", "--connect"]).ok();
    assert!(ran.out.contains("ok      database"), "{}", ran.out);
}

#[test]
fn a_setting_that_lets_senders_prove_themselves_is_warned_of_and_no_error() {
    let office = Office::new();
    let said = office.run(&["check"]).ok().out;
    assert!(!said.contains("warning"), "{said}");
    let trusting = include_str!("../../config/demo/countinghouse.toml").replace(
        "[authenticity]\n",
        "[authenticity]\nresults_below_received = true\n",
    );
    office.write("countinghouse.toml", &trusting);
    let said = office.run(&["check"]).ok().out;
    assert!(
        said.contains("warning authenticity.results_below_received"),
        "{said}"
    );
}

#[test]
fn check_says_that_two_approvers_are_needed_and_not_there() {
    let office = Office::new();
    let config = include_str!("../../config/demo/countinghouse.toml");
    let jonas = "address = \"jonas.lindner@morgenrot.example\"\n";
    let limited = config.replacen(jonas, &format!("{jonas}limit = \"10000.00\"\n"), 1);
    office.write("countinghouse.toml", &limited);
    let said = office.run(&["check"]).ok().out;
    assert!(said.contains("warning approval.two_above"), "{said}");
    assert!(said.contains("need two approvers, and 1 of"), "{said}");
}

#[test]
fn check_says_when_no_servers_results_are_trusted() {
    let office = Office::new();
    let config = include_str!("../../config/demo/countinghouse.toml");
    let trusts_nobody = config
        .lines()
        .filter(|line| !line.starts_with("trusted_authserv_ids"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    office.write("countinghouse.toml", &trusts_nobody);
    let said = office.run(&["check"]).ok().out;
    assert!(said.contains("warning authenticity:"), "{said}");
}

#[test]
fn check_says_when_others_may_read_a_password() {
    let office = Office::new();
    let with_password = include_str!("../../config/demo/countinghouse.toml").replace(
        "[storage]\n",
        "[storage]\ndatabase_url = \"postgres://books@localhost/books\"\ndatabase_password_file = \"password\"\n",
    );
    office.write("countinghouse.toml", &with_password);
    office.write("password", "secret\n");
    for (mode, warned) in [(0o600, false), (0o640, true), (0o604, true)] {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(office.path("password"), permissions).unwrap();
        let said = office.run(&["check"]).ok().out;
        assert_eq!(said.contains("chmod 600"), warned, "{mode:o}: {said}");
    }
}

#[test]
fn a_bad_row_is_named_by_line_and_column_and_nothing_of_the_file_is_taken() {
    let office = Office::new();
    let good = include_str!("../../config/demo/suppliers.csv");
    let header = good.lines().next().unwrap();
    let iban = header
        .split([',', ';'])
        .position(|column| column.trim().contains("iban"))
        .unwrap();
    let mut rows = good.lines().map(str::to_owned).collect::<Vec<_>>();
    let separator = if header.contains(';') { ';' } else { ',' };
    let mut cells = rows[2].split(separator).collect::<Vec<_>>();
    cells[iban] = "DE00000000000000000000";
    rows[2] = cells.join(&separator.to_string());
    office.write("bad.csv", rows.join("\n"));

    let ran = office.run(&["import", "suppliers", "bad.csv", "--json"]);

    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert_eq!(ran.object()["mistakes"][0]["line"], 3);
    assert_eq!(ran.object()["new"], 0);
    let to_person = office.run(&["import", "suppliers", "bad.csv"]);
    let told = to_person.err;
    assert!(told.contains("bad.csv: line 3, column"), "{told}");
    let counts = office.run(&["status", "--json"]).ok().object();
    let kinds = counts["counts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["kind"].clone())
        .collect::<Vec<_>>();
    assert!(!kinds.contains(&"supplier".into()), "{kinds:?}");
}

#[test]
fn the_same_import_again_changes_nothing() {
    let office = Office::new();
    office.write(
        "suppliers.csv",
        include_str!("../../config/demo/suppliers.csv"),
    );
    let first = office
        .run(&[
            "import",
            "suppliers",
            "suppliers.csv",
            "--json",
            "--by",
            "lena",
        ])
        .ok()
        .object();
    assert!(first["new"].as_u64() > Some(0), "{first}");
    let second = office
        .run(&["import", "suppliers", "suppliers.csv", "--json"])
        .ok()
        .object();
    assert_eq!(
        (&second["new"], &second["changed"]),
        (&0.into(), &0.into()),
        "{second}"
    );
    assert_eq!(second["unchanged"], first["new"]);
}

#[test]
fn an_invoice_is_disputed_and_no_longer() {
    let office = Office::new();
    for (kind, file, text) in [
        (
            "customers",
            "customers.csv",
            include_str!("../../config/demo/customers.csv"),
        ),
        (
            "invoices",
            "invoices.csv",
            include_str!("../../config/demo/invoices.csv"),
        ),
    ] {
        office.write(file, text);
        office.run(&["import", kind, file]).ok();
    }
    let open = office
        .run(&["invoices", "list", "--state", "open", "--json"])
        .ok()
        .objects();
    let number = open[0]["number"].as_str().unwrap();
    let why = ["--by", "lena", "--reason", "goods were damaged"];
    office
        .run(&[&["invoices", "dispute", number][..], &why].concat())
        .ok();
    let shown = office
        .run(&["invoices", "show", number, "--json"])
        .ok()
        .object();
    assert_eq!(
        (&shown["state"], &shown["disputed"]),
        (&"disputed".into(), &"goods were damaged".into())
    );
    assert!(
        shown["gross"].is_number() && shown["currency"] == "EUR",
        "{shown}"
    );
    office
        .run(&[&["invoices", "dispute", number, "--end"][..], &why].concat())
        .ok();
    let shown = office
        .run(&["invoices", "show", number, "--json"])
        .ok()
        .object();
    assert_eq!(shown["state"], "open");
    let actions = shown["audit"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["action"].clone())
        .collect::<Vec<_>>();
    assert!(
        actions.contains(&"invoice disputed".into()) && actions.contains(&"dispute ended".into()),
        "{actions:?}"
    );
}

#[test]
fn import_names_its_columns_and_tells_each_mistake_once() {
    let office = Office::new();
    let help = office.run(&["import", "invoices", "--help"]).ok().out;
    for column in ["*number", "*due_date", " disputed"] {
        assert!(help.contains(column), "{column}: {help}");
    }
    office.write("bad.csv", "number,name,colour\n1,One,red\n2,,blue\n");
    let told = office.run(&["import", "customers", "bad.csv"]);
    assert_eq!(told.code, Some(1), "{}", told.out);
    let all = format!("{}{}", told.out, told.err);
    assert_eq!(all.matches("must not be empty").count(), 1, "{all}");
    assert_eq!(
        all.matches("is no column of such a file").count(),
        1,
        "{all}"
    );
    let json = office.run(&["import", "customers", "bad.csv", "--json"]);
    assert!(!json.err.contains("must not be empty"), "{}", json.err);
    assert_eq!(json.object()["rows"], 2);
}

#[test]
fn auth_shows_every_login_though_the_file_of_one_is_damaged() {
    let office = Office::new();
    let text = include_str!("../../config/demo/countinghouse.toml");
    let one = |name: &str| {
        format!(
            "\n[[oauth]]\nname = \"{name}\"\nclient_id = \"c\"\ngrant = \"refresh_token\"\ntoken_endpoint = \"https://id.fin.test/t\"\n"
        )
    };
    let text = format!("{text}{}{}", one("first"), one("second"));
    office.write("countinghouse.toml", text);
    std::fs::create_dir_all(office.path("data/oauth")).unwrap();
    office.write("data/oauth/first.token", "damaged");
    let ran = office.run(&["auth", "--json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let rows = ran.objects();
    assert_eq!(rows.len(), 2, "{}", ran.out);
    let problem = rows[0]["problem"].as_str().unwrap();
    assert!(problem.contains("the file is damaged"), "{problem}");
    assert_eq!(rows[1]["oauth"], "second");
    assert!(rows[1]["problem"].is_null(), "{}", ran.out);
}
