//! The token source against a provider that answers what a script tells it to.

use std::path::Path;
use std::sync::Mutex as StdMutex;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::basics::text::chain;
use crate::config::Config;
use crate::io::disposition::Disposition;
use crate::io::limits::read_text;

/// An answer that never comes.
const SILENCE: &str = "SILENCE";

struct World {
    folder: TempDir,
    port: u16,
    heard: Arc<StdMutex<Vec<String>>>,
}

impl World {
    /// A provider that answers one request after the other with these; the last one again and again.
    async fn with(answers: &[(u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers = answers
            .iter()
            .map(|(status, body)| (*status, body.replace("PORT", &port.to_string())));
        let answers = answers.collect::<Vec<_>>();
        let heard = Arc::new(StdMutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        tokio::spawn(async move {
            for nth in 0.. {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                let answer = answers[nth.min(answers.len() - 1)].clone();
                serve(stream, answer, &log).await;
            }
        });
        let folder = tempfile::tempdir().unwrap();
        Self {
            folder,
            port,
            heard,
        }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// The configured source as a process that has just begun knows it.
    fn source(&self, keys: &str) -> Arc<TokenSource> {
        let folder = self.folder.path();
        std::fs::write(folder.join("secret"), "cl-secret\n").unwrap();
        let text = format!(
            "[company]\nname = \"E\"\ndomains = [\"e.test\"]\n[storage]\ndata_folder = \"data\"\n\
             [[mailbox]]\nname = \"ap\"\nside = \"ap\"\naddress = \"ap@e.test\"\nhost = \"localhost\"\nuser = \"ap@e.test\"\noauth = \"id\"\n\
             [outgoing]\nkind = \"maildir\"\nmaildir = \"out\"\n\
             [owners]\npayables = \"a@e.test\"\nreceivables = \"b@e.test\"\nmail = \"c@e.test\"\n\
             [[oauth]]\nname = \"id\"\nclient_id = \"cid\"\ntimeout_seconds = 1\n{keys}",
        );
        let text = text.replace("PORT", &self.port.to_string());
        let config = Config::parse(&text, folder).unwrap();
        let data = &config.storage.data_folder;
        let sources = TokenSources::new(&config.oauth, data, &Clock::system());
        sources.named("id").unwrap()
    }

    fn refreshing(&self) -> Arc<TokenSource> {
        self.source(
            "grant = \"refresh_token\"\ntoken_endpoint = \"http://127.0.0.1:PORT/token\"\nrefresh_token_file = \"FOLDER/first\"\n"
                .replace("FOLDER", &self.folder.path().display().to_string())
                .as_str(),
        )
    }

    fn first_token(&self, token: &str) {
        std::fs::write(self.folder.path().join("first"), token).unwrap();
    }

    fn kept(&self) -> String {
        read_text(&self.folder.path().join("data/oauth/id.token"), 10_000).unwrap()
    }
}

async fn serve(mut stream: TcpStream, (status, body): (u16, String), log: &StdMutex<Vec<String>>) {
    let (mut heard, mut chunk) = (String::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut chunk).await.unwrap();
        heard.push_str(&String::from_utf8_lossy(&chunk[..read]));
        let Some((head, body)) = heard.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        if read == 0 || body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            break;
        }
    }
    log.lock().unwrap().push(heard);
    if body == SILENCE {
        tokio::time::sleep(Duration::from_secs(2)).await;
        return;
    }
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await.unwrap();
}

const CLIENT: &str = "client_secret_file = \"secret\"\ntoken_endpoint = \"http://127.0.0.1:PORT/token\"\nscope = \"mail read\"\n";

/// Secrets are named by paths relative to nothing: the tests name them whole.
fn client(world: &World) -> Arc<TokenSource> {
    let secret = world.folder.path().join("secret").display().to_string();
    world.source(&CLIENT.replace("\"secret\"", &format!("\"{secret}\"")))
}

fn shown(token: &SecretString) -> &str {
    token.expose_secret()
}

#[tokio::test]
async fn a_token_for_the_program_itself_is_asked_for_once_and_used_until_it_is_old() {
    let world = World::with(&[
        (200, r#"{"access_token":"at-1","expires_in":3600}"#),
        (200, r#"{"access_token":"at-2","expires_in":3600}"#),
    ])
    .await;
    let source = client(&world);
    assert_eq!(shown(&source.token().await.unwrap()), "at-1");
    assert_eq!(shown(&source.token().await.unwrap()), "at-1");
    let heard = world.heard();
    assert_eq!(heard.len(), 1);
    assert!(
        heard[0].starts_with("POST /token HTTP/1.1\r\n"),
        "{heard:?}"
    );
    assert!(
        heard[0].ends_with(
            "client_id=cid&client_secret=cl-secret&scope=mail+read&grant_type=client_credentials"
        ),
        "{heard:?}"
    );
    // Four fifths of an hour later.
    source
        .state
        .lock()
        .await
        .access
        .as_mut()
        .unwrap()
        .fresh_until = Instant::now();
    assert_eq!(shown(&source.token().await.unwrap()), "at-2");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_not_again_at_once() {
    let world = World::with(&[
        (200, r#"{"access_token":"at-1","expires_in":3600}"#),
        (200, r#"{"access_token":"at-2","expires_in":3600}"#),
    ])
    .await;
    let source = client(&world);
    let first = source.token().await.unwrap();
    assert!(
        source
            .token_age()
            .is_some_and(|age| age < Duration::from_secs(60))
    );
    let second = source.another(&first).await.unwrap().unwrap();
    assert_eq!(shown(&second), "at-2");
    // Another connection that was refused with the first one gets the same, without a question.
    assert_eq!(
        shown(&source.another(&first).await.unwrap().unwrap()),
        "at-2"
    );
    assert_eq!(world.heard().len(), 2);
    assert!(source.another(&second).await.unwrap().is_none());
    let long_ago = Instant::now().checked_sub(YOUNG).unwrap();
    source.state.lock().await.access.as_mut().unwrap().got_at = long_ago;
    assert!(source.another(&second).await.unwrap().is_some());
}

#[tokio::test]
async fn a_rotated_refresh_token_is_on_the_disk_for_its_owner_alone_and_is_the_next_one_sent() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::with(&[
        (200, r#"{"access_token":"at-1","expires_in":3600,"refresh_token":"rt-2","refresh_token_expires_in":7776000}"#),
        (200, r#"{"access_token":"at-2","expires_in":3600}"#),
        (200, r#"{"access_token":"at-3","expires_in":3600}"#),
    ])
    .await;
    world.first_token("rt-1");
    let source = world.refreshing();
    assert_eq!(shown(&source.token().await.unwrap()), "at-1");
    assert!(world.kept().contains("rt-2") && !world.kept().contains("rt-1"));
    let path = world.folder.path().join("data/oauth/id.token");
    assert_eq!(
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let standing = source.standing().unwrap();
    assert!(standing.refresh_token_ends.unwrap() > Clock::system().now());
    // Another process, begun later.
    let other = world.refreshing();
    assert_eq!(shown(&other.token().await.unwrap()), "at-2");
    assert!(
        world.heard()[1].ends_with("refresh_token=rt-2"),
        "{:?}",
        world.heard()
    );
    // A person has put a newer one into the file the configuration names.
    world.first_token("rt-new");
    assert_eq!(shown(&world.refreshing().token().await.unwrap()), "at-3");
    assert!(world.heard()[2].ends_with("refresh_token=rt-new"));
    let told = format!("{source:?} {standing:?} {:?}", source.token().await);
    assert!(!told.contains("rt-") && !told.contains("at-"), "{told}");
}

#[tokio::test]
async fn an_ended_refresh_token_leads_to_the_command_that_mends_it_and_no_token_is_repeated() {
    let world = World::with(&[(
        400,
        r#"{"error":"invalid_grant","error_description":"AADSTS700082: rt-1 has expired"}"#,
    )])
    .await;
    world.first_token("rt-1");
    let error = world.refreshing().token().await.unwrap_err();
    let told = chain(&error);
    assert!(
        told.contains("countinghouse auth id") && told.contains("AADSTS700082"),
        "{told}"
    );
    assert!(
        !told.contains("rt-1") && !format!("{error:?}").contains("rt-1"),
        "{told}"
    );
    assert_eq!(error.disposition(), Disposition::AskPerson);
    assert!(!told.contains("was lost"), "{told}");
}

#[tokio::test]
async fn a_new_refresh_token_lost_on_the_way_is_told() {
    let world = World::with(&[(200, SILENCE), (400, r#"{"error":"invalid_grant"}"#)]).await;
    world.first_token("rt-1");
    // The power goes while the provider thinks; its answer never comes.
    let error = world.refreshing().token().await.unwrap_err();
    assert_eq!(error.disposition(), Disposition::Retry);
    let told = chain(&world.refreshing().token().await.unwrap_err());
    assert!(
        told.contains("an answer of the provider was lost before"),
        "{told}"
    );
}

#[tokio::test]
async fn a_new_refresh_token_that_cannot_be_written_is_not_used_before_it_is() {
    let world = World::with(&[
        (
            200,
            r#"{"access_token":"at-1","expires_in":3600,"refresh_token":"rt-2"}"#,
        ),
        (
            200,
            r#"{"access_token":"at-2","expires_in":3600,"refresh_token":"rt-3"}"#,
        ),
    ])
    .await;
    world.first_token("rt-1");
    let source = world.refreshing();
    let known = source.known().unwrap();
    source.place.write(&known).unwrap();
    // What a full disk does to the write after the answer.
    let (folder, away) = (
        world.folder.path().join("data/oauth"),
        world.folder.path().join("away"),
    );
    source.state.lock().await.unwritten = Some(Kept {
        refresh_token: SecretString::from("rt-unwritten"),
        ..known
    });
    std::fs::rename(&folder, &away).unwrap();
    std::fs::write(&folder, "no folder").unwrap();
    let error = source.token().await.unwrap_err();
    assert!(matches!(error, OauthError::Keep { .. }), "{error:?}");
    assert_eq!(world.heard().len(), 0, "nothing is asked before it is kept");
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&away, &folder).unwrap();
    assert_eq!(shown(&source.token().await.unwrap()), "at-1");
    assert!(world.heard()[0].ends_with("refresh_token=rt-unwritten"));
}

#[tokio::test]
async fn a_provider_that_is_slow_or_talks_rubbish_is_asked_again_and_the_old_token_used_meanwhile()
{
    let world = World::with(&[
        (200, r#"{"access_token":"at-1","expires_in":3600}"#),
        (502, "<html>bad gateway</html>"),
        (200, SILENCE),
        (429, "slow down"),
    ])
    .await;
    let source = client(&world);
    source.token().await.unwrap();
    for _ in 0..3 {
        source
            .state
            .lock()
            .await
            .access
            .as_mut()
            .unwrap()
            .fresh_until = Instant::now();
        assert_eq!(shown(&source.token().await.unwrap()), "at-1");
    }
    source.state.lock().await.access = None;
    let error = source.token().await.unwrap_err();
    assert_eq!(error.disposition(), Disposition::Retry, "{error:?}");
    assert_eq!(world.heard().len(), 5);
}

#[tokio::test]
async fn a_wrong_client_secret_is_a_persons_business() {
    let world = World::with(&[(
        401,
        r#"{"error":"invalid_client","error_description":"AADSTS7000222: expired"}"#,
    )])
    .await;
    let error = client(&world).token().await.unwrap_err();
    assert_eq!(error.disposition(), Disposition::AskPerson);
    assert!(chain(&error).contains("AADSTS7000222"), "{error}");
}

#[tokio::test]
async fn the_issuers_metadata_says_where_tokens_are_and_a_person_signs_in_from_another_device() {
    let world = World::with(&[
        (200, r#"{"issuer":"x","token_endpoint":"http://127.0.0.1:PORT/t","device_authorization_endpoint":"http://127.0.0.1:PORT/d"}"#),
        (200, r#"{"device_code":"dc-1","user_code":"ABCD","verification_uri":"https://id.test/d","expires_in":60,"interval":0}"#),
        (400, r#"{"error":"authorization_pending"}"#),
        (200, r#"{"access_token":"at-1","expires_in":60,"refresh_token":"rt-1"}"#),
        (200, r#"{"issuer":"x","token_endpoint":"http://127.0.0.1:PORT/t"}"#),
        (200, r#"{"access_token":"at-2","expires_in":60}"#),
    ])
    .await;
    let keys = "grant = \"refresh_token\"\nissuer = \"http://127.0.0.1:PORT/v2.0/\"\n";
    let source = world.source(keys);
    let sign_in = source.begin_sign_in().await.unwrap();
    assert_eq!(sign_in.invitation(), ("https://id.test/d", "ABCD", 60));
    assert!(sign_in.wait().await.unwrap().signed_in_at.is_some());
    // The daemon, which had no token before, takes it.
    assert_eq!(shown(&world.source(keys).token().await.unwrap()), "at-2");
    let heard = world.heard();
    assert!(heard[0].starts_with("GET /v2.0/.well-known/openid-configuration HTTP/1.1\r\n"));
    assert!(heard[3].contains("device_code=dc-1"));
    assert!(
        heard[5].ends_with("grant_type=refresh_token&refresh_token=rt-1"),
        "{}",
        heard[5]
    );
}

#[tokio::test]
async fn a_person_who_refuses_leaves_everything_as_it_was() {
    let world = World::with(&[
        (200, r#"{"device_code":"dc-1","user_code":"ABCD","verification_uri":"https://id.test/d","expires_in":60,"interval":0}"#),
        (400, r#"{"error":"access_denied"}"#),
    ])
    .await;
    let keys = "grant = \"refresh_token\"\ntoken_endpoint = \"http://127.0.0.1:PORT/t\"\ndevice_endpoint = \"http://127.0.0.1:PORT/d\"\n";
    let source = world.source(keys);
    let error = source
        .begin_sign_in()
        .await
        .unwrap()
        .wait()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("the person refused"), "{error}");
    assert_eq!(source.standing().unwrap().signed_in_at, None);
    let error = source.token().await.unwrap_err();
    assert!(
        error.to_string().contains("countinghouse auth id"),
        "{error}"
    );
}

#[tokio::test]
async fn nobody_is_invited_to_a_sign_in_that_the_daemon_would_not_believe() {
    let world = World::with(&[(200, "{}")]).await;
    let keys = "grant = \"refresh_token\"\ntoken_endpoint = \"http://127.0.0.1:PORT/t\"\ndevice_endpoint = \"http://127.0.0.1:PORT/d\"\nrefresh_token_credential = \"only-the-service-has-it\"\n";
    let source = world.source(keys);
    let error = source.begin_sign_in().await.err().unwrap();
    assert!(error.to_string().contains("cannot be read"), "{error}");
    assert_eq!(world.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn two_processes_never_send_the_same_refresh_token_at_once() {
    let world = World::with(&[(200, r#"{"access_token":"at-1","expires_in":60}"#)]).await;
    world.first_token("rt-1");
    let source = world.refreshing();
    let held = Place::new(&world.folder.path().join("data/oauth"), "id")
        .try_lock()
        .unwrap()
        .unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(300), source.token()).await;
    assert!(waiting.is_err() && world.heard().is_empty());
    drop(held);
    source.token().await.unwrap();
    assert!(Path::new(&world.folder.path().join("data/oauth/id.lock")).exists());
}
