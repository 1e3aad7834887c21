//! Visible text put together line by line.

use super::is_invisible;

/// Text put together line by line.
#[derive(Default)]
pub(super) struct Lines {
    done: String,
    line: String,
    pending_blank: bool,
    pending_cell: bool,
    wants_empty_line: bool,
}

impl Lines {
    /// White space collapses; a blank is written only when something follows on the line.
    pub(super) fn inline(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() && c != '\u{a0}' {
                self.pending_blank = true;
            } else if !is_invisible(c) {
                self.push(if c == '\u{a0}' { ' ' } else { c });
            }
        }
    }

    pub(super) fn verbatim(&mut self, text: &str) {
        for c in text.chars() {
            if c == '\n' {
                self.break_line();
            } else if !c.is_control() && !is_invisible(c) {
                self.push(c);
            }
        }
    }

    fn push(&mut self, c: char) {
        if !self.line.is_empty() {
            if self.pending_cell {
                self.line.push('\t');
            } else if self.pending_blank {
                self.line.push(' ');
            }
        }
        (self.pending_cell, self.pending_blank) = (false, false);
        self.line.push(c);
    }

    pub(super) fn cell(&mut self) {
        self.pending_cell = true;
    }

    pub(super) fn break_line(&mut self) {
        let line = self.line.trim_end();
        if line.is_empty() {
            self.wants_empty_line = true;
        } else {
            if self.wants_empty_line && !self.done.is_empty() {
                self.done.push('\n');
            }
            self.wants_empty_line = false;
            self.done.push_str(line);
            self.done.push('\n');
        }
        self.line.clear();
        (self.pending_cell, self.pending_blank) = (false, false);
    }

    pub(super) fn block(&mut self) {
        if !self.line.trim().is_empty() {
            self.break_line();
        }
        self.line.clear();
        (self.pending_cell, self.pending_blank) = (false, false);
    }

    pub(super) fn paragraph(&mut self) {
        self.block();
        self.wants_empty_line = true;
    }

    pub(super) fn finish(mut self) -> String {
        self.block();
        self.done.trim_end().to_owned()
    }
}
