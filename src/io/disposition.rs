//! What is to be done about a failure of the world.

/// How the worker goes on after a door failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disposition {
    /// The same attempt may succeed later.
    Retry,
    /// It will never succeed and nobody can help.
    GiveUp,
    /// A person must look at it. Also the answer when unsure.
    AskPerson,
}
