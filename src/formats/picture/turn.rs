//! Turning and scaling.
#![expect(
    clippy::float_arithmetic,
    reason = "places in a picture are measured, not counted; no amount is touched"
)]

use super::Picture;

/// How often a picture is turned by 90 degrees clockwise to stand upright.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Turn {
    /// It stands upright.
    #[default]
    None,
    /// By 90 degrees.
    Quarter,
    /// By 180 degrees.
    Half,
    /// By 270 degrees.
    ThreeQuarters,
}

impl Turn {
    /// The four of them, from none on.
    pub const ALL: [Self; 4] = [Self::None, Self::Quarter, Self::Half, Self::ThreeQuarters];

    /// This and half a turn more.
    pub fn opposite(self) -> Self {
        self.next().next()
    }

    /// This and a quarter more.
    pub fn next(self) -> Self {
        match self {
            Self::None => Self::Quarter,
            Self::Quarter => Self::Half,
            Self::Half => Self::ThreeQuarters,
            Self::ThreeQuarters => Self::None,
        }
    }
}

impl Picture {
    /// Turned clockwise.
    pub(super) fn turned(self, turn: Turn) -> Self {
        let (w, h) = (self.width, self.height);
        let mut grey = Vec::with_capacity(self.grey.len());
        match turn {
            Turn::None => return self,
            Turn::Half => grey.extend(self.grey.iter().rev()),
            Turn::Quarter => {
                for x in 0..w {
                    grey.extend((0..h).rev().map(|y| self.at(x, y)));
                }
            }
            Turn::ThreeQuarters => {
                for x in (0..w).rev() {
                    grey.extend((0..h).map(|y| self.at(x, y)));
                }
            }
        }
        let (width, height) = match turn {
            Turn::None | Turn::Half => (w, h),
            Turn::Quarter | Turn::ThreeQuarters => (h, w),
        };
        Self {
            width,
            height,
            grey,
        }
    }

    /// Turned by a few degrees clockwise about its middle, the size kept; white comes in at the corners.
    pub(super) fn leaned(&self, degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (cx, cy) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        let mut grey = Vec::with_capacity(self.grey.len());
        for y in 0..self.height {
            let dy = y as f32 + 0.5 - cy;
            for x in 0..self.width {
                let dx = x as f32 + 0.5 - cx;
                let from_x = cx + dx * cos + dy * sin - 0.5;
                let from_y = cy - dx * sin + dy * cos - 0.5;
                grey.push(self.between(from_x, from_y));
            }
        }
        Self { grey, ..*self }
    }

    /// Made larger or smaller; smaller takes the mean, so that thin strokes grey and do not vanish.
    pub(super) fn scaled(&self, factor: f32) -> Self {
        let side =
            |pixels: usize| ((pixels as f32 * factor).round() as usize).clamp(1, MAX_SCALED_SIDE);
        let (width, height) = (side(self.width), side(self.height));
        let step = 1.0 / factor;
        let samples = (step.ceil() as usize).clamp(1, 4);
        let mut grey = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                grey.push(self.mean(x as f32 * step, y as f32 * step, step, samples));
            }
        }
        Self {
            width,
            height,
            grey,
        }
    }

    /// The mean of a square with this corner and side.
    fn mean(&self, x: f32, y: f32, side: f32, samples: usize) -> u8 {
        if samples == 1 {
            let middle = side / 2.0 - 0.5;
            return self.between(x + middle, y + middle);
        }
        let step = side / samples as f32;
        let mut sum = 0;
        for row in 0..samples {
            for column in 0..samples {
                let at_x = x + (column as f32 + 0.5) * step;
                let at_y = y + (row as f32 + 0.5) * step;
                sum += u32::from(self.at(at_x.max(0.0) as usize, at_y.max(0.0) as usize));
            }
        }
        let count = u32::try_from(samples * samples).unwrap_or(1);
        u8::try_from(sum / count).unwrap_or(255)
    }

    /// Between four pixels; white outside.
    pub(crate) fn between(&self, x: f32, y: f32) -> u8 {
        if x < 0.0 || y < 0.0 {
            return if x > -1.0 && y > -1.0 {
                self.at(x.max(0.0) as usize, y.max(0.0) as usize)
            } else {
                255
            };
        }
        let (x0, y0) = (x as usize, y as usize);
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let value = |dx: usize, dy: usize| {
            let (x, y) = (x0 + dx, y0 + dy);
            f32::from(if y >= self.height { 255 } else { self.at(x, y) })
        };
        let top = value(0, 0) * (1.0 - fx) + value(1, 0) * fx;
        let bottom = value(0, 1) * (1.0 - fx) + value(1, 1) * fx;
        (top * (1.0 - fy) + bottom * fy).round() as u8
    }
}

/// A picture brought to another size stays below this: `MAX_SIDE_PIXELS`, where `scaled` is not asked for more.
const MAX_SCALED_SIDE: usize = super::MAX_SIDE_PIXELS * 2;
