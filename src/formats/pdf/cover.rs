//! What is painted under and over the glyphs of a page: whether a reader of the page can see them. Whoever wants a program to
//! read what no person sees writes white on white, paints a box over it, or cuts it away. In doubt a glyph is seen: under or over
//! it lies a picture, a shading, something half clear.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are measured, not counted; no amount is touched"
)]

use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect as Area, Shape};
use hayro_interpret::{BlendMode, DrawProps, FillRule, Paint};

/// Fills of one page that are looked at; a page with more is a drawing, and all its words count as seen.
const MAX_FILLS: usize = 2_000;
/// Corners of a shape that is looked at exactly: a rounded box has some dozens.
const MAX_CORNERS: usize = 64;
/// Thinner than this, in points, is a line and hides nothing.
pub(super) const THIN: f64 = 3.0;
/// Colours nearer than this in red, green and blue, of 255, are one colour to the eye.
const SAME_COLOUR: u8 = 10;
/// Alpha, of 255: clear to the eye, and as good as opaque.
const CLEAR: u8 = 5;
const OPAQUE: u8 = 250;

/// The colour of a glyph.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ink {
    /// Red, green and blue.
    Colour([u8; 3]),
    /// Nothing is painted.
    Clear,
    /// A pattern, or several paints.
    Unknown,
}

/// Everything filled so far, and what it is cut by.
#[derive(Default)]
pub(super) struct Cover {
    fills: Vec<Fill>,
    /// The boxes of the clips around each other; whether each is a rectangle as are all around it.
    clips: Vec<(Area, bool)>,
    /// The groups around each other: whether each is opaque and plain.
    groups: Vec<Group>,
    is_full: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Plain,
    Blended,
    Clear,
}

struct Fill {
    /// The box of what is seen of it.
    area: Area,
    /// Its outline and rule where the box says too little.
    outline: Option<(BezPath, FillRule)>,
    /// Its colour, where it is opaque and known.
    colour: Option<[u8; 3]>,
}

/// The ink of a paint.
pub(super) fn ink(props: &DrawProps<'_>) -> Ink {
    if props.soft_mask.is_some() {
        return Ink::Unknown;
    }
    match &props.paint {
        Paint::Color(colour) => match colour.to_rgba().to_rgba8() {
            [.., alpha] if alpha <= CLEAR => Ink::Clear,
            [r, g, b, alpha] if alpha >= OPAQUE => Ink::Colour([r, g, b]),
            _ => Ink::Unknown,
        },
        Paint::Pattern(_) => Ink::Unknown,
    }
}

impl Cover {
    /// How much was painted: what is painted later lies over it.
    pub(super) fn depth(&self) -> usize {
        self.fills.len()
    }

    /// Nothing of what is painted now is seen.
    pub(super) fn is_clear(&self) -> bool {
        self.groups.contains(&Group::Clear)
    }

    /// A filled shape, in points of the page.
    pub(super) fn fill(&mut self, path: BezPath, rule: FillRule, props: &DrawProps<'_>) {
        let ink = ink(props);
        if ink == Ink::Clear {
            return;
        }
        let area = path.bounding_box();
        let corners = path.elements().len();
        let (outline, is_known) = if is_rectangle(&path, area) {
            (None, true)
        } else if corners <= MAX_CORNERS {
            (Some((path, rule)), true)
        } else {
            (None, false)
        };
        let is_plain = props.blend_mode == BlendMode::Normal
            && self.groups.iter().all(|group| *group == Group::Plain);
        let colour = match ink {
            Ink::Colour(colour) if is_known && is_plain => Some(colour),
            Ink::Colour(_) | Ink::Clear | Ink::Unknown => None,
        };
        self.add(area, outline, colour);
    }

    /// A picture, a thick line, or anything else of which no more is known than its box.
    pub(super) fn unknown(&mut self, area: Area) {
        self.add(area, None, None);
    }

    fn add(&mut self, area: Area, outline: Option<(BezPath, FillRule)>, colour: Option<[u8; 3]>) {
        let (clip, is_exact) = self.clips.last().copied().unwrap_or((area, true));
        let area = area.intersect(clip);
        if !area.is_finite() || area.width() < THIN || area.height() < THIN {
            return;
        }
        self.is_full |= self.fills.len() >= MAX_FILLS;
        if !self.is_full {
            self.fills.push(Fill {
                area,
                outline,
                colour: colour.filter(|_| is_exact),
            });
        }
    }

    pub(super) fn push_clip(&mut self, path: &BezPath) {
        let area = path.bounding_box();
        self.push_clip_area(area, is_rectangle(path, area));
    }

    pub(super) fn push_clip_area(&mut self, area: Area, is_rectangle: bool) {
        let (around, is_exact) = self.clips.last().copied().unwrap_or((area, true));
        let clip = around.intersect(area);
        self.clips.push((clip, is_exact && is_rectangle));
    }

    pub(super) fn pop_clip(&mut self) {
        self.clips.pop();
    }

    /// Whether none of these places of a glyph is within what is painted at all now. In doubt one is: in a clip that is nothing, or
    /// at its very edge.
    pub(super) fn cuts_away(&self, places: [Point; 2], edge: f64) -> bool {
        self.clips.last().is_some_and(|(clip, _)| {
            let painted = clip.inflate(edge, edge);
            let is_something = clip.is_finite() && clip.width() > 0.0 && clip.height() > 0.0;
            is_something && !places.iter().any(|place| painted.contains(*place))
        })
    }

    pub(super) fn push_group(&mut self, opacity: f32, is_masked: bool, blend: BlendMode) {
        let group = if opacity < 0.02 {
            Group::Clear
        } else if opacity > 0.98 && !is_masked && blend == BlendMode::Normal {
            Group::Plain
        } else {
            Group::Blended
        };
        self.groups.push(group);
    }

    pub(super) fn pop_group(&mut self) {
        self.groups.pop();
    }

    /// Whether a glyph of this ink, painted at this depth, is seen, by places on it.
    pub(super) fn shows(&self, ink: Ink, depth: usize, places: [Point; 2]) -> bool {
        if self.is_full {
            return true;
        }
        let (under, over) = self.fills.split_at(depth.min(self.fills.len()));
        let covers =
            |fill: &Fill| fill.colour.is_some() && places.iter().all(|place| fill.contains(*place));
        if over.iter().any(covers) {
            return false;
        }
        let Ink::Colour(colour) = ink else {
            return ink == Ink::Unknown;
        };
        let [place, _] = places;
        let ground = under.iter().rev().find(|fill| fill.contains(place));
        let ground = ground.map_or(Some([255; 3]), |fill| fill.colour);
        ground.is_none_or(|ground| {
            let mut pairs = colour.iter().zip(ground);
            pairs.any(|(own, other)| own.abs_diff(other) > SAME_COLOUR)
        })
    }
}

impl Fill {
    fn contains(&self, place: Point) -> bool {
        let is_inside = || match &self.outline {
            None => true,
            Some((path, FillRule::NonZero)) => path.winding(place) != 0,
            Some((path, FillRule::EvenOdd)) => path.winding(place) % 2 != 0,
        };
        self.area.contains(place) && is_inside()
    }
}

/// Whether a rectangle stays one with its sides along those of the page.
pub(super) fn keeps_rectangles(to_page: Affine) -> bool {
    let [a, b, c, d, ..] = to_page.as_coeffs();
    b == 0.0 && c == 0.0 || a == 0.0 && d == 0.0
}

/// Four corners, each one of its box, and no curve.
fn is_rectangle(path: &BezPath, area: Area) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < 0.01;
    let is_corner = |p: &Point| {
        (near(p.x, area.x0) || near(p.x, area.x1)) && (near(p.y, area.y0) || near(p.y, area.y1))
    };
    let elements = path.elements();
    let corners = elements.iter().all(|element| match element {
        PathEl::MoveTo(to) | PathEl::LineTo(to) => is_corner(to),
        PathEl::ClosePath => true,
        PathEl::QuadTo(..) | PathEl::CurveTo(..) => false,
    });
    corners && (4..=6).contains(&elements.len()) && near(path.area().abs(), area.area())
}
