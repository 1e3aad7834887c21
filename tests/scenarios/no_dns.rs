//! The name server is gone: what it would have proved is not believed, nobody is accused, and nothing is lost.

use std::net::SocketAddr;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countinghouse::domain::exception::ExceptionCode;
use countinghouse::io::dkim::Signing;
use tokio::net::UdpSocket;

use crate::office::Office;
use crate::office::bills::bill;
use crate::office::mails::answer;
use crate::office::servers::servers;

/// Nobody listens there.
const GONE: &str = "127.0.0.1:1";

/// A name server that knows one key, under whatever name it is asked for.
async fn name_server(record: String) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut heard = [0_u8; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut heard).await {
            // The question as it came, then one TXT record that points back at its name (RFC 1035 section 4).
            let name = heard[12..length].iter().position(|byte| *byte == 0);
            let mut packet = heard[..12 + name.unwrap() + 5].to_vec();
            packet[2..4].copy_from_slice(&[0x84, 0x00]);
            packet[4..12].copy_from_slice(&[0, 1, 0, 1, 0, 0, 0, 0]);
            packet.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0]);
            let length = u8::try_from(record.len()).unwrap();
            packet.extend([length + 1, length]);
            packet.extend(record.as_bytes());
            socket.send_to(&packet, from).await.unwrap();
        }
    });
    address
}

/// What openssl makes of these arguments.
fn openssl(arguments: &[&str]) -> Vec<u8> {
    let ran = Command::new("openssl").args(arguments).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    ran.stdout
}

/// A bill is asked about, and Petra's answer proves itself by her provider's signature alone, which is checked with this server.
async fn signed_answer(dns_server: &str) -> (Office, String) {
    let office = Office::sqlite().await;
    let checking = format!("[authenticity]\nverify_dkim = true\ndns_server = {dns_server:?}\n");
    let office = office.reopen_with("[authenticity]\n", &checking).await;
    let (ap, petra) = (office.people.ap.clone(), office.people.petra.clone());
    office.take(&ap, &bill("RE-4901", 119_000).mail(1)).await;

    let key = office.folder().join("dkim.pem");
    let key = key.to_str().unwrap();
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", key]);
    let public = openssl(&["pkey", "-in", key, "-pubout", "-outform", "DER"]);
    let public = STANDARD.encode(public.split_at(public.len() - 32).1);
    let pem = String::from_utf8(openssl(&["pkey", "-in", key])).unwrap();
    let signing = Signing::new("fin.test", "s1", &pem).unwrap();
    let request = office.request_about("RE-4901", &petra).await;
    let reply = answer(&request, &petra, "Freigegeben\n\nPetra").write();
    let without_verdict = reply
        .lines()
        .filter(|line| !line.starts_with("Authentication-Results:"));
    let mail = without_verdict.map(|line| format!("{line}\r\n"));
    let mail = signing.sign(mail.collect::<String>().as_bytes()).unwrap();
    servers()
        .deliver("petra@ext.test", &request.reply_to, &mail)
        .await;
    office.work().await;
    (office, format!("v=DKIM1; k=ed25519; p={public}"))
}

#[tokio::test]
async fn an_answer_whose_signature_no_name_server_can_prove_waits_and_counts_when_it_is_back() {
    let (office, record) = signed_answer(GONE).await;
    assert_eq!(office.state_of("RE-4901").await, "awaiting_approval");
    assert_eq!(
        office.votes_on("RE-4901").await,
        0,
        "not checked is no pass"
    );
    assert_eq!(office.waiting_for_a_person().await, [], "and no accusation");
    let now = office.desk.clock.now();
    let idle = office.desk.store.idle(now).await.unwrap();
    assert!(idle.later > 0, "it is tried again: {idle:?}");

    let back = name_server(record).await;
    let (gone, back) = (format!("{GONE:?}"), format!("\"{back}\""));
    let mut office = office.reopen_with(&gone, &back).await;
    office.next_day().await;
    assert_eq!(office.votes_on("RE-4901").await, 1);
    assert_eq!(office.state_of("RE-4901").await, "scheduled");
    office.close(&[]).await;
}

#[tokio::test]
async fn an_answer_that_no_name_server_ever_proves_is_a_persons_with_the_reason() {
    let (mut office, _) = signed_answer(GONE).await;
    for _ in 0..12 {
        office.next_day().await;
    }
    assert_eq!(office.votes_on("RE-4901").await, 0);
    let asked = office.desk.store.open_exceptions(10).await.unwrap();
    let told = asked
        .iter()
        .any(|one| one.reason.contains("our name server does not answer"));
    assert!(told, "{asked:?}");
    // It took so long that the approver counts as silent, too.
    let waiting = [ExceptionCode::ApprovalLate, ExceptionCode::ReplyRefused];
    office.close(&waiting).await;
}
