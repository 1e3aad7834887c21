//! What stands beside, below and under what: the columns of a row, the runs below a label.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use super::{Layout, Spot, Token};

/// A gap wider than this many heights divides a row into columns; a blank is about 0.3.
const COLUMN_GAP: f32 = 1.1;
/// How many heights below a label its value may start.
const BELOW_REACH: f32 = 4.0;
/// Rows above a label that are looked at for a value set above it.
const MAX_ROWS_ABOVE: usize = 3;
/// How many heights right of its label a value typed lower may begin: the width of a box.
const MAX_STEP: f32 = 14.0;
/// Rows further left between a row of headings and their cells.
const MAX_ROWS_TO_CELL: usize = 3;
/// Rows below a label that are looked at: small ones beside a very tall word are thousands.
const MAX_ROWS_BELOW: usize = 100;

impl Layout {
    /// The columns of a row: runs of words without a wide gap.
    pub fn segments(&self, line: usize) -> Vec<Spot> {
        let Some(row) = self.lines.get(line) else {
            return Vec::new();
        };
        let mut segments = Vec::new();
        let mut start = 0;
        for (index, pair) in row.tokens.windows(2).enumerate() {
            if let [before, after] = pair
                && is_gap(before, after)
            {
                segments.push(Spot {
                    line,
                    start,
                    end: index + 1,
                });
                start = index + 1;
            }
        }
        segments.push(Spot {
            line,
            start,
            end: row.tokens.len(),
        });
        segments
    }

    /// The run of words that starts at `start`, up to `limit` or the next wide gap.
    pub fn run(&self, line: usize, start: usize, limit: usize) -> Spot {
        let tokens = self
            .lines
            .get(line)
            .map(|row| row.tokens.as_slice())
            .unwrap_or_default();
        let limit = limit.min(tokens.len());
        let mut end = (start + 1).min(limit);
        while let (Some(before), Some(after)) = (tokens.get(end.wrapping_sub(1)), tokens.get(end)) {
            if end >= limit || is_gap(before, after) {
                break;
            }
            end += 1;
        }
        Spot {
            line,
            start: start.min(end),
            end,
        }
    }

    /// The run of words right of a spot, up to `limit`: colons and dots between a label and its value are passed.
    pub fn right_of(&self, spot: Spot, limit: usize) -> Spot {
        let row = self.lines.get(spot.line);
        let rest = row.and_then(|row| row.tokens.get(spot.end..));
        let marks = rest
            .unwrap_or_default()
            .iter()
            .take_while(|token| token.key.is_empty());
        self.run(spot.line, spot.end + marks.count(), limit)
    }

    /// The runs of words below a spot that overlap it from left to right, or stand in its column where none does; nearest
    /// row first. Every row found may be as far from the one before it as the first from the spot.
    pub fn below(&self, spot: Spot, rows: usize) -> Vec<Spot> {
        let place = self.place(spot);
        let height = (place.bottom - place.top).max(4.0);
        let page = self
            .lines
            .get(spot.line)
            .map(|line| (line.page, self.is_text));
        let cell = self.cell_below(spot);
        let mut found = Vec::new();
        let mut seen_rows = 0;
        let mut edge = place.bottom;
        let rows_below = self.lines.iter().skip(spot.line + 1);
        for (offset, line) in rows_below.take(MAX_ROWS_BELOW).enumerate() {
            let same_page = page.is_some_and(|(number, text)| text || number == line.page);
            if !same_page || line.top - edge > height * BELOW_REACH || seen_rows >= rows {
                break;
            }
            if line.top < place.top + height * 0.5 {
                continue;
            }
            let number = spot.line + 1 + offset;
            if let Some(cell) = cell.filter(|cell| cell.line == number) {
                found.push(cell);
                seen_rows += 1;
                edge = line.bottom;
                continue;
            }
            let segments = self.segments(number);
            let overlapping = segments.iter().filter(|segment| {
                let own = self.place(**segment);
                own.x0 < place.x1 + height && own.x1 > place.x0 - height
            });
            let before = found.len();
            found.extend(overlapping);
            if found.len() == before {
                let inside = segments
                    .iter()
                    .filter(|segment| self.is_in_column(spot, **segment));
                found.extend(inside);
            }
            if found.len() > before {
                seen_rows += 1;
                edge = line.bottom;
            }
        }
        found
    }

    /// Left edges or right edges of two spots agree within a character or two.
    pub fn is_aligned(&self, a: Spot, b: Spot) -> bool {
        let (a, b) = (self.place(a), self.place(b));
        let slack = (a.bottom - a.top).max(4.0);
        (a.x0 - b.x0).abs() < slack || (a.x1 - b.x1).abs() < slack || (a.x0 < b.x1 && b.x0 < a.x1)
    }

    /// Left edges of two spots of one page agree within a character.
    pub fn starts_level(&self, a: Spot, b: Spot) -> bool {
        let page = |spot: Spot| self.lines.get(spot.line).map(|line| line.page);
        let (first, second) = (self.place(a), self.place(b));
        let slack = (first.bottom - first.top).max(4.0);
        (self.is_text || page(a) == page(b)) && (first.x0 - second.x0).abs() < slack
    }

    /// The columns right above a spot that begin with it, nearest first: values whose labels are set in small type below
    /// them. Rows of other columns may stand between.
    pub fn right_above(&self, spot: Spot) -> Vec<Spot> {
        let rows = (spot.line.saturating_sub(MAX_ROWS_ABOVE)..spot.line).rev();
        let columns = rows.flat_map(|line| self.segments(line));
        let is_above = |column: &Spot| {
            self.starts_level(spot, *column)
                && self.gap_tenths(*column, spot) < self.height_tenths(*column)
        };
        columns.filter(is_above).collect()
    }

    /// A label in small type hangs under its value, nearer to it than to what stands below: boxes with the label at the foot.
    pub fn hangs_under(&self, label: Spot, value: Spot) -> bool {
        let below = self.below(label, 1).into_iter().next();
        let gap = self.gap_tenths(value, label);
        let is_small = self.height_tenths(label) < self.height_tenths(value);
        is_small && below.is_none_or(|below| gap * 2 < self.gap_tenths(label, below))
    }

    /// A value begins right of its label and a little lower, as typed into a box whose label stands in the corner.
    pub fn steps_to(&self, label: Spot, value: Spot) -> bool {
        let same_page = match (self.lines.get(label.line), self.lines.get(value.line)) {
            (Some(a), Some(b)) => self.is_text || a.page == b.page,
            _ => false,
        };
        let (label, value) = (self.place(label), self.place(value));
        let height = (value.bottom - value.top).max(4.0);
        let across = value.x0 - label.x1;
        same_page && value.top - label.bottom < height && (0.0..height * MAX_STEP).contains(&across)
    }

    /// A value stands under a heading: aligned with it, or between its neighbours to the left and to the right.
    pub fn is_under(&self, heading: Spot, value: Spot) -> bool {
        // A cell stands in the next rows; looking for one walks along them.
        let is_next = (1..=MAX_ROWS_TO_CELL).contains(&value.line.saturating_sub(heading.line));
        match is_next.then(|| self.cell_below(heading)).flatten() {
            Some(cell) if cell.line == value.line => {
                cell.start <= value.start && value.end <= cell.end
            }
            Some(_) | None => self.is_aligned(heading, value) || self.is_in_column(heading, value),
        }
    }

    /// The cell of a heading, where the next row has as many columns as the heading's and each begins behind the left edge
    /// of its heading and ends before the next heading: boxes with the heading at the left and the value at the right. Rows
    /// and columns of a block further left, an address beside the boxes, do not count.
    fn cell_below(&self, heading: Spot) -> Option<Spot> {
        let heads = self.segments(heading.line);
        let at = heads
            .iter()
            .position(|head| head.start <= heading.start && heading.start < head.end)?;
        let next = self.segments(heading.line + 1);
        let whole = self.cell_of(heading, &heads, at, &next);
        whole.or_else(|| {
            let row = heading.line + 1..=heading.line + MAX_ROWS_TO_CELL;
            (0..=at).find_map(|first| {
                let block = heads.get(first..)?;
                let head = self.place(*block.first()?);
                let left = head.x0 - (head.bottom - head.top).max(4.0);
                let line = row.clone().find(|line| self.reaches(*line, left))?;
                let mut cells = self.segments(line);
                cells.retain(|cell| self.place(*cell).x0 > left);
                self.cell_of(heading, block, at - first, &cells)
            })
        })
    }

    /// A word of the row stands right of a line down the page.
    fn reaches(&self, line: usize, left: f32) -> bool {
        let row = self.lines.get(line);
        let last = row.and_then(|row| row.tokens.last());
        last.is_some_and(|last| last.place.x1 > left)
    }

    /// The cell of one of some headings, if the row below has one for each.
    fn cell_of(&self, heading: Spot, heads: &[Spot], at: usize, cells: &[Spot]) -> Option<Spot> {
        let line = cells.first()?.line;
        let (head_row, row) = (self.lines.get(heading.line)?, self.lines.get(line)?);
        let place = self.place(heading);
        let height = (place.bottom - place.top).max(4.0);
        let is_near = (self.is_text || row.page == head_row.page)
            && row.top - place.bottom <= height * BELOW_REACH;
        let edges = heads.iter().map(|head| self.place(*head).x0);
        let edges = edges.chain(std::iter::once(f32::MAX)).collect::<Vec<_>>();
        let mut pairs = edges.windows(2).zip(cells);
        let fits = heads.len() >= 2
            && cells.len() == heads.len()
            && pairs.all(|(edges, cell)| match edges {
                [left, right] => {
                    let own = self.place(*cell);
                    own.x0 > left - height && own.x1 <= right + height
                }
                _ => false,
            });
        cells.get(at).copied().filter(|_| is_near && fits)
    }

    /// The first word of the next row of a running text, for a spot behind which nothing but a sign ends its row.
    pub fn next_of_text(&self, spot: Spot) -> Option<Spot> {
        let columns = self.segments(spot.line);
        let column = columns.iter().rfind(|column| column.start <= spot.start)?;
        let rest = Spot {
            start: spot.end.min(column.end),
            ..*column
        };
        let ends = self.tokens(rest).iter().all(|word| word.key.is_empty());
        let is_inside = column.start < spot.start;
        let next = self.segments(spot.line + 1).into_iter();
        let mut level =
            next.filter(|next| next.start < next.end && self.starts_level(*column, *next));
        let first = level.next()?;
        let is_near = self.gap_tenths(*column, first) < self.height_tenths(*column);
        (ends && is_inside && is_near).then_some(Spot {
            end: first.start + 1,
            ..first
        })
    }

    /// The column in the next row a row goes on with: nothing when the spot does not end its own column.
    pub fn goes_on(&self, spot: Spot) -> Option<Spot> {
        let segments = self.segments(spot.line);
        let column = segments.iter().find(|column| column.end == spot.end)?;
        let (row, next) = (self.lines.get(spot.line)?, self.lines.get(spot.line + 1)?);
        let place = self.place(*column);
        let height = (place.bottom - place.top).max(4.0);
        let is_near = (self.is_text || row.page == next.page) && next.top - place.bottom < height;
        let below = self.segments(spot.line + 1);
        below.into_iter().find(|other| {
            let other = self.place(*other);
            is_near && other.x0 < place.x1 && other.x1 > place.x0
        })
    }

    /// The middle of `value` lies between the neighbours of `heading` on its row. A heading at the end of a row has no
    /// column: nothing says how far it reaches.
    fn is_in_column(&self, heading: Spot, value: Spot) -> bool {
        let Some(row) = self.lines.get(heading.line) else {
            return false;
        };
        let Some(right) = row.tokens.get(heading.end).map(|token| token.place.x0) else {
            return false;
        };
        let left = heading
            .start
            .checked_sub(1)
            .and_then(|at| row.tokens.get(at));
        let left = left.map_or(self.place(heading).x0, |token| token.place.x1);
        let value = self.place(value);
        let middle = (value.x0 + value.x1) / 2.0;
        left < middle && middle < right
    }

    /// Two words stand as near as digit groups of one number do.
    pub fn is_tight(before: &Token, after: &Token) -> bool {
        let height = (before.place.bottom - before.place.top).max(4.0);
        after.place.x0 - before.place.x1 < height * 0.65
    }

    /// Set smaller and higher than the word before it, right behind that: the cents of `1.190⁶⁰`.
    pub fn is_raised(before: &Token, after: &Token) -> bool {
        let height = before.place.bottom - before.place.top;
        let own = after.place.bottom - after.place.top;
        own < height * 0.85
            && after.place.bottom < before.place.bottom - height * 0.08
            && Self::is_tight(before, after)
    }
}

fn is_gap(before: &Token, after: &Token) -> bool {
    let height = (before.place.bottom - before.place.top).max(4.0);
    after.place.x0 - before.place.x1 > height * COLUMN_GAP
}
