//! How a child process gives up what it does not need before it reads a stranger's bytes: limits, files, network, system calls.

use std::collections::BTreeMap;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, path_beneath_rules,
};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter_all_threads};

/// Sets each limit for good, and ends with the process that started this one. `None` when a step failed.
pub fn limit(limits: &[(Resource, u64)]) -> Option<()> {
    for (resource, limit) in limits {
        let both = Rlimit {
            current: Some(*limit),
            maximum: Some(*limit),
        };
        setrlimit(*resource, both).ok()?;
    }
    set_parent_process_death_signal(Some(Signal::KILL)).ok()
}

/// What is in these folders can be read and run, no other file, and no network reached. A kernel without Landlock goes on:
/// whoever needs more certainty forbids system calls, too. `None` when a step failed.
pub fn forbid_files_and_network(readable: &[&str]) -> Option<()> {
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))
        .ok()?
        .handle_access(AccessNet::from_all(ABI::V5))
        .ok()?
        .create()
        .ok()?
        .add_rules(path_beneath_rules(readable, AccessFs::from_read(ABI::V5)))
        .ok()?
        .restrict_self()
        .ok()?;
    Some(())
}

/// Only memory, threads that are there, open pipes and ending are allowed; anything else kills the process. `None` when a
/// step failed.
pub fn forbid_system_calls() -> Option<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable).ok()?;
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
    apply_filter_all_threads(&program).ok()
}
