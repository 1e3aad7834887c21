//! Looks at what lets us into mail servers, so that somebody hears before it ends.

use super::{Office, StepError};
use crate::basics::calendar::{Date, day_in};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::Change;
use crate::domain::exception::{Exception, LoginSecret, ends_soon};
use crate::io::oauth::Standing;

const STEP: &str = "watch_tokens";

/// Asks a person about every client secret and refresh token that ends soon, once for each end. A file that cannot be read is told
/// when all others were looked at.
///
/// # Errors
/// What the store or a file met.
pub async fn watch_tokens(office: &Office) -> Result<(), StepError> {
    let now = office.clock.now();
    let mut unreadable = None;
    for source in office.tokens.all() {
        let standing = match source.standing() {
            Ok(standing) => standing,
            Err(failure) => {
                unreadable = unreadable.or(Some(failure));
                continue;
            }
        };
        for (secret, ends) in ends(office, &standing) {
            let owner = &office.rules.owners.mail;
            let item = Exception::login_ends((source.name(), secret), ends, owner, now);
            if office.store.exception(item.id).await?.is_some() {
                continue;
            }
            let event = AuditEvent::new(
                now,
                Actor::program(STEP),
                "login ends soon",
                item.subject.clone(),
                item.reason.clone(),
            );
            office.store.commit(Change::new(event).raise(item)).await?;
        }
    }
    unreadable.map_or(Ok(()), |failure| Err(failure.into()))
}

/// What of it ends soon, and on which day.
fn ends(office: &Office, standing: &Standing) -> Vec<(LoginSecret, Date)> {
    let zone = &office.rules.time_zone;
    let (today, now) = (office.today(), office.clock.now());
    let secret = standing
        .client_secret_ends
        .filter(|ends| ends_soon(None, *ends, today))
        .map(|ends| (LoginSecret::ClientSecret, ends));
    let token = standing.refresh_token_ends.and_then(|ends| {
        let since = standing.signed_in_at.unwrap_or(now);
        let (since, ends) = (day_in(zone, since), day_in(zone, ends));
        ends_soon(Some(since), ends, today).then_some((LoginSecret::RefreshToken, ends))
    });
    secret.into_iter().chain(token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::add_days;
    use crate::config::Config;
    use crate::io::oauth::TokenSources;
    use crate::steps::bill_stories::world::Story;

    #[tokio::test]
    async fn a_client_secret_that_ends_next_week_is_told_though_the_token_file_beside_it_is_damaged()
     {
        let story = Story::begin().await;
        let mut office = story.office.clone();
        let ends = add_days(office.today(), 7);
        let text = format!(
            "[company]\nname = \"E\"\ndomains = [\"fin.test\"]\n[storage]\ndata_folder = \"data\"\n\
             [[mailbox]]\nname = \"ap\"\nside = \"ap\"\naddress = \"ap@fin.test\"\nkind = \"maildir\"\nmaildir = \"in\"\n\
             [outgoing]\nkind = \"maildir\"\nmaildir = \"out\"\n\
             [owners]\npayables = \"a@fin.test\"\nreceivables = \"b@fin.test\"\nmail = \"c@fin.test\"\n\
             [[oauth]]\nname = \"other\"\nclient_id = \"c\"\ngrant = \"refresh_token\"\ntoken_endpoint = \"https://id.fin.test/t\"\n\
             [[oauth]]\nname = \"m365\"\nclient_id = \"c\"\ntoken_endpoint = \"https://id.fin.test/t\"\n\
             client_secret_env = \"S\"\nclient_secret_ends = \"{ends}\"\n"
        );
        let folder = tempfile::tempdir().unwrap();
        let config = Config::parse(&text, folder.path()).unwrap();
        office.tokens = TokenSources::new(&config.oauth, folder.path(), &office.clock);
        std::fs::create_dir(folder.path().join("oauth")).unwrap();
        std::fs::write(folder.path().join("oauth/other.token"), "damaged").unwrap();
        for _ in 0..2 {
            let failure = watch_tokens(&office).await.unwrap_err();
            let failure = crate::basics::text::chain(&failure);
            assert!(failure.contains("oauth other"), "{failure}");
        }
        let owner = &office.rules.owners.mail;
        let of = ("m365", LoginSecret::ClientSecret);
        let id = Exception::login_ends(of, ends, owner, office.clock.now()).id;
        let told = office.store.exception(id).await.unwrap().unwrap();
        assert!(told.reason.contains(&ends.to_string()), "{}", told.reason);
        assert!(told.next_action.contains("client_secret_ends"), "{told:?}");
    }
}
