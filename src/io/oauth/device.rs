//! Signing in from another device (RFC 8628): this machine has no browser, the person's has.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::ask::{self, Answered, Posted, posted, tokens};
use super::{OauthError, Standing, TokenSource};
use crate::config::endpoint::Endpoint;
use crate::config::oauth::Grant;
use crate::formats::oauth::{DeviceAnswer, Refusal, device_answer};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// RFC 8628 section 3.5: so much longer is every pause after `slow_down`.
const SLOWER: Duration = Duration::from_secs(5);
/// A pause or a life longer than these is a mistake of the provider's.
const LONGEST_PAUSE_SECONDS: u64 = 60;
const LONGEST_LIFE_SECONDS: u64 = 3600;

/// A person is expected to sign in.
#[derive(Debug)]
pub struct SignIn<'s> {
    source: &'s TokenSource,
    endpoint: Endpoint,
    answer: DeviceAnswer,
}

impl TokenSource {
    /// Begins a sign-in.
    ///
    /// # Errors
    /// Why it cannot be.
    pub async fn begin_sign_in(&self) -> Result<SignIn<'_>, OauthError> {
        let settings = &self.settings;
        if settings.grant == Grant::ClientCredentials {
            let why = "nobody signs in for client_credentials: the program itself is known there";
            return Err(self.unusable(why.to_owned()));
        }
        // The daemon tells by the configured token whether what is kept is newer: who cannot read it would sign in for nothing.
        self.configured()?;
        let endpoints = ask::endpoints(settings).await?;
        let Some(device) = endpoints.device else {
            let why = "the provider names no device_authorization_endpoint: configure device_endpoint, or a refresh token got elsewhere";
            return Err(self.unusable(why.to_owned()));
        };
        let Posted { response, refusal } = posted(settings, &device, &[]).await?;
        if let Some(refusal) = refusal {
            return Err(self.refused(refusal));
        }
        let unreadable = |source| OauthError::Unreadable {
            name: settings.name.clone(),
            status: response.status,
            source,
        };
        Ok(SignIn {
            source: self,
            endpoint: endpoints.token,
            answer: device_answer(&response.body).map_err(unreadable)?,
        })
    }

    fn refused(&self, refusal: Refusal) -> OauthError {
        OauthError::Refused {
            name: self.settings.name.clone(),
            refusal,
        }
    }
}

impl SignIn<'_> {
    /// Where the person goes, what is typed there, and for how many seconds.
    pub fn invitation(&self) -> (&str, &str, u64) {
        let DeviceAnswer {
            verification_uri,
            user_code,
            lives_seconds,
            ..
        } = &self.answer;
        (verification_uri, user_code, *lives_seconds)
    }

    /// Waits until the person has signed in, and keeps the refresh token.
    ///
    /// # Errors
    /// The person refused or was too late, or the provider gave no refresh token.
    pub async fn wait(self) -> Result<Standing, OauthError> {
        let Self {
            source,
            endpoint,
            answer,
        } = self;
        let now = Instant::now();
        let life = Duration::from_secs(answer.lives_seconds.min(LONGEST_LIFE_SECONDS));
        let end = now.checked_add(life).unwrap_or(now);
        let mut pause = Duration::from_secs(answer.interval_seconds.min(LONGEST_PAUSE_SECONDS));
        let fields = [("grant_type", GRANT), ("device_code", &answer.device_code)];
        loop {
            sleep(pause).await;
            if Instant::now() >= end {
                return Err(source.sign_in("nobody signed in in time".to_owned()));
            }
            let asked = tokens(&source.settings, &endpoint, &fields).await;
            let refusal = match asked {
                Ok(Answered::Given(answer)) => {
                    let Some(token) = answer.refresh_token.clone() else {
                        let why = "the provider gave no refresh token: does scope ask for offline_access?";
                        return Err(source.unusable(why.to_owned()));
                    };
                    source.keep(&answer, token).await?;
                    return source.standing();
                }
                Ok(Answered::Refused(refusal)) => refusal,
                // RFC 8628 section 3.5: a provider that cannot be reached is asked again, less often.
                Err(OauthError::Http { .. } | OauthError::Unreadable { .. }) => {
                    pause = pause.saturating_add(SLOWER);
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            match refusal.code.as_str() {
                "authorization_pending" => {}
                "slow_down" => pause = pause.saturating_add(SLOWER),
                "expired_token" => {
                    return Err(source.sign_in("nobody signed in in time".to_owned()));
                }
                "access_denied" => {
                    return Err(source.sign_in("the person refused".to_owned()));
                }
                _ => return Err(source.refused(refusal)),
            }
        }
    }
}
