//! The account of the demo.

use crate::steps::Office;

pub async fn tell(_office: &Office, _json: bool) -> anyhow::Result<String> { Ok(String::new()) }
