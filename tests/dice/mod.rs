//! Chance that can be repeated.
#![allow(dead_code, reason = "shared: not every test throws all of them")]

/// Numbers out of one number (splitmix64, public domain): the same for the same start.
pub struct Dice(u64);

impl Dice {
    /// Those of a seed; every target has its own.
    pub fn new(target: &str, number: u64) -> Self {
        let name = target.bytes().fold(0u64, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        });
        Self(name.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// Below the limit, 0 included.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 16).unwrap_or_default() % limit.max(1)
    }

    /// True so many times of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}
