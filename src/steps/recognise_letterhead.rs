//! Pictures beside the text of a bill, recognised where its sender's data may stand in them.

use super::tools::Tools;
use crate::domain::document::letterhead::{Wanted, complete};
use crate::domain::document::patience::Patience;
use crate::domain::document::recognised::Attempt;
use crate::domain::document::tongue::{Tongue, tongue};
use crate::formats::issue::Issue;
use crate::formats::page::Paginated;
use crate::formats::picture::{MARGIN_POINTS, Writing};
use crate::io::disposition::Disposition;
use crate::io::reader::{ReaderError, View};

/// The pages of a PDF with the words in these pictures; `None` when none came in.
///
/// # Errors
/// Only when our own reader cannot be started.
pub async fn recognise_letterhead(
    tools: Tools<'_>,
    bytes: &[u8],
    mut pages: Paginated,
    wanted: &[Wanted],
) -> Result<Option<Paginated>, ReaderError> {
    let words = pages.pages.iter().flat_map(|page| page.words.clone());
    let tongue = tongue(&words.collect::<Vec<_>>());
    let languages = tongue.map(Tongue::recognised_by).unwrap_or_default();
    let mut patience = Patience::FOR_PICTURES;
    let mut came_in = 0;
    for Wanted { page, picture } in wanted {
        let view = View::Part(*picture);
        let file = (bytes, tools.passwords);
        let (shown, cost) = match tools.reader.picture(file, *page, view).await {
            Ok(shown) => shown,
            Err(error) if error.disposition() == Disposition::Retry => return Err(error),
            Err(error) => {
                pages.issues.push(unread(*page, &error));
                continue;
            }
        };
        patience.wasted(cost);
        let Some(seconds) = patience.seconds(false, std::time::Duration::ZERO) else {
            break;
        };
        let prepared = shown.prepared;
        if prepared.writing == Writing::No {
            continue;
        }
        let (picture_shown, dots) = (&prepared.picture, prepared.dots_per_inch);
        let read = tools
            .recogniser
            .recognise_once(picture_shown, dots, seconds, languages)
            .await;
        match read {
            Ok(read) => {
                patience.wasted(read.cost);
                let size = (picture_shown.width, picture_shown.height);
                let attempt = Attempt::new(size, dots, read.words, read.sure);
                if let Some(page) = pages.pages.get_mut(*page as usize) {
                    came_in += complete(page, *picture, MARGIN_POINTS, attempt);
                }
            }
            Err(error) => {
                pages.issues.push(unread(*page, &error));
                break;
            }
        }
    }
    Ok((came_in > 0).then_some(pages))
}

fn unread(page: u32, error: &impl std::fmt::Display) -> Issue {
    let place = format!("page {}", page.saturating_add(1));
    Issue::new(place, format!("a picture on it could not be read: {error}"))
}
