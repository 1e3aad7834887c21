//! Which of a customer's open items come to an amount exactly, and whether they are the only ones that do (DOMAIN 6.1, row 8):
//! both halves' sums in order, met in the middle (Horowitz and Sahni 1974). Uniqueness is proven or not claimed.

/// More items than these are not looked through: two halves of 2^20 sums each are some tens of MiB and milliseconds.
pub const MOST_ITEMS: usize = 40;

/// What was found, by the places of the items.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subset {
    /// These, and no others.
    Only(Vec<usize>),
    /// At least these two.
    Several(Vec<usize>, Vec<usize>),
    /// No set of them.
    Nothing,
    /// There are too many to prove anything.
    TooMany,
}

/// Sums of one half with the items in them as bits, smallest first.
type Sums = Vec<(i64, u32)>;

/// The sets of `items` (in minor units, credit notes negative) that come to `wanted`, which is not zero.
pub fn unique_subset(items: &[i64], wanted: i64) -> Subset {
    let has_negative = items.iter().any(|item| *item < 0);
    // Where nothing is taken off, what is above the amount is in no set. An item of nothing would be in every one.
    let places = (0..items.len())
        .filter(|place| {
            items
                .get(*place)
                .is_some_and(|item| *item != 0 && (has_negative || *item <= wanted))
        })
        .collect::<Vec<_>>();
    if places.len() > MOST_ITEMS {
        return Subset::TooMany;
    }
    let values = places
        .iter()
        .filter_map(|place| items.get(*place).copied())
        .collect::<Vec<_>>();
    let (one, other) = values.split_at(values.len() / 2);
    let (Some(low), Some(high)) = (sums(one), sums(other)) else {
        return Subset::TooMany;
    };
    let named = |(low, high): (u32, u32)| {
        let bits = u64::from(low) | (u64::from(high) << one.len());
        let chosen = (0..places.len()).filter(|bit| bits >> bit & 1 == 1);
        chosen
            .filter_map(|bit| places.get(bit).copied())
            .collect::<Vec<_>>()
    };
    let mut found = pairs(&low, &high, wanted);
    match (found.next(), found.next()) {
        (None, _) => Subset::Nothing,
        (Some(only), None) => Subset::Only(named(only)),
        (Some(one), Some(other)) => Subset::Several(named(one), named(other)),
    }
}

/// All sums of some of these, in order: each item merges the sums without it and with it. `None` past what an amount holds.
fn sums(items: &[i64]) -> Option<Sums> {
    let mut all: Sums = vec![(0, 0)];
    for (bit, item) in items.iter().enumerate() {
        let mark = 1_u32.checked_shl(u32::try_from(bit).ok()?)?;
        // In order, so that the ends tell for all whether an amount holds them.
        for (end, _) in [all.first(), all.last()].into_iter().flatten() {
            end.checked_add(*item)?;
        }
        all = merged(&all, (*item, mark));
    }
    Some(all)
}

/// The sums without the item and with it, which adds no overflow.
fn merged(without: &[(i64, u32)], (item, mark): (i64, u32)) -> Sums {
    let mut all = Vec::with_capacity(without.len().saturating_mul(2));
    let mut left = without.iter().copied().peekable();
    let with = |(sum, bits): &(i64, u32)| (sum.saturating_add(item), bits | mark);
    let mut right = without.iter().map(with).peekable();
    while let (Some((a, _)), Some((b, _))) = (left.peek(), right.peek()) {
        let next = if a <= b { left.next() } else { right.next() };
        all.extend(next);
    }
    all.extend(left);
    all.extend(right);
    all
}

/// The pairs of a sum of each half that come to `wanted`: one goes up, the other down. Equal sums of a half are looked at one by
/// one; whoever takes two pairs stops there.
fn pairs<'s>(
    low: &'s [(i64, u32)],
    high: &'s [(i64, u32)],
    wanted: i64,
) -> impl Iterator<Item = (u32, u32)> + 's {
    let mut from = high.len();
    low.iter().flat_map(move |(sum, bits)| {
        let rest = wanted.checked_sub(*sum);
        let above = |place: usize| match (high.get(place), rest) {
            (Some((other, _)), Some(rest)) => *other > rest,
            (Some(_), None) => true,
            (None, _) => false,
        };
        while from > 0 && above(from.saturating_sub(1)) {
            from = from.saturating_sub(1);
        }
        let fitting = high.get(..from).unwrap_or_default().iter().rev();
        fitting
            .take_while(move |(other, _)| Some(*other) == rest)
            .map(move |(_, other)| (*bits, *other))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_set_that_fits_is_found() {
        let open = [59_500, 119_000, 57_140, 116_500];
        assert_eq!(unique_subset(&open, 173_640), Subset::Only(vec![2, 3]));
        assert_eq!(unique_subset(&open, 173_641), Subset::Nothing);
        let with_credit = [59_500, -5_950, 119_000];
        assert_eq!(
            unique_subset(&with_credit, 53_550),
            Subset::Only(vec![0, 1])
        );
    }

    #[test]
    fn two_sets_that_fit_are_told_and_neither_is_chosen() {
        let found = unique_subset(&[10_000, 20_000, 30_000], 30_000);
        let Subset::Several(one, other) = found else {
            panic!("{found:?}")
        };
        assert_ne!(one, other);
        assert!(matches!(
            unique_subset(&[500, 500], 500),
            Subset::Several(..)
        ));
    }

    #[test]
    fn sixty_open_items_prove_nothing_and_forty_do() {
        let many = (1..=60).map(|n| n * 997).collect::<Vec<_>>();
        assert_eq!(unique_subset(&many, 997 * 2_000), Subset::TooMany);
        // Powers of two and more: every set has its own sum.
        let forty = (0..40).map(|n| 1_i64 << n).collect::<Vec<_>>();
        let wanted = (1_i64 << 39) + (1 << 20) + 1;
        assert_eq!(unique_subset(&forty, wanted), Subset::Only(vec![0, 20, 39]));
    }

    #[test]
    fn amounts_beyond_all_money_prove_nothing() {
        let huge = [i64::MAX, i64::MAX, -1, -1];
        assert_eq!(unique_subset(&huge, 5), Subset::TooMany);
    }

    /// Numbers that look drawn and are the same each time (Knuth's multiplier).
    fn drawn(seed: u64) -> impl Iterator<Item = i64> {
        let mut state = seed;
        std::iter::repeat_with(move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            i64::try_from(state >> 40).unwrap()
        })
    }

    #[test]
    fn it_says_what_trying_every_set_says() {
        let (mut only, mut several, mut nothing) = (0, 0, 0);
        for seed in 0..600 {
            let mut dice = drawn(seed);
            let count = usize::try_from(dice.next().unwrap() % 12).unwrap();
            let items = dice
                .by_ref()
                .take(count)
                .map(|n| n % 250 - 50)
                .collect::<Vec<_>>();
            let wanted = dice.next().unwrap() % 400 + 1;
            let sum = |places: &[usize]| places.iter().map(|place| items[*place]).sum::<i64>();
            let fits = |bits: &usize| {
                let chosen = (0..count)
                    .filter(|place| bits >> place & 1 == 1)
                    .collect::<Vec<_>>();
                chosen.iter().all(|place| items[*place] != 0) && sum(&chosen) == wanted
            };
            let sets = (0_usize..1 << count).filter(fits).count();
            match unique_subset(&items, wanted) {
                Subset::Only(places) => {
                    assert_eq!((sets, sum(&places)), (1, wanted));
                    only += 1;
                }
                Subset::Several(one, other) => {
                    assert!(sets > 1 && one != other);
                    assert_eq!((sum(&one), sum(&other)), (wanted, wanted));
                    several += 1;
                }
                Subset::Nothing => {
                    assert_eq!(sets, 0);
                    nothing += 1;
                }
                Subset::TooMany => panic!("few items are never too many"),
            }
        }
        assert!(
            only > 20 && several > 20 && nothing > 20,
            "{only} {several} {nothing}"
        );
    }
}
