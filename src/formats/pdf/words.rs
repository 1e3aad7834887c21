//! Glyphs to words: a PDF places single glyphs, people read words.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are measured, not counted; no amount is touched"
)]

use hayro_interpret::font::{Glyph as PdfGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect as Area, Shape, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
};

use super::cover::{self, Cover, Ink};
use super::drawn::Drawn;
use super::show;
use crate::formats::page::{Rect, Word};

/// Glyphs kept of one page: three times what fits on a page in the smallest print.
const MAX_GLYPHS: usize = 60_000;
/// A gap wider than this ends a word, in em. Kerned text stays whole at 0.17 where 0.1 splits it (measured).
const WORD_GAP_EM: f64 = 0.17;
/// The same where a space glyph lies between. A space glyph alone ends nothing: fake bold draws each glyph twice
/// with the spaces on top of the letters.
const SPACED_GAP_EM: f64 = 0.04;
/// Baselines nearer than this are one line, in em.
const SAME_LINE_EM: f64 = 0.25;
/// A glyph drawn again nearer than this is fake bold, in em.
const SAME_PLACE_EM: f64 = 0.08;
/// A glyph so near the edge of what is painted counts as seen, in em.
const CLIP_EDGE_EM: f64 = 0.05;
/// Smaller than this nobody reads it, in points.
const SMALLEST_PRINT: f64 = 1.0;
/// Longest word kept in characters: longer ones are drawings made of letters.
const MAX_WORD_CHARS: usize = 500;

/// A glyph on the page, in points from the top left corner.
pub(super) struct Glyph {
    text: String,
    /// Where the baseline starts and ends.
    start: Point,
    end: Point,
    /// One em.
    size: f64,
    /// Direction of the baseline in whole degrees: 0 for upright text.
    degrees: i32,
    /// Its colour, and how much of the page was painted before it.
    ink: Ink,
    depth: usize,
}

impl Glyph {
    /// Two places within its strokes, a third of an em above the baseline.
    fn inside(&self) -> [Point; 2] {
        let along = self.end - self.start;
        let up = Vec2::new(along.y, -along.x);
        let up = if up.hypot() > 0.0 {
            up.normalize() * (self.size * 0.3)
        } else {
            Vec2::ZERO
        };
        [0.25, 0.75].map(|share| self.start + along * share + up)
    }
}

/// Collects the glyphs of a page, notes what else is drawn and draws nothing.
pub(super) struct GlyphCollector {
    area: Area,
    pub(super) shown: Vec<Glyph>,
    /// Invisible, cut away, outside the page or too small to read.
    pub(super) hidden: Vec<Glyph>,
    /// How many of the shown have no Unicode meaning.
    pub(super) unknown: usize,
    pub(super) truncated: bool,
    pub(super) drawn: Drawn,
    /// How many of the hidden have the colour of their ground or lie under a box.
    pub(super) covered: usize,
    cover: Cover,
}

impl GlyphCollector {
    pub(super) fn new(area: Area) -> Self {
        Self {
            area,
            shown: Vec::new(),
            hidden: Vec::new(),
            unknown: 0,
            truncated: false,
            drawn: Drawn::default(),
            covered: 0,
            cover: Cover::default(),
        }
    }

    /// Once the page is painted: what lies under something, or has the colour of what is under it, is not seen.
    pub(super) fn settle(&mut self) {
        for glyph in std::mem::take(&mut self.shown) {
            if glyph.text.trim().is_empty()
                || self.cover.shows(glyph.ink, glyph.depth, glyph.inside())
            {
                self.shown.push(glyph);
            } else {
                self.unknown -= usize::from(glyph.text.contains('\u{fffd}'));
                self.covered += 1;
                self.hidden.push(glyph);
            }
        }
    }

    fn collect(&mut self, glyph: Glyph, invisible: bool) {
        let places = [
            glyph.start.x,
            glyph.start.y,
            glyph.end.x,
            glyph.end.y,
            glyph.size,
        ];
        if !places.into_iter().all(f64::is_finite) {
            return;
        }
        if self.shown.len() + self.hidden.len() >= MAX_GLYPHS {
            self.truncated = true;
            return;
        }
        let outside = !self
            .area
            .inflate(1.0, 1.0)
            .contains(glyph.start.midpoint(glyph.end));
        if invisible || outside || glyph.size < SMALLEST_PRINT {
            if !glyph.text.trim().is_empty() {
                self.hidden.push(glyph);
            }
            return;
        }
        self.unknown += usize::from(glyph.text.contains('\u{fffd}'));
        self.shown.push(glyph);
    }
}

impl<'a> Device<'a> for GlyphCollector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let invisible = matches!(mode, DrawMode::Invisible) || self.cover.is_clear();
        let ink = match mode {
            DrawMode::Fill(_) | DrawMode::Stroke(_) => cover::ink(&props),
            DrawMode::FillAndStroke(..) | DrawMode::Invisible => Ink::Unknown,
        };
        let depth = self.cover.depth();
        for glyph in run.glyphs() {
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) if !c.is_control() => String::from(c),
                Some(BfString::Char(_)) => String::new(),
                Some(BfString::String(text)) => text.chars().filter(|c| !c.is_control()).collect(),
                None => String::from(char::REPLACEMENT_CHARACTER),
            };
            // A drawn glyph may have colours of its own.
            let (advance, ink) = match &**glyph {
                PdfGlyph::Outline(outline) => (outline.advance_width(), ink),
                PdfGlyph::Type3(drawn) => (drawn.advance_width(), Ink::Unknown),
            };
            let to_page = props.transform * glyph.transform();
            let start = to_page * Point::ZERO;
            let end = to_page * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0);
            let along = to_page * Point::new(1000.0, 0.0) - start;
            let size = (to_page * Point::new(0.0, 1000.0) - start).hypot();
            let degrees = degrees(along);
            let glyph = Glyph {
                text,
                start,
                end,
                size,
                degrees,
                ink,
                depth,
            };
            let is_cut = self.cover.cuts_away(glyph.inside(), size * CLIP_EDGE_EM);
            // The dots that lead to a value are drawn too long and cut off where it begins, which tells nobody anything.
            if !is_cut || glyph.text.chars().any(char::is_alphanumeric) {
                self.collect(glyph, invisible || is_cut);
            }
        }
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        let path = props.transform * path;
        match mode {
            DrawMode::Fill(rule) => {
                self.drawn.shape(&path);
                self.cover.fill(path, *rule, &props);
            }
            DrawMode::FillAndStroke(rule, _) => self.cover.fill(path, *rule, &props),
            DrawMode::Stroke(stroke) => {
                let scale = props.transform.determinant().abs().sqrt();
                let half = f64::from(stroke.line_width) * scale / 2.0;
                // The thin frame around a box is no ground; a bar may be drawn as one thick line.
                if half * 2.0 >= cover::THIN {
                    self.cover.unknown(path.bounding_box().inflate(half, half));
                }
            }
            DrawMode::Invisible => {}
        }
    }

    fn draw_rect(&mut self, area: &Area, props: DrawProps<'a>, mode: &DrawMode) {
        let placed = props.transform.transform_rect_bbox(*area);
        match mode {
            DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) => {
                if matches!(mode, DrawMode::Fill(_)) {
                    self.drawn.piece(placed);
                }
                if cover::keeps_rectangles(props.transform) {
                    self.cover.fill(placed.to_path(0.1), *rule, &props);
                } else {
                    self.cover.unknown(placed);
                }
            }
            // The frame of a box is no ground.
            DrawMode::Stroke(_) | DrawMode::Invisible => {}
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let pixels = Affine::scale_non_uniform(f64::from(image.width()), f64::from(image.height()));
        let unit = Area::new(0.0, 0.0, 1.0, 1.0);
        let area = (props.transform * pixels).transform_rect_bbox(unit);
        let pixels = f64::from(image.width()) * f64::from(image.height());
        self.drawn.image(area, pixels, || show::inside(&image));
        self.cover.unknown(area);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.cover.push_clip(&clip.path);
    }

    fn push_clip_rect(&mut self, area: &Area) {
        self.cover.push_clip_area(*area, true);
    }

    fn push_transparency_group(
        &mut self,
        opacity: f32,
        mask: Option<SoftMask<'a>>,
        blend: BlendMode,
    ) {
        self.cover.push_group(opacity, mask.is_some(), blend);
    }

    fn pop_clip(&mut self) {
        self.cover.pop_clip();
    }

    fn pop_transparency_group(&mut self) {
        self.cover.pop_group();
    }
}

/// The direction of a baseline in whole degrees, 0 to 359. Nearly all text is upright, which needs no trigonometry.
fn degrees(along: Vec2) -> i32 {
    if along.y == 0.0 && along.x > 0.0 {
        return 0;
    }
    along.angle().to_degrees().round().rem_euclid(360.0) as i32
}

/// Words in reading order: upright text line by line, then text of every other direction.
pub(super) fn group(glyphs: &[Glyph]) -> Vec<Word> {
    let mut directions = glyphs.iter().map(|glyph| glyph.degrees).collect::<Vec<_>>();
    directions.sort_unstable();
    directions.dedup();
    let one = |degrees: i32| {
        let turned = Turned::new(degrees);
        let mut placed = glyphs
            .iter()
            .filter(|g| g.degrees == degrees)
            .map(|g| turned.place(g))
            .collect::<Vec<_>>();
        lines(&mut placed)
            .into_iter()
            .flat_map(move |line| words(line, turned))
            .collect::<Vec<_>>()
    };
    directions.into_iter().flat_map(one).collect()
}

/// The page turned so that one direction of text runs from left to right.
#[derive(Clone, Copy)]
struct Turned {
    cos: f64,
    sin: f64,
}

/// A glyph on the turned page.
struct Placed<'g> {
    text: &'g str,
    x0: f64,
    x1: f64,
    baseline: f64,
    size: f64,
}

impl Turned {
    fn new(degrees: i32) -> Self {
        // Exact for the four directions of nearly all text.
        let (sin, cos) = match degrees {
            0 => (0.0, 1.0),
            90 => (1.0, 0.0),
            180 => (0.0, -1.0),
            270 => (-1.0, 0.0),
            _ => f64::from(degrees).to_radians().sin_cos(),
        };
        Self { cos, sin }
    }

    fn place<'g>(&self, glyph: &'g Glyph) -> Placed<'g> {
        let along = |p: Point| p.x * self.cos + p.y * self.sin;
        let (a, b) = (along(glyph.start), along(glyph.end));
        let baseline = glyph.start.y * self.cos - glyph.start.x * self.sin;
        Placed {
            text: &glyph.text,
            x0: a.min(b),
            x1: a.max(b),
            baseline,
            size: glyph.size,
        }
    }

    /// The box around a box of the turned page.
    fn back(&self, x0: f64, top: f64, x1: f64, bottom: f64) -> Rect {
        let point =
            |x: f64, y: f64| Point::new(x * self.cos - y * self.sin, x * self.sin + y * self.cos);
        let area = Area::from_points(point(x0, top), point(x1, bottom));
        let area = area.union_pt(point(x0, bottom)).union_pt(point(x1, top));
        Rect {
            x0: area.x0 as f32,
            top: area.y0 as f32,
            x1: area.x1 as f32,
            bottom: area.y1 as f32,
        }
    }
}

/// Lines from the top, each sorted from the left.
fn lines<'p, 'g>(glyphs: &'p mut [Placed<'g>]) -> Vec<&'p [Placed<'g>]> {
    glyphs.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut line_baseline = f64::NEG_INFINITY;
    let mut starts = Vec::new();
    for (index, glyph) in glyphs.iter().enumerate() {
        let tolerance = (glyph.size * SAME_LINE_EM).max(0.5);
        if glyph.baseline - line_baseline > tolerance {
            starts.push(index);
            line_baseline = glyph.baseline;
        } else {
            // A line of a slightly turned scan drifts; it may be followed, but slowly.
            line_baseline = glyph.baseline.min(line_baseline + tolerance * 0.2);
        }
    }
    let mut lines = Vec::new();
    let mut rest = glyphs;
    for start in starts.into_iter().rev() {
        let Some((before, line)) = rest.split_at_mut_checked(start) else {
            break;
        };
        line.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        lines.push(&*line);
        rest = before;
    }
    lines.reverse();
    lines
}

fn words(line: &[Placed<'_>], turned: Turned) -> Vec<Word> {
    let mut words = Vec::new();
    let mut open: Option<OpenWord> = None;
    let mut previous: Option<&Placed<'_>> = None;
    let mut spaced = false;
    for glyph in line {
        if glyph.text.trim().is_empty() {
            spaced = true;
            continue;
        }
        if let Some(before) = previous {
            if before.text == glyph.text
                && (before.x0 - glyph.x0).abs() < SAME_PLACE_EM * glyph.size
            {
                continue;
            }
            let em = glyph.size.max(before.size);
            let gap = glyph.x0 - before.x1;
            let ends = gap > WORD_GAP_EM * em || (spaced && gap > SPACED_GAP_EM * em);
            if ends && let Some(word) = open.take() {
                words.push(word.close(turned));
            }
        }
        open.get_or_insert_with(|| OpenWord::at(glyph)).add(glyph);
        previous = Some(glyph);
        spaced = false;
    }
    words.extend(open.map(|word| word.close(turned)));
    words
}

/// A word being put together, on the turned page.
struct OpenWord {
    text: String,
    x0: f64,
    top: f64,
    x1: f64,
    bottom: f64,
}

impl OpenWord {
    fn at(glyph: &Placed<'_>) -> Self {
        Self {
            text: String::new(),
            x0: glyph.x0,
            top: f64::INFINITY,
            x1: glyph.x1,
            bottom: f64::NEG_INFINITY,
        }
    }

    /// Ascenders reach about 0.75 em above the baseline and descenders 0.22 em below it in the usual fonts.
    fn add(&mut self, glyph: &Placed<'_>) {
        if self.text.len() < MAX_WORD_CHARS {
            self.text.push_str(glyph.text.trim());
        }
        self.x1 = self.x1.max(glyph.x1);
        self.top = self.top.min(glyph.baseline - 0.75 * glyph.size);
        self.bottom = self.bottom.max(glyph.baseline + 0.22 * glyph.size);
    }

    fn close(self, turned: Turned) -> Word {
        Word {
            place: turned.back(self.x0, self.top, self.x1, self.bottom),
            text: self.text,
        }
    }
}
