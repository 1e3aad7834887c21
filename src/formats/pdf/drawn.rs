//! What a page shows besides text: pictures that may be the page itself, and squares that may be QR codes.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are measured, not counted; no amount is touched"
)]

use hayro_interpret::kurbo::{BezPath, Rect as Area, Shape};

/// Images and shapes noted of one page; more are decoration.
const MAX_NOTED: usize = 2_000;
/// Sides of a printed code in points: 1 cm is the smallest a phone reads, the Swiss one has 46 mm (130 points).
const CODE_SIDE: std::ops::RangeInclusive<f64> = 28.0..=260.0;
/// Places of one page looked at for a code.
const MAX_CODE_PLACES: usize = 6;
/// Images of one page looked into for a code; those beyond are taken for one, and the places count.
const MAX_LOOKS: usize = 24;
/// A code drawn as one shape has at least this many corners.
const CODE_CORNERS: usize = 150;
/// A code drawn in pieces has at least this many, each smaller than `PIECE_SIDE` points.
const CODE_PIECES: usize = 60;
const PIECE_SIDE: f64 = 45.0;

/// Collected while a page is interpreted.
#[derive(Default)]
pub(super) struct Drawn {
    images: Vec<Area>,
    /// Those that may be codes.
    squares: Vec<Area>,
    looks: usize,
    shapes: Vec<Area>,
    pieces: usize,
    pieces_around: Option<Area>,
}

impl Drawn {
    /// `may_be_code` looks into the image; it is asked only where a code may be.
    pub(super) fn image(&mut self, area: Area, may_be_code: impl FnOnce() -> bool) {
        if self.images.len() >= MAX_NOTED || !area.is_finite() {
            return;
        }
        self.images.push(area);
        if !has_size_of_code(area) {
            return;
        }
        self.looks += 1;
        if self.looks > MAX_LOOKS || may_be_code() {
            self.squares.push(area);
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
            .map(|image| image.intersect(page).area())
            .sum::<f64>();
        covered > page.area() * 0.5
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

fn has_size_of_code(area: Area) -> bool {
    let (width, height) = (area.width(), area.height());
    let is_square = width.min(height) * 10.0 >= width.max(height) * 9.0;
    is_square && CODE_SIDE.contains(&width) && CODE_SIDE.contains(&height)
}
