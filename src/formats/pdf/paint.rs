//! A page painted in grey, for recognition: images, text and filled shapes.
//!
//! What does not carry words is left out or made simple: lines are not stroked, shadings are light grey, a clip is its box.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are measured, not counted; no amount is touched"
)]

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect as Area, Shape, flatten};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageData, ImageDrawProps,
    LumaData, Paint, SoftMask,
};

use crate::formats::picture::{Picture, luma};

/// How far a straight line may miss its curve, in pixels.
const CURVE_TOLERANCE: f64 = 0.2;
/// Straight lines of one shape; a drawing of more is a map.
const MAX_EDGES: usize = 100_000;
/// Lines of samples in a row of pixels.
const SAMPLES: u16 = 4;
/// What a shading or a pattern looks like: whatever stands on it stays legible.
const SHADED: u8 = 225;
/// How far a glyph may reach from where it is set, in em: beyond it nothing of it is seen. The widest are dashes of three em.
const GLYPH_REACH_EM: f64 = 4.0;

/// Paints on a picture. One pixel is one unit of the coordinates it is given.
pub(super) struct Painter {
    pub(super) picture: Picture,
    clips: Vec<Area>,
}

/// A grey and how much it covers, 0 to 1.
#[derive(Clone, Copy)]
struct Ink {
    grey: u8,
    cover: f32,
    multiplies: bool,
}

/// A straight line going down, and whether the shape ran along it upwards.
struct Edge {
    top: Point,
    bottom: Point,
    upwards: bool,
}

impl Painter {
    pub(super) fn new(picture: Picture) -> Self {
        let page = Area::new(0.0, 0.0, picture.width as f64, picture.height as f64);
        Self {
            picture,
            clips: vec![page],
        }
    }

    fn clip(&self) -> Area {
        self.clips.last().copied().unwrap_or_default()
    }

    fn push_clip_box(&mut self, area: Area) {
        let clip = self.clip().intersect(area);
        self.clips.push(clip);
    }

    /// Whether anything of a glyph can be seen: outlines of a page cost most of its painting, and a code is a small part of it.
    fn may_show(&self, to_page: Affine) -> bool {
        let at = to_page * Point::ZERO;
        let along = (to_page * Point::new(1000.0, 0.0) - at).hypot();
        let up = (to_page * Point::new(0.0, 1000.0) - at).hypot();
        let reach = along.max(up) * GLYPH_REACH_EM;
        self.clip().inflate(reach, reach).contains(at)
    }

    fn shows(&self, area: Area) -> bool {
        let seen = area.intersect(self.clip());
        !seen.is_zero_area() && seen.is_finite()
    }

    fn fill(&mut self, path: &BezPath, rule: FillRule, ink: Ink) {
        let area = path.bounding_box().intersect(self.clip());
        if area.is_zero_area() || !area.is_finite() || ink.cover <= 0.0 {
            return;
        }
        let mut edges = edges(path);
        edges.sort_by(|a, b| a.top.y.total_cmp(&b.top.y));
        let (left, right) = (area.x0.floor() as usize, area.x1.ceil() as usize);
        let mut cover = vec![0.0_f32; right.saturating_sub(left)];
        let mut next = 0;
        let mut open: Vec<&Edge> = Vec::new();
        for y in area.y0.floor() as usize..area.y1.ceil() as usize {
            let below = y as f64 + 1.0;
            while let Some(edge) = edges.get(next).filter(|edge| edge.top.y < below) {
                open.push(edge);
                next += 1;
            }
            open.retain(|edge| edge.bottom.y > y as f64);
            if open.is_empty() {
                continue;
            }
            cover.fill(0.0);
            for sample in 0..SAMPLES {
                let at = y as f64 + (f64::from(sample) + 0.5) / f64::from(SAMPLES);
                if (area.y0..area.y1).contains(&at) {
                    cover_line(&mut cover, &crossings(&open, at), rule, &area, left);
                }
            }
            self.blend_row(y, left, &cover, ink);
        }
    }

    fn blend_row(&mut self, y: usize, left: usize, cover: &[f32], ink: Ink) {
        let start = y * self.picture.width + left;
        let row = self.picture.grey.get_mut(start..).unwrap_or_default();
        for (pixel, share) in row.iter_mut().zip(cover) {
            if *share > 0.0 {
                *pixel = blended(*pixel, ink, *share);
            }
        }
    }

    fn ink(props: &DrawProps<'_>) -> Ink {
        let (grey, cover) = match &props.paint {
            Paint::Color(color) => {
                let [r, g, b, alpha] = color.to_rgba().to_rgba8();
                (luma(r, g, b), f32::from(alpha) / 255.0)
            }
            Paint::Pattern(_) => (SHADED, 1.0),
        };
        Ink {
            grey,
            cover: if props.soft_mask.is_some() {
                0.0
            } else {
                cover
            },
            multiplies: multiplies(props.blend_mode),
        }
    }

    /// `value` gives grey and cover for a place on the image, both sides from 0 to 1.
    fn draw(&mut self, to_page: Affine, samples: usize, value: impl Fn(f64, f64) -> (f32, f32)) {
        let unit = Area::new(0.0, 0.0, 1.0, 1.0);
        let area = to_page.transform_rect_bbox(unit).intersect(self.clip());
        if area.is_zero_area() || !area.is_finite() || to_page.determinant().abs() < 1e-9 {
            return;
        }
        let to_image = to_page.inverse();
        let step = 1.0 / samples as f64;
        let count = (samples * samples) as f32;
        for y in area.y0.floor() as usize..(area.y1.ceil() as usize).min(self.picture.height) {
            for x in area.x0.floor() as usize..(area.x1.ceil() as usize).min(self.picture.width) {
                let (mut grey, mut cover) = (0.0, 0.0);
                for index in 0..samples * samples {
                    let dx = ((index % samples) as f64 + 0.5) * step;
                    let dy = ((index / samples) as f64 + 0.5) * step;
                    let place = to_image * Point::new(x as f64 + dx, y as f64 + dy);
                    if unit.contains(place) {
                        let (one_grey, one_cover) = value(place.x, place.y);
                        grey += one_grey * one_cover;
                        cover += one_cover;
                    }
                }
                if let Some(pixel) = self.picture.grey.get_mut(y * self.picture.width + x)
                    && cover > 0.0
                {
                    let share = cover / count;
                    let mixed = f32::from(*pixel) * (1.0 - share) + grey / cover * share;
                    *pixel = mixed.round() as u8;
                }
            }
        }
    }
}

fn multiplies(mode: BlendMode) -> bool {
    mode == BlendMode::Multiply || mode == BlendMode::Darken
}

fn blended(under: u8, ink: Ink, share: f32) -> u8 {
    let share = (share * ink.cover).min(1.0);
    let over = if ink.multiplies {
        ink.grey.min(under)
    } else {
        ink.grey
    };
    (f32::from(under) * (1.0 - share) + f32::from(over) * share).round() as u8
}

fn edges(path: &BezPath) -> Vec<Edge> {
    let mut edges = Vec::new();
    let (mut start, mut at) = (Point::ZERO, Point::ZERO);
    let mut line = |from: Point, to: Point| {
        if from.y == to.y || !from.is_finite() || !to.is_finite() || edges.len() >= MAX_EDGES {
            return;
        }
        let upwards = to.y < from.y;
        let (top, bottom) = if upwards { (to, from) } else { (from, to) };
        edges.push(Edge {
            top,
            bottom,
            upwards,
        });
    };
    flatten(path, CURVE_TOLERANCE, |element| match element {
        PathEl::MoveTo(to) => {
            line(at, start);
            (start, at) = (to, to);
        }
        PathEl::LineTo(to) | PathEl::QuadTo(_, to) | PathEl::CurveTo(_, _, to) => {
            line(at, to);
            at = to;
        }
        PathEl::ClosePath => {
            line(at, start);
            at = start;
        }
    });
    line(at, start);
    edges
}

/// Where the edges cross a line, from the left.
fn crossings(open: &[&Edge], y: f64) -> Vec<(f64, i32)> {
    let mut crossings = open
        .iter()
        .filter(|edge| edge.top.y <= y && y < edge.bottom.y)
        .map(|edge| {
            let share = (y - edge.top.y) / (edge.bottom.y - edge.top.y);
            let x = edge.top.x + (edge.bottom.x - edge.top.x) * share;
            (x, if edge.upwards { -1 } else { 1 })
        })
        .collect::<Vec<_>>();
    crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
    crossings
}

/// Adds one line of samples to the cover of a row of pixels that begins at `left`.
fn cover_line(
    cover: &mut [f32],
    crossings: &[(f64, i32)],
    rule: FillRule,
    area: &Area,
    left: usize,
) {
    let share = 1.0 / f32::from(SAMPLES);
    let mut winding = 0;
    for pair in crossings.windows(2) {
        let [(from, turn), (to, _)] = pair else {
            continue;
        };
        winding += turn;
        let inside = match rule {
            FillRule::NonZero => winding != 0,
            FillRule::EvenOdd => winding % 2 != 0,
        };
        let (from, to) = (from.max(area.x0), to.min(area.x1));
        if !inside || from >= to {
            continue;
        }
        let (first, last) = (from.floor() as usize, to.ceil() as usize);
        for x in first..last {
            let part = (to.min(x as f64 + 1.0) - from.max(x as f64)) as f32;
            if let Some(pixel) = x.checked_sub(left).and_then(|index| cover.get_mut(index)) {
                *pixel += part * share;
            }
        }
    }
}

/// Samples a pixel takes of an image along one side: all of its pixels up to four.
fn samples(to_page: Affine, width: u32, height: u32) -> usize {
    let [a, b, c, d, ..] = to_page.as_coeffs();
    let across = f64::from(width) / a.hypot(b).max(1.0);
    let down = f64::from(height) / c.hypot(d).max(1.0);
    (across.max(down).round() as usize).clamp(1, 4)
}

/// A value of a plane at a place from 0 to 1.
fn sampled(plane: &LumaData, x: f64, y: f64) -> u8 {
    let (width, height) = (plane.width as usize, plane.height as usize);
    let column = ((x * width as f64) as usize).min(width.saturating_sub(1));
    let row = ((y * height as f64) as usize).min(height.saturating_sub(1));
    plane.data.get(row * width + column).copied().unwrap_or(255)
}

pub(super) fn in_grey(image: ImageData) -> LumaData {
    match image {
        ImageData::Luma(luma) => luma,
        ImageData::Rgb(rgb) => {
            let pixels = rgb.data.chunks_exact(3);
            let grey = pixels.map(|pixel| match pixel {
                [r, g, b] => luma(*r, *g, *b),
                _ => 255,
            });
            LumaData {
                data: grey.collect(),
                width: rgb.width,
                height: rgb.height,
                interpolate: rgb.interpolate,
                scale_factors: rgb.scale_factors,
            }
        }
    }
}

impl<'a> Device<'a> for Painter {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        if let DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) = mode {
            self.fill(&(props.transform * path), *rule, Self::ink(&props));
        }
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if matches!(mode, DrawMode::Invisible) {
            return;
        }
        let ink = Self::ink(&props);
        for glyph in run.glyphs() {
            let to_page = props.transform * glyph.transform();
            match &**glyph {
                Glyph::Outline(outline) => {
                    if !self.may_show(to_page) {
                        continue;
                    }
                    let path = to_page * &outline.outline();
                    self.fill(&path, FillRule::NonZero, ink);
                }
                Glyph::Type3(drawn) => {
                    drawn.interpret(self, props.transform, glyph.transform(), &props.paint);
                }
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (width, height) = (image.width(), image.height());
        if width == 0 || height == 0 || props.soft_mask.is_some() {
            return;
        }
        let to_page =
            props.transform * Affine::scale_non_uniform(f64::from(width), f64::from(height));
        if !self.shows(to_page.transform_rect_bbox(Area::new(0.0, 0.0, 1.0, 1.0))) {
            return;
        }
        let samples = samples(to_page, width, height);
        match image {
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, paint| {
                    let ink = match paint {
                        Paint::Color(color) => {
                            let [r, g, b, _] = color.to_rgba().to_rgba8();
                            f32::from(luma(r, g, b))
                        }
                        Paint::Pattern(_) => f32::from(SHADED),
                    };
                    self.draw(to_page, samples, |x, y| {
                        (ink, f32::from(sampled(&mask, x, y)) / 255.0)
                    });
                },
                None,
            ),
            Image::Raster(raster) => raster.with_rgba(
                |colours, alpha| {
                    let grey = in_grey(colours);
                    self.draw(to_page, samples, |x, y| {
                        let cover = alpha.as_ref().map_or(255, |alpha| sampled(alpha, x, y));
                        (f32::from(sampled(&grey, x, y)), f32::from(cover) / 255.0)
                    });
                },
                None,
            ),
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.push_clip_box(clip.path.bounding_box());
    }

    fn push_clip_rect(&mut self, area: &Area) {
        self.push_clip_box(*area);
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_transparency_group(&mut self) {}
}
