//! What a page shows besides text: pictures that may be the page itself, and squares that may be QR codes.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are measured, not counted; no amount is touched"
)]

use hayro_interpret::kurbo::{BezPath, Rect as Area, Shape};

use crate::formats::page::{PlacedPicture, Rect, Word};

/// Images and shapes noted of one page; more are decoration.
const MAX_NOTED: usize = 2_000;
/// Sides of a printed code in points: 1 cm is the smallest a phone reads, the Swiss one has 46 mm (130 points).
const CODE_SIDE: std::ops::RangeInclusive<f64> = 28.0..=260.0;
/// Places of one page looked at for a code.
const MAX_CODE_PLACES: usize = 6;
/// Images of one page looked into for a code; those beyond are taken for one, and the places count.
const MAX_LOOKS: usize = 24;
/// Smaller than this, in points, a picture holds no name anybody could read: a line of six-point type, five letters wide.
const WORDS_SIDES: (f64, f64) = (40.0, 8.0);
/// Coarser than this, in dots per inch, print of the usual size cannot be read in it.
const WORDS_DOTS: f64 = 60.0;
/// Pieces of one picture are set this near to each other, in points.
const SEAM: f64 = 1.5;
/// Pictures of one page that may hold words: head, foot, side and as many again. More are a catalogue.
const MAX_WORDS_PICTURES: usize = 6;
/// A picture with words of the file on more than a tenth of it is what they are printed on.
const BACKGROUND: f64 = 0.1;
/// Of a picture as large as the page, stationery with all else printed on it, this much is letterhead above and below.
const HEAD_AND_FOOT: (f64, f64) = (0.28, 0.16);
const POINTS_PER_INCH: f64 = 72.0;
/// A code drawn as one shape has at least this many corners.
const CODE_CORNERS: usize = 150;
/// A code drawn in pieces has at least this many, each smaller than `PIECE_SIDE` points.
const CODE_PIECES: usize = 60;
const PIECE_SIDE: f64 = 45.0;

/// What a look into an image tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Inside {
    /// Perhaps a code.
    Code,
    /// No code, perhaps words.
    Words,
    /// Neither.
    Grain,
}

/// Collected while a page is interpreted.
#[derive(Default)]
pub(super) struct Drawn {
    images: Vec<(Area, f64)>,
    /// Those that may be codes.
    squares: Vec<Area>,
    /// Those in which nothing can be written.
    grainy: Vec<Area>,
    looks: usize,
    shapes: Vec<Area>,
    pieces: usize,
    pieces_around: Option<Area>,
}

impl Drawn {
    /// An image of so many pixels; `inside` looks into it, and is asked only where a code may be.
    pub(super) fn image(&mut self, area: Area, pixels: f64, inside: impl FnOnce() -> Inside) {
        if self.images.len() >= MAX_NOTED || !area.is_finite() {
            return;
        }
        self.images.push((area, pixels));
        if !has_size_of_code(area) {
            return;
        }
        self.looks += 1;
        let inside = if self.looks > MAX_LOOKS {
            Inside::Code
        } else {
            inside()
        };
        match inside {
            Inside::Code => self.squares.push(area),
            Inside::Words => {}
            Inside::Grain => self.grainy.push(area),
        }
    }

    pub(super) fn shape(&mut self, path: &BezPath) {
        let area = path.bounding_box();
        let corners = path.elements().len();
        if !area.is_finite() {
            return;
        }
        if corners >= CODE_CORNERS && self.shapes.len() < MAX_NOTED {
            self.shapes.push(area);
        }
        self.piece(area);
    }

    pub(super) fn piece(&mut self, area: Area) {
        let small = area.width() <= PIECE_SIDE && area.height() <= PIECE_SIDE;
        // Lines of tables are thin; the dots of a code are squares or runs of squares.
        if small && area.is_finite() && area.width().min(area.height()) > 0.3 {
            self.pieces += 1;
            let around = self.pieces_around.map_or(area, |all| all.union(area));
            self.pieces_around = Some(around);
        }
    }

    /// Neither an image nor a filled shape.
    pub(super) fn is_nothing(&self) -> bool {
        self.images.is_empty() && self.shapes.is_empty() && self.pieces == 0
    }

    /// One image, or several side by side, make up more than half of the page.
    pub(super) fn is_picture(&self, page: Area) -> bool {
        let covered = self
            .images
            .iter()
            .map(|(image, _)| image.intersect(page).area())
            .sum::<f64>();
        covered > page.area() * 0.5
    }

    /// Pictures that may hold words beside these of the file, the largest first. Programs cut a picture into strips: those are
    /// put together again.
    pub(super) fn pictures(&self, page: Area, words: &[Word]) -> Vec<PlacedPicture> {
        let mut whole: Vec<(Area, f64)> = Vec::new();
        let legible = |image: &&(Area, f64)| !self.grainy.contains(&image.0);
        for (image, pixels) in self.images.iter().filter(legible) {
            let image = (image.intersect(page), *pixels);
            let piece = whole.iter_mut().find(|(other, _)| goes_on(*other, image.0));
            match piece {
                Some((other, sum)) => (*other, *sum) = (other.union(image.0), *sum + pixels),
                None => whole.push(image),
            }
        }
        let mut pictures = whole
            .into_iter()
            .filter(|(area, _)| area.width() >= WORDS_SIDES.0 && area.height() >= WORDS_SIDES.1)
            .filter(|(area, _)| !self.squares.contains(area))
            .map(|(area, pixels)| (area, (pixels / area.area()).sqrt() * POINTS_PER_INCH))
            .filter(|(_, dots)| *dots >= WORDS_DOTS)
            .flat_map(|(area, dots)| {
                parts(area, page, words)
                    .into_iter()
                    .map(move |part| (part, dots))
            })
            .collect::<Vec<_>>();
        pictures.sort_by(|(a, _), (b, _)| b.area().total_cmp(&a.area()));
        pictures.truncate(MAX_WORDS_PICTURES);
        pictures.into_iter().map(placed).collect()
    }

    /// Squares that may be codes.
    pub(super) fn code_places(&self, page: Area) -> Vec<Area> {
        let pieces = self
            .pieces_around
            .filter(|_| self.pieces >= CODE_PIECES)
            .into_iter();
        let mut places = Vec::new();
        let found = self.squares.iter().chain(&self.shapes).copied();
        for area in found.chain(pieces) {
            let is_new = |place: &Area| place.intersect(area).area() < area.area() * 0.8;
            if has_size_of_code(area) && page.overlaps(area) && places.iter().all(is_new) {
                places.push(area);
            }
        }
        places.truncate(MAX_CODE_PLACES);
        places
    }
}

/// Set below or beside another, of the same width or height.
fn goes_on(a: Area, b: Area) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= SEAM;
    let below = near(a.x0, b.x0) && near(a.x1, b.x1) && (near(a.y1, b.y0) || near(b.y1, a.y0));
    let beside = near(a.y0, b.y0) && near(a.y1, b.y1) && (near(a.x1, b.x0) || near(b.x1, a.x0));
    below || beside
}

/// What of a picture may be letterhead: all of it, or the head and the foot of one that is the whole page.
fn parts(area: Area, page: Area, words: &[Word]) -> Vec<Area> {
    if area.area() > page.area() / 2.0 {
        let (head, foot) = HEAD_AND_FOOT;
        let (head, foot) = (
            page.y0 + page.height() * head,
            page.y1 - page.height() * foot,
        );
        let parts = [
            Area::new(area.x0, area.y0, area.x1, head),
            Area::new(area.x0, foot, area.x1, area.y1),
        ];
        return parts
            .into_iter()
            .filter(|part| part.height() > 0.0)
            .collect();
    }
    let covered = words
        .iter()
        .map(|Word { place, .. }| {
            let word = Area::new(
                f64::from(place.x0),
                f64::from(place.top),
                f64::from(place.x1),
                f64::from(place.bottom),
            );
            word.intersect(area).area()
        })
        .sum::<f64>();
    let is_background = covered > area.area() * BACKGROUND;
    if is_background {
        Vec::new()
    } else {
        vec![area]
    }
}

fn placed((area, dots): (Area, f64)) -> PlacedPicture {
    PlacedPicture {
        place: Rect {
            x0: area.x0 as f32,
            top: area.y0 as f32,
            x1: area.x1 as f32,
            bottom: area.y1 as f32,
        },
        dots_per_inch: dots as f32,
    }
}

fn has_size_of_code(area: Area) -> bool {
    let (width, height) = (area.width(), area.height());
    let is_square = width.min(height) * 10.0 >= width.max(height) * 9.0;
    is_square && CODE_SIDE.contains(&width) && CODE_SIDE.contains(&height)
}
