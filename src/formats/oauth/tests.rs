use super::*;

#[test]
fn tokens_are_read_as_providers_write_them_and_never_shown() {
    let microsoft = br#"{"token_type":"Bearer","scope":"x","expires_in":3599,"ext_expires_in":3599,
        "access_token":"eyJ0.e30.c2ln","refresh_token":"1.AX-secret"}"#;
    let answer = token_answer(microsoft).unwrap();
    assert_eq!(answer.access_token, "eyJ0.e30.c2ln");
    assert_eq!(answer.lives_seconds, Some(3599));
    assert_eq!(answer.refresh_token.as_deref(), Some("1.AX-secret"));
    let shown = format!("{answer:?}");
    assert!(
        !shown.contains("secret") && !shown.contains("eyJ0"),
        "{shown}"
    );

    let keycloak =
        br#"{"access_token":"a","expires_in":"300","refresh_expires_in":1800,"refresh_token":"r"}"#;
    let answer = token_answer(keycloak).unwrap();
    assert_eq!(
        (answer.lives_seconds, answer.refresh_lives_seconds),
        (Some(300), Some(1800))
    );
    let endless = br#"{"access_token":"a","refresh_expires_in":0,"refresh_token":null}"#;
    let answer = token_answer(endless).unwrap();
    assert_eq!(
        (answer.refresh_lives_seconds, answer.refresh_token),
        (None, None)
    );
}

#[test]
fn what_is_no_usable_token_is_said_without_repeating_it() {
    for (body, why) in [
        (&b"<html>sign in</html>"[..], NoAnswer::NotJson),
        (b"[1]", NoAnswer::NotJson),
        (b"{}", NoAnswer::Field("access_token")),
        (br#"{"access_token":""}"#, NoAnswer::Field("access_token")),
        (
            br#"{"access_token":"a\u0001b"}"#,
            NoAnswer::Field("access_token"),
        ),
        (
            br#"{"access_token":"a\r\nX: y"}"#,
            NoAnswer::Field("access_token"),
        ),
        (
            br#"{"access_token":"a","token_type":"mac"}"#,
            NoAnswer::Field("token_type"),
        ),
        (
            br#"{"access_token":"a","refresh_token":7}"#,
            NoAnswer::Field("refresh_token"),
        ),
    ] {
        assert_eq!(
            token_answer(body),
            Err(why),
            "{}",
            String::from_utf8_lossy(body)
        );
    }
}

#[test]
fn a_refusal_keeps_the_providers_words_and_loses_what_may_be_a_token() {
    let long = "x".repeat(80);
    let body = format!(
        r#"{{"error":"invalid_grant","error_description":"AADSTS70008: expired {long}.\r\nTrace ID: 1"}}"#
    );
    let refusal = refusal(body.as_bytes(), &[]).unwrap();
    assert_eq!(
        refusal.to_string(),
        "invalid_grant: AADSTS70008: expired (…) Trace ID: 1"
    );
    assert_eq!(super::refusal(b"{}", &[]), None);
    assert_eq!(super::refusal(b"no", &[]), None);
}

#[test]
fn a_device_is_told_where_to_sign_in() {
    let body = br#"{"device_code":"dc","user_code":"ABCD-EFGH","verification_uri":"https://id.test/device","expires_in":900}"#;
    let answer = device_answer(body).unwrap();
    assert_eq!(answer.interval_seconds, 5);
    assert_eq!(answer.user_code, "ABCD-EFGH");
    assert!(!format!("{answer:?}").contains("\"dc\""));
    assert_eq!(
        device_answer(br#"{"device_code":"dc"}"#),
        Err(NoAnswer::Field("user_code"))
    );
    let google = br#"{"device_code":"dc","user_code":"A","verification_url":"https://g.test","expires_in":900,"interval":9}"#;
    assert_eq!(
        device_answer(google).unwrap().verification_uri,
        "https://g.test"
    );
}

#[test]
fn metadata_names_the_endpoints() {
    let body = br#"{"issuer":"https://id.test","token_endpoint":"https://id.test/token"}"#;
    assert_eq!(metadata(body).unwrap().device_endpoint, None);
    assert_eq!(metadata(b"{}"), Err(NoAnswer::Field("token_endpoint")));
}

#[test]
fn a_form_carries_any_text() {
    let fields = [
        ("scope", "https://mail.test/.default openid"),
        ("p", "ä&=+~*"),
    ];
    assert_eq!(
        form(&fields),
        "scope=https%3A%2F%2Fmail.test%2F.default+openid&p=%C3%A4%26%3D%2B%7E*"
    );
}

fn said(mechanism: Mechanism, user: &str) -> Option<String> {
    let response = mechanism.initial_response(user, ("imap.test", 993), "vF9dft4qmT")?;
    Some(String::from_utf8(STANDARD.decode(response).unwrap()).unwrap())
}

#[test]
fn a_mail_server_is_told_user_and_token() {
    // The first is the example of RFC 7628 section 4.1 but for its token.
    assert_eq!(
        said(Mechanism::OauthBearer, "user@example.com").unwrap(),
        "n,a=user@example.com,\x01host=imap.test\x01port=993\x01auth=Bearer vF9dft4qmT\x01\x01"
    );
    assert_eq!(
        said(Mechanism::Xoauth2, "a@b").unwrap(),
        "user=a@b\x01auth=Bearer vF9dft4qmT\x01\x01"
    );
    assert!(
        said(Mechanism::OauthBearer, "a=b,c")
            .unwrap()
            .starts_with("n,a=a=3Db=2Cc,")
    );
    assert_eq!(said(Mechanism::Xoauth2, "a\x01auth=Bearer x"), None);
    assert_eq!(said(Mechanism::Xoauth2, ""), None);
}

#[test]
fn a_mail_servers_reasons_are_told() {
    let json = STANDARD.encode(r#"{"status":"401","schemes":"bearer","scope":"mail"}"#);
    assert_eq!(
        challenge(&json).unwrap(),
        "status 401, schemes bearer, scope mail"
    );
    assert_eq!(challenge("no base64!"), None);
    assert_eq!(challenge(&STANDARD.encode("{}")), None);
}

#[test]
fn a_secret_that_a_provider_repeats_is_not_told_not_even_its_beginning() {
    let filler = "x ".repeat(145);
    let body = format!(
        r#"{{"error":"s3cr3t-of-forty","error_description":"{filler} s3cr3t-of-forty s3cr3t-of-forty"}}"#
    );
    let told = refusal(body.as_bytes(), &["s3cr3t-of-forty", ""]).unwrap();
    assert!(!told.to_string().contains("s3cr3t"), "{told}");
}
