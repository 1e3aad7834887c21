//! The child's side: gives up every right it does not need, then reads documents from standard input until it ends.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::panic::catch_unwind;
use std::process::ExitCode;

use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

use super::frame::{Answer, encode};
use crate::formats::pdf;

/// CPU seconds of one child in its whole life; the daemon replaces it long before.
pub const CPU_SECONDS: u64 = 10;
/// Address space: 25 MiB of PDF unpack to some 200 MiB in the worst genuine case, bombs to anything.
const MEMORY_BYTES: u64 = 1 << 30;
/// Standard input, output and error, and a few to spare.
const OPEN_FILES: u64 = 16;

/// Reads documents until the daemon closes the pipe. Exit code 1 when the child could not lock itself in.
pub fn main() -> ExitCode {
    if harden().is_none() {
        return ExitCode::FAILURE;
    }
    // What a panic prints would go nowhere and may quote the document.
    std::panic::set_hook(Box::new(|_| {}));
    match serve(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(requests: &mut impl Read, answers: &mut impl Write) -> io::Result<()> {
    let mut length = [0; 4];
    while requests.read_exact(&mut length).is_ok() {
        let length = u32::from_le_bytes(length) as usize;
        if length > pdf::MAX_BYTES {
            return Err(io::Error::other("the request is too long"));
        }
        let mut document = vec![0; length];
        requests.read_exact(&mut document)?;
        let read = catch_unwind(|| Answer::from(pdf::read(document)));
        let answer = encode(&read.unwrap_or(Answer::Panicked));
        let length = u32::try_from(answer.len()).map_err(io::Error::other)?;
        answers.write_all(&length.to_le_bytes())?;
        answers.write_all(&answer)?;
        answers.flush()?;
    }
    Ok(())
}

/// Limits first, because the last step forbids the calls that set them. `None` when a step failed.
fn harden() -> Option<()> {
    let limits = [
        (Resource::As, MEMORY_BYTES),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, OPEN_FILES),
        (Resource::Nproc, 0),
    ];
    for (resource, limit) in limits {
        setrlimit(
            resource,
            Rlimit {
                current: Some(limit),
                maximum: Some(limit),
            },
        )
        .ok()?;
    }
    set_parent_process_death_signal(Some(Signal::KILL)).ok()?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).ok()?;
    forbid_files_and_network()?;
    forbid_system_calls()
}

/// Landlock without a rule: no file, no network. A kernel without it still has the filter below, which opens nothing.
fn forbid_files_and_network() -> Option<()> {
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))
        .ok()?
        .handle_access(AccessNet::from_all(ABI::V5))
        .ok()?;
    rules.create().ok()?.restrict_self().ok()?;
    Some(())
}

/// Only memory, the two pipes and ending are allowed; anything else kills the process.
fn forbid_system_calls() -> Option<()> {
    let allowed = [
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_close,
        libc::SYS_fstat,
        libc::SYS_lseek,
        libc::SYS_mmap,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_mprotect,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_tgkill,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
    let rules = allowed
        .into_iter()
        .map(|call| (call, Vec::new()))
        .collect::<BTreeMap<_, _>>();
    let architecture = std::env::consts::ARCH.try_into().ok()?;
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        architecture,
    );
    let program = BpfProgram::try_from(filter.ok()?).ok()?;
    apply_filter(&program).ok()
}
