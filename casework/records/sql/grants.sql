-- What the application's three roles may do, table by table; its login owns nothing. What is not granted here it may not do.

GRANT USAGE ON SCHEMA public TO casework_app, casework_engine;

-- What only the migrations, and what only the database itself, may write.
GRANT SELECT ON alembic_version, reading_heads TO casework_app, casework_engine;

-- The tree over the history: the sequencer makes it grow, and may do nothing else. Who may see which events are in it, the engine alone
-- may read.
GRANT USAGE ON SCHEMA public TO casework_sequencer;
GRANT SELECT, DELETE ON awaited_leaves TO casework_sequencer;
GRANT SELECT, INSERT, UPDATE ON tree_tiles, tree_entries TO casework_sequencer;
GRANT SELECT, INSERT ON checkpoints TO casework_sequencer;
GRANT SELECT ON tree_tiles, checkpoints TO casework_app, casework_engine;
GRANT SELECT ON awaited_leaves, tree_entries TO casework_engine;
-- What witnesses say of it: an alarm is written once.
GRANT SELECT, INSERT, UPDATE ON witnesses, cosignatures TO casework_app, casework_engine;
GRANT SELECT, INSERT ON witness_alarms TO casework_app, casework_engine;
GRANT SELECT ON witnesses, witness_alarms TO casework_sequencer;

-- What is written once: the history, frozen workflows and reports, who read what, and where files lie.
GRANT SELECT, INSERT ON events, editions, readings, sealed_readings, contents, compartments, evidence, reports TO casework_app, casework_engine;

-- What changes, and never goes.
GRANT SELECT, INSERT, UPDATE ON
    absences, allocations, case_hygiene_days, erasures, files, findings, invitations, legal_holds, list_entries, logs, mentions, openings, office_link_secrets,
    party_link_secrets,
    party_links,
    incoming_webhooks, service_accounts, skills, webhook_endpoints, webhook_messages
TO casework_app, casework_engine;

-- What the events add up to, which is written anew from them, and what is used up.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    allowances, assessment_enterprises, assessment_needs, assessment_visits, blobs, case_dates, cases, challenges, checkpoint_mails, clocks, consents, documents, drafts, figure_facts, figure_mails, follows, grants,
    identities,
    impacts, import_pieces, incoming_messages, import_refusals, imports,
    index_states, index_terms, indexed_records, interest_requests, kept_figure_lines, kept_figure_parts, kept_figures, letter_numbers,
    letterheads, looks, mails, match_proposals, match_runs, matches,
    mediations, memberships, need_statements, needs, needs_assessments, notification_preferences, notifications, numbers,
    organisation_contacts, organisation_owners,
    organisation_screenings, organisations, outbox, passkeys, past_projects, pending_searches,
    password_links, people, phases, programmes, proposals, public_catalogues, public_figures, record_meanings, recoveries, recovery_codes, requests, right_owners, right_technologies,
    provider_flows, provider_logouts, rights, saved_views, second_factors, sessions, sign_in_attempts, source_rows, sources, statements, story_consents, success_stories, tasks, technologies, tokens, tracks,
    twin_marks, twin_pairs, verification_nights, verifications, verified_leaves
TO casework_app, casework_engine;

-- The job queue's own tables.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    procrastinate_events, procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers
TO casework_app, casework_engine;
GRANT USAGE, SELECT ON SEQUENCE
    procrastinate_events_id_seq, procrastinate_jobs_id_seq, procrastinate_periodic_defers_id_seq, procrastinate_workers_id_seq
TO casework_app, casework_engine;

-- Our functions are the application's alone; those of triggers only the database itself calls.
DO $$
DECLARE ours regprocedure;
BEGIN
    FOR ours IN SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'casework\_%'
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', ours);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO casework_app, casework_engine', ours);
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION casework_hash_of, casework_reading_hash, casework_chain_reading, casework_keep_words, casework_await_leaves FROM casework_app, casework_engine;
