//! Pages, and the places on them where a code may be, as pictures.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are measured, not counted; no amount is touched"
)]

use hayro_interpret::hayro_syntax::page::Page as PdfPage;
use hayro_interpret::kurbo::{Affine, Rect as Area};
use hayro_interpret::{
    Context, Image, InterpreterCache, InterpreterSettings, LumaData, TransformExt, interpret_page,
};

use super::drawn::{Drawn, Inside};
use super::paint::{Painter, in_grey};
use super::{MAX_BYTES, PdfError, open};
use crate::formats::page::{PlacedPicture, Rect};
use crate::formats::picture::{self, DOTS_PER_INCH, MAX_SIDE_PIXELS, Picture};

const POINTS_PER_INCH: f64 = 72.0;
/// A place that may be a QR code is painted with this many pixels a side: eight for each of 77 dots.
const CODE_PIXELS: f64 = 640.0;

/// A part of a page is painted at this many dots per inch at least: coarser pictures come out no finer.
const LEAST_DOTS: f32 = 72.0;

/// How much of its side is looked at around a code. The quiet zone is four of its dots wide.
const CODE_MARGIN: f64 = 0.12;

/// A page, counted from 0, as a reader sees it, with the dots per inch it was painted at; `passwords` are tried when the file
/// is locked.
///
/// # Errors
/// When it cannot be opened, or has no such page.
pub fn picture(
    bytes: Vec<u8>,
    passwords: &[String],
    page: usize,
) -> Result<(Picture, f32), PdfError> {
    shown(bytes, passwords, page, |whole| (whole, DOTS_PER_INCH))
}

/// The place of a picture on a page, counted from 0, as fine as its own dots, with its dots per inch; `passwords` are tried when the
/// file is locked.
///
/// # Errors
/// When it cannot be opened, or has no such page.
pub fn part(
    bytes: Vec<u8>,
    passwords: &[String],
    page: usize,
    wanted: PlacedPicture,
) -> Result<(Picture, f32), PdfError> {
    let Rect {
        x0,
        top,
        x1,
        bottom,
    } = wanted.place;
    let [x0, top, x1, bottom] = [x0, top, x1, bottom].map(f64::from);
    let dots = wanted.dots_per_inch.clamp(LEAST_DOTS, DOTS_PER_INCH);
    shown(bytes, passwords, page, |whole| {
        (Area::new(x0, top, x1, bottom).intersect(whole), dots)
    })
}

/// The part of a page that is chosen from the whole of it, in points, at so many dots per inch, or fewer where it is large.
fn shown(
    bytes: Vec<u8>,
    passwords: &[String],
    page: usize,
    chosen: impl FnOnce(Area) -> (Area, f32),
) -> Result<(Picture, f32), PdfError> {
    if bytes.len() > MAX_BYTES {
        return Err(PdfError::TooLarge);
    }
    let pdf = open(bytes, passwords)?;
    let page = pdf.pages().get(page).ok_or(PdfError::NoSuchPage)?;
    let (width, height) = page.render_dimensions();
    let whole = Area::new(0.0, 0.0, f64::from(width), f64::from(height));
    let (part, dots) = chosen(whole);
    let longest = part.width().max(part.height()).max(1.0);
    let scale = (f64::from(dots) / POINTS_PER_INCH).min(MAX_SIDE_PIXELS as f64 / longest);
    let painted = painted(page, part, scale, &InterpreterCache::new());
    let picture = painted.ok_or(PdfError::NoSuchPage)?;
    Ok((picture, (scale * POINTS_PER_INCH) as f32))
}

/// A part of a page at a scale, in pixels a point.
fn painted<'p>(
    page: &'p PdfPage<'p>,
    part: Area,
    scale: f64,
    cache: &InterpreterCache<'p>,
) -> Option<Picture> {
    let side = |points: f64| (points * scale).ceil().max(1.0) as usize;
    let picture = Picture::white(side(part.width()), side(part.height()))?;
    let to_part = Affine::scale(scale) * Affine::translate((-part.x0, -part.y0));
    let transform = to_part * page.initial_transform(true).to_kurbo();
    let area = Area::new(0.0, 0.0, picture.width as f64, picture.height as f64);
    let settings = InterpreterSettings::default();
    let mut context = Context::new(transform, area, cache, page.xref(), settings);
    let mut painter = Painter::new(picture);
    interpret_page(page, &mut context, &mut painter);
    Some(painter.picture)
}

/// The QR codes in the places where one may be. Most pages have no such place.
pub(super) fn codes<'p>(
    page: &'p PdfPage<'p>,
    drawn: &Drawn,
    area: Area,
    cache: &InterpreterCache<'p>,
) -> Vec<String> {
    let mut codes = Vec::new();
    for place in drawn.code_places(area) {
        let part = place.inflate(place.width() * CODE_MARGIN, place.height() * CODE_MARGIN);
        let scale = CODE_PIXELS / part.width().max(part.height());
        let picture = painted(page, part, scale, cache);
        let picture = picture.filter(picture::may_be_qr);
        codes.extend(picture.iter().flat_map(picture::qr_texts));
    }
    codes.sort();
    codes.dedup();
    codes
}

/// What may be in an image, by its own samples: painting the page around it costs a hundred times more. An image with
/// more samples than it is painted with shows less noise when painted; it and one that is partly clear may always be a code.
pub(super) fn inside(image: &Image<'_, '_>) -> Inside {
    let longest = f64::from(image.width().max(image.height()));
    let Image::Raster(raster) = image else {
        return Inside::Code;
    };
    if longest > CODE_PIXELS {
        return Inside::Code;
    }
    let mut inside = Inside::Code;
    raster.with_rgba(
        |colours, alpha| {
            if alpha.is_none() {
                inside = inside_picture(in_grey(colours));
            }
        },
        None,
    );
    inside
}

fn inside_picture(samples: LumaData) -> Inside {
    let picture = Picture {
        width: samples.width as usize,
        height: samples.height as usize,
        grey: samples.data,
    };
    // With the margin it would be painted with.
    let margin = |side: usize| (side as f64 * CODE_MARGIN).ceil() as usize;
    let framed = picture.framed(margin(picture.width), margin(picture.height));
    if framed.as_ref().is_none_or(picture::may_be_qr) {
        Inside::Code
    } else if picture::is_grain(&picture) {
        Inside::Grain
    } else {
        Inside::Words
    }
}
