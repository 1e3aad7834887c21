//! Access tokens for mail servers (OAuth 2.0, RFC 6749): got when needed, renewed before their end, told to nobody else.
//!
//! A provider may put a new refresh token in place of the one it was sent. The new one is on the disk before the access token
//! that came with it is used; what a crash between leaves is told in words a person can act on.

mod error;
mod keep;
mod ask;
mod device;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

pub use device::SignIn;
pub use error::OauthError;

use self::ask::{Answered, Endpoints, tokens};
use self::keep::{Kept, Place};
use super::clock::Clock;
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::ids::ContentHash;
use crate::config::oauth::{Grant, Oauth, Wanted};
use crate::formats::oauth::{Mechanism, TokenAnswer};

/// The folder in the data folder with the refresh tokens.
const FOLDER: &str = "oauth";
/// A token is renewed after this part of its life: what then fails can be tried again before it ends.
const FRESH_OF_TEN: u64 = 8;
/// Where the provider does not say how long a token lives. Microsoft's and Google's live an hour.
const UNTOLD_LIFE_SECONDS: u64 = 300;
/// A token so near its end is not used: it must last until the server has looked at it.
const LAST_SECONDS: Duration = Duration::from_secs(20);
/// A token that was got because another was refused, and is refused too, is not replaced for so long: the next would fare no
/// better.
const YOUNG: Duration = Duration::from_secs(60);
/// How long another process may hold the lock, and how often is looked. Two whole answers of a provider fit in.
const LOCK_WAIT: Duration = Duration::from_secs(60);
const LOCK_LOOK: Duration = Duration::from_millis(50);

/// The token sources of the configuration, by their names.
#[derive(Clone, Debug, Default)]
pub struct TokenSources(Vec<Arc<TokenSource>>);

impl TokenSources {
    /// Asks nobody yet. `data_folder` is where refresh tokens are kept.
    pub fn new(settings: &[Oauth], data_folder: &Path, clock: &Clock) -> Self {
        let folder = data_folder.join(FOLDER);
        let source = |one: &Oauth| TokenSource::new(one.clone(), &folder, clock.clone());
        Self(settings.iter().map(|one| Arc::new(source(one))).collect())
    }

    /// The one of this name.
    pub fn named(&self, name: &str) -> Option<Arc<TokenSource>> {
        self.0.iter().find(|source| source.name() == name).cloned()
    }

    /// All of them, in the order of the configuration.
    pub fn all(&self) -> impl Iterator<Item = &TokenSource> {
        self.0.iter().map(Arc::as_ref)
    }

    /// Waits for the questions that are under way: a program that ends before the answer is kept may have lost its login.
    pub async fn finish(&self) {
        for source in &self.0 {
            drop(source.state.lock().await);
        }
    }
}

/// Where access tokens for some accounts come from. All who use the same one wait for the same question.
pub struct TokenSource {
    settings: Oauth,
    place: Place,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    access: Option<Access>,
    endpoints: Option<Endpoints>,
    /// Given by the provider and not on the disk: written before anything else is asked.
    unwritten: Option<Kept>,
}

struct Access {
    token: SecretString,
    got_at: Instant,
    /// A mail server had refused the one before.
    is_second: bool,
    fresh_until: Instant,
    usable_until: Instant,
}

/// How it stands with a token source, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// By its name in the configuration.
    pub name: String,
    /// How tokens are asked for.
    pub grant: Grant,
    /// Since when a refresh token is kept.
    pub signed_in_at: Option<Timestamp>,
    /// When that one ends, where the provider said so.
    pub refresh_token_ends: Option<Timestamp>,
    /// The last day of the client secret, as configured.
    pub client_secret_ends: Option<Date>,
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenSource({})", self.settings.name)
    }
}

impl TokenSource {
    fn new(settings: Oauth, folder: &Path, clock: Clock) -> Self {
        Self {
            place: Place::new(folder, &settings.name),
            settings,
            clock,
            state: Mutex::default(),
        }
    }

    /// By what mailboxes refer to it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// The mechanism to tell a mail server a token by, of those it offers; the standard one first.
    pub fn mechanism(&self, offers: impl Fn(&str) -> bool) -> Option<Mechanism> {
        let wanted: &[Mechanism] = match self.settings.mechanism {
            Wanted::Any => &[Mechanism::OauthBearer, Mechanism::Xoauth2],
            Wanted::OauthBearer => &[Mechanism::OauthBearer],
            Wanted::Xoauth2 => &[Mechanism::Xoauth2],
        };
        wanted.iter().copied().find(|one| offers(one.name()))
    }

    /// A token that is good for a while. Whoever asked may go away: the answer of the provider is kept all the same, since it may be
    /// the last to name the new refresh token.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn token(self: &Arc<Self>) -> Result<SecretString, OauthError> {
        let source = Arc::clone(self);
        let asked = tokio::spawn(async move { source.good_token().await });
        asked
            .await
            .unwrap_or_else(|ended| Err(self.unasked(&ended)))
    }

    async fn good_token(&self) -> Result<SecretString, OauthError> {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        if let Some(access) = state.access.as_ref().filter(|one| now < one.fresh_until) {
            return Ok(access.token.clone());
        }
        let renewed = self.renew(&mut state).await;
        let old = state.access.as_ref();
        match (renewed, old.filter(|one| now < one.usable_until)) {
            (Err(failure), Some(old)) if state.unwritten.is_none() => {
                tracing::warn!(oauth = self.name(), error = %crate::basics::text::chain(&failure), "the token could not be renewed; the old one is used as long as it lives");
                Ok(old.token.clone())
            }
            (renewed, _) => renewed,
        }
    }

    /// Another token than this one, which a mail server has refused; `None` where that one has taken the place of a refused one
    /// just now.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn another(
        self: &Arc<Self>,
        refused: &SecretString,
    ) -> Result<Option<SecretString>, OauthError> {
        let (source, refused) = (Arc::clone(self), refused.clone());
        let asked = tokio::spawn(async move { source.token_after(&refused).await });
        asked
            .await
            .unwrap_or_else(|ended| Err(self.unasked(&ended)))
    }

    async fn token_after(
        &self,
        refused: &SecretString,
    ) -> Result<Option<SecretString>, OauthError> {
        let mut state = self.state.lock().await;
        if let Some(access) = &state.access {
            // Somebody else was refused too, and was faster.
            if access.token.expose_secret() != refused.expose_secret() {
                return Ok(Some(access.token.clone()));
            }
            if access.is_second && access.got_at.elapsed() < YOUNG {
                return Ok(None);
            }
        }
        // The refused one stays until there is another: a server in trouble may have refused a good one.
        let renewed = self.renew(&mut state).await?;
        if let Some(access) = &mut state.access {
            access.is_second = true;
        }
        Ok(Some(renewed))
    }

    /// How old the token is that is shown to mail servers now; none before the first, and while a new one is being asked for.
    pub fn token_age(&self) -> Option<Duration> {
        let state = self.state.try_lock().ok()?;
        state.access.as_ref().map(|access| access.got_at.elapsed())
    }

    /// How it stands.
    ///
    /// # Errors
    /// The file with the refresh token cannot be read.
    pub fn standing(&self) -> Result<Standing, OauthError> {
        let settings = &self.settings;
        let kept = match settings.grant {
            Grant::ClientCredentials => None,
            Grant::RefreshToken => self.place.read().map_err(self.not_kept())?,
        };
        let kept = kept.filter(|kept| kept.client_id == settings.client_id);
        Ok(Standing {
            name: settings.name.clone(),
            grant: settings.grant,
            signed_in_at: kept.as_ref().map(|kept| kept.since),
            refresh_token_ends: kept.and_then(|kept| kept.ends),
            client_secret_ends: settings.client_secret_ends,
        })
    }

    async fn renew(&self, state: &mut State) -> Result<SecretString, OauthError> {
        if state.endpoints.is_none() {
            state.endpoints = Some(ask::endpoints(&self.settings).await?);
        }
        let Some(endpoints) = state.endpoints.clone() else {
            return Err(self.unusable("no endpoint".to_owned()));
        };
        let asked_at = Instant::now();
        let answer = match self.settings.grant {
            Grant::ClientCredentials => {
                let fields = [("grant_type", "client_credentials")];
                match tokens(&self.settings, &endpoints.token, &fields).await? {
                    Answered::Given(answer) => answer,
                    Answered::Refused(refusal) => {
                        return Err(OauthError::Refused {
                            name: self.settings.name.clone(),
                            refusal,
                        });
                    }
                }
            }
            Grant::RefreshToken => self.exchange(state, &endpoints).await?,
        };
        let access = Access::new(&answer, asked_at);
        let token = access.token.clone();
        tracing::debug!(
            oauth = self.name(),
            lives_seconds = answer.lives_seconds,
            "a new access token"
        );
        state.access = Some(access);
        Ok(token)
    }

    /// The refresh token for an access token (RFC 6749 section 6).
    async fn exchange(
        &self,
        state: &mut State,
        endpoints: &Endpoints,
    ) -> Result<TokenAnswer, OauthError> {
        let _lock = self.locked().await?;
        if let Some(unwritten) = &state.unwritten {
            self.place.write(unwritten).map_err(self.not_kept())?;
            state.unwritten = None;
        }
        let known = self.known()?;
        // Crash from here to the next write: the provider may have replaced it, and its refusal is told so.
        let sent = Kept {
            is_being_exchanged: true,
            ..known.clone()
        };
        self.place.write(&sent).map_err(self.not_kept())?;
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", known.refresh_token.expose_secret()),
        ];
        let answered = tokens(&self.settings, &endpoints.token, &fields).await;
        if answered.as_ref().is_err_and(OauthError::was_never_asked) {
            self.place.write(&known).map_err(self.not_kept())?;
        }
        let answer = match answered? {
            Answered::Given(answer) => answer,
            Answered::Refused(refusal) if refusal.code == "invalid_grant" => {
                let mut why = format!("the provider refused the refresh token: {refusal}");
                if known.is_being_exchanged {
                    why.push_str(
                        "; an answer of the provider was lost before, and a new token with it",
                    );
                }
                return Err(self.sign_in(why));
            }
            Answered::Refused(refusal) => {
                // It was not taken: it is still the one.
                self.place.write(&known).map_err(self.not_kept())?;
                return Err(OauthError::Refused {
                    name: self.settings.name.clone(),
                    refusal,
                });
            }
        };
        let rotated = answer.refresh_token.clone().map(SecretString::from);
        let now = self.clock.now();
        let kept = Kept {
            since: if rotated.is_some() { now } else { known.since },
            ends: self
                .ends(&answer)
                .or(known.ends.filter(|_| rotated.is_none())),
            refresh_token: rotated.unwrap_or_else(|| known.refresh_token.clone()),
            is_being_exchanged: false,
            ..known
        };
        // A full disk: in memory it is safe until the program ends, and it is tried again before anything is asked.
        state.unwritten = Some(kept.clone());
        self.place.write(&kept).map_err(self.not_kept())?;
        state.unwritten = None;
        Ok(answer)
    }

    fn ends(&self, answer: &TokenAnswer) -> Option<Timestamp> {
        let seconds = i64::try_from(answer.refresh_lives_seconds?).ok()?;
        let life = jiff::SignedDuration::from_secs(seconds);
        self.clock.now().checked_add(life).ok()
    }

    /// The refresh token to send: the kept one, unless the configuration names another meanwhile.
    fn known(&self) -> Result<Kept, OauthError> {
        let configured = self.configured()?;
        let seed = configured.as_ref().map(hash);
        let kept = self.place.read().map_err(self.not_kept())?;
        let kept = kept.filter(|kept| kept.client_id == self.settings.client_id);
        match (kept, configured) {
            (Some(kept), configured) if configured.is_none() || kept.seed == seed => Ok(kept),
            (_, Some(refresh_token)) => Ok(Kept {
                refresh_token,
                client_id: self.settings.client_id.clone(),
                since: self.clock.now(),
                ends: None,
                seed,
                is_being_exchanged: false,
            }),
            (_, None) => Err(self.sign_in("there is no refresh token yet".to_owned())),
        }
    }

    /// The refresh token the configuration names, if it names one.
    fn configured(&self) -> Result<Option<SecretString>, OauthError> {
        let source = self.settings.refresh_token.as_ref();
        let read = source.map(|source| source.read()).transpose();
        read.map_err(|why| {
            self.unusable(format!(
                "the refresh token of the configuration cannot be read: {why}"
            ))
        })
    }

    /// What a person got by signing in, on the disk when this returns; from the next token on it is used.
    async fn keep(&self, answer: &TokenAnswer, refresh_token: String) -> Result<Kept, OauthError> {
        let _lock = self.locked().await?;
        let configured = self.configured()?;
        let kept = Kept {
            refresh_token: SecretString::from(refresh_token),
            client_id: self.settings.client_id.clone(),
            since: self.clock.now(),
            ends: self.ends(answer),
            seed: configured.as_ref().map(hash),
            is_being_exchanged: false,
        };
        self.place.write(&kept).map_err(self.not_kept())?;
        Ok(kept)
    }

    async fn locked(&self) -> Result<std::fs::File, OauthError> {
        let begun = Instant::now();
        loop {
            if let Some(lock) = self.place.try_lock().map_err(self.not_kept())? {
                return Ok(lock);
            }
            if begun.elapsed() > LOCK_WAIT {
                return Err(OauthError::Locked {
                    name: self.settings.name.clone(),
                    seconds: LOCK_WAIT.as_secs(),
                });
            }
            tokio::time::sleep(LOCK_LOOK).await;
        }
    }

    /// The task that asked ended without an answer: the program is stopping, or a defect of ours.
    fn unasked(&self, ended: &tokio::task::JoinError) -> OauthError {
        self.unusable(format!("the question to the provider ended early: {ended}"))
    }

    fn not_kept(&self) -> impl Fn(std::io::Error) -> OauthError + use<'_> {
        |source| OauthError::Keep {
            name: self.settings.name.clone(),
            path: self.place.path(),
            source,
        }
    }

    fn sign_in(&self, why: String) -> OauthError {
        OauthError::SignIn {
            name: self.settings.name.clone(),
            why,
        }
    }

    fn unusable(&self, why: String) -> OauthError {
        OauthError::Unusable {
            name: self.settings.name.clone(),
            why,
        }
    }
}

impl Access {
    fn new(answer: &TokenAnswer, asked_at: Instant) -> Self {
        // A day is longer than any lives; more would be beyond what an Instant can add.
        let lives = answer.lives_seconds.unwrap_or(UNTOLD_LIFE_SECONDS);
        let lives = Duration::from_secs(lives.min(24 * 3600));
        let fresh = lives.saturating_mul(u32::try_from(FRESH_OF_TEN).unwrap_or(1)) / 10;
        let after = |wait: Duration| asked_at.checked_add(wait).unwrap_or(asked_at);
        Self {
            token: SecretString::from(answer.access_token.clone()),
            got_at: asked_at,
            is_second: false,
            fresh_until: after(fresh),
            usable_until: after(lives.saturating_sub(LAST_SECONDS)),
        }
    }
}

/// Tells one refresh token from another without keeping it.
fn hash(token: &SecretString) -> String {
    ContentHash::of(token.expose_secret().as_bytes()).to_string()
}
