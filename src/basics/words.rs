//! Closed lists of words, with the spelling in which they are stored and shown.

use std::fmt;

/// Declares an enum whose variants have a fixed spelling: `as_str`, `parse`, `ALL` and `Display` come with it.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum $name { $($(#[$vmeta])* $variant),* }

        impl $name {
            /// Every word, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The spelling in which it is stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// Reads the stored spelling; `None` for any other text.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

/// A state machine's no: this event means nothing in this state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused {
    /// What kind of thing it is: bill, payment, ….
    pub machine: &'static str,
    /// The state it is in.
    pub state: &'static str,
    /// The event that does not fit.
    pub event: &'static str,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let article = match self.machine.starts_with(['a', 'e', 'i', 'o', 'u']) {
            true => "an",
            false => "a",
        };
        let (machine, state, event) = (self.machine, self.state, self.event);
        write!(f, "{article} {machine} that is {state} cannot be {event}")
    }
}

impl std::error::Error for Refused {}
