//! The text format of Prometheus, version 0.0.4: what a monitoring system reads to see how things stand.

use std::fmt::{Display, Write};

/// The media type of the text.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A page of measurements.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Exposition {
    text: String,
}

impl Exposition {
    /// A value that goes up and down, with what it means; its samples follow. The name ends with its unit.
    pub fn gauge(&mut self, name: &str, help: &str) -> &mut Self {
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} gauge"));
        self
    }

    /// One value of it.
    pub fn sample(
        &mut self,
        name: &str,
        labels: &[(&str, &str)],
        value: impl Display,
    ) -> &mut Self {
        let labels = labels.iter().map(|(label, value)| {
            let value = value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            format!("{label}=\"{value}\"")
        });
        let labels = labels.collect::<Vec<_>>().join(",");
        match labels.as_str() {
            "" => self.line(format_args!("{name} {value}")),
            labels => self.line(format_args!("{name}{{{labels}}} {value}")),
        }
        self
    }

    /// The page.
    pub fn into_text(self) -> String {
        self.text
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing into a string cannot fail.
        writeln!(self.text, "{line}").ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_follow_what_they_mean_and_names_are_escaped() {
        let mut page = Exposition::default();
        page.gauge("jobs", "Jobs.\nAll of them.");
        page.sample("jobs", &[("state", "ready"), ("of", "a \"b\"\\c\nd")], 3);
        page.sample("jobs", &[], 7);
        assert_eq!(
            page.into_text(),
            "# HELP jobs Jobs.\\nAll of them.\n# TYPE jobs gauge\njobs{state=\"ready\",of=\"a \\\"b\\\"\\\\c\\nd\"} 3\njobs 7\n"
        );
    }
}
