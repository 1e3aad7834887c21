//! What a child process has cost.

use std::path::Path;
use std::time::Duration;

use super::limits::read_text;

/// Ticks a second of the times in /proc on every architecture of Linux (proc(5), `USER_HZ`).
const TICKS_A_SECOND: u32 = 100;
/// Where utime and stime stand after the name of the program: the 14th and 15th field.
const FIELDS_BEFORE: usize = 11;
/// What the kernel writes there has some 50 numbers.
const MAX_STAT_BYTES: u64 = 4_096;

/// The CPU time of a child that was not waited for yet, even when it has ended. A child without a number is gone and costs
/// nothing more.
pub fn of_child(process: Option<u32>) -> Duration {
    let stat = |id| read_text(Path::new(&format!("/proc/{id}/stat")), MAX_STAT_BYTES).ok();
    let stat = process.and_then(stat);
    let ticks = stat.as_deref().map_or(0, ticks);
    Duration::from_secs(1) / TICKS_A_SECOND * ticks
}

fn ticks(stat: &str) -> u32 {
    // The name may hold blanks and brackets.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let times = after_name.split_whitespace().skip(FIELDS_BEFORE).take(2);
    times.filter_map(|field| field.parse::<u32>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_found_behind_a_name_with_blanks() {
        let stat = "4711 (a (odd) name) S 1 2 3 0 -1 4194560 1 0 0 0 250 33 0 0 20 0 1 0";
        assert_eq!(ticks(stat), 283);
        assert_eq!(ticks(""), 0);
    }

    #[test]
    fn a_child_that_worked_has_cost_something_and_nobody_costs_nothing() {
        let mut child = std::process::Command::new("/bin/sh")
            .args(["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"])
            .spawn()
            .unwrap();
        let id = child.id();
        while of_child(Some(id)) < Duration::from_millis(20) {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(of_child(Some(id)), Duration::ZERO);
        assert_eq!(of_child(None), Duration::ZERO);
    }
}
