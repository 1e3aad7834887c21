//! The store on both databases: every commit shape, every load, the queue, the audit trail, crashes. One list of tests, run
//! on SQLite in a temporary folder and on the PostgreSQL that `tests/run` starts.
#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on has failed, and its line says where"
)]

mod env;
mod samples;
mod opening;
mod commits;
mod queue;
mod replicas;
mod trail;
mod loads;
mod crash;
mod moving;

/// Writes `mod sqlite` and `mod postgres` with the same tests.
macro_rules! on_both_databases {
    ($($file:ident: $($name:ident)*;)*) => {
        mod sqlite {
            $(mod $file { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let env = crate::env::Env::sqlite().await;
                    crate::$file::$name(&env).await;
                    env.end().await;
                })* })*
        }
        mod postgres {
            $(mod $file { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let env = crate::env::Env::postgres().await;
                    crate::$file::$name(&env).await;
                    env.end().await;
                })* })*
        }
    };
}

on_both_databases! {
    opening:
        every_statement_can_be_prepared
        an_empty_database_is_not_opened_without_migration
        migrating_twice_does_nothing
        of_two_who_migrate_at_once_one_did_it
        many_at_once_make_one_database
        a_database_of_a_newer_program_is_refused
        an_edited_migration_is_noticed;
    commits:
        a_stale_version_loses_and_writes_nothing
        inserting_what_exists_is_a_conflict
        the_same_key_gives_the_first_result_again
        the_same_key_with_other_input_is_refused
        raising_an_exception_twice_is_raising_it_once
        an_arrival_keeps_its_message_and_its_mark
        a_dry_run_leaves_nothing
        a_child_without_its_parent_is_refused
        a_second_vote_on_a_request_is_refused
        one_bad_change_does_not_spoil_its_neighbours
        changes_of_many_callers_keep_the_chain_without_a_gap
        callers_that_give_up_leave_whole_commits
        letters_with_nul_characters_are_stored;
    queue:
        a_job_still_being_done_is_kept_until_it_was_lost
        a_job_is_claimed_done_and_gone
        an_intent_renews_the_lease_and_is_refused_once_it_is_lost
        two_jobs_of_a_subject_are_never_done_at_once
        jobs_are_claimed_oldest_first_and_not_before_their_time
        a_failed_job_waits_for_its_time
        a_lease_that_ends_gives_the_job_to_the_next
        a_stale_claim_rolls_everything_back
        a_claim_from_an_earlier_life_of_the_job_is_stale
        a_job_enqueued_while_it_is_done_is_done_again
        a_parked_job_asks_a_person_and_can_be_requeued
        a_sweep_leaves_parked_and_waiting_jobs_alone
        what_has_no_job_is_found
        an_approved_bill_without_a_job_is_found_when_it_has_something_to_pay
        what_is_put_off_was_not_tried
        a_step_of_a_newer_version_is_left_to_a_daemon_that_knows_it
        many_workers_do_every_job_once;
    replicas:
        a_mailbox_has_one_watcher_until_it_is_silent_or_gives_it_back
        the_jobs_of_a_dead_daemon_are_done_by_others_and_later_the_mail_it_was_sending
        whoever_follows_a_dead_daemon_goes_on_at_once_with_all_it_was_doing
        whoever_was_handed_what_it_does_not_do_gives_it_back
        all_daemons_agree_on_what_the_first_one_brought
        what_one_machine_keeps_another_finds_on_the_shelf
        what_only_one_machine_has_is_put_on_the_shelf_later
        a_shelf_that_was_changed_is_noticed;
    trail:
        entries_cannot_be_changed_or_deleted
        votes_and_cash_cannot_be_changed
        an_untouched_trail_verifies
        a_tampered_entry_is_named
        a_missing_entry_is_named
        replaying_the_trail_gives_the_stored_states;
    loads:
        messages_and_arrivals
        mailboxes
        documents_with_all_their_evidence
        suppliers_bills_and_payments
        payment_runs_and_the_payments_of_a_transfer
        memories_until_they_were_wrong_twice
        codings_until_they_were_wrong_twice
        what_the_model_was_asked_on_a_day
        up_to_which_day_the_bank_told_us
        whose_mails_wait_for_a_person
        a_bill_is_found_by_digits_or_number
        what_a_bill_may_duplicate
        rivals_by_file_number_reference_or_day_and_amount
        looks_at_mailboxes_are_overwritten
        requests_and_votes
        customers_invoices_and_balances
        remittances_claim_invoices_until_applied
        bank_entries_and_what_is_left
        reminders
        outbound_mail
        exceptions
        counts_for_the_status_screen
        lists_show_the_newest_first;
}
