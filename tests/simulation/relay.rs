//! The mail server our mail goes to, played by a task: it takes mails, refuses them, hangs up, and forgets to answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::dice::Dice;

/// A mail that reached its recipient.
#[derive(Clone)]
pub struct Taken {
    pub to: String,
    pub bytes: Vec<u8>,
}

/// What it does with the next mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mood {
    Takes,
    /// 451 to the recipient: greylisting.
    Defers,
    /// 452 behind the content.
    DefersTheContent,
    /// Hangs up before it has the content.
    HangsUp,
    /// Has the content, keeps it, and hangs up without a word.
    LosesItsAnswer,
    /// Has the content, loses it, and hangs up without a word.
    LosesTheMail,
    /// Begins an answer and never comes to its end, byte by byte.
    Drips,
}

#[derive(Clone)]
pub struct Relay {
    pub port: u16,
    desk: Arc<Mutex<Desk>>,
}

struct Desk {
    dice: Dice,
    is_well: bool,
    drips: bool,
    taken: Vec<Taken>,
}

impl Relay {
    pub async fn open(seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let desk = Arc::new(Mutex::new(Desk {
            dice: Dice::new("relay", seed),
            is_well: false,
            drips: false,
            taken: Vec::new(),
        }));
        let serving = Arc::clone(&desk);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // A client that hung up is no concern of ours.
                drop(serve(stream, &serving).await);
            }
        });
        Self { port, desk }
    }

    /// From now on it takes everything.
    pub fn recover(&self) {
        let mut desk = self.desk.lock().unwrap();
        (desk.is_well, desk.drips) = (true, false);
    }

    /// From now on it answers byte by byte, and never whole.
    pub fn drip(&self) {
        self.desk.lock().unwrap().drips = true;
    }

    /// Everything that reached somebody so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.desk.lock().unwrap().taken.clone()
    }
}

impl Desk {
    fn mood(&mut self) -> Mood {
        if self.drips {
            return Mood::Drips;
        }
        if self.is_well {
            return Mood::Takes;
        }
        match self.dice.below(20) {
            0 | 1 => Mood::Defers,
            2 => Mood::DefersTheContent,
            3 => Mood::HangsUp,
            4 => Mood::LosesItsAnswer,
            5 => Mood::LosesTheMail,
            _ => Mood::Takes,
        }
    }
}

/// One connection. Our side opens the next when this one is closed, so one at a time is enough.
async fn serve(stream: TcpStream, desk: &Mutex<Desk>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).split(b'\n');
    write.write_all(b"220 relay.test\r\n").await?;
    let (mut to, mut mood) = (String::new(), Mood::Takes);
    while let Some(line) = lines.next_segment().await? {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-relay.test\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" => {
                mood = desk.lock().unwrap().mood();
                if mood == Mood::Drips {
                    loop {
                        // Until the other side has had enough.
                        write.write_all(b"2").await?;
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
                "250 2.1.0 fine"
            }
            "RCPT" if mood == Mood::Defers => "451 4.7.1 greylisted, come again",
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1);
                to = address.unwrap_or_default().to_owned();
                "250 2.1.5 fine"
            }
            "DATA" if mood == Mood::HangsUp => return Ok(()),
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut bytes = Vec::new();
                while let Some(line) = lines.next_segment().await? {
                    if line == b".\r" {
                        break;
                    }
                    let line = line.strip_prefix(b".").unwrap_or(&line);
                    bytes.extend_from_slice(line);
                    bytes.push(b'\n');
                }
                let mail = Taken {
                    to: to.clone(),
                    bytes,
                };
                match mood {
                    Mood::Takes | Mood::Defers | Mood::HangsUp | Mood::Drips => {
                        desk.lock().unwrap().taken.push(mail);
                        "250 2.0.0 queued"
                    }
                    Mood::LosesItsAnswer => {
                        desk.lock().unwrap().taken.push(mail);
                        return Ok(());
                    }
                    Mood::LosesTheMail => return Ok(()),
                    Mood::DefersTheContent => "452 4.3.1 no room",
                }
            }
            "QUIT" => return Ok(()),
            _ => "250 2.0.0 fine",
        };
        write.write_all(answer.as_bytes()).await?;
        write.write_all(b"\r\n").await?;
    }
    Ok(())
}
