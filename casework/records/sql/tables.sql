-- Every table, its indexes and what its columns mean, as `casework/records/tables` has them: written by `make expected`.

CREATE TABLE allowances (
    who TEXT NOT NULL,
    kind TEXT NOT NULL,
    began TIMESTAMP WITH TIME ZONE NOT NULL,
    used INTEGER NOT NULL,
    CONSTRAINT pk_allowances PRIMARY KEY (who, kind)
);
COMMENT ON TABLE allowances IS 'Bounds what costs much; forgotten when it no longer counts';
COMMENT ON COLUMN allowances.who IS 'A person''s id; a network of those who have not signed in';
COMMENT ON COLUMN allowances.kind IS 'What was asked for, as operations.core.rate_limits names it';
COMMENT ON COLUMN allowances.used IS 'How often since then';

CREATE TABLE awaited_leaves (
    log_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    since TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_awaited_leaves PRIMARY KEY (log_id, seq)
);
COMMENT ON TABLE awaited_leaves IS 'Events and readings that have no leaf yet; triggers write them, the sequencer takes them away';
COMMENT ON COLUMN awaited_leaves.log_id IS 'Of a reading what the head of its chain says';
COMMENT ON COLUMN awaited_leaves.hash IS 'Its own, as bytes';
COMMENT ON COLUMN awaited_leaves.since IS 'By the real clock, whatever a simulation says';

CREATE TABLE checkpoints (
    n BIGINT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    note TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_checkpoints PRIMARY KEY (n),
    CONSTRAINT ck_checkpoints_root CHECK (size > 0 AND octet_length(root) = 32)
);
CREATE INDEX ix_checkpoints_handed_over ON checkpoints (n) WHERE split_part(note, chr(10), 6) <> '';
CREATE INDEX ix_checkpoints_size ON checkpoints (size);
COMMENT ON TABLE checkpoints IS 'What was signed of the tree each time that it had grown; all are kept';
COMMENT ON COLUMN checkpoints.n IS 'From 1, without gaps';
COMMENT ON COLUMN checkpoints.size IS 'Leaves that the tree had';
COMMENT ON COLUMN checkpoints.note IS 'What was signed of them, as C2SP tlog-checkpoint writes it';
COMMENT ON COLUMN checkpoints.made_at IS 'By the real clock';

CREATE TABLE editions (
    fingerprint TEXT NOT NULL,
    workflow TEXT NOT NULL,
    number INTEGER NOT NULL,
    rules JSONB NOT NULL,
    texts JSONB NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_editions PRIMARY KEY (fingerprint),
    CONSTRAINT uq_editions_workflow_number UNIQUE (workflow, number)
);
COMMENT ON TABLE editions IS 'Frozen workflows; every track is pinned to one';

CREATE TABLE logs (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    programme_id UUID,
    seq BIGINT DEFAULT 0 NOT NULL,
    head TEXT NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sealed BOOLEAN GENERATED ALWAYS AS (kind = 'mediation') STORED NOT NULL,
    CONSTRAINT pk_logs PRIMARY KEY (id),
    CONSTRAINT ck_logs_kind CHECK (kind IN ('case', 'mediation', 'programme', 'organisation', 'person', 'right', 'need', 'technology', 'finding', 'erasure', 'installation')),
    CONSTRAINT uq_logs_id_programme_id_sealed UNIQUE (id, programme_id, sealed)
)
 WITH (fillfactor = 80);
CREATE INDEX ix_logs_installation ON logs (id) WHERE kind = 'installation';
COMMENT ON TABLE logs IS 'One row for each unit of visibility; the row that every action in it locks';
COMMENT ON COLUMN logs.id IS 'Random: it names the log in every header';
COMMENT ON COLUMN logs.kind IS 'case, mediation, programme, organisation, person, right, need, technology, finding, erasure or installation';
COMMENT ON COLUMN logs.programme_id IS 'Null for what belongs to no programme';
COMMENT ON COLUMN logs.seq IS 'Of the last event; no gaps';
COMMENT ON COLUMN logs.head IS 'Hash of the last event, hex';
COMMENT ON COLUMN logs.last_at IS 'Time of the last event; the next one is later';

CREATE TABLE outbox (
    log_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (log_id, seq)
);
COMMENT ON TABLE outbox IS 'Events that may owe somebody a notice; written with them, gone once their notices are written';

CREATE TABLE pending_searches (
    looks_for TEXT NOT NULL CONSTRAINT ck_pending_searches_looks_for CHECK (looks_for IN ('twins', 'needs')),
    programme_id UUID NOT NULL,
    record_id UUID NOT NULL,
    CONSTRAINT pk_pending_searches PRIMARY KEY (looks_for, programme_id, record_id)
);
COMMENT ON COLUMN pending_searches.looks_for IS 'twins of the record, or needs that a technology may meet; looked for since it changed, the row goes';
COMMENT ON COLUMN pending_searches.record_id IS 'A record that has marks';

CREATE TABLE people (
    id UUID NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    name_zh TEXT,
    password_hash TEXT,
    language TEXT DEFAULT 'en' NOT NULL,
    zone TEXT DEFAULT 'Asia/Shanghai' NOT NULL,
    theme TEXT DEFAULT 'auto' NOT NULL,
    single_keys BOOLEAN DEFAULT true NOT NULL,
    tour_seen BOOLEAN DEFAULT false NOT NULL,
    list_columns JSONB DEFAULT '{}' NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    service BOOLEAN DEFAULT false NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_people PRIMARY KEY (id),
    CONSTRAINT ck_people_theme CHECK (theme IN ('auto', 'light', 'dark'))
);
CREATE INDEX ix_people_terms ON people USING gin (casework_terms(name)) WITH (gin_pending_list_limit = 256);
CREATE UNIQUE INDEX uq_people_email ON people (lower(email));
COMMENT ON COLUMN people.id IS 'Random enough to stand in the history as a pseudonym; also the id of its log';
COMMENT ON COLUMN people.password_hash IS 'argon2id; null where the person has none yet';
COMMENT ON COLUMN people.theme IS 'auto, light or dark';
COMMENT ON COLUMN people.single_keys IS 'Whether single letters do something in the pages';
COMMENT ON COLUMN people.tour_seen IS 'Whether the person has put away what their home says on the first day';
COMMENT ON COLUMN people.list_columns IS 'By list the columns that the person wants to see; of others the usual ones';
COMMENT ON COLUMN people.service IS 'A provider''s own system: signs in to nothing, and is named for nothing';
COMMENT ON COLUMN people.erased_at IS 'When everything that names the person was taken out';

CREATE TABLE programmes (
    id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    name_zh TEXT,
    calendar JSONB NOT NULL,
    recount_after UUID,
    providers UUID[],
    editions JSONB DEFAULT '{}' NOT NULL,
    weights JSONB DEFAULT '{}' NOT NULL,
    retention JSONB DEFAULT '{}' NOT NULL,
    routing JSONB DEFAULT '{}' NOT NULL,
    removal JSONB DEFAULT '{}' NOT NULL,
    batch JSONB DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_programmes PRIMARY KEY (id),
    CONSTRAINT uq_programmes_code UNIQUE (code)
);
COMMENT ON COLUMN programmes.id IS 'Also the id of its log';
COMMENT ON COLUMN programmes.code IS 'First part of its case numbers: BJ';
COMMENT ON COLUMN programmes.calendar IS 'Working days, slots and zone, as Calendar.to_json gives it';
COMMENT ON COLUMN programmes.recount_after IS 'Last log whose clocks were counted again by the present calendar; null when all were';
COMMENT ON COLUMN programmes.providers IS 'Whom it asks, as its log tells; null: all that take requests';
COMMENT ON COLUMN programmes.editions IS 'By workflow the number of the edition by which it begins, as its log tells; of others the newest';
COMMENT ON COLUMN programmes.weights IS 'By what its ranked lists are ordered, with the version, as its log tells; empty: as the product begins';
COMMENT ON COLUMN programmes.retention IS 'For how long its closed cases are kept, by class, with the version, as its log tells; empty: as the product begins';
COMMENT ON COLUMN programmes.routing IS 'By which table its queues give tasks, with the version, as its log tells; empty: by their rules alone';
COMMENT ON COLUMN programmes.removal IS 'Which removal of contents under retention is carried out, as its log tells; empty: none';
COMMENT ON COLUMN programmes.batch IS 'Which batch of moves to another edition is carried out, and whether it goes on, as its log tells; empty: none';

CREATE TABLE provider_logouts (
    hash BYTEA NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_provider_logouts PRIMARY KEY (hash)
);
CREATE INDEX ix_provider_logouts_expires_at ON provider_logouts (expires_at);
COMMENT ON TABLE provider_logouts IS 'What the provider of sign-in has said of sessions that ended; each counts once';
COMMENT ON COLUMN provider_logouts.hash IS 'SHA-256 of issuer and jti of a logout token';

CREATE TABLE reading_heads (
    id UUID NOT NULL,
    n BIGINT NOT NULL,
    head TEXT NOT NULL,
    log UUID DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT pk_reading_heads PRIMARY KEY (id),
    CONSTRAINT uq_reading_heads_log UNIQUE (log)
);
COMMENT ON TABLE reading_heads IS 'Where each chain of readings ends; written by the database alone';
COMMENT ON COLUMN reading_heads.id IS 'The reader''s, or of a sealed mediation the log''s';
COMMENT ON COLUMN reading_heads.n IS 'Of the last reading in the chain; no gaps';
COMMENT ON COLUMN reading_heads.head IS 'Its hash, hex';
COMMENT ON COLUMN reading_heads.log IS 'What the entries of its leaves call it: that of a mediation is another than its events'' log';

CREATE TABLE requests (
    actor_id UUID NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER,
    answer JSONB,
    log_id UUID,
    seq BIGINT,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_requests PRIMARY KEY (actor_id, key)
);
COMMENT ON TABLE requests IS 'What was asked once and is not done twice';
COMMENT ON COLUMN requests.key IS 'Idempotency-Key as sent';
COMMENT ON COLUMN requests.digest IS 'Of the request''s method, path and body';
COMMENT ON COLUMN requests.status IS 'Of the answer; null only while the request runs';
COMMENT ON COLUMN requests.answer IS 'How to rebuild the answer; shown-once secrets are never in it';

CREATE TABLE sign_in_attempts (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY,
    account BYTEA NOT NULL,
    address TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    succeeded BOOLEAN NOT NULL,
    CONSTRAINT pk_sign_in_attempts PRIMARY KEY (id)
);
CREATE INDEX ix_sign_in_attempts_account_at ON sign_in_attempts (account, at);
CREATE INDEX ix_sign_in_attempts_address_at ON sign_in_attempts (address, at);
COMMENT ON TABLE sign_in_attempts IS 'Slows down those who guess; nobody is locked out';
COMMENT ON COLUMN sign_in_attempts.account IS 'SHA-256 of the address that was typed, lower case';
COMMENT ON COLUMN sign_in_attempts.address IS 'Where the attempt came from';

CREATE TABLE tree_entries (
    n BIGINT NOT NULL,
    entries BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_tree_entries PRIMARY KEY (n),
    CONSTRAINT ck_tree_entries_entries CHECK (octet_length(entries) >= 20 AND octet_length(entries) <= 5120 AND octet_length(entries) % 20 = 0)
);
CREATE INDEX ix_tree_entries_made_at ON tree_entries (made_at);
COMMENT ON TABLE tree_entries IS 'Whose leaves the tiles of level 0 hold; it names logs, and nobody but the engine reads it';
COMMENT ON COLUMN tree_entries.entries IS 'Of each leaf its event or reading: 16 bytes of the log''s id, 4 of its seq';
COMMENT ON COLUMN tree_entries.made_at IS 'Of its newest leaf, by the real clock';

CREATE TABLE tree_tiles (
    level SMALLINT NOT NULL,
    n BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    CONSTRAINT pk_tree_tiles PRIMARY KEY (level, n),
    CONSTRAINT ck_tree_tiles_hashes CHECK (octet_length(hashes) >= 32 AND octet_length(hashes) <= 8192 AND octet_length(hashes) % 32 = 0)
);
COMMENT ON TABLE tree_tiles IS 'The tree of RFC 6962 over all events and readings, as tlog-tiles keeps it; it only grows';
COMMENT ON COLUMN tree_tiles.level IS '0: hashes of leaves; each above it: roots of full tiles';
COMMENT ON COLUMN tree_tiles.hashes IS 'Up to 256 of 32 bytes, in order';

CREATE TABLE verification_nights (
    night DATE NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    logs INTEGER NOT NULL,
    events BIGINT NOT NULL,
    faults JSONB NOT NULL,
    leaves BIGINT,
    peaks BYTEA,
    checkpoint BIGINT,
    from_start BOOLEAN NOT NULL,
    CONSTRAINT pk_verification_nights PRIMARY KEY (night)
);
COMMENT ON TABLE verification_nights IS 'The nights in which the history was verified';
COMMENT ON COLUMN verification_nights.night IS 'By the first programme''s clock';
COMMENT ON COLUMN verification_nights.at IS 'When all was read';
COMMENT ON COLUMN verification_nights.logs IS 'That were read in this night: those that had gone on, and some in their turn';
COMMENT ON COLUMN verification_nights.events IS 'In these';
COMMENT ON COLUMN verification_nights.faults IS 'What was wrong that belongs to no log';
COMMENT ON COLUMN verification_nights.leaves IS 'Of the tree that was found whole with the readings; null where it was not';
COMMENT ON COLUMN verification_nights.peaks IS 'The roots of the full subtrees that they were, the largest first';
COMMENT ON COLUMN verification_nights.checkpoint IS 'What had been signed last';
COMMENT ON COLUMN verification_nights.from_start IS 'Whether tree and readings were read from their beginning';

CREATE TABLE verifications (
    log_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    head TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    night DATE NOT NULL,
    faults JSONB NOT NULL,
    CONSTRAINT pk_verifications PRIMARY KEY (log_id)
);
CREATE INDEX ix_verifications_night ON verifications (night);
COMMENT ON TABLE verifications IS 'What the nightly verification found of each log; made again any night';
COMMENT ON COLUMN verifications.seq IS 'The last event that was read';
COMMENT ON COLUMN verifications.head IS 'Its hash; with another one the log is read again';
COMMENT ON COLUMN verifications.at IS 'When it was read';
COMMENT ON COLUMN verifications.night IS 'In which night, by the first programme''s clock';
COMMENT ON COLUMN verifications.faults IS 'What was wrong, each with kind, sentence and place; empty where nothing was';

CREATE TABLE verified_leaves (
    log_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    leaf BYTEA NOT NULL,
    CONSTRAINT pk_verified_leaves PRIMARY KEY (log_id)
);
COMMENT ON TABLE verified_leaves IS 'Of each log and chain of readings how much was in the tree that was found whole last; made again any night';
COMMENT ON COLUMN verified_leaves.log_id IS 'Of a chain of readings what its head says';
COMMENT ON COLUMN verified_leaves.seq IS 'The last event or reading that had a leaf then';
COMMENT ON COLUMN verified_leaves.leaf IS 'Its hash in the tree';

CREATE TABLE absences (
    id UUID NOT NULL,
    scope_id UUID NOT NULL,
    person_id UUID NOT NULL,
    substitute_id UUID NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_absences PRIMARY KEY (id),
    CONSTRAINT ck_absences_ends_after_start CHECK (ends_at >= starts_at),
    CONSTRAINT ck_absences_another_person CHECK (person_id <> substitute_id),
    CONSTRAINT fk_absences_scope_id FOREIGN KEY(scope_id) REFERENCES logs (id),
    CONSTRAINT fk_absences_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_absences_substitute_id FOREIGN KEY(substitute_id) REFERENCES people (id)
);
CREATE INDEX ix_absences_person_id ON absences (person_id);
CREATE INDEX ix_absences_scope_id ON absences (scope_id);
CREATE INDEX ix_absences_substitute_id ON absences (substitute_id);
COMMENT ON TABLE absences IS 'When people are away and who stands in; the fold of the scope''s log';
COMMENT ON COLUMN absences.scope_id IS 'The programme or organisation that the person is away from';
COMMENT ON COLUMN absences.substitute_id IS 'Holds the person''s roles as a deputy meanwhile';

CREATE TABLE allocations (
    id UUID NOT NULL,
    scope_id UUID NOT NULL,
    queue TEXT NOT NULL,
    strategy TEXT NOT NULL,
    cap INTEGER,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    looked_at TIMESTAMP WITH TIME ZONE,
    turns JSONB DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_allocations PRIMARY KEY (id),
    CONSTRAINT uq_allocations_scope_queue UNIQUE (scope_id, queue),
    CONSTRAINT ck_allocations_cap_positive CHECK (cap IS NULL OR cap > 0),
    CONSTRAINT fk_allocations_scope_id FOREIGN KEY(scope_id) REFERENCES logs (id)
);
COMMENT ON TABLE allocations IS 'How queues give tasks to people by themselves; the fold of the scope''s log but for the last two';
COMMENT ON COLUMN allocations.scope_id IS 'The programme or organisation whose queue it is';
COMMENT ON COLUMN allocations.strategy IS 'Of engine.tasks.allocation; none: people take tasks themselves';
COMMENT ON COLUMN allocations.cap IS 'Nobody who has so many open tasks gets another';
COMMENT ON COLUMN allocations.since IS 'Tasks opened before are left to people';
COMMENT ON COLUMN allocations.looked_at IS 'When tasks were last looked for; no part of the history';
COMMENT ON COLUMN allocations.turns IS 'By person, the number of the allocation that came last; no part of the history';

CREATE TABLE case_hygiene_days (
    programme_id UUID NOT NULL,
    day DATE NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    live INTEGER NOT NULL,
    broken INTEGER NOT NULL,
    breaches JSONB NOT NULL,
    CONSTRAINT pk_case_hygiene_days PRIMARY KEY (programme_id, day),
    CONSTRAINT fk_case_hygiene_days_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE case_hygiene_days IS 'The nightly check''s figures';
COMMENT ON COLUMN case_hygiene_days.day IS 'On the programme''s own clock';
COMMENT ON COLUMN case_hygiene_days.live IS 'Cases that were not closed';
COMMENT ON COLUMN case_hygiene_days.broken IS 'Of these the ones that broke the rule';
COMMENT ON COLUMN case_hygiene_days.breaches IS 'How often, by kind';

CREATE TABLE cases (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    sealed BOOLEAN GENERATED ALWAYS AS (false) STORED NOT NULL,
    number TEXT NOT NULL,
    title TEXT,
    match_id UUID,
    need_id UUID,
    technology_id UUID,
    phase_id UUID,
    follows_from_id UUID,
    parties JSONB NOT NULL,
    rights UUID[] NOT NULL,
    owner_id UUID,
    team UUID[] NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    interests TEXT[] NOT NULL,
    joins JSONB DEFAULT '[]' NOT NULL,
    related JSONB DEFAULT '[]' NOT NULL,
    hold JSONB,
    frozen BOOLEAN NOT NULL,
    outcome TEXT,
    reasons TEXT[] NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    removed_at TIMESTAMP WITH TIME ZONE,
    archived_as TEXT,
    CONSTRAINT pk_cases PRIMARY KEY (id),
    CONSTRAINT fk_cases_id_programme_id_sealed FOREIGN KEY(id, programme_id, sealed) REFERENCES logs (id, programme_id, sealed),
    CONSTRAINT fk_cases_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT uq_cases_number UNIQUE (number)
)
 WITH (fillfactor = 80);
CREATE INDEX ix_cases_follows_from_id ON cases (follows_from_id) WHERE follows_from_id IS NOT NULL;
CREATE INDEX ix_cases_interested ON cases (id) WHERE interests <> '{}';
CREATE INDEX ix_cases_live ON cases (programme_id, opened_at DESC, id) WHERE closed_at IS NULL;
CREATE INDEX ix_cases_need_id ON cases (need_id);
CREATE INDEX ix_cases_opened_at_id ON cases (opened_at, id);
CREATE INDEX ix_cases_owner_id_closed ON cases (owner_id, id) WHERE closed_at IS NOT NULL;
CREATE INDEX ix_cases_owner_id_live ON cases (owner_id, id) WHERE closed_at IS NULL;
CREATE INDEX ix_cases_parties ON cases USING gin (jsonb_path_query_array(parties, '$.*')) WITH (gin_pending_list_limit = 256);
CREATE INDEX ix_cases_programme_id_opened_at_id ON cases (programme_id, opened_at, id);
CREATE INDEX ix_cases_rights ON cases USING gin (rights) WITH (gin_pending_list_limit = 256);
CREATE INDEX ix_cases_team ON cases USING gin (team) WITH (gin_pending_list_limit = 256);
CREATE INDEX ix_cases_technology_id ON cases (technology_id);
CREATE INDEX ix_cases_terms ON cases USING gin (casework_case_terms(programme_id, number, title)) WITH (gin_pending_list_limit = 256);
COMMENT ON TABLE cases IS 'Cases; what the events add up to';
COMMENT ON COLUMN cases.id IS 'Its log';
COMMENT ON COLUMN cases.sealed IS 'Never; its log says the same';
COMMENT ON COLUMN cases.follows_from_id IS 'The earlier case whose technology it brings to a further site';
COMMENT ON COLUMN cases.parties IS 'Organisations by side';
COMMENT ON COLUMN cases.state IS 'Of its main track';
COMMENT ON COLUMN cases.interests IS 'People with a declared interest';
COMMENT ON COLUMN cases.joins IS 'How referrals side by side are waited for';
COMMENT ON COLUMN cases.related IS 'Its links to other cases';
COMMENT ON COLUMN cases.removed_at IS 'When its contents were removed under retention';
COMMENT ON COLUMN cases.archived_as IS 'The sealed file that they went into, by the SHA-256 of its bytes';

CREATE TABLE challenges (
    challenge BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    person_id UUID,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_challenges PRIMARY KEY (challenge),
    CONSTRAINT ck_challenges_purpose CHECK (purpose IN ('register', 'sign_in', 'prove')),
    CONSTRAINT fk_challenges_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_challenges_expires_at ON challenges (expires_at);
COMMENT ON TABLE challenges IS 'What an authenticator is to sign; each counts once, for some minutes';
COMMENT ON COLUMN challenges.purpose IS 'register, sign_in or prove';
COMMENT ON COLUMN challenges.person_id IS 'Who is to answer; null for sign_in';

CREATE TABLE clocks (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    track_id UUID NOT NULL,
    task_id UUID,
    consent_id UUID,
    grant_id UUID,
    unit TEXT NOT NULL,
    "of" TEXT,
    steps JSONB NOT NULL,
    start TIMESTAMP WITH TIME ZONE NOT NULL,
    calendar TEXT NOT NULL,
    next INTEGER NOT NULL,
    state TEXT NOT NULL,
    "left" BIGINT[] NOT NULL,
    fires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_clocks PRIMARY KEY (id),
    CONSTRAINT fk_clocks_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
)
 WITH (fillfactor = 80);
CREATE INDEX ix_clocks_due ON clocks (fires_at, id) WHERE fires_at IS NOT NULL;
CREATE INDEX ix_clocks_log_id ON clocks (log_id);
CREATE INDEX ix_clocks_paused ON clocks (log_id, task_id) WHERE state = 'paused';
COMMENT ON COLUMN clocks.unit IS 'wd or cd';
COMMENT ON COLUMN clocks."of" IS 'State of the track that it belongs to';
COMMENT ON COLUMN clocks.steps IS 'Each an instant, what happens then, and how it was counted';
COMMENT ON COLUMN clocks.start IS 'Since when they are counted: the start, or when it last went on';
COMMENT ON COLUMN clocks.calendar IS 'Digest of the calendar that they were counted with';
COMMENT ON COLUMN clocks.next IS 'First step that has not fired';
COMMENT ON COLUMN clocks.state IS 'running or paused; a stopped clock has no row';
COMMENT ON COLUMN clocks."left" IS 'Minutes that a pause keeps for each step';
COMMENT ON COLUMN clocks.fires_at IS 'Of the next step while it runs';

CREATE TABLE compartments (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    part TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    CONSTRAINT pk_compartments PRIMARY KEY (id),
    CONSTRAINT uq_compartments_log_id_part UNIQUE (log_id, part),
    CONSTRAINT fk_compartments_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
COMMENT ON TABLE compartments IS 'Keys of files; without its key a compartment is unreadable for ever';
COMMENT ON COLUMN compartments.part IS 'Whose files: a party''s, the office''s own (case), or a referral''s';
COMMENT ON COLUMN compartments.sealed IS 'The key of its files, sealed with the installation''s; empty once destroyed with the contents of its case';

CREATE TABLE consents (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    party TEXT NOT NULL,
    providers UUID[],
    documents UUID[],
    given_on DATE NOT NULL,
    expires_on DATE,
    ended_at TIMESTAMP WITH TIME ZONE,
    how TEXT,
    sheet BOOLEAN DEFAULT false NOT NULL,
    abroad BOOLEAN DEFAULT false NOT NULL,
    not_to UUID[],
    CONSTRAINT pk_consents PRIMARY KEY (id),
    CONSTRAINT fk_consents_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_consents_log_id ON consents (log_id);
COMMENT ON COLUMN consents.providers IS 'Null: all';
COMMENT ON COLUMN consents.documents IS 'Null: all';
COMMENT ON COLUMN consents.sheet IS 'It lets them read the case sheet';
COMMENT ON COLUMN consents.abroad IS 'It reaches providers abroad';
COMMENT ON COLUMN consents.not_to IS 'Providers that it does not reach: they were abroad as it was given';

CREATE TABLE documents (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    party TEXT,
    kind TEXT NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_until DATE,
    track_id UUID,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    own BOOLEAN DEFAULT false NOT NULL,
    letter TEXT,
    numbered JSONB,
    dispatched_how TEXT,
    dispatched_on DATE,
    CONSTRAINT pk_documents PRIMARY KEY (id),
    CONSTRAINT fk_documents_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_documents_letter_number ON documents (upper(replace(numbered->>'written', ' ', ''))) WHERE numbered IS NOT NULL;
CREATE INDEX ix_documents_log_id ON documents (log_id);
COMMENT ON COLUMN documents.track_id IS 'The referral whose provider handed it in, or was sent it; null for the office''s own';
COMMENT ON COLUMN documents.own IS 'The office''s own, with nothing of a party in it';
COMMENT ON COLUMN documents.letter IS 'Which letter of the office it is: invitation, referral, reminder or closing';
COMMENT ON COLUMN documents.numbered IS 'Of a letter that has a number: year, n, and as it is written';
COMMENT ON COLUMN documents.dispatched_how IS 'How a letter to a party went out: mail, post or hand';

CREATE TABLE drafts (
    person_id UUID NOT NULL,
    form TEXT NOT NULL,
    data JSONB NOT NULL,
    saved_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_drafts PRIMARY KEY (person_id, form),
    CONSTRAINT fk_drafts_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_drafts_form_saved_at ON drafts (form, saved_at);
CREATE INDEX ix_drafts_saved_at ON drafts (saved_at);
COMMENT ON TABLE drafts IS 'What a person has typed and not yet sent';
COMMENT ON COLUMN drafts.form IS 'Which form of which thing';
COMMENT ON COLUMN drafts.data IS 'What was typed, by input name';

CREATE TABLE erasures (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    person_id UUID,
    basis TEXT NOT NULL,
    state TEXT NOT NULL,
    words JSONB,
    reason TEXT,
    asked_by UUID NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    done_at TIMESTAMP WITH TIME ZONE,
    archived BIGINT,
    CONSTRAINT pk_erasures PRIMARY KEY (id),
    CONSTRAINT ck_erasures_state CHECK (state IN ('asked', 'agreed', 'done', 'refused')),
    CONSTRAINT ck_erasures_two_persons CHECK (decided_by <> asked_by),
    CONSTRAINT fk_erasures_id FOREIGN KEY(id) REFERENCES logs (id),
    CONSTRAINT fk_erasures_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_erasures_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_erasures_agreed ON erasures (decided_at, id) WHERE state = 'agreed';
CREATE INDEX ix_erasures_programme_id_asked_at ON erasures (programme_id, asked_at, id);
COMMENT ON TABLE erasures IS 'Erasures of persons; what the events of their logs add up to';
COMMENT ON COLUMN erasures.id IS 'Also the id of its log';
COMMENT ON COLUMN erasures.programme_id IS 'In which both persons have their roles';
COMMENT ON COLUMN erasures.person_id IS 'Whose account; null for somebody without one';
COMMENT ON COLUMN erasures.basis IS 'The legal basis: request, withdrawn, needless or order';
COMMENT ON COLUMN erasures.state IS 'asked, agreed, done or refused';
COMMENT ON COLUMN erasures.words IS 'What names the person: names, addresses, numbers; null once done';
COMMENT ON COLUMN erasures.reason IS 'Null once done, where it named the person';
COMMENT ON COLUMN erasures.decided_by IS 'The second person, who agreed or did not';
COMMENT ON COLUMN erasures.archived IS 'How many sealed files of the archive name the person still; null until done';

CREATE TABLE events (
    log_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind TEXT NOT NULL,
    track_id UUID,
    actor_id TEXT NOT NULL,
    header JSONB NOT NULL,
    effects JSONB NOT NULL,
    body JSONB NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (log_id, seq),
    CONSTRAINT fk_events_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_events_exceptional ON events (at, log_id, seq) WHERE kind IN ('proposed', 'refused') OR effects ? 'proposed' OR effects ? 'happened_on' OR effects ? 'reopened' OR effects->>'transition' IN ('ask_extension', 'compliance_stop', 'extend_term', 'fee_waived', 'skip_assessment', 'waive_assessment', 'waive_conflict') OR kind = 'completed' AND effects->>'name' IN ('ask_more_time', 'decide_extension', 'decide_more_time', 'decide_waiver', 'nda');
CREATE INDEX ix_events_log_id_track_id_seq ON events (log_id, track_id, seq);
CREATE INDEX ix_events_words ON events (log_id, seq) WHERE kind IN ('document_registered', 'letter_sent', 'noted', 'said');
COMMENT ON TABLE events IS 'The history. Append-only: a trigger refuses everything else, to the owner as well';
COMMENT ON COLUMN events.at IS 'When it was recorded, by the database''s clock after the lock';
COMMENT ON COLUMN events.track_id IS 'The track that it moved, if one';
COMMENT ON COLUMN events.actor_id IS 'A person''s id, or system';
COMMENT ON COLUMN events.header IS 'What the hash is made of, with the digests of the other parts';
COMMENT ON COLUMN events.effects IS 'What follows from it; never personal, never erased';
COMMENT ON COLUMN events.body IS 'Form values, each with its salt; erasable';
COMMENT ON COLUMN events.hash IS 'SHA-256 of prev and the canonical header, hex';

CREATE TABLE evidence (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    about_id UUID NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_evidence PRIMARY KEY (id),
    CONSTRAINT fk_evidence_log_id FOREIGN KEY(log_id) REFERENCES logs (id),
    CONSTRAINT fk_evidence_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_evidence_about_id ON evidence (about_id);
CREATE INDEX ix_evidence_log_id ON evidence (log_id);
COMMENT ON TABLE evidence IS 'Papers of registers, each with one file: for who reads the records of its programme';
COMMENT ON COLUMN evidence.about_id IS 'The encumbrance or the screening that it shows';
COMMENT ON COLUMN evidence.kind IS 'register_extract, deed or screening_extract';

CREATE TABLE figure_facts (
    log_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    sealed BOOLEAN NOT NULL,
    seq BIGINT NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    counted_by TEXT NOT NULL,
    facts TEXT NOT NULL,
    run TEXT,
    CONSTRAINT pk_figure_facts PRIMARY KEY (log_id),
    CONSTRAINT fk_figure_facts_log_id_programme_id_sealed FOREIGN KEY(log_id, programme_id, sealed) REFERENCES logs (id, programme_id, sealed),
    CONSTRAINT ck_figure_facts_sealed CHECK (NOT sealed),
    CONSTRAINT fk_figure_facts_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_figure_facts_programme_id ON figure_facts (programme_id);
COMMENT ON TABLE figure_facts IS 'What figures read of a log, kept so that a count need not fold it again; made again from it at any time';
COMMENT ON COLUMN figure_facts.sealed IS 'Never: of a mediation nothing is kept';
COMMENT ON COLUMN figure_facts.seq IS 'The last event that was read; of a log with a later one it is not used';
COMMENT ON COLUMN figure_facts.last_at IS 'When that was';
COMMENT ON COLUMN figure_facts.counted_by IS 'Digest of the definitions, of what is kept, and of the calendar';
COMMENT ON COLUMN figure_facts.facts IS 'JSON: codes, days and ids, no words; null of a log that tells of nothing';
COMMENT ON COLUMN figure_facts.run IS 'JSON: of a case its actions, stays and tasks, no words; of an edition that nobody has none';

CREATE TABLE files (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    document_id UUID NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    size BIGINT NOT NULL,
    filed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    filed_by TEXT NOT NULL,
    name TEXT,
    digest TEXT,
    CONSTRAINT pk_files PRIMARY KEY (id),
    CONSTRAINT uq_files_document_id_version UNIQUE (document_id, version),
    CONSTRAINT fk_files_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_files_log_id ON files (log_id);
COMMENT ON TABLE files IS 'Versions of documents; what the events add up to';
COMMENT ON COLUMN files.version IS '1, 2, 3 … within its document';
COMMENT ON COLUMN files.type IS 'What it was found to be, such as pdf';
COMMENT ON COLUMN files.name IS 'Null once erased';
COMMENT ON COLUMN files.digest IS 'SHA-256 of what is in it; null once erased';

CREATE TABLE findings (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    case_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    state TEXT NOT NULL,
    words TEXT,
    answer TEXT,
    raised_by UUID NOT NULL,
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answered_by UUID,
    answered_at TIMESTAMP WITH TIME ZONE,
    closed_by UUID,
    closed_at TIMESTAMP WITH TIME ZONE,
    owner_id UUID,
    due_at TIMESTAMP WITH TIME ZONE,
    assigned_by UUID,
    assigned_at TIMESTAMP WITH TIME ZONE,
    fell_due_at TIMESTAMP WITH TIME ZONE,
    revision INTEGER NOT NULL,
    CONSTRAINT pk_findings PRIMARY KEY (id),
    CONSTRAINT ck_findings_state CHECK (state IN ('open', 'answered', 'closed')),
    CONSTRAINT fk_findings_id FOREIGN KEY(id) REFERENCES logs (id),
    CONSTRAINT fk_findings_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_findings_case_id FOREIGN KEY(case_id) REFERENCES logs (id)
);
CREATE INDEX ix_findings_case_id_seq ON findings (case_id, seq);
CREATE INDEX ix_findings_due ON findings (due_at) WHERE state = 'open' AND fell_due_at IS NULL;
CREATE INDEX ix_findings_owner_id_open ON findings (owner_id, due_at) WHERE state = 'open';
CREATE INDEX ix_findings_programme_id_raised_at ON findings (programme_id, raised_at, id);
COMMENT ON TABLE findings IS 'What auditors found at an event of a case; what the events of its log add up to';
COMMENT ON COLUMN findings.id IS 'Also the id of its log';
COMMENT ON COLUMN findings.case_id IS 'The log of the case that it is about';
COMMENT ON COLUMN findings.seq IS 'Of the event that it is about';
COMMENT ON COLUMN findings.state IS 'open, answered or closed';
COMMENT ON COLUMN findings.words IS 'What was found; null once erased';
COMMENT ON COLUMN findings.answer IS 'The last answer';
COMMENT ON COLUMN findings.owner_id IS 'Who is to answer it';
COMMENT ON COLUMN findings.due_at IS 'By when';
COMMENT ON COLUMN findings.fell_due_at IS 'When the worker noted that this day has passed';
COMMENT ON COLUMN findings.revision IS 'Counts the actions on it';

CREATE TABLE follows (
    person_id UUID NOT NULL,
    log_id UUID NOT NULL,
    since TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_follows PRIMARY KEY (person_id, log_id),
    CONSTRAINT fk_follows_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_follows_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_follows_log_id ON follows (log_id);
COMMENT ON TABLE follows IS 'Cases of which a person is told what happens there, beside their own; for as long as they read them';

CREATE TABLE grants (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    track_id UUID NOT NULL,
    document_id UUID NOT NULL,
    consents UUID[] NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    returned_at TIMESTAMP WITH TIME ZONE,
    until DATE,
    CONSTRAINT pk_grants PRIMARY KEY (id),
    CONSTRAINT fk_grants_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_grants_document_id ON grants (document_id);
CREATE INDEX ix_grants_log_id ON grants (log_id);
CREATE INDEX ix_grants_track_id ON grants (track_id);
COMMENT ON COLUMN grants.consents IS 'One of each party that the document concerns';
COMMENT ON COLUMN grants.returned_at IS 'When its provider said that the copies were given back or destroyed';
COMMENT ON COLUMN grants.until IS 'Its last day, where the office named one; its consent may end before';

CREATE TABLE identities (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    linked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_identities PRIMARY KEY (id),
    CONSTRAINT uq_identities_issuer_subject UNIQUE (issuer, subject),
    CONSTRAINT uq_identities_person_id_issuer UNIQUE (person_id, issuer),
    CONSTRAINT fk_identities_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
COMMENT ON TABLE identities IS 'Who a person is for the provider of sign-in';
COMMENT ON COLUMN identities.issuer IS 'The provider of sign-in, by its OpenID Connect issuer';
COMMENT ON COLUMN identities.subject IS 'Whom it means; never another person';

CREATE TABLE impacts (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    track_id UUID,
    seq BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    measure TEXT NOT NULL,
    indicator TEXT NOT NULL,
    unit TEXT NOT NULL,
    level TEXT NOT NULL,
    value TEXT NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    method TEXT,
    uncertainty TEXT,
    factor TEXT,
    factor_source TEXT,
    conditions TEXT,
    baseline_id UUID,
    evidence UUID[] NOT NULL,
    by_id UUID,
    number TEXT,
    replaced_by UUID,
    position BIGINT NOT NULL,
    CONSTRAINT pk_impacts PRIMARY KEY (id),
    CONSTRAINT fk_impacts_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_impacts_log_id ON impacts (log_id);
COMMENT ON TABLE impacts IS 'Records of a case''s effect; what the events add up to. What is saved is computed, never kept';
COMMENT ON COLUMN impacts.seq IS 'Of the event that says it, whose body holds what is said in words';
COMMENT ON COLUMN impacts.measure IS 'The code by which forms ask for it';
COMMENT ON COLUMN impacts.level IS 'baseline, claimed, measured or verified';
COMMENT ON COLUMN impacts.value IS 'A decimal number, of the whole period, digit by digit as it was entered';
COMMENT ON COLUMN impacts.uncertainty IS 'In percent, either way';
COMMENT ON COLUMN impacts.factor_source IS 'Where the factor comes from, and in which version';
COMMENT ON COLUMN impacts.conditions IS 'Under which it was so: load, output, season';
COMMENT ON COLUMN impacts.baseline_id IS 'The record that it is compared with';
COMMENT ON COLUMN impacts.evidence IS 'Documents of the case';
COMMENT ON COLUMN impacts.by_id IS 'The organisation that has verified it';
COMMENT ON COLUMN impacts.number IS 'Of the statement';
COMMENT ON COLUMN impacts.replaced_by IS 'The record that has taken its place';

CREATE TABLE imports (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    complete BOOLEAN NOT NULL,
    person_id UUID NOT NULL,
    state TEXT NOT NULL,
    tried_at TIMESTAMP WITH TIME ZONE,
    rows_read INTEGER DEFAULT 0 NOT NULL,
    fields JSONB DEFAULT '{}' NOT NULL,
    report JSONB DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_imports PRIMARY KEY (id),
    CONSTRAINT ck_imports_ended CHECK ((state IN ('looked_at', 'trying', 'waiting')) = (ended_at IS NULL)),
    CONSTRAINT fk_imports_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_imports_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_imports_person_id ON imports (person_id);
CREATE INDEX ix_imports_programme ON imports (programme_id, created_at DESC);
COMMENT ON TABLE imports IS 'Files that a worker brings in';
COMMENT ON COLUMN imports.kind IS 'needs, technologies, matches or past_projects';
COMMENT ON COLUMN imports.name IS 'Of the file';
COMMENT ON COLUMN imports.size IS 'Of the file, in bytes';
COMMENT ON COLUMN imports.complete IS 'Whether it has all records of its source';
COMMENT ON COLUMN imports.state IS 'looked_at, trying, waiting, done or failed';
COMMENT ON COLUMN imports.tried_at IS 'When its trial was begun';
COMMENT ON COLUMN imports.fields IS 'How its columns are read, as a source has it';
COMMENT ON COLUMN imports.report IS 'What came of it so far';

CREATE TABLE index_states (
    programme_id UUID NOT NULL,
    noun TEXT NOT NULL,
    version BIGINT NOT NULL,
    records INTEGER NOT NULL,
    length BIGINT NOT NULL,
    meanings BIGINT DEFAULT 0 NOT NULL,
    meant BIGINT,
    meant_since TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_index_states PRIMARY KEY (programme_id, noun),
    CONSTRAINT fk_index_states_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON COLUMN index_states.version IS 'Grows with each change of what can be found';
COMMENT ON COLUMN index_states.length IS 'Of all records together';
COMMENT ON COLUMN index_states.meanings IS 'Grows with each change of what is kept of what records mean';
COMMENT ON COLUMN index_states.meant IS 'Up to which version it was looked at what records mean; null where nobody has switched that on';
COMMENT ON COLUMN index_states.meant_since IS 'Since when that is at work; null where all were looked at';

CREATE TABLE index_terms (
    programme_id UUID NOT NULL,
    noun TEXT NOT NULL,
    term TEXT NOT NULL,
    records INTEGER NOT NULL,
    CONSTRAINT pk_index_terms PRIMARY KEY (programme_id, noun, term),
    CONSTRAINT fk_index_terms_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON COLUMN index_terms.records IS 'In how many records it stands';

CREATE TABLE indexed_records (
    record_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    noun TEXT NOT NULL,
    terms TSVECTOR NOT NULL,
    counts TEXT NOT NULL,
    facets TEXT[] DEFAULT '{}' NOT NULL,
    published TSVECTOR,
    length INTEGER NOT NULL,
    rules INTEGER NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE,
    told_until DATE,
    CONSTRAINT pk_indexed_records PRIMARY KEY (record_id),
    CONSTRAINT fk_indexed_records_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_indexed_records_programme ON indexed_records (programme_id, noun, record_id);
CREATE INDEX ix_indexed_records_public ON indexed_records (programme_id, noun, record_id) WHERE published IS NOT NULL;
CREATE INDEX ix_indexed_records_published ON indexed_records USING gin (published) WITH (gin_pending_list_limit = 256) WHERE published IS NOT NULL;
CREATE INDEX ix_indexed_records_terms ON indexed_records USING gin (terms) WITH (gin_pending_list_limit = 256);
CREATE INDEX ix_indexed_records_told_until ON indexed_records (programme_id, told_until) WHERE told_until IS NOT NULL;
COMMENT ON TABLE indexed_records IS 'Needs and technologies that can be found; made of them, and made again by `casework catalogue index`';
COMMENT ON COLUMN indexed_records.noun IS 'need or technology; idle_need or idle_technology of one not in use; closed_need';
COMMENT ON COLUMN indexed_records.counts IS 'JSON: by term how often the title says it, and the rest';
COMMENT ON COLUMN indexed_records.facets IS 'Terms that lists are narrowed by';
COMMENT ON COLUMN indexed_records.published IS 'The terms by which it is found without an account, as far as it is published; null where it is not';
COMMENT ON COLUMN indexed_records.rules IS 'By which rules terms were made; of others it is made again';
COMMENT ON COLUMN indexed_records.told_at IS 'When the record was written that it is made of';
COMMENT ON COLUMN indexed_records.told_until IS 'The last day on which its facets are these, as a certificate ends then; null: for good';

CREATE TABLE invitations (
    id UUID NOT NULL,
    scope_id UUID NOT NULL,
    email TEXT,
    name TEXT,
    roles TEXT[] NOT NULL,
    language TEXT NOT NULL,
    invited_by UUID,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    issue INTEGER DEFAULT 1 NOT NULL,
    token BYTEA NOT NULL,
    code TEXT NOT NULL,
    tries INTEGER DEFAULT 0 NOT NULL,
    opened BYTEA,
    opened_until TIMESTAMP WITH TIME ZONE,
    locked_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    accepted_at TIMESTAMP WITH TIME ZONE,
    accepted_by UUID,
    CONSTRAINT pk_invitations PRIMARY KEY (id),
    CONSTRAINT fk_invitations_scope_id FOREIGN KEY(scope_id) REFERENCES logs (id),
    CONSTRAINT fk_invitations_invited_by FOREIGN KEY(invited_by) REFERENCES people (id),
    CONSTRAINT uq_invitations_token UNIQUE (token),
    CONSTRAINT fk_invitations_accepted_by FOREIGN KEY(accepted_by) REFERENCES people (id)
);
CREATE INDEX ix_invitations_scope_id ON invitations (scope_id);
COMMENT ON TABLE invitations IS 'Who was asked to join, and what became of it; the fold of the scope''s log but for its secrets';
COMMENT ON COLUMN invitations.scope_id IS 'The programme or organisation that it is for';
COMMENT ON COLUMN invitations.email IS 'Null once erased, as the name';
COMMENT ON COLUMN invitations.invited_by IS 'Null: on the command line';
COMMENT ON COLUMN invitations.issue IS 'Which link and code these are; those before are dead';
COMMENT ON COLUMN invitations.token IS 'SHA-256 of the link''s secret, which is kept nowhere';
COMMENT ON COLUMN invitations.code IS 'argon2id of what is told beside the mail';
COMMENT ON COLUMN invitations.tries IS 'Wrong codes in a row';
COMMENT ON COLUMN invitations.opened IS 'SHA-256 of what the browser keeps that link and code have opened it in';
COMMENT ON COLUMN invitations.locked_at IS 'Too many wrong codes';

CREATE TABLE kept_figure_lines (
    programme_id UUID NOT NULL,
    asked TEXT NOT NULL,
    figure TEXT NOT NULL,
    line TEXT NOT NULL,
    cases TEXT[] NOT NULL,
    CONSTRAINT pk_kept_figure_lines PRIMARY KEY (programme_id, asked, figure, line),
    CONSTRAINT fk_kept_figure_lines_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE kept_figure_lines IS 'The cases behind the lines of figures that were counted ahead';
COMMENT ON COLUMN kept_figure_lines.asked IS 'Of which part, and as of when; empty of the whole programme';
COMMENT ON COLUMN kept_figure_lines.line IS 'What it is of';
COMMENT ON COLUMN kept_figure_lines.cases IS 'Their numbers';

CREATE TABLE kept_figure_parts (
    programme_id UUID NOT NULL,
    asked TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_by UUID,
    at TIMESTAMP WITH TIME ZONE,
    rules TEXT,
    told TEXT,
    CONSTRAINT pk_kept_figure_parts PRIMARY KEY (programme_id, asked),
    CONSTRAINT fk_kept_figure_parts_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE kept_figure_parts IS 'Figures of a part of a large programme, or as of a day, counted as somebody asked; forgotten every night';
COMMENT ON COLUMN kept_figure_parts.asked IS 'JSON: of which part, and as of when';
COMMENT ON COLUMN kept_figure_parts.asked_at IS 'When somebody asked for it last';
COMMENT ON COLUMN kept_figure_parts.asked_by IS 'Who asked for it first';
COMMENT ON COLUMN kept_figure_parts.at IS 'Up to when it was counted; null as long as it was not';
COMMENT ON COLUMN kept_figure_parts.rules IS 'Digest of the definitions and of what is kept';
COMMENT ON COLUMN kept_figure_parts.told IS 'JSON: the lines, each with how many cases are behind it';

CREATE TABLE kept_figures (
    programme_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    looked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    rules TEXT NOT NULL,
    events BIGINT NOT NULL,
    told TEXT NOT NULL,
    followed TEXT NOT NULL,
    logs TEXT NOT NULL,
    process TEXT NOT NULL,
    ways TEXT NOT NULL,
    CONSTRAINT pk_kept_figures PRIMARY KEY (programme_id),
    CONSTRAINT fk_kept_figures_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE kept_figures IS 'The figures of a large programme, counted ahead; made again from its logs';
COMMENT ON COLUMN kept_figures.at IS 'Up to when they were counted';
COMMENT ON COLUMN kept_figures.looked_at IS 'When it was last looked whether anything has happened since';
COMMENT ON COLUMN kept_figures.rules IS 'Digest of the definitions and of what is kept';
COMMENT ON COLUMN kept_figures.events IS 'In the logs that were read, sealed ones apart';
COMMENT ON COLUMN kept_figures.told IS 'JSON: the lines, each with how many cases are behind it';
COMMENT ON COLUMN kept_figures.followed IS 'JSON: of each question after a closing how many are due, answered, asked now and late';
COMMENT ON COLUMN kept_figures.logs IS 'JSON: of each log the last event that was read';
COMMENT ON COLUMN kept_figures.process IS 'JSON: how cases ran, as far as a page shows it';
COMMENT ON COLUMN kept_figures.ways IS 'JSON: each way that cases went, and how far each case conforms';

CREATE TABLE letter_numbers (
    programme_id UUID NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_letter_numbers PRIMARY KEY (programme_id, year),
    CONSTRAINT fk_letter_numbers_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE letter_numbers IS 'Counters of letters that have a number; locked last of all';

CREATE TABLE letterheads (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    office TEXT,
    office_zh TEXT,
    number_form TEXT,
    seal BOOLEAN NOT NULL,
    signatory TEXT,
    signatory_zh TEXT,
    CONSTRAINT pk_letterheads PRIMARY KEY (id),
    CONSTRAINT uq_letterheads_programme_id UNIQUE (programme_id),
    CONSTRAINT fk_letterheads_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE letterheads IS 'What a programme''s letters have above and below their words; the fold of its log';
COMMENT ON COLUMN letterheads.office IS 'The office that writes the letters; null: the programme itself';
COMMENT ON COLUMN letterheads.number_form IS 'How letters are numbered, with {year} and {n}; null: they are not';
COMMENT ON COLUMN letterheads.seal IS 'Whether a place is left for the seal';
COMMENT ON COLUMN letterheads.signatory IS 'The line of who signs';

CREATE TABLE list_entries (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    list TEXT NOT NULL,
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    label TEXT NOT NULL,
    label_zh TEXT NOT NULL,
    position INTEGER NOT NULL,
    retired BOOLEAN NOT NULL,
    since INTEGER NOT NULL,
    CONSTRAINT pk_list_entries PRIMARY KEY (id),
    CONSTRAINT uq_list_entries_programme_id_list_version_code UNIQUE (programme_id, list, version, code),
    CONSTRAINT fk_list_entries_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE list_entries IS 'What a programme has said of entries of its lists, beside those that the product begins with; the fold of its log';
COMMENT ON COLUMN list_entries.list IS 'Of which list';
COMMENT ON COLUMN list_entries.version IS 'Of the catalogue that it is an item of; empty: of none';
COMMENT ON COLUMN list_entries.position IS 'In which order they are offered';
COMMENT ON COLUMN list_entries.retired IS 'Whether it is not offered any more';
COMMENT ON COLUMN list_entries.since IS 'Since which version of its list it stands so; the product brings version 1';

CREATE TABLE looks (
    person_id UUID NOT NULL,
    thing_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_looks PRIMARY KEY (person_id, thing_id),
    CONSTRAINT fk_looks_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
COMMENT ON TABLE looks IS 'What a person has looked at; marks what has changed since, and is no part of the history';
COMMENT ON COLUMN looks.thing_id IS 'The log of a case or mediation, or a provider''s referral';
COMMENT ON COLUMN looks.seq IS 'The last event of the log when the person looked';

CREATE TABLE mediations (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    case_id UUID NOT NULL,
    parties JSONB NOT NULL,
    rights UUID[] NOT NULL,
    title TEXT,
    owner_id UUID,
    team UUID[] NOT NULL,
    revision INTEGER NOT NULL,
    interests TEXT[] NOT NULL,
    hold JSONB,
    frozen BOOLEAN NOT NULL,
    outcome TEXT,
    reasons TEXT[] NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_mediations PRIMARY KEY (id),
    CONSTRAINT fk_mediations_id FOREIGN KEY(id) REFERENCES logs (id),
    CONSTRAINT fk_mediations_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_mediations_interested ON mediations (id) WHERE interests <> '{}';
COMMENT ON TABLE mediations IS 'Sealed: for everybody not named here it does not exist';
COMMENT ON COLUMN mediations.id IS 'Its sealed log';
COMMENT ON COLUMN mediations.case_id IS 'The case that it is about';
COMMENT ON COLUMN mediations.owner_id IS 'The dispute officer named for it';
COMMENT ON COLUMN mediations.team IS 'Others named for it';

CREATE TABLE mentions (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    log_id UUID NOT NULL,
    track_id UUID,
    message_id UUID NOT NULL,
    person_id UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_mentions PRIMARY KEY (id),
    CONSTRAINT uq_mentions_message_id_person_id UNIQUE (message_id, person_id),
    CONSTRAINT fk_mentions_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_mentions_log_id FOREIGN KEY(log_id) REFERENCES logs (id),
    CONSTRAINT fk_mentions_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_mentions_log_id ON mentions (log_id);
CREATE INDEX ix_mentions_person_id_made_at ON mentions (person_id, made_at, id);
CREATE INDEX ix_mentions_person_id_unread ON mentions (person_id, made_at, id) WHERE read_at IS NULL;
COMMENT ON TABLE mentions IS 'Who is told of a message; but for read_at what the events add up to';
COMMENT ON COLUMN mentions.track_id IS 'The referral whose thread it is in; null for an internal note';
COMMENT ON COLUMN mentions.person_id IS 'Who is mentioned';
COMMENT ON COLUMN mentions.read_at IS 'When that person opened it; no part of the history';

CREATE TABLE needs_assessments (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    title TEXT NOT NULL,
    title_zh TEXT,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    sectors TEXT[] DEFAULT '{}' NOT NULL,
    districts TEXT[] DEFAULT '{}' NOT NULL,
    enterprises_target INTEGER,
    needs_target INTEGER,
    status TEXT NOT NULL,
    conclusion TEXT,
    CONSTRAINT pk_needs_assessments PRIMARY KEY (id),
    CONSTRAINT ck_needs_assessments_period CHECK (starts_on <= ends_on),
    CONSTRAINT ck_needs_assessments_status CHECK (status IN ('planned', 'under_way', 'concluded') AND (status <> 'concluded' OR conclusion IS NOT NULL)),
    CONSTRAINT ck_needs_assessments_targets CHECK (enterprises_target > 0 AND needs_target > 0),
    CONSTRAINT fk_needs_assessments_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_needs_assessments_programme_id ON needs_assessments (programme_id);
CREATE INDEX ix_needs_assessments_terms ON needs_assessments USING gin (casework_terms_of_three(title, title_zh, conclusion)) WITH (gin_pending_list_limit = 256);
COMMENT ON TABLE needs_assessments IS 'What technology a city needs, as a programme finds it out before it collects needs';
COMMENT ON COLUMN needs_assessments.sectors IS 'Codes of the programme''s list';
COMMENT ON COLUMN needs_assessments.districts IS 'Codes of the programme''s list';
COMMENT ON COLUMN needs_assessments.enterprises_target IS 'How many enterprises are to be asked';
COMMENT ON COLUMN needs_assessments.needs_target IS 'How many needs are to be published of it';
COMMENT ON COLUMN needs_assessments.status IS 'planned, under_way or concluded';

CREATE TABLE notification_preferences (
    person_id UUID NOT NULL,
    choices JSONB DEFAULT '{}' NOT NULL,
    quiet BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_notification_preferences PRIMARY KEY (person_id),
    CONSTRAINT fk_notification_preferences_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
COMMENT ON TABLE notification_preferences IS 'How a person wants to be told; no row: as usual';
COMMENT ON COLUMN notification_preferences.choices IS 'Per kind: at_once, digest or none';
COMMENT ON COLUMN notification_preferences.quiet IS 'No mail outside working hours';

CREATE TABLE numbers (
    programme_id UUID NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_numbers PRIMARY KEY (programme_id, year),
    CONSTRAINT fk_numbers_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE numbers IS 'Counters of case numbers; locked last of all';

CREATE TABLE openings (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    reader_id UUID NOT NULL,
    asker_id UUID NOT NULL,
    decider_id UUID,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    days INTEGER NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    decided_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    told_on DATE,
    CONSTRAINT pk_openings PRIMARY KEY (id),
    CONSTRAINT fk_openings_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_openings_decider_id ON openings (decider_id, id) WHERE state = 'asked';
CREATE INDEX ix_openings_log_id ON openings (log_id);
CREATE INDEX ix_openings_reader_id ON openings (reader_id, until) WHERE state = 'open';
COMMENT ON TABLE openings IS 'Logs that are open to one more reader for a time; what the events add up to';
COMMENT ON COLUMN openings.kind IS 'unsealing, by two persons; break_glass, by its reader in an emergency';
COMMENT ON COLUMN openings.state IS 'asked, open, refused or ended; open counts until its end only';
COMMENT ON COLUMN openings.decider_id IS 'The second person, who agrees';
COMMENT ON COLUMN openings.until IS 'When it ends by itself';
COMMENT ON COLUMN openings.ended_at IS 'Before its time, by a person';
COMMENT ON COLUMN openings.told_on IS 'When the parties were told';

CREATE TABLE organisations (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    name_zh TEXT,
    country TEXT,
    register_number TEXT,
    kind TEXT,
    services TEXT[] DEFAULT '{}' NOT NULL,
    profile JSONB DEFAULT '{}' NOT NULL,
    language TEXT DEFAULT 'en' NOT NULL,
    programme_id UUID,
    address TEXT,
    size TEXT,
    state_owned BOOLEAN,
    confirmed BOOLEAN DEFAULT false NOT NULL,
    merged_into UUID,
    expired_at TIMESTAMP WITH TIME ZONE,
    provenance JSONB DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_organisations PRIMARY KEY (id),
    CONSTRAINT ck_organisations_size CHECK (size IN ('micro', 'small', 'medium', 'large')),
    CONSTRAINT fk_organisations_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_organisations_merged_into FOREIGN KEY(merged_into) REFERENCES organisations (id)
);
CREATE INDEX ix_organisations_merged_into ON organisations (merged_into);
CREATE INDEX ix_organisations_programme_id ON organisations (programme_id);
CREATE INDEX ix_organisations_terms ON organisations USING gin (casework_terms_of_both(name, name_zh)) WITH (gin_pending_list_limit = 256);
CREATE UNIQUE INDEX ux_organisations_register_number ON organisations (programme_id, replace(upper(register_number), ' ', '')) WHERE merged_into IS NULL;
COMMENT ON COLUMN organisations.id IS 'Also the id of its log';
COMMENT ON COLUMN organisations.country IS 'Country or region, ISO 3166-1 alpha-2';
COMMENT ON COLUMN organisations.register_number IS 'Unified social credit code, or a foreign register''s number';
COMMENT ON COLUMN organisations.kind IS 'company, institution, government, association, provider or other';
COMMENT ON COLUMN organisations.services IS 'Kinds of referral it takes';
COMMENT ON COLUMN organisations.profile IS 'Of a provider: fields, languages, places, capacity, closed, conflicts';
COMMENT ON COLUMN organisations.programme_id IS 'That keeps it; none: administrators do';
COMMENT ON COLUMN organisations.size IS 'micro, small, medium or large';
COMMENT ON COLUMN organisations.confirmed IS 'A person of its programme stands for what it says';
COMMENT ON COLUMN organisations.merged_into IS 'The one that stands in its place now';
COMMENT ON COLUMN organisations.expired_at IS 'Since when it is named in nothing new; what runs goes on';
COMMENT ON COLUMN organisations.provenance IS 'Per field: source, at, confirmed by, at';

CREATE TABLE party_links (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    task_id UUID NOT NULL,
    party TEXT NOT NULL,
    organisation_id UUID NOT NULL,
    given_by UUID NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    language TEXT NOT NULL,
    documents UUID[] NOT NULL,
    providers UUID[] NOT NULL,
    code BOOLEAN NOT NULL,
    mail BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_party_links PRIMARY KEY (id),
    CONSTRAINT fk_party_links_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_party_links_log_id ON party_links (log_id);
CREATE INDEX ix_party_links_task_id ON party_links (task_id, id);
COMMENT ON TABLE party_links IS 'One-time links by which parties answer tasks without an account; what the events add up to';
COMMENT ON COLUMN party_links.task_id IS 'What the party answers by it';
COMMENT ON COLUMN party_links.organisation_id IS 'That party''s';
COMMENT ON COLUMN party_links.documents IS 'What it shows';
COMMENT ON COLUMN party_links.providers IS 'Whom it asks about';
COMMENT ON COLUMN party_links.code IS 'Whether a code is told beside it';
COMMENT ON COLUMN party_links.mail IS 'Whether it was mailed';
COMMENT ON COLUMN party_links.state IS 'open, used or revoked; open counts until its end, and while its task is open';

CREATE TABLE passkeys (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    name TEXT NOT NULL,
    credential BYTEA NOT NULL,
    public_key BYTEA NOT NULL,
    sign_count BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    copied_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_passkeys PRIMARY KEY (id),
    CONSTRAINT fk_passkeys_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT uq_passkeys_credential UNIQUE (credential)
);
CREATE INDEX ix_passkeys_person_id ON passkeys (person_id);
COMMENT ON TABLE passkeys IS 'Keys of WebAuthn that a person signs in with';
COMMENT ON COLUMN passkeys.name IS 'As its owner calls it';
COMMENT ON COLUMN passkeys.credential IS 'The authenticator''s own id of it';
COMMENT ON COLUMN passkeys.public_key IS 'COSE';
COMMENT ON COLUMN passkeys.sign_count IS 'Of the last use; a smaller one later betrays a copy';
COMMENT ON COLUMN passkeys.copied_at IS 'When a copy was betrayed; it opens nothing since';

CREATE TABLE password_links (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    token BYTEA NOT NULL,
    made_by UUID,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_password_links PRIMARY KEY (id),
    CONSTRAINT fk_password_links_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT uq_password_links_token UNIQUE (token),
    CONSTRAINT fk_password_links_made_by FOREIGN KEY(made_by) REFERENCES people (id)
);
CREATE INDEX ix_password_links_person_id ON password_links (person_id);
COMMENT ON TABLE password_links IS 'Links for one use, by which people set a password: the first one, or a new one';
COMMENT ON COLUMN password_links.id IS 'The link''s secret is made of it with the keys of the installation, and kept nowhere';
COMMENT ON COLUMN password_links.token IS 'SHA-256 of the link''s secret';
COMMENT ON COLUMN password_links.made_by IS 'The administrator; null: by the person, or on the command line';
COMMENT ON COLUMN password_links.ended_at IS 'A newer one was made, or the account changed otherwise';

CREATE TABLE past_projects (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_zh TEXT,
    need_owner TEXT,
    technology_owner TEXT,
    district TEXT,
    started_on DATE,
    ended_on DATE NOT NULL,
    outcome TEXT NOT NULL,
    contract_value NUMERIC,
    contract_currency TEXT,
    effect TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_past_projects PRIMARY KEY (id),
    CONSTRAINT uq_past_projects_programme_id_source_external_id UNIQUE (programme_id, source, external_id),
    CONSTRAINT ck_past_projects_days CHECK (started_on <= ended_on),
    CONSTRAINT ck_past_projects_value CHECK ((contract_value IS NULL) = (contract_currency IS NULL)),
    CONSTRAINT fk_past_projects_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_past_projects_ended ON past_projects (programme_id, ended_on DESC, id DESC);
CREATE INDEX ix_past_projects_terms ON past_projects USING gin (casework_terms_of_five(title, title_zh, need_owner, technology_owner, external_id)) WITH (gin_pending_list_limit = 256);
COMMENT ON COLUMN past_projects.outcome IS 'A code of the main workflow''s outcomes';
COMMENT ON COLUMN past_projects.effect IS 'As the source says it; nobody has verified it here';

CREATE TABLE phases (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    name TEXT NOT NULL,
    name_zh TEXT,
    starts_on DATE NOT NULL,
    ends_on DATE,
    CONSTRAINT pk_phases PRIMARY KEY (id),
    CONSTRAINT uq_phases_programme_id_name UNIQUE (programme_id, name),
    CONSTRAINT fk_phases_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE phases IS 'Stages of a programme';

CREATE TABLE proposals (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    track_id UUID NOT NULL,
    transition TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    acting_for TEXT,
    seq BIGINT NOT NULL,
    data JSONB NOT NULL,
    task_id UUID NOT NULL,
    CONSTRAINT pk_proposals PRIMARY KEY (id),
    CONSTRAINT fk_proposals_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_proposals_log_id ON proposals (log_id);
COMMENT ON TABLE proposals IS 'What waits for a second person; decided ones have no row';

CREATE TABLE provider_flows (
    hash BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    person_id UUID,
    began_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sealed BYTEA NOT NULL,
    CONSTRAINT pk_provider_flows PRIMARY KEY (hash),
    CONSTRAINT ck_provider_flows_purpose CHECK (purpose IN ('sign_in', 'join', 'link', 'prove')),
    CONSTRAINT fk_provider_flows_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_provider_flows_expires_at ON provider_flows (expires_at);
COMMENT ON TABLE provider_flows IS 'Browsers that were sent to the provider of sign-in; each comes back once, within some minutes';
COMMENT ON COLUMN provider_flows.hash IS 'SHA-256 of the secret that the browser keeps meanwhile';
COMMENT ON COLUMN provider_flows.purpose IS 'sign_in, join, link or prove';
COMMENT ON COLUMN provider_flows.person_id IS 'Who is to come back; null for sign_in and join';
COMMENT ON COLUMN provider_flows.sealed IS 'Where to go on, and with what form';

CREATE TABLE public_catalogues (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    open BOOLEAN NOT NULL,
    results BOOLEAN DEFAULT false NOT NULL,
    contact TEXT,
    contact_zh TEXT,
    email TEXT,
    CONSTRAINT pk_public_catalogues PRIMARY KEY (id),
    CONSTRAINT uq_public_catalogues_programme_id UNIQUE (programme_id),
    CONSTRAINT fk_public_catalogues_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE public_catalogues IS 'Whether a programme shows its catalogue in public, and where its office is asked; the fold of its log';
COMMENT ON COLUMN public_catalogues.open IS 'Whether what is published is shown to whoever has no account';
COMMENT ON COLUMN public_catalogues.results IS 'Whether its success stories are, to which both parties consent';
COMMENT ON COLUMN public_catalogues.contact IS 'Where the office is asked: address, telephone, hours';

CREATE TABLE public_figures (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    as_of TIMESTAMP WITH TIME ZONE NOT NULL,
    told JSONB NOT NULL,
    published_by UUID NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_public_figures PRIMARY KEY (id),
    CONSTRAINT uq_public_figures_programme_id UNIQUE (programme_id),
    CONSTRAINT fk_public_figures_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_public_figures_published_by FOREIGN KEY(published_by) REFERENCES people (id)
);
COMMENT ON TABLE public_figures IS 'Figures that a programme shows beside its stories, as they were looked at when they were published';
COMMENT ON COLUMN public_figures.as_of IS 'The end of the quarter that they are of';
COMMENT ON COLUMN public_figures.told IS 'The figures as they are told outside the office, small numbers hidden';

CREATE TABLE readings (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY,
    person_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    number TEXT,
    address TEXT NOT NULL,
    document_id UUID,
    n BIGINT NOT NULL,
    nonce TEXT NOT NULL,
    salt TEXT,
    query TEXT NOT NULL,
    hash TEXT NOT NULL,
    erasure_id UUID,
    CONSTRAINT pk_readings PRIMARY KEY (id),
    CONSTRAINT uq_readings_person_id_n UNIQUE (person_id, n),
    CONSTRAINT fk_readings_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_readings_document_id_id ON readings (document_id, id) WHERE document_id IS NOT NULL;
CREATE INDEX ix_readings_person_id_id ON readings (person_id, id);
COMMENT ON TABLE readings IS 'What auditors have read, and who took out which document; never changed by the application';
COMMENT ON COLUMN readings.number IS 'Of the case, where it was one';
COMMENT ON COLUMN readings.address IS 'Path and query that were asked for';
COMMENT ON COLUMN readings.document_id IS 'Where a document''s file was taken out';
COMMENT ON COLUMN readings.n IS 'Its place in the chain';
COMMENT ON COLUMN readings.nonce IS 'Salt of the hash of that place and of the reading before it';
COMMENT ON COLUMN readings.salt IS 'Of the hash of the query; null once an erasure took the query out';
COMMENT ON COLUMN readings.query IS 'Salted hash of the address''s query, hex';
COMMENT ON COLUMN readings.hash IS 'Of the reading and the one before it, hex';
COMMENT ON COLUMN readings.erasure_id IS 'Which erasure took the query out';

CREATE TABLE record_meanings (
    record_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    model TEXT NOT NULL,
    direction BYTEA,
    sentences BYTEA,
    version BIGINT NOT NULL,
    CONSTRAINT pk_record_meanings PRIMARY KEY (record_id),
    CONSTRAINT fk_record_meanings_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_record_meanings_version ON record_meanings (programme_id, version);
COMMENT ON TABLE record_meanings IS 'What technologies mean, by a model; made of them by `casework catalogue embed`, for whoever has switched that on';
COMMENT ON COLUMN record_meanings.model IS 'Which model says so; empty where the record is to be looked at again';
COMMENT ON COLUMN record_meanings.direction IS '384 whole numbers of one byte; null where the model knows no word of it';
COMMENT ON COLUMN record_meanings.sentences IS 'Of each sentence the signs of its own direction, 48 bytes';
COMMENT ON COLUMN record_meanings.version IS 'Of the programme''s meanings, with which it came or went';

CREATE TABLE recoveries (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    means TEXT[] NOT NULL,
    reason TEXT NOT NULL,
    asked_by UUID NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'asked' NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    first_half TEXT NOT NULL,
    second_half TEXT,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_recoveries PRIMARY KEY (id),
    CONSTRAINT ck_recoveries_state CHECK (state IN ('asked', 'agreed', 'refused', 'withdrawn', 'used')),
    CONSTRAINT ck_recoveries_two_persons CHECK (decided_by IS NULL OR decided_by NOT IN (asked_by, person_id)),
    CONSTRAINT ck_recoveries_not_for_oneself CHECK (asked_by <> person_id),
    CONSTRAINT fk_recoveries_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_recoveries_asked_by FOREIGN KEY(asked_by) REFERENCES people (id),
    CONSTRAINT fk_recoveries_decided_by FOREIGN KEY(decided_by) REFERENCES people (id)
);
CREATE INDEX ix_recoveries_person_id ON recoveries (person_id);
COMMENT ON TABLE recoveries IS 'How two persons let somebody in again who has lost the password or the second factor';
COMMENT ON COLUMN recoveries.means IS 'What is lost: password, second_factor, or both';
COMMENT ON COLUMN recoveries.reason IS 'How whoever asks knows that it is the person';
COMMENT ON COLUMN recoveries.state IS 'asked, agreed, refused, withdrawn or used';
COMMENT ON COLUMN recoveries.decision_reason IS 'Why it was refused, or what was seen';
COMMENT ON COLUMN recoveries.first_half IS 'argon2id of what whoever asked tells the person';
COMMENT ON COLUMN recoveries.second_half IS 'argon2id of what whoever agreed tells the person';
COMMENT ON COLUMN recoveries.expires_at IS 'Until then it may be agreed to, or used';

CREATE TABLE recovery_codes (
    person_id UUID NOT NULL,
    hash BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_recovery_codes PRIMARY KEY (person_id, hash),
    CONSTRAINT fk_recovery_codes_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
COMMENT ON TABLE recovery_codes IS 'Ten codes for one use each, for those who have lost their app';
COMMENT ON COLUMN recovery_codes.hash IS 'SHA-256 of the code; itself shown once';

CREATE TABLE reports (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    number INTEGER NOT NULL,
    as_of TIMESTAMP WITH TIME ZONE NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_reports PRIMARY KEY (id),
    CONSTRAINT uq_reports_programme_id_number UNIQUE (programme_id, number),
    CONSTRAINT fk_reports_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON TABLE reports IS 'Stage reports; how far each has come stands in the log of its programme';
COMMENT ON COLUMN reports.number IS 'In its programme, in the order in which they were frozen';
COMMENT ON COLUMN reports.as_of IS 'Up to when its figures were counted';
COMMENT ON COLUMN reports.content IS 'What was frozen, as canonical JSON; never changed';

CREATE TABLE rights (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    merged_into UUID,
    kind TEXT NOT NULL,
    office TEXT,
    application_number TEXT,
    number TEXT,
    owner TEXT,
    filed_on DATE,
    granted_on DATE,
    status TEXT,
    expires_on DATE,
    fee_paid_to DATE,
    family TEXT,
    twin TEXT,
    checked_on DATE,
    source TEXT,
    confirmed BOOLEAN DEFAULT false NOT NULL,
    encumbrances JSONB DEFAULT '[]' NOT NULL,
    expired_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_rights PRIMARY KEY (id),
    CONSTRAINT fk_rights_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_rights_merged_into FOREIGN KEY(merged_into) REFERENCES rights (id)
);
CREATE INDEX ix_rights_created ON rights (programme_id, created_at DESC, id DESC);
CREATE INDEX ix_rights_merged_into ON rights (merged_into);
CREATE INDEX ix_rights_searched_application ON rights (casework_right_number(office, application_number));
CREATE INDEX ix_rights_searched_number ON rights (casework_right_number(office, number));
CREATE INDEX ix_rights_terms ON rights USING gin (casework_terms_of_five(office, application_number, number, owner, family)) WITH (gin_pending_list_limit = 256);
CREATE UNIQUE INDEX ux_rights_application_number ON rights (programme_id, replace(lower(application_number), ' ', ''), coalesce(lower(office), '')) WHERE merged_into IS NULL;
CREATE UNIQUE INDEX ux_rights_number ON rights (programme_id, replace(lower(number), ' ', ''), coalesce(lower(office), '')) WHERE merged_into IS NULL;
COMMENT ON COLUMN rights.id IS 'Also the id of its log';
COMMENT ON COLUMN rights.merged_into IS 'The record that stands in its place now';
COMMENT ON COLUMN rights.kind IS 'A kind of `engine.case_objects.right_kinds`, as is its status';
COMMENT ON COLUMN rights.number IS 'Of the grant or the registration';
COMMENT ON COLUMN rights.owner IS 'As the register says it';
COMMENT ON COLUMN rights.family IS 'What those rights have in common that protect one invention in several countries';
COMMENT ON COLUMN rights.twin IS 'The number of the other right that was filed for the same on the same day';
COMMENT ON COLUMN rights.source IS 'Where it was looked up last';
COMMENT ON COLUMN rights.confirmed IS 'A person has confirmed the imported record';
COMMENT ON COLUMN rights.encumbrances IS 'Pledges, licences, transfers; the fold of its log';
COMMENT ON COLUMN rights.expired_at IS 'Since when it is named in nothing new; what runs goes on';

CREATE TABLE saved_views (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    shared_with UUID,
    shared_role TEXT,
    told_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    mailed BOOLEAN DEFAULT 'true' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_saved_views PRIMARY KEY (id),
    CONSTRAINT uq_saved_views_person_id_page_name UNIQUE (person_id, page, name),
    CONSTRAINT fk_saved_views_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_saved_views_shared_with FOREIGN KEY(shared_with) REFERENCES programmes (id)
);
CREATE INDEX ix_saved_views_shared_with ON saved_views (shared_with);
COMMENT ON TABLE saved_views IS 'Views of lists that a person has given a name: filters, order and columns';
COMMENT ON COLUMN saved_views.page IS 'Which list';
COMMENT ON COLUMN saved_views.query IS 'As it stands in the address';
COMMENT ON COLUMN saved_views.shared_with IS 'The programme whose office may use it, too; null: its owner alone';
COMMENT ON COLUMN saved_views.shared_role IS 'Of that programme who may use it: those with this role; null: the office';
COMMENT ON COLUMN saved_views.told_at IS 'Of needs and technologies: up to when its owner was told of records that fit';
COMMENT ON COLUMN saved_views.mailed IS 'Of needs and technologies: whether its owner gets mail about records that fit';

CREATE TABLE sealed_readings (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY,
    log_id UUID NOT NULL,
    person_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    address TEXT NOT NULL,
    n BIGINT NOT NULL,
    nonce TEXT NOT NULL,
    salt TEXT,
    query TEXT NOT NULL,
    hash TEXT NOT NULL,
    erasure_id UUID,
    CONSTRAINT pk_sealed_readings PRIMARY KEY (id),
    CONSTRAINT uq_sealed_readings_log_id_n UNIQUE (log_id, n),
    CONSTRAINT fk_sealed_readings_log_id FOREIGN KEY(log_id) REFERENCES logs (id),
    CONSTRAINT fk_sealed_readings_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_sealed_readings_log_id_id ON sealed_readings (log_id, id);
COMMENT ON TABLE sealed_readings IS 'Who opened a sealed mediation; listed to those named for it alone, and never changed by the application';
COMMENT ON COLUMN sealed_readings.log_id IS 'The mediation';
COMMENT ON COLUMN sealed_readings.address IS 'Path and query that were asked for';
COMMENT ON COLUMN sealed_readings.n IS 'Its place in the chain';
COMMENT ON COLUMN sealed_readings.nonce IS 'Salt of the hash of that place and of the reading before it';
COMMENT ON COLUMN sealed_readings.salt IS 'Of the hash of the query; null once an erasure took the query out';
COMMENT ON COLUMN sealed_readings.query IS 'Salted hash of the address''s query, hex';
COMMENT ON COLUMN sealed_readings.hash IS 'Of the reading and the one before it, hex';
COMMENT ON COLUMN sealed_readings.erasure_id IS 'Which erasure took the query out';

CREATE TABLE searched_words (
    log_id UUID NOT NULL,
    source TEXT NOT NULL,
    programme_id UUID NOT NULL,
    document_id UUID,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    terms TSVECTOR NOT NULL,
    CONSTRAINT pk_searched_words PRIMARY KEY (log_id, source),
    CONSTRAINT fk_searched_words_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_searched_words_messages ON searched_words (programme_id, at DESC) WHERE document_id IS NULL;
CREATE INDEX ix_searched_words_papers ON searched_words (programme_id, at DESC) WHERE document_id IS NOT NULL;
CREATE INDEX ix_searched_words_terms ON searched_words USING gin (terms) WITH (gin_pending_list_limit = 256);
COMMENT ON TABLE searched_words IS 'Words of messages, titles and file names of cases, for searches. Kept by triggers; read by functions alone: nobody may else';
COMMENT ON COLUMN searched_words.source IS 'The seq of the event that says it, or the id of the file so named';
COMMENT ON COLUMN searched_words.document_id IS 'Whose title or file''s name it is; null of a message';
COMMENT ON COLUMN searched_words.at IS 'When it was said, or its document registered';
COMMENT ON COLUMN searched_words.terms IS 'By casework_terms, with its kind and its programme';

CREATE TABLE second_factors (
    person_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    last_step BIGINT DEFAULT 0 NOT NULL,
    sealed BYTEA NOT NULL,
    CONSTRAINT pk_second_factors PRIMARY KEY (person_id),
    CONSTRAINT fk_second_factors_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
COMMENT ON TABLE second_factors IS 'One-time codes of an app, asked for after the password';
COMMENT ON COLUMN second_factors.confirmed_at IS 'Null until the first code was right; asked for only then';
COMMENT ON COLUMN second_factors.last_step IS 'No code counts twice';
COMMENT ON COLUMN second_factors.sealed IS 'The secret of RFC 6238, encrypted by operations.core.encryption';

CREATE TABLE skills (
    id UUID NOT NULL,
    scope_id UUID NOT NULL,
    person_id UUID NOT NULL,
    fields TEXT[] NOT NULL,
    languages TEXT[] NOT NULL,
    services TEXT[] NOT NULL,
    CONSTRAINT pk_skills PRIMARY KEY (id),
    CONSTRAINT uq_skills_scope_person UNIQUE (scope_id, person_id),
    CONSTRAINT fk_skills_scope_id FOREIGN KEY(scope_id) REFERENCES logs (id),
    CONSTRAINT fk_skills_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_skills_person_id ON skills (person_id);
COMMENT ON TABLE skills IS 'What people can do, as whoever leads them keeps it; the fold of the scope''s log';
COMMENT ON COLUMN skills.scope_id IS 'The programme or organisation that keeps it';
COMMENT ON COLUMN skills.fields IS 'Of technology, in the words of needs and technologies';
COMMENT ON COLUMN skills.services IS 'The kinds of tracks whose tasks the person can do';

CREATE TABLE sources (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    name TEXT NOT NULL,
    licence TEXT,
    fields JSONB DEFAULT '{}' NOT NULL,
    fetched_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_sources PRIMARY KEY (id),
    CONSTRAINT uq_sources_programme_id_name UNIQUE (programme_id, name),
    CONSTRAINT fk_sources_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
COMMENT ON COLUMN sources.name IS 'As the records that come from it say';
COMMENT ON COLUMN sources.licence IS 'Of its data';
COMMENT ON COLUMN sources.fields IS 'Of each kind of record apart: by its column ours; none where it is not read';
COMMENT ON COLUMN sources.fetched_at IS 'When it was imported last';

CREATE TABLE statements (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    track_id UUID,
    technology_id UUID,
    seq BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    number TEXT NOT NULL,
    verdict TEXT NOT NULL,
    issued_on DATE NOT NULL,
    valid_until DATE NOT NULL,
    values JSONB NOT NULL,
    replaced_by UUID,
    position BIGINT NOT NULL,
    CONSTRAINT pk_statements PRIMARY KEY (id),
    CONSTRAINT fk_statements_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_statements_log_id ON statements (log_id);
CREATE INDEX ix_statements_technology_id ON statements (technology_id);
COMMENT ON TABLE statements IS 'What assessors have stated of technologies; what the events of the cases add up to';
COMMENT ON COLUMN statements.verdict IS 'verified or verified_with_limits';
COMMENT ON COLUMN statements.values IS 'Each with parameter, value, unit and conditions';
COMMENT ON COLUMN statements.replaced_by IS 'The statement that has taken its place';

CREATE TABLE success_stories (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    number TEXT NOT NULL,
    title TEXT NOT NULL,
    title_zh TEXT NOT NULL,
    words TEXT NOT NULL,
    words_zh TEXT NOT NULL,
    caption TEXT,
    caption_zh TEXT,
    picture BYTEA,
    impacts JSONB DEFAULT '[]' NOT NULL,
    state TEXT DEFAULT 'draft' NOT NULL,
    revision INTEGER DEFAULT 1 NOT NULL,
    written_by UUID NOT NULL,
    writers UUID[] NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    published_by UUID,
    published_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_success_stories PRIMARY KEY (id),
    CONSTRAINT ck_success_stories_state CHECK (state IN ('draft', 'asked', 'published') AND (state = 'published') = (published_at IS NOT NULL) AND (published_at IS NULL) = (published_by IS NULL) AND (picture IS NULL) = (caption IS NULL) AND (picture IS NULL) = (caption_zh IS NULL)),
    CONSTRAINT fk_success_stories_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT uq_success_stories_number UNIQUE (number),
    CONSTRAINT fk_success_stories_written_by FOREIGN KEY(written_by) REFERENCES people (id),
    CONSTRAINT fk_success_stories_published_by FOREIGN KEY(published_by) REFERENCES people (id)
);
CREATE INDEX ix_success_stories_programme_id ON success_stories (programme_id);
COMMENT ON TABLE success_stories IS 'What a programme tells in public of a case that went well; shown as long as both parties consent';
COMMENT ON COLUMN success_stories.number IS 'Of the case that it is about';
COMMENT ON COLUMN success_stories.caption IS 'What the picture shows';
COMMENT ON COLUMN success_stories.picture IS 'A PNG that was drawn of a paper of the case';
COMMENT ON COLUMN success_stories.impacts IS 'What was measured and at which level, as the case said it when the text was written';
COMMENT ON COLUMN success_stories.state IS 'draft, asked: its parties are, and nothing of it changes any more; or published';
COMMENT ON COLUMN success_stories.revision IS 'Counts what was changed of it';
COMMENT ON COLUMN success_stories.written_by IS 'Who wrote it last';
COMMENT ON COLUMN success_stories.writers IS 'Who has ever written of it, and in whose place: none of them publishes it';

CREATE TABLE tasks (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    sealed BOOLEAN NOT NULL,
    shown_to UUID,
    shut_out TEXT[],
    common BOOLEAN DEFAULT false NOT NULL,
    track_id UUID NOT NULL,
    name TEXT NOT NULL,
    edition TEXT NOT NULL,
    rule TEXT NOT NULL,
    type TEXT NOT NULL,
    queue TEXT NOT NULL,
    organisation_id UUID,
    state TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    holder_id UUID,
    about TEXT,
    "of" TEXT,
    closed_at TIMESTAMP WITH TIME ZONE,
    closed_by TEXT,
    acted_for TEXT,
    result JSONB NOT NULL,
    flagged BOOLEAN NOT NULL,
    aftercare BOOLEAN NOT NULL,
    awaits TEXT,
    before TEXT,
    initiator TEXT,
    priority SMALLINT DEFAULT '0' NOT NULL,
    turn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    handed JSONB,
    wait JSONB,
    items JSONB DEFAULT '{}' NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT pk_tasks PRIMARY KEY (id),
    CONSTRAINT fk_tasks_log_id_programme_id_sealed FOREIGN KEY(log_id, programme_id, sealed) REFERENCES logs (id, programme_id, sealed),
    CONSTRAINT ck_tasks_common CHECK (NOT common OR shown_to IS NULL)
)
 WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX ix_tasks_aftercare ON tasks (programme_id, name, log_id, position) WHERE aftercare;
CREATE INDEX ix_tasks_aftercare_open ON tasks (programme_id, due_at, id) WHERE aftercare AND state IN ('Ready', 'Reserved', 'InProgress', 'Suspended');
CREATE INDEX ix_tasks_aftercare_silent ON tasks (programme_id, due_at, id) WHERE aftercare AND state NOT IN ('Ready', 'Reserved', 'InProgress', 'Suspended') AND NOT (state = 'Completed' AND coalesce(result ->> 'running' <> 'no_answer', false));
CREATE INDEX ix_tasks_closed_by ON tasks (closed_by, closed_at, id) WHERE closed_by IS NOT NULL;
CREATE INDEX ix_tasks_holder ON tasks (holder_id, due_at, id) WHERE state IN ('Reserved', 'InProgress', 'Suspended');
CREATE INDEX ix_tasks_log_id ON tasks (log_id);
CREATE INDEX ix_tasks_organisation_turn ON tasks (organisation_id, queue, turn_at, id) WHERE state = 'Ready' AND organisation_id IS NOT NULL;
CREATE INDEX ix_tasks_programme_queue ON tasks (programme_id, queue, due_at, id) WHERE state = 'Ready' AND organisation_id IS NULL;
CREATE INDEX ix_tasks_programme_turn ON tasks (programme_id, queue, turn_at, id) WHERE state = 'Ready' AND organisation_id IS NULL;
CREATE INDEX ix_tasks_runs_on_ready ON tasks (log_id) WHERE (aftercare OR type = 'step') AND state = 'Ready';
COMMENT ON COLUMN tasks.sealed IS 'Of a mediation';
COMMENT ON COLUMN tasks.shown_to IS 'The provider of the referral that it is, or is in, once that was sent';
COMMENT ON COLUMN tasks.shut_out IS 'Who of them is not shown it: barred, or with a declared interest';
COMMENT ON COLUMN tasks.common IS 'In no referral and inside none';
COMMENT ON COLUMN tasks.edition IS 'That opened it';
COMMENT ON COLUMN tasks.type IS 'step, side or decision';
COMMENT ON COLUMN tasks.organisation_id IS 'Of a provider''s queue';
COMMENT ON COLUMN tasks.state IS 'WS-HumanTask''s';
COMMENT ON COLUMN tasks.flagged IS 'The last step of its escalation has come';
COMMENT ON COLUMN tasks.awaits IS 'Which body outside has the next word';
COMMENT ON COLUMN tasks.before IS 'State before it was suspended';
COMMENT ON COLUMN tasks.initiator IS 'Who asked for it';
COMMENT ON COLUMN tasks.priority IS '1 high, 0 normal, -1 low';
COMMENT ON COLUMN tasks.turn_at IS 'Its place in the queue, by engine.tasks.queue_order';
COMMENT ON COLUMN tasks.handed IS 'How it came to whom it is with: how, by, to, seq of the event with the note';
COMMENT ON COLUMN tasks.wait IS 'While a person lets it wait: for whom, until which day, seq of the event with the reason';
COMMENT ON COLUMN tasks.items IS 'Of its checklist what was ticked, unticked or added: done, by, at, seq of the event with the words';

CREATE TABLE tokens (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL,
    scopes TEXT[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_tokens PRIMARY KEY (id),
    CONSTRAINT fk_tokens_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT uq_tokens_hash UNIQUE (hash)
);
CREATE INDEX ix_tokens_person_id ON tokens (person_id);
COMMENT ON COLUMN tokens.hash IS 'SHA-256 of the token; itself shown once';
COMMENT ON COLUMN tokens.scopes IS 'read, write, import, admin';

CREATE TABLE tracks (
    id UUID NOT NULL,
    log_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    sealed BOOLEAN NOT NULL,
    shown_to UUID,
    shut_out TEXT[],
    workflow TEXT NOT NULL,
    edition TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id UUID,
    provider_id UUID,
    states TEXT[] NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    position INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    outcome TEXT,
    replaced BOOLEAN NOT NULL,
    came_from JSONB NOT NULL,
    fired JSONB NOT NULL,
    given JSONB NOT NULL,
    barred TEXT[] NOT NULL,
    named TEXT,
    received JSONB DEFAULT '{}' NOT NULL,
    objections JSONB DEFAULT '{}' NOT NULL,
    part TEXT NOT NULL,
    played JSONB NOT NULL,
    inbox TEXT,
    inbox_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_tracks PRIMARY KEY (id),
    CONSTRAINT fk_tracks_log_id_programme_id_sealed FOREIGN KEY(log_id, programme_id, sealed) REFERENCES logs (id, programme_id, sealed),
    CONSTRAINT fk_tracks_edition FOREIGN KEY(edition) REFERENCES editions (fingerprint)
)
 WITH (fillfactor = 80);
CREATE INDEX ix_tracks_inbox ON tracks (provider_id, inbox, inbox_at, id) WHERE inbox IS NOT NULL;
CREATE INDEX ix_tracks_log_id ON tracks (log_id);
CREATE INDEX ix_tracks_provider_id_opened_at ON tracks (provider_id, opened_at, id) WHERE provider_id IS NOT NULL;
CREATE INDEX ix_tracks_sealed ON tracks (shown_to, log_id) WHERE sealed AND part = 'request' AND shown_to IS NOT NULL;
COMMENT ON COLUMN tracks.sealed IS 'Of a mediation';
COMMENT ON COLUMN tracks.shown_to IS 'The provider of the referral that it is, or is in, once that was sent';
COMMENT ON COLUMN tracks.shut_out IS 'Who of them is not shown it: barred, or with a declared interest';
COMMENT ON COLUMN tracks.kind IS 'Of a referral the service, else the workflow';
COMMENT ON COLUMN tracks.position IS 'Order of opening in its log';
COMMENT ON COLUMN tracks.fired IS 'Per transition: count, at, actor, acting_for, data';
COMMENT ON COLUMN tracks.received IS 'Per transition: count and time of the other side''s receipt';
COMMENT ON COLUMN tracks.objections IS 'What a side does not agree with, by id';
COMMENT ON COLUMN tracks.part IS 'What its workflow is to the engine, by `engine.parts`; most are nothing';
COMMENT ON COLUMN tracks.played IS 'By part what has played it: a transition that fired, an end';
COMMENT ON COLUMN tracks.inbox IS 'Of a referral that was sent: the tab of its provider''s inbox that it lies under';
COMMENT ON COLUMN tracks.inbox_at IS 'By what it lies there before others: its provider''s first day, or when it was opened';

CREATE TABLE twin_marks (
    record_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    bands INTEGER[] NOT NULL,
    CONSTRAINT pk_twin_marks PRIMARY KEY (record_id),
    CONSTRAINT fk_twin_marks_record_id FOREIGN KEY(record_id) REFERENCES logs (id),
    CONSTRAINT fk_twin_marks_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_twin_marks_bands ON twin_marks USING gin (bands) WITH (fastupdate = off);
COMMENT ON COLUMN twin_marks.record_id IS 'A need or a technology that stands for itself';
COMMENT ON COLUMN twin_marks.bands IS 'Of `engine.analysis.twins`: two that share one are compared';

CREATE TABLE twin_pairs (
    one_id UUID NOT NULL,
    other_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    likeness NUMERIC NOT NULL,
    titles NUMERIC NOT NULL,
    in_order NUMERIC NOT NULL,
    apart BOOLEAN DEFAULT false NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_twin_pairs PRIMARY KEY (one_id, other_id),
    CONSTRAINT ck_twin_pairs_once CHECK (one_id < other_id),
    CONSTRAINT fk_twin_pairs_one_id FOREIGN KEY(one_id) REFERENCES logs (id),
    CONSTRAINT fk_twin_pairs_other_id FOREIGN KEY(other_id) REFERENCES logs (id),
    CONSTRAINT fk_twin_pairs_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_twin_pairs_other_id ON twin_pairs (other_id);
CREATE INDEX ix_twin_pairs_programme_id ON twin_pairs (programme_id);
COMMENT ON COLUMN twin_pairs.one_id IS 'The lesser id of the two';
COMMENT ON COLUMN twin_pairs.likeness IS 'How much of their words is in both';
COMMENT ON COLUMN twin_pairs.titles IS 'How much of their titles is';
COMMENT ON COLUMN twin_pairs.in_order IS 'How much of the shorter stands in the other in the same order';
COMMENT ON COLUMN twin_pairs.apart IS 'Somebody said that they are two';

CREATE TABLE witnesses (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    named_by UUID NOT NULL,
    named_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_by UUID,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_witnesses PRIMARY KEY (id),
    CONSTRAINT uq_witnesses_key UNIQUE (key),
    CONSTRAINT fk_witnesses_named_by FOREIGN KEY(named_by) REFERENCES people (id),
    CONSTRAINT fk_witnesses_ended_by FOREIGN KEY(ended_by) REFERENCES people (id)
);
COMMENT ON TABLE witnesses IS 'Who signs what it has seen of the tree, with a key of its own';
COMMENT ON COLUMN witnesses.name IS 'As its key says';
COMMENT ON COLUMN witnesses.key IS 'As the witness handed it out: name+id+key';

CREATE TABLE assessment_enterprises (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    assessment_id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_assessment_enterprises PRIMARY KEY (id),
    CONSTRAINT uq_assessment_enterprises_assessment_id_organisation_id UNIQUE (assessment_id, organisation_id),
    CONSTRAINT ck_assessment_enterprises_state CHECK (state IN ('to_ask', 'asked', 'answered', 'refused')),
    CONSTRAINT fk_assessment_enterprises_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_assessment_enterprises_assessment_id FOREIGN KEY(assessment_id) REFERENCES needs_assessments (id),
    CONSTRAINT fk_assessment_enterprises_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
);
CREATE INDEX ix_assessment_enterprises_organisation_id ON assessment_enterprises (organisation_id);
COMMENT ON TABLE assessment_enterprises IS 'The enterprises that an assessment asks';
COMMENT ON COLUMN assessment_enterprises.state IS 'to_ask, asked, answered or refused; asked by a link is answered by it';

CREATE TABLE assessment_visits (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    assessment_id UUID NOT NULL,
    kind TEXT NOT NULL,
    day DATE NOT NULL,
    title TEXT NOT NULL,
    place TEXT,
    district TEXT,
    notes TEXT,
    participants JSONB DEFAULT '[]' NOT NULL,
    staff UUID[] DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_assessment_visits PRIMARY KEY (id),
    CONSTRAINT ck_assessment_visits_kind CHECK (kind IN ('visit', 'interview', 'meeting', 'event')),
    CONSTRAINT fk_assessment_visits_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_assessment_visits_assessment_id FOREIGN KEY(assessment_id) REFERENCES needs_assessments (id)
);
CREATE INDEX ix_assessment_visits_assessment_id ON assessment_visits (assessment_id);
CREATE INDEX ix_assessment_visits_terms ON assessment_visits USING gin (casework_terms_of_three(title, place, notes)) WITH (gin_pending_list_limit = 256);
COMMENT ON TABLE assessment_visits IS 'Visits and events of an assessment';
COMMENT ON COLUMN assessment_visits.kind IS 'visit, interview, meeting or event';
COMMENT ON COLUMN assessment_visits.district IS 'A code of the programme''s list';
COMMENT ON COLUMN assessment_visits.participants IS 'Rows: organisation, name, role; who came from outside';
COMMENT ON COLUMN assessment_visits.staff IS 'Who came from the office';

CREATE TABLE blobs (
    id UUID NOT NULL,
    compartment_id UUID NOT NULL,
    name TEXT NOT NULL,
    touched_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    loose BOOLEAN DEFAULT true NOT NULL,
    scan TEXT,
    scanned_at TIMESTAMP WITH TIME ZONE,
    found TEXT,
    CONSTRAINT pk_blobs PRIMARY KEY (id),
    CONSTRAINT ck_blobs_scan CHECK (scan IN ('pending', 'clean', 'blocked')),
    CONSTRAINT uq_blobs_compartment_id_name UNIQUE (compartment_id, name),
    CONSTRAINT fk_blobs_compartment_id FOREIGN KEY(compartment_id) REFERENCES compartments (id)
);
CREATE INDEX ix_blobs_loose ON blobs (touched_at, id) WHERE loose;
CREATE INDEX ix_blobs_pending ON blobs (touched_at, id) WHERE scan = 'pending';
COMMENT ON TABLE blobs IS 'What lies in the store; written before it is put there, so that nothing lies there unknown';
COMMENT ON COLUMN blobs.name IS 'Keyed hash of the content: where it lies in the store';
COMMENT ON COLUMN blobs.touched_at IS 'When it was last put there';
COMMENT ON COLUMN blobs.loose IS 'No document and no need as it was stated holds it yet; what stays so is swept';
COMMENT ON COLUMN blobs.scan IS 'pending, clean or blocked; null where there was no scanner';
COMMENT ON COLUMN blobs.found IS 'What the scanner called it';

CREATE TABLE case_dates (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    late_at TIMESTAMP WITH TIME ZONE,
    waits_for TEXT NOT NULL,
    CONSTRAINT pk_case_dates PRIMARY KEY (id),
    CONSTRAINT fk_case_dates_id FOREIGN KEY(id) REFERENCES cases (id)
)
 WITH (fillfactor = 80);
CREATE INDEX ix_case_dates_due ON case_dates (programme_id, due_at, id);
CREATE INDEX ix_case_dates_late ON case_dates (programme_id, waits_for, late_at);
COMMENT ON TABLE case_dates IS 'What lists of cases are found by, so that none looks through all tasks; what the events add up to';
COMMENT ON COLUMN case_dates.id IS 'Its case';
COMMENT ON COLUMN case_dates.due_at IS 'First day of what our side does next; infinity where there is none';
COMMENT ON COLUMN case_dates.late_at IS 'From then on it is late, on whichever side';
COMMENT ON COLUMN case_dates.waits_for IS 'us, provider, outside, hold, or nobody once it is closed';

CREATE TABLE cosignatures (
    size BIGINT NOT NULL,
    witness_id UUID NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    line TEXT NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_cosignatures PRIMARY KEY (size, witness_id),
    CONSTRAINT fk_cosignatures_witness_id FOREIGN KEY(witness_id) REFERENCES witnesses (id)
);
CREATE INDEX ix_cosignatures_witness_id ON cosignatures (witness_id, signed_at);
COMMENT ON TABLE cosignatures IS 'What witnesses signed of the tree that is ours';
COMMENT ON COLUMN cosignatures.size IS 'Leaves of the tree that was signed';
COMMENT ON COLUMN cosignatures.signed_at IS 'As the witness says';
COMMENT ON COLUMN cosignatures.line IS 'As it stands below the checkpoint, as C2SP tlog-cosignature writes it';
COMMENT ON COLUMN cosignatures.taken_at IS 'By the real clock';

CREATE TABLE import_pieces (
    import_id UUID NOT NULL,
    starts_at BIGINT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_import_pieces PRIMARY KEY (import_id, starts_at),
    CONSTRAINT fk_import_pieces_import_id FOREIGN KEY(import_id) REFERENCES imports (id) ON DELETE CASCADE
);
COMMENT ON TABLE import_pieces IS 'What files hold that a worker brings in, until they are read';
COMMENT ON COLUMN import_pieces.starts_at IS 'With which byte of the file it begins';

CREATE TABLE import_refusals (
    import_id UUID NOT NULL,
    row INTEGER NOT NULL,
    faults JSONB NOT NULL,
    cells TEXT NOT NULL,
    CONSTRAINT pk_import_refusals PRIMARY KEY (import_id, row),
    CONSTRAINT fk_import_refusals_import_id FOREIGN KEY(import_id) REFERENCES imports (id) ON DELETE CASCADE
);
COMMENT ON TABLE import_refusals IS 'Rows of a file that its trial or its import refused';
COMMENT ON COLUMN import_refusals.row IS 'Of the file';
COMMENT ON COLUMN import_refusals.faults IS 'Column by column what is wrong with it';
COMMENT ON COLUMN import_refusals.cells IS 'What the file has there, as JSON';

CREATE TABLE legal_holds (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    about TEXT NOT NULL,
    case_id UUID,
    organisation_id UUID,
    until DATE,
    reason TEXT,
    placed_by UUID NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_by UUID,
    ended_at TIMESTAMP WITH TIME ZONE,
    end_reason TEXT,
    CONSTRAINT pk_legal_holds PRIMARY KEY (id),
    CONSTRAINT ck_legal_holds_about CHECK (CASE about WHEN 'case' THEN case_id IS NOT NULL AND organisation_id IS NULL WHEN 'organisation' THEN organisation_id IS NOT NULL AND case_id IS NULL ELSE about = 'programme' AND case_id IS NULL AND organisation_id IS NULL END),
    CONSTRAINT ck_legal_holds_two_persons CHECK (ended_by <> placed_by),
    CONSTRAINT ck_legal_holds_ended CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    CONSTRAINT fk_legal_holds_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_legal_holds_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_legal_holds_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
);
CREATE INDEX ix_legal_holds_case_id ON legal_holds (case_id);
CREATE INDEX ix_legal_holds_organisation_id ON legal_holds (organisation_id);
CREATE INDEX ix_legal_holds_programme_id_placed_at ON legal_holds (programme_id, placed_at, id);
COMMENT ON TABLE legal_holds IS 'What is kept whatever its retention class says; the fold of its programme''s log';
COMMENT ON COLUMN legal_holds.about IS 'case, organisation or programme';
COMMENT ON COLUMN legal_holds.until IS 'The last day, on the programme''s own clock; null: until somebody ends it';
COMMENT ON COLUMN legal_holds.ended_by IS 'Another person';

CREATE TABLE memberships (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    role TEXT NOT NULL,
    programme_id UUID,
    organisation_id UUID,
    deputy_for UUID,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE,
    absence_id UUID,
    via_id UUID,
    CONSTRAINT pk_memberships PRIMARY KEY (id),
    CONSTRAINT ck_memberships_one_scope CHECK (num_nonnulls(programme_id, organisation_id) = 1),
    CONSTRAINT ck_memberships_ends_after_start CHECK (ends_at IS NULL OR ends_at >= starts_at),
    CONSTRAINT fk_memberships_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_memberships_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_memberships_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_memberships_deputy_for FOREIGN KEY(deputy_for) REFERENCES people (id),
    CONSTRAINT fk_memberships_absence_id FOREIGN KEY(absence_id) REFERENCES absences (id),
    CONSTRAINT fk_memberships_via_id FOREIGN KEY(via_id) REFERENCES memberships (id)
);
CREATE INDEX ix_memberships_absence_id ON memberships (absence_id);
CREATE INDEX ix_memberships_organisation_id ON memberships (organisation_id);
CREATE INDEX ix_memberships_person_id ON memberships (person_id);
CREATE INDEX ix_memberships_programme_id ON memberships (programme_id);
CREATE INDEX ix_memberships_via_id ON memberships (via_id);
COMMENT ON TABLE memberships IS 'A role within a programme or an organisation, for a time; the fold of the scope''s log';
COMMENT ON COLUMN memberships.deputy_for IS 'Acts in the role while that person is away';
COMMENT ON COLUMN memberships.absence_id IS 'That made its holder a deputy';
COMMENT ON COLUMN memberships.via_id IS 'The membership that it passes on; ends with it';

CREATE TABLE needs (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_zh TEXT,
    owner_id UUID,
    merged_into UUID,
    sector TEXT,
    district TEXT,
    function TEXT,
    problem TEXT,
    baseline TEXT,
    process TEXT,
    tried TEXT,
    target TEXT,
    site TEXT,
    constraints TEXT,
    contact TEXT,
    figures JSONB DEFAULT '[]' NOT NULL,
    ipc TEXT[] DEFAULT '{}' NOT NULL,
    budget NUMERIC,
    budget_currency TEXT,
    readiness_text TEXT,
    readiness_low INTEGER,
    readiness_high INTEGER,
    wanted_form TEXT,
    wanted_by DATE,
    country TEXT,
    required_standards TEXT[] DEFAULT '{}' NOT NULL,
    status TEXT DEFAULT 'published' NOT NULL,
    publication TEXT DEFAULT 'closed' NOT NULL,
    valid_until DATE,
    provenance JSONB DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_needs PRIMARY KEY (id),
    CONSTRAINT uq_needs_programme_id_source_external_id UNIQUE (programme_id, source, external_id),
    CONSTRAINT ck_needs_readiness CHECK (readiness_low >= 1 AND readiness_low <= 9 AND readiness_high >= readiness_low AND readiness_high <= 9),
    CONSTRAINT ck_needs_publication CHECK (publication IN ('public', 'on_request', 'closed')),
    CONSTRAINT fk_needs_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_needs_owner_id FOREIGN KEY(owner_id) REFERENCES organisations (id),
    CONSTRAINT fk_needs_merged_into FOREIGN KEY(merged_into) REFERENCES needs (id)
);
CREATE INDEX ix_needs_created ON needs (created_at DESC, id DESC);
CREATE INDEX ix_needs_external_id ON needs (external_id);
CREATE INDEX ix_needs_merged_into ON needs (merged_into);
CREATE INDEX ix_needs_owner_id ON needs (owner_id);
CREATE INDEX ix_needs_terms ON needs USING gin (casework_terms_of_both(title, title_zh)) WITH (gin_pending_list_limit = 256);
COMMENT ON COLUMN needs.merged_into IS 'The record that stands in its place now';
COMMENT ON COLUMN needs.function IS 'What is wanted to be done, by whatever technology';
COMMENT ON COLUMN needs.baseline IS 'How it is today, as what comes is measured against it';
COMMENT ON COLUMN needs.figures IS 'Rows: parameter, unit, now, comparison, target, condition';
COMMENT ON COLUMN needs.ipc IS 'Codes of the patent classification of what would do';
COMMENT ON COLUMN needs.country IS 'Where it is to be used; empty: nobody has said';
COMMENT ON COLUMN needs.required_standards IS 'Names of certificates and standards that what comes must have';
COMMENT ON COLUMN needs.status IS 'draft, published, matched, met, expired, withdrawn';
COMMENT ON COLUMN needs.publication IS 'public, on_request or closed: who else may read of it';
COMMENT ON COLUMN needs.provenance IS 'Per field: source, at, confirmed by, at';

CREATE TABLE organisation_contacts (
    id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    name TEXT NOT NULL,
    role TEXT,
    email TEXT,
    telephone TEXT,
    language TEXT DEFAULT 'en' NOT NULL,
    CONSTRAINT pk_organisation_contacts PRIMARY KEY (id),
    CONSTRAINT fk_organisation_contacts_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_organisation_contacts_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_organisation_contacts_organisation_id ON organisation_contacts (organisation_id);
COMMENT ON TABLE organisation_contacts IS 'Whom one writes to at an organisation; the fold of its log';
COMMENT ON COLUMN organisation_contacts.programme_id IS 'Whose people see it';
COMMENT ON COLUMN organisation_contacts.role IS 'What the person does there';
COMMENT ON COLUMN organisation_contacts.language IS 'In which the person is written to';

CREATE TABLE organisation_owners (
    id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    country TEXT,
    share NUMERIC,
    screened TEXT,
    screened_on DATE,
    lists TEXT,
    CONSTRAINT pk_organisation_owners PRIMARY KEY (id),
    CONSTRAINT ck_organisation_owners_kind CHECK (kind IN ('person', 'organisation')),
    CONSTRAINT ck_organisation_owners_share CHECK (share > 0 AND share <= 100),
    CONSTRAINT ck_organisation_owners_screened CHECK (screened IN ('clear', 'hit')),
    CONSTRAINT fk_organisation_owners_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_organisation_owners_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_organisation_owners_organisation_id ON organisation_owners (organisation_id);
COMMENT ON TABLE organisation_owners IS 'Who owns more than 25 % of an organisation; the fold of its log';
COMMENT ON COLUMN organisation_owners.programme_id IS 'Whose people see it';
COMMENT ON COLUMN organisation_owners.kind IS 'person or organisation';
COMMENT ON COLUMN organisation_owners.country IS 'Country or region, ISO 3166-1 alpha-2';
COMMENT ON COLUMN organisation_owners.share IS 'In per cent';
COMMENT ON COLUMN organisation_owners.screened IS 'How the newest screening ended: clear or hit; null before there is one';
COMMENT ON COLUMN organisation_owners.lists IS 'The lists that were looked through, with their versions';

CREATE TABLE organisation_screenings (
    id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    result TEXT NOT NULL,
    checked_on DATE NOT NULL,
    lists TEXT,
    finding TEXT,
    evidence TEXT,
    valid_until DATE,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_organisation_screenings PRIMARY KEY (id),
    CONSTRAINT ck_organisation_screenings_result CHECK (result IN ('clear', 'hit')),
    CONSTRAINT fk_organisation_screenings_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_organisation_screenings_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id)
);
CREATE INDEX ix_organisation_screenings_organisation_id ON organisation_screenings (organisation_id);
COMMENT ON TABLE organisation_screenings IS 'How organisations were screened; the fold of their logs';
COMMENT ON COLUMN organisation_screenings.programme_id IS 'For whose cases it holds';
COMMENT ON COLUMN organisation_screenings.lists IS 'The lists that were looked through, with their versions';
COMMENT ON COLUMN organisation_screenings.evidence IS 'Where the extract of the lists is filed, or what it says';
COMMENT ON COLUMN organisation_screenings.valid_until IS 'Its last day for the cases of its programme';

CREATE TABLE party_link_secrets (
    link_id UUID NOT NULL,
    token BYTEA NOT NULL,
    code TEXT,
    address TEXT,
    typed JSONB,
    opened BYTEA,
    opened_until TIMESTAMP WITH TIME ZONE,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_party_link_secrets PRIMARY KEY (link_id),
    CONSTRAINT ck_party_link_secrets_opened_until CHECK (opened IS NULL OR opened_until IS NOT NULL),
    CONSTRAINT fk_party_link_secrets_link_id FOREIGN KEY(link_id) REFERENCES party_links (id),
    CONSTRAINT uq_party_link_secrets_token UNIQUE (token)
);
CREATE INDEX ix_party_link_secrets_until ON party_link_secrets (until) WHERE address IS NOT NULL OR typed IS NOT NULL;
COMMENT ON TABLE party_link_secrets IS 'What opens a party''s link, and what is typed behind it; no part of the history';
COMMENT ON COLUMN party_link_secrets.token IS 'SHA-256 of the link''s secret, which is kept nowhere';
COMMENT ON COLUMN party_link_secrets.code IS 'argon2id of what is told beside the link; null: it asks for none';
COMMENT ON COLUMN party_link_secrets.address IS 'Where it is mailed; gone once the link is used, revoked or over';
COMMENT ON COLUMN party_link_secrets.typed IS 'What was filled in and not sent yet; gone likewise';
COMMENT ON COLUMN party_link_secrets.opened IS 'SHA-256 of what the browser keeps that has opened it';

CREATE TABLE right_owners (
    right_id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    share NUMERIC,
    CONSTRAINT pk_right_owners PRIMARY KEY (right_id, organisation_id),
    CONSTRAINT ck_right_owners_share CHECK (share > 0 AND share <= 100),
    CONSTRAINT fk_right_owners_right_id FOREIGN KEY(right_id) REFERENCES rights (id),
    CONSTRAINT fk_right_owners_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
);
CREATE INDEX ix_right_owners_organisation_id ON right_owners (organisation_id);
COMMENT ON COLUMN right_owners.share IS 'In per cent; null where it is not known';

CREATE TABLE service_accounts (
    id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT[] NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    minute TIMESTAMP WITH TIME ZONE,
    asked INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_service_accounts PRIMARY KEY (id),
    CONSTRAINT fk_service_accounts_id FOREIGN KEY(id) REFERENCES people (id),
    CONSTRAINT fk_service_accounts_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_service_accounts_made_by FOREIGN KEY(made_by) REFERENCES people (id)
)
 WITH (fillfactor = 80);
CREATE INDEX ix_service_accounts_organisation_id ON service_accounts (organisation_id);
COMMENT ON TABLE service_accounts IS 'What a provider''s own system may do, and until when; the fold of the organisation''s log';
COMMENT ON COLUMN service_accounts.id IS 'Also of the row in people that the history names';
COMMENT ON COLUMN service_accounts.minute IS 'In which the last request came';
COMMENT ON COLUMN service_accounts.asked IS 'Requests in that minute';

CREATE TABLE sessions (
    hash BYTEA NOT NULL,
    person_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    about JSONB DEFAULT '{}' NOT NULL,
    awaits TEXT,
    proved_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    programme_id UUID,
    misses INTEGER DEFAULT 0 NOT NULL,
    identity_id UUID,
    provider_sid TEXT,
    CONSTRAINT pk_sessions PRIMARY KEY (hash),
    CONSTRAINT ck_sessions_awaits CHECK (awaits IN ('second_factor', 'set_up')),
    CONSTRAINT fk_sessions_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_sessions_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_sessions_identity_id FOREIGN KEY(identity_id) REFERENCES identities (id)
);
CREATE INDEX ix_sessions_person_id ON sessions (person_id);
CREATE INDEX ix_sessions_provider_sid ON sessions (provider_sid);
COMMENT ON COLUMN sessions.hash IS 'SHA-256 of the cookie''s token';
COMMENT ON COLUMN sessions.about IS 'Browser and address, for the person''s own list';
COMMENT ON COLUMN sessions.awaits IS 'second_factor or set_up: what is still missing; such a session opens nothing else';
COMMENT ON COLUMN sessions.proved_at IS 'When the person last showed who that is: password, code or passkey';
COMMENT ON COLUMN sessions.programme_id IS 'What its lists show; null for every programme';
COMMENT ON COLUMN sessions.misses IS 'Wrong codes while it waits for one';
COMMENT ON COLUMN sessions.identity_id IS 'By which it began, where a provider of sign-in said who it is';
COMMENT ON COLUMN sessions.provider_sid IS 'The provider''s own session, which ends this one with it';

CREATE TABLE source_rows (
    source_id UUID NOT NULL,
    kind TEXT NOT NULL,
    external_id TEXT NOT NULL,
    row TEXT NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE NOT NULL,
    gone_since TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_source_rows PRIMARY KEY (source_id, kind, external_id),
    CONSTRAINT fk_source_rows_source_id FOREIGN KEY(source_id) REFERENCES sources (id)
);
COMMENT ON TABLE source_rows IS 'What was read of a record, beside what was understood';
COMMENT ON COLUMN source_rows.kind IS 'needs or technologies';
COMMENT ON COLUMN source_rows.row IS 'What was read last, as JSON';
COMMENT ON COLUMN source_rows.gone_since IS 'Since when a whole file of its source was without it';

CREATE TABLE story_consents (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    story_id UUID NOT NULL,
    side TEXT NOT NULL,
    organisation_id UUID NOT NULL,
    asked_by UUID NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    language TEXT NOT NULL,
    message TEXT NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    said JSONB DEFAULT '{}' NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    withdrawn_by UUID,
    CONSTRAINT pk_story_consents PRIMARY KEY (id),
    CONSTRAINT ck_story_consents_state CHECK (side IN ('need_owner', 'technology_owner') AND state IN ('open', 'given', 'refused', 'withdrawn') AND (state = 'open') = (ended_at IS NULL) AND (withdrawn_by IS NULL OR state = 'withdrawn')),
    CONSTRAINT fk_story_consents_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_story_consents_story_id FOREIGN KEY(story_id) REFERENCES success_stories (id),
    CONSTRAINT fk_story_consents_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_story_consents_asked_by FOREIGN KEY(asked_by) REFERENCES people (id),
    CONSTRAINT fk_story_consents_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES people (id)
);
CREATE INDEX ix_story_consents_organisation_id ON story_consents (organisation_id);
CREATE INDEX ix_story_consents_programme_id ON story_consents (programme_id);
CREATE INDEX ix_story_consents_story_id ON story_consents (story_id);
COMMENT ON TABLE story_consents IS 'What the parties of a case say to its story by a link; only what both gave and neither withdrew is shown';
COMMENT ON COLUMN story_consents.side IS 'Who is asked: need_owner or technology_owner';
COMMENT ON COLUMN story_consents.state IS 'open, given, refused or withdrawn; open is over with its link';
COMMENT ON COLUMN story_consents.said IS 'Who answered, as what, and in which words';
COMMENT ON COLUMN story_consents.ended_at IS 'When it was answered, or withdrawn after that';

CREATE TABLE technologies (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_zh TEXT,
    owner_id UUID,
    merged_into UUID,
    status TEXT DEFAULT 'published' NOT NULL,
    description TEXT,
    developed_in TEXT[] DEFAULT '{}' NOT NULL,
    deployed_in TEXT[] DEFAULT '{}' NOT NULL,
    benefits TEXT[] DEFAULT '{}' NOT NULL,
    problem TEXT,
    advantage TEXT,
    cost_compared TEXT,
    cost NUMERIC,
    cost_currency TEXT,
    ipc TEXT[] DEFAULT '{}' NOT NULL,
    green_topics TEXT[] DEFAULT '{}' NOT NULL,
    sdgs TEXT[] DEFAULT '{}' NOT NULL,
    reference_sites JSONB DEFAULT '[]' NOT NULL,
    licences TEXT[] DEFAULT '{}' NOT NULL,
    standards JSONB DEFAULT '[]' NOT NULL,
    restrictions JSONB DEFAULT '[]' NOT NULL,
    publication TEXT DEFAULT 'closed' NOT NULL,
    published_on DATE,
    last_confirmed_on DATE,
    website TEXT,
    source_page TEXT,
    languages TEXT[] DEFAULT '{}' NOT NULL,
    contact TEXT,
    acronym TEXT,
    partner_countries TEXT[] DEFAULT '{}' NOT NULL,
    total_cost NUMERIC,
    total_cost_currency TEXT,
    start_date DATE,
    end_date DATE,
    readiness_text TEXT,
    readiness_low INTEGER,
    readiness_high INTEGER,
    ip_text TEXT,
    verification JSONB,
    provenance JSONB DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_technologies PRIMARY KEY (id),
    CONSTRAINT uq_technologies_programme_id_source_external_id UNIQUE (programme_id, source, external_id),
    CONSTRAINT ck_technologies_publication CHECK (publication IN ('public', 'on_request', 'closed')),
    CONSTRAINT fk_technologies_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_technologies_owner_id FOREIGN KEY(owner_id) REFERENCES organisations (id),
    CONSTRAINT fk_technologies_merged_into FOREIGN KEY(merged_into) REFERENCES technologies (id)
);
CREATE INDEX ix_technologies_created ON technologies (created_at DESC, id DESC);
CREATE INDEX ix_technologies_external_id ON technologies (external_id);
CREATE INDEX ix_technologies_merged_into ON technologies (merged_into);
CREATE INDEX ix_technologies_owner_id ON technologies (owner_id);
CREATE INDEX ix_technologies_terms ON technologies USING gin (casework_terms_of_both(title, title_zh)) WITH (gin_pending_list_limit = 256);
COMMENT ON COLUMN technologies.merged_into IS 'The record that stands in its place now';
COMMENT ON COLUMN technologies.status IS 'published, expired or withdrawn';
COMMENT ON COLUMN technologies.problem IS 'What it solves';
COMMENT ON COLUMN technologies.advantage IS 'Over what there is';
COMMENT ON COLUMN technologies.cost_compared IS 'With what there is';
COMMENT ON COLUMN technologies.cost IS 'What it costs to put in place, as a figure';
COMMENT ON COLUMN technologies.ipc IS 'Codes of the patent classification';
COMMENT ON COLUMN technologies.sdgs IS 'Sustainable Development Goals: 7 or 7.2';
COMMENT ON COLUMN technologies.reference_sites IS 'Rows: site, year, size';
COMMENT ON COLUMN technologies.licences IS 'Kinds of licence that are to be had: exclusive, sole, plain, or none; empty: nobody has said';
COMMENT ON COLUMN technologies.standards IS 'Certificates that it has and standards that it meets, in rows: name, number, body, valid_until, held (no: it lacks it)';
COMMENT ON COLUMN technologies.restrictions IS 'What law or contract lays on it, in rows: kind (of which one is none), countries, words; empty: nobody has said';
COMMENT ON COLUMN technologies.publication IS 'public, on_request or closed: who outside of the programme may read of it';
COMMENT ON COLUMN technologies.published_on IS 'At its source';
COMMENT ON COLUMN technologies.last_confirmed_on IS 'At its source';
COMMENT ON COLUMN technologies.source_page IS 'Its own page at its source';
COMMENT ON COLUMN technologies.languages IS 'In which there are papers of it';
COMMENT ON COLUMN technologies.contact IS 'Through whom one reaches its owner';
COMMENT ON COLUMN technologies.acronym IS 'Of the project that it came of, as are its partners, cost and days';
COMMENT ON COLUMN technologies.verification IS 'Statement: number, verdict, valid_until; counts only once confirmed';
COMMENT ON COLUMN technologies.provenance IS 'Per field: source, at, confirmed by, at';

CREATE TABLE webhook_endpoints (
    id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    url TEXT NOT NULL,
    secret BYTEA NOT NULL,
    former BYTEA,
    former_until TIMESTAMP WITH TIME ZONE,
    checkpoints BOOLEAN DEFAULT false NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id),
    CONSTRAINT fk_webhook_endpoints_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_webhook_endpoints_made_by FOREIGN KEY(made_by) REFERENCES people (id)
);
CREATE INDEX ix_webhook_endpoints_organisation_id ON webhook_endpoints (organisation_id);
COMMENT ON TABLE webhook_endpoints IS 'Where a provider''s own system wants to be told';
COMMENT ON COLUMN webhook_endpoints.secret IS 'What signs its messages, encrypted by operations.core.encryption';
COMMENT ON COLUMN webhook_endpoints.former IS 'The secret before, which signs beside it for a while';
COMMENT ON COLUMN webhook_endpoints.checkpoints IS 'Whether it is told the published checkpoint once an hour, too';
COMMENT ON COLUMN webhook_endpoints.ended_at IS 'By its organisation, or because its receiver answered 410 Gone';

CREATE TABLE witness_alarms (
    id UUID NOT NULL,
    witness_id UUID NOT NULL,
    kind TEXT NOT NULL,
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    signed_by_log BOOLEAN NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_witness_alarms PRIMARY KEY (id),
    CONSTRAINT ck_witness_alarms_kind CHECK (kind IN ('other_root', 'longer')),
    CONSTRAINT uq_witness_alarms_witness_id_kind_size UNIQUE (witness_id, kind, size),
    CONSTRAINT fk_witness_alarms_witness_id FOREIGN KEY(witness_id) REFERENCES witnesses (id)
);
COMMENT ON TABLE witness_alarms IS 'What witnesses signed of a tree that is not ours: never taken away';
COMMENT ON COLUMN witness_alarms.kind IS 'other_root or longer';
COMMENT ON COLUMN witness_alarms.size IS 'Leaves of the tree that the witness signed';
COMMENT ON COLUMN witness_alarms.note IS 'What it signed, whole';
COMMENT ON COLUMN witness_alarms.signed_by_log IS 'Whether a key of this log signed it, too';
COMMENT ON COLUMN witness_alarms.found_at IS 'By the real clock';

CREATE TABLE assessment_needs (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    assessment_id UUID NOT NULL,
    visit_id UUID,
    need_id UUID NOT NULL,
    CONSTRAINT pk_assessment_needs PRIMARY KEY (id),
    CONSTRAINT uq_assessment_needs_need_id UNIQUE (need_id),
    CONSTRAINT fk_assessment_needs_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_assessment_needs_assessment_id FOREIGN KEY(assessment_id) REFERENCES needs_assessments (id),
    CONSTRAINT fk_assessment_needs_visit_id FOREIGN KEY(visit_id) REFERENCES assessment_visits (id),
    CONSTRAINT fk_assessment_needs_need_id FOREIGN KEY(need_id) REFERENCES needs (id)
);
CREATE INDEX ix_assessment_needs_assessment_id ON assessment_needs (assessment_id);
CREATE INDEX ix_assessment_needs_visit_id ON assessment_needs (visit_id);
COMMENT ON TABLE assessment_needs IS 'Which needs came of an assessment';
COMMENT ON COLUMN assessment_needs.visit_id IS 'The visit or event of it at which it was told';

CREATE TABLE contents (
    file_id UUID NOT NULL,
    blob_id UUID NOT NULL,
    CONSTRAINT pk_contents PRIMARY KEY (file_id),
    CONSTRAINT fk_contents_file_id FOREIGN KEY(file_id) REFERENCES files (id),
    CONSTRAINT fk_contents_blob_id FOREIGN KEY(blob_id) REFERENCES blobs (id)
);
CREATE INDEX ix_contents_blob_id ON contents (blob_id);
COMMENT ON TABLE contents IS 'Which blob holds a version; no row once it was erased';

CREATE TABLE incoming_webhooks (
    id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    account_id UUID NOT NULL,
    secret BYTEA NOT NULL,
    former BYTEA,
    former_until TIMESTAMP WITH TIME ZONE,
    made_by UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_incoming_webhooks PRIMARY KEY (id),
    CONSTRAINT fk_incoming_webhooks_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_incoming_webhooks_account_id FOREIGN KEY(account_id) REFERENCES service_accounts (id),
    CONSTRAINT fk_incoming_webhooks_made_by FOREIGN KEY(made_by) REFERENCES people (id)
);
CREATE INDEX ix_incoming_webhooks_account_id ON incoming_webhooks (account_id);
CREATE INDEX ix_incoming_webhooks_organisation_id ON incoming_webhooks (organisation_id);
COMMENT ON TABLE incoming_webhooks IS 'Where a provider''s own system says what it does in its referrals';
COMMENT ON COLUMN incoming_webhooks.id IS 'Also the last part of its address';
COMMENT ON COLUMN incoming_webhooks.account_id IS 'Who does what its messages ask for';
COMMENT ON COLUMN incoming_webhooks.secret IS 'What must have signed its messages, encrypted by operations.core.encryption';
COMMENT ON COLUMN incoming_webhooks.former IS 'The secret before, which is good beside it for a while';

CREATE TABLE interest_requests (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    need_id UUID NOT NULL,
    side TEXT NOT NULL,
    organisation_id UUID NOT NULL,
    asked_by UUID NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    language TEXT NOT NULL,
    shown JSONB NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    said JSONB DEFAULT '{}' NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    withdrawn_by UUID,
    CONSTRAINT pk_interest_requests PRIMARY KEY (id),
    CONSTRAINT ck_interest_requests_state CHECK (side IN ('need_owner', 'technology_owner') AND state IN ('open', 'answered', 'withdrawn') AND (state = 'open') = (ended_at IS NULL) AND (state = 'withdrawn') = (withdrawn_by IS NOT NULL)),
    CONSTRAINT fk_interest_requests_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_interest_requests_need_id FOREIGN KEY(need_id) REFERENCES needs (id),
    CONSTRAINT fk_interest_requests_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_interest_requests_asked_by FOREIGN KEY(asked_by) REFERENCES people (id),
    CONSTRAINT fk_interest_requests_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES people (id)
);
CREATE INDEX ix_interest_requests_need_id ON interest_requests (need_id);
CREATE INDEX ix_interest_requests_organisation_id ON interest_requests (organisation_id);
CREATE INDEX ix_interest_requests_programme_id ON interest_requests (programme_id);
COMMENT ON TABLE interest_requests IS 'What the two sides of shortlisted matches are asked by a link, and what they answer';
COMMENT ON COLUMN interest_requests.side IS 'Who is asked: need_owner of technologies, technology_owner of a need';
COMMENT ON COLUMN interest_requests.shown IS 'What the link shows, as it was looked at before it was sent: the message, by match what is told, and of what';
COMMENT ON COLUMN interest_requests.state IS 'open, answered or withdrawn; open is over with its link';
COMMENT ON COLUMN interest_requests.said IS 'As it was sent: by match yes, no with why, or a question; and who says so';
COMMENT ON COLUMN interest_requests.ended_at IS 'When it was answered or withdrawn';

CREATE TABLE match_proposals (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    need_id UUID NOT NULL,
    technology_id UUID NOT NULL,
    share NUMERIC NOT NULL,
    words TEXT NOT NULL,
    filters JSONB DEFAULT '[]' NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    dismissed_at TIMESTAMP WITH TIME ZONE,
    dismissed_by UUID,
    dismissal TEXT,
    CONSTRAINT pk_match_proposals PRIMARY KEY (id),
    CONSTRAINT uq_match_proposals_need_id_technology_id UNIQUE (need_id, technology_id),
    CONSTRAINT ck_match_proposals_dismissal CHECK ((dismissed_at IS NULL) = (dismissal IS NULL)),
    CONSTRAINT fk_match_proposals_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_match_proposals_need_id FOREIGN KEY(need_id) REFERENCES needs (id),
    CONSTRAINT fk_match_proposals_technology_id FOREIGN KEY(technology_id) REFERENCES technologies (id),
    CONSTRAINT fk_match_proposals_dismissed_by FOREIGN KEY(dismissed_by) REFERENCES people (id)
);
CREATE INDEX ix_match_proposals_open ON match_proposals (need_id) WHERE dismissed_at IS NULL;
CREATE INDEX ix_match_proposals_programme_id ON match_proposals (programme_id);
CREATE INDEX ix_match_proposals_technology_id ON match_proposals (technology_id);
COMMENT ON TABLE match_proposals IS 'Technologies that the program proposes for needs; a person makes a match of one, or dismisses it';
COMMENT ON COLUMN match_proposals.share IS 'How much of the need the technology says, by how rare its words are';
COMMENT ON COLUMN match_proposals.words IS 'JSON: by which words, the most telling first';
COMMENT ON COLUMN match_proposals.filters IS 'Rows: name and verdict, of each filter that was asked when it was proposed';
COMMENT ON COLUMN match_proposals.dismissal IS 'Why it does not fit';

CREATE TABLE match_runs (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    need_id UUID NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    said TEXT NOT NULL,
    most INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    list TEXT NOT NULL,
    digest TEXT NOT NULL,
    asks JSONB,
    CONSTRAINT pk_match_runs PRIMARY KEY (id),
    CONSTRAINT fk_match_runs_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_match_runs_need_id FOREIGN KEY(need_id) REFERENCES needs (id),
    CONSTRAINT fk_match_runs_made_by FOREIGN KEY(made_by) REFERENCES people (id)
);
CREATE INDEX ix_match_runs_need_id ON match_runs (need_id);
COMMENT ON COLUMN match_runs.said IS 'What was asked';
COMMENT ON COLUMN match_runs.most IS 'How many candidates the list may have';
COMMENT ON COLUMN match_runs.evidence IS 'JSON: all that the list is made of, so that it can be made again';
COMMENT ON COLUMN match_runs.list IS 'JSON: filters with their counts, and candidates with why they stand there';
COMMENT ON COLUMN match_runs.digest IS 'SHA-256 of evidence and list';
COMMENT ON COLUMN match_runs.asks IS 'What its filters ask (`wanted`), and which were left out (`relaxed`)';

CREATE TABLE need_statements (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    invited_by UUID,
    invited_at TIMESTAMP WITH TIME ZONE NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    said JSONB DEFAULT '{}' NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    question TEXT,
    reason TEXT,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    need_id UUID,
    renews_id UUID,
    enterprise_id UUID,
    CONSTRAINT pk_need_statements PRIMARY KEY (id),
    CONSTRAINT ck_need_statements_state CHECK (state IN ('draft', 'submitted', 'asked', 'accepted', 'refused', 'withdrawn', 'renewed', 'revoked') AND (state = 'accepted') = (need_id IS NOT NULL) AND (state = 'refused') = (reason IS NOT NULL) AND (renews_id IS NOT NULL OR invited_by IS NOT NULL AND state NOT IN ('renewed', 'revoked'))),
    CONSTRAINT fk_need_statements_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_need_statements_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_need_statements_invited_by FOREIGN KEY(invited_by) REFERENCES people (id),
    CONSTRAINT fk_need_statements_decided_by FOREIGN KEY(decided_by) REFERENCES people (id),
    CONSTRAINT fk_need_statements_need_id FOREIGN KEY(need_id) REFERENCES needs (id),
    CONSTRAINT fk_need_statements_renews_id FOREIGN KEY(renews_id) REFERENCES needs (id),
    CONSTRAINT fk_need_statements_enterprise_id FOREIGN KEY(enterprise_id) REFERENCES assessment_enterprises (id)
);
CREATE INDEX ix_need_statements_enterprise_id ON need_statements (enterprise_id);
CREATE INDEX ix_need_statements_need_id ON need_statements (need_id);
CREATE INDEX ix_need_statements_organisation_id ON need_statements (organisation_id);
CREATE INDEX ix_need_statements_programme_id ON need_statements (programme_id);
CREATE INDEX ix_need_statements_renews_id ON need_statements (renews_id);
COMMENT ON TABLE need_statements IS 'Needs as enterprises state them, until an officer makes records of them';
COMMENT ON COLUMN need_statements.state IS 'draft, submitted, asked, accepted, refused or withdrawn, and of a need that is on record renewed or revoked; a draft, or one asked back, is over with its link';
COMMENT ON COLUMN need_statements.said IS 'As it was sent last: the fields of a need, what goes beside them, who says so, and what files came with it; nothing once it is taken back, or refused or asked back in vain and its link over';
COMMENT ON COLUMN need_statements.question IS 'What the office asked back last';
COMMENT ON COLUMN need_statements.reason IS 'Why it was refused';
COMMENT ON COLUMN need_statements.need_id IS 'The record that it became, or changed';
COMMENT ON COLUMN need_statements.renews_id IS 'The need of which it is asked whether it still holds';
COMMENT ON COLUMN need_statements.enterprise_id IS 'The enterprise of an assessment that was asked so';

CREATE TABLE right_technologies (
    right_id UUID NOT NULL,
    technology_id UUID NOT NULL,
    CONSTRAINT pk_right_technologies PRIMARY KEY (right_id, technology_id),
    CONSTRAINT fk_right_technologies_right_id FOREIGN KEY(right_id) REFERENCES rights (id),
    CONSTRAINT fk_right_technologies_technology_id FOREIGN KEY(technology_id) REFERENCES technologies (id)
);
CREATE INDEX ix_right_technologies_technology_id ON right_technologies (technology_id);
COMMENT ON TABLE right_technologies IS 'What a right protects; a company''s own may protect none on record';

CREATE TABLE webhook_messages (
    id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    log_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    type TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT DEFAULT 'queued' NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    send_at TIMESTAMP WITH TIME ZONE NOT NULL,
    tries JSONB DEFAULT '[]' NOT NULL,
    CONSTRAINT pk_webhook_messages PRIMARY KEY (id),
    CONSTRAINT uq_webhook_messages_endpoint_id_log_id_seq UNIQUE (endpoint_id, log_id, seq),
    CONSTRAINT ck_webhook_messages_state CHECK (state IN ('queued', 'delivered', 'failed', 'cancelled')),
    CONSTRAINT fk_webhook_messages_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoints (id),
    CONSTRAINT fk_webhook_messages_log_id FOREIGN KEY(log_id) REFERENCES logs (id)
);
CREATE INDEX ix_webhook_messages_endpoint_id_made_at ON webhook_messages (endpoint_id, made_at, id);
CREATE INDEX ix_webhook_messages_queued ON webhook_messages (send_at, id) WHERE state = 'queued';
COMMENT ON TABLE webhook_messages IS 'What an endpoint is told, and what became of it';
COMMENT ON COLUMN webhook_messages.id IS 'Also its webhook-id, the same at each attempt';
COMMENT ON COLUMN webhook_messages.seq IS 'Of the event that it tells of';
COMMENT ON COLUMN webhook_messages.payload IS 'As it is signed and sent: ids and states, nothing confidential';
COMMENT ON COLUMN webhook_messages.state IS 'queued, delivered, failed or cancelled';
COMMENT ON COLUMN webhook_messages.send_at IS 'Not before this';
COMMENT ON COLUMN webhook_messages.tries IS 'Of each attempt: at, and what came of it';

CREATE TABLE incoming_messages (
    id UUID NOT NULL,
    incoming_id UUID NOT NULL,
    message_id TEXT NOT NULL,
    digest BYTEA NOT NULL,
    type TEXT NOT NULL,
    referral_id UUID,
    reference TEXT,
    state TEXT NOT NULL,
    status INTEGER NOT NULL,
    code TEXT DEFAULT '' NOT NULL,
    answer JSONB,
    attempts INTEGER DEFAULT 1 NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_incoming_messages PRIMARY KEY (id),
    CONSTRAINT uq_incoming_messages_incoming_id_message_id UNIQUE (incoming_id, message_id),
    CONSTRAINT ck_incoming_messages_state CHECK (state IN ('done', 'refused')),
    CONSTRAINT fk_incoming_messages_incoming_id FOREIGN KEY(incoming_id) REFERENCES incoming_webhooks (id)
);
CREATE INDEX ix_incoming_messages_incoming_id_made_at ON incoming_messages (incoming_id, made_at, id);
CREATE INDEX ix_incoming_messages_reference ON incoming_messages (incoming_id, reference) WHERE reference IS NOT NULL;
COMMENT ON TABLE incoming_messages IS 'What a provider''s own system said, once for each webhook-id, and what came of it';
COMMENT ON COLUMN incoming_messages.message_id IS 'The webhook-id, as the sender chose it';
COMMENT ON COLUMN incoming_messages.digest IS 'SHA-256 of its body: another body under the same id is refused';
COMMENT ON COLUMN incoming_messages.type IS 'As it was written; empty where that could not be read';
COMMENT ON COLUMN incoming_messages.referral_id IS 'The referral that it was about, once it was done';
COMMENT ON COLUMN incoming_messages.reference IS 'What the sender calls that referral; later messages may name it by this alone';
COMMENT ON COLUMN incoming_messages.state IS 'done or refused';
COMMENT ON COLUMN incoming_messages.status IS 'What was answered';
COMMENT ON COLUMN incoming_messages.code IS 'Why it was refused last';
COMMENT ON COLUMN incoming_messages.answer IS 'What was answered once it was done, and is answered again';
COMMENT ON COLUMN incoming_messages.attempts IS 'How often it came';
COMMENT ON COLUMN incoming_messages.made_at IS 'When it came first';
COMMENT ON COLUMN incoming_messages.last_at IS 'And last';

CREATE TABLE matches (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    need_id UUID NOT NULL,
    technology_id UUID NOT NULL,
    proposed_on DATE,
    proposed_by TEXT,
    score NUMERIC,
    rationale TEXT,
    run_id UUID,
    run_rank INTEGER,
    shortlisted_at TIMESTAMP WITH TIME ZONE,
    shortlisted_by UUID,
    case_id UUID,
    refused_at TIMESTAMP WITH TIME ZONE,
    refused_by UUID,
    refusal TEXT,
    refusal_code TEXT,
    expired_at TIMESTAMP WITH TIME ZONE,
    expired_by UUID,
    expiry TEXT,
    confirmed_by UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_matches PRIMARY KEY (id),
    CONSTRAINT uq_matches_programme_id_source_external_id UNIQUE (programme_id, source, external_id),
    CONSTRAINT uq_matches_programme_id_need_id_technology_id UNIQUE (programme_id, need_id, technology_id),
    CONSTRAINT ck_matches_expiry CHECK ((expired_at IS NULL) = (expiry IS NULL) AND (expired_at IS NULL OR (case_id IS NULL AND refused_at IS NULL))),
    CONSTRAINT ck_matches_short_list CHECK ((shortlisted_at IS NULL) = (shortlisted_by IS NULL) AND (shortlisted_at IS NULL OR (refused_at IS NULL AND expired_at IS NULL))),
    CONSTRAINT ck_matches_run CHECK ((run_id IS NULL) = (run_rank IS NULL)),
    CONSTRAINT ck_matches_refusal CHECK ((refused_at IS NULL) = (refusal IS NULL) AND (refused_at IS NULL OR case_id IS NULL) AND (refused_at IS NOT NULL OR refusal_code IS NULL)),
    CONSTRAINT fk_matches_programme_id FOREIGN KEY(programme_id) REFERENCES programmes (id),
    CONSTRAINT fk_matches_need_id FOREIGN KEY(need_id) REFERENCES needs (id),
    CONSTRAINT fk_matches_technology_id FOREIGN KEY(technology_id) REFERENCES technologies (id),
    CONSTRAINT fk_matches_run_id FOREIGN KEY(run_id) REFERENCES match_runs (id),
    CONSTRAINT fk_matches_shortlisted_by FOREIGN KEY(shortlisted_by) REFERENCES people (id),
    CONSTRAINT uq_matches_case_id UNIQUE (case_id),
    CONSTRAINT fk_matches_refused_by FOREIGN KEY(refused_by) REFERENCES people (id),
    CONSTRAINT fk_matches_expired_by FOREIGN KEY(expired_by) REFERENCES people (id),
    CONSTRAINT fk_matches_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES people (id)
);
CREATE INDEX ix_matches_need_id ON matches (need_id);
CREATE INDEX ix_matches_refused ON matches (programme_id, refused_at) WHERE refused_at IS NOT NULL;
CREATE INDEX ix_matches_technology_id ON matches (technology_id);
COMMENT ON COLUMN matches.proposed_by IS 'Person, event or algorithm';
COMMENT ON COLUMN matches.run_id IS 'The run on whose list it was found';
COMMENT ON COLUMN matches.run_rank IS 'Where it stood there';
COMMENT ON COLUMN matches.shortlisted_at IS 'Since when it is on the need''s short list';
COMMENT ON COLUMN matches.case_id IS 'The case that it became';
COMMENT ON COLUMN matches.refused_at IS 'Since when it is refused; it becomes no case then';
COMMENT ON COLUMN matches.refusal IS 'Why it is refused';
COMMENT ON COLUMN matches.refusal_code IS 'The same as the programme''s list has it; null where its records were merged';
COMMENT ON COLUMN matches.expired_at IS 'Since when nobody follows it any more; it becomes no case then';
COMMENT ON COLUMN matches.expiry IS 'Why nobody follows it any more';

CREATE TABLE office_link_secrets (
    id UUID NOT NULL,
    statement_id UUID,
    request_id UUID,
    consent_id UUID,
    token BYTEA NOT NULL,
    address TEXT,
    typed JSONB,
    opened BYTEA,
    opened_until TIMESTAMP WITH TIME ZONE,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_office_link_secrets PRIMARY KEY (id),
    CONSTRAINT ck_office_link_secrets_opened_until CHECK (opened IS NULL OR opened_until IS NOT NULL),
    CONSTRAINT ck_office_link_secrets_opens_one CHECK (num_nonnulls(statement_id, request_id, consent_id) = 1 AND id = coalesce(statement_id, request_id, consent_id)),
    CONSTRAINT fk_office_link_secrets_statement_id FOREIGN KEY(statement_id) REFERENCES need_statements (id),
    CONSTRAINT fk_office_link_secrets_request_id FOREIGN KEY(request_id) REFERENCES interest_requests (id),
    CONSTRAINT fk_office_link_secrets_consent_id FOREIGN KEY(consent_id) REFERENCES story_consents (id),
    CONSTRAINT uq_office_link_secrets_token UNIQUE (token)
);
CREATE INDEX ix_office_link_secrets_consent_id ON office_link_secrets (consent_id);
CREATE INDEX ix_office_link_secrets_request_id ON office_link_secrets (request_id);
CREATE INDEX ix_office_link_secrets_statement_id ON office_link_secrets (statement_id);
CREATE INDEX ix_office_link_secrets_until ON office_link_secrets (until) WHERE address IS NOT NULL OR typed IS NOT NULL;
COMMENT ON TABLE office_link_secrets IS 'What opens a link that the office sends beside the cases, and what is typed behind it; no part of the history';
COMMENT ON COLUMN office_link_secrets.id IS 'That of what it opens';
COMMENT ON COLUMN office_link_secrets.token IS 'SHA-256 of the link''s secret, which is kept nowhere';
COMMENT ON COLUMN office_link_secrets.address IS 'Where it is mailed; gone once the link is used or over, unless the office has to decide, or its need is in use';
COMMENT ON COLUMN office_link_secrets.typed IS 'What was filled in; gone once it is decided or used, or the link is over and the office need not decide';
COMMENT ON COLUMN office_link_secrets.opened IS 'SHA-256 of what the browser keeps that has opened it';

CREATE TABLE mails (
    id UUID NOT NULL,
    person_id UUID,
    invitation_id UUID,
    file_id UUID,
    link_id UUID,
    office_link_id UUID,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed BOOLEAN NOT NULL,
    state TEXT DEFAULT 'queued' NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    send_at TIMESTAMP WITH TIME ZONE NOT NULL,
    tries JSONB DEFAULT '[]' NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_mails PRIMARY KEY (id),
    CONSTRAINT ck_mails_state CHECK (state IN ('queued', 'sent', 'failed', 'cancelled')),
    CONSTRAINT ck_mails_one_reader CHECK (num_nonnulls(person_id, invitation_id, file_id, link_id, office_link_id) = 1),
    CONSTRAINT fk_mails_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_mails_invitation_id FOREIGN KEY(invitation_id) REFERENCES invitations (id),
    CONSTRAINT fk_mails_file_id FOREIGN KEY(file_id) REFERENCES files (id),
    CONSTRAINT fk_mails_link_id FOREIGN KEY(link_id) REFERENCES party_links (id),
    CONSTRAINT fk_mails_office_link_id FOREIGN KEY(office_link_id) REFERENCES office_link_secrets (id),
    CONSTRAINT uq_mails_key UNIQUE (key)
);
CREATE INDEX ix_mails_file_id ON mails (file_id);
CREATE INDEX ix_mails_invitation_id ON mails (invitation_id);
CREATE INDEX ix_mails_link_id ON mails (link_id);
CREATE INDEX ix_mails_made_at_id ON mails (made_at, id);
CREATE INDEX ix_mails_office_link_id ON mails (office_link_id);
CREATE INDEX ix_mails_queued ON mails (send_at, id) WHERE state = 'queued';
COMMENT ON TABLE mails IS 'Mails, with what became of them; the words are made when one is sent, and are not kept';
COMMENT ON COLUMN mails.id IS 'Also in its Message-ID, the same at each attempt';
COMMENT ON COLUMN mails.invitation_id IS 'To somebody who may have no account yet';
COMMENT ON COLUMN mails.file_id IS 'To a party: this letter, to the address that its event names';
COMMENT ON COLUMN mails.link_id IS 'To a party: this link, to the address kept with it';
COMMENT ON COLUMN mails.office_link_id IS 'To an enterprise or an owner: a link beside the cases, to the address kept with it';
COMMENT ON COLUMN mails.key IS 'What it is for; nothing is mailed twice';
COMMENT ON COLUMN mails.kind IS 'Of its notice, or digest, or invitation';
COMMENT ON COLUMN mails.sealed IS 'It says nothing but that something waits';
COMMENT ON COLUMN mails.state IS 'queued, sent, failed or cancelled';
COMMENT ON COLUMN mails.send_at IS 'Not before this';
COMMENT ON COLUMN mails.tries IS 'Of each attempt: at, and what came of it';

CREATE TABLE checkpoint_mails (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    address TEXT NOT NULL,
    language TEXT NOT NULL,
    told_for DATE,
    look_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mail_id UUID,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_checkpoint_mails PRIMARY KEY (id),
    CONSTRAINT ck_checkpoint_mails_language CHECK (language IN ('en', 'zh-Hans')),
    CONSTRAINT fk_checkpoint_mails_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_checkpoint_mails_mail_id FOREIGN KEY(mail_id) REFERENCES mails (id)
);
CREATE UNIQUE INDEX ix_checkpoint_mails_address ON checkpoint_mails (address) WHERE address LIKE '%@%';
CREATE INDEX ix_checkpoint_mails_look_at ON checkpoint_mails (look_at);
CREATE INDEX ix_checkpoint_mails_mail_id ON checkpoint_mails (mail_id);
CREATE INDEX ix_checkpoint_mails_person_id ON checkpoint_mails (person_id);
COMMENT ON TABLE checkpoint_mails IS 'Addresses that the published checkpoint is mailed to once a day';
COMMENT ON COLUMN checkpoint_mails.person_id IS 'Who named the address';
COMMENT ON COLUMN checkpoint_mails.language IS 'en or zh-Hans';
COMMENT ON COLUMN checkpoint_mails.told_for IS 'The day that the last mail was of, in Beijing';
COMMENT ON COLUMN checkpoint_mails.look_at IS 'When to look whether a mail is due';
COMMENT ON COLUMN checkpoint_mails.mail_id IS 'The last mail: no earlier one goes any more';

CREATE TABLE figure_mails (
    id UUID NOT NULL,
    view_id UUID NOT NULL,
    person_id UUID NOT NULL,
    rhythm TEXT NOT NULL,
    weekday INTEGER,
    since DATE NOT NULL,
    told_for DATE,
    look_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mail_id UUID,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_figure_mails PRIMARY KEY (id),
    CONSTRAINT uq_figure_mails_view_id_person_id UNIQUE (view_id, person_id),
    CONSTRAINT ck_figure_mails_rhythm CHECK (rhythm IN ('weekly', 'monthly', 'quarterly')),
    CONSTRAINT ck_figure_mails_weekday CHECK ((rhythm = 'weekly') = (weekday IS NOT NULL) AND weekday BETWEEN 1 AND 7),
    CONSTRAINT fk_figure_mails_view_id FOREIGN KEY(view_id) REFERENCES saved_views (id),
    CONSTRAINT fk_figure_mails_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_figure_mails_mail_id FOREIGN KEY(mail_id) REFERENCES mails (id)
);
CREATE INDEX ix_figure_mails_look_at ON figure_mails (look_at);
CREATE INDEX ix_figure_mails_mail_id ON figure_mails (mail_id);
CREATE INDEX ix_figure_mails_person_id ON figure_mails (person_id);
COMMENT ON TABLE figure_mails IS 'Who is mailed the figures of a saved view, and how often; what they are told is decided when a mail goes';
COMMENT ON COLUMN figure_mails.rhythm IS 'weekly, monthly or quarterly';
COMMENT ON COLUMN figure_mails.weekday IS 'Of a weekly one, Monday as 1';
COMMENT ON COLUMN figure_mails.since IS 'The first mail is of a later day than this';
COMMENT ON COLUMN figure_mails.told_for IS 'The day of its rhythm that the last mail was of';
COMMENT ON COLUMN figure_mails.look_at IS 'When to look whether a mail is due';
COMMENT ON COLUMN figure_mails.mail_id IS 'The last mail: no earlier one goes any more';

CREATE TABLE notifications (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    log_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    edition TEXT,
    words TEXT,
    track_id UUID,
    task_id UUID,
    due_at TIMESTAMP WITH TIME ZONE,
    read_at TIMESTAMP WITH TIME ZONE,
    mail_id UUID,
    CONSTRAINT pk_notifications PRIMARY KEY (id),
    CONSTRAINT uq_notifications_person_id_log_id_seq_kind_about UNIQUE (person_id, log_id, seq, kind, about),
    CONSTRAINT fk_notifications_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_notifications_log_id FOREIGN KEY(log_id) REFERENCES logs (id),
    CONSTRAINT fk_notifications_mail_id FOREIGN KEY(mail_id) REFERENCES mails (id)
);
CREATE INDEX ix_notifications_mail_id ON notifications (mail_id);
CREATE INDEX ix_notifications_person_id_at ON notifications (person_id, at, id);
CREATE INDEX ix_notifications_person_id_unread ON notifications (person_id, id) WHERE read_at IS NULL;
COMMENT ON TABLE notifications IS 'What a person is told, in the pages and by mail; what it is about is looked up when it is shown';
COMMENT ON COLUMN notifications.seq IS 'Of the event that it tells of; of a checkpoint the hour, since 1970';
COMMENT ON COLUMN notifications.about IS 'The task or track, or nothing';
COMMENT ON COLUMN notifications.at IS 'When it happened';
COMMENT ON COLUMN notifications.edition IS 'Whose text names the action';
COMMENT ON COLUMN notifications.words IS 'The key of that text';
COMMENT ON COLUMN notifications.mail_id IS 'The mail that says it; null: it is not mailed';
