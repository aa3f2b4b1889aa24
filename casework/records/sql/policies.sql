-- Who is shown which row, and the functions that find it out. Written by `make expected` from casework/records/policy_source.py.

-- Finds out what a person reaches, in one look, and keeps it to the end of the transaction: until a membership begins or ends by
-- the clock, or a row that it was found from changes (`casework_forget_reach`). Volatile, so that it looks at the rows of now.
CREATE FUNCTION casework_find_reach(reader text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person uuid := reader::uuid;
    at timestamptz := casework_now();
    reach record;
    ends timestamptz;
BEGIN
    SELECT min(x.ends) INTO ends FROM (
        SELECT unnest(ARRAY[m.starts_at, m.ends_at]) AS ends FROM memberships m WHERE m.person_id = person
        UNION ALL SELECT o.until FROM openings o WHERE o.reader_id = person
    ) x WHERE x.ends > at;
    SELECT
        coalesce(array_agg(DISTINCT m.programme_id) FILTER (WHERE m.programme_id IS NOT NULL AND m.role IN ('auditor', 'compliance', 'manager', 'officer', 'supervisor')), '{}') AS programmes,
        coalesce(array_agg(DISTINCT m.organisation_id) FILTER (WHERE m.organisation_id IS NOT NULL AND m.role IN ('provider', 'provider_lead', 'verifier')), '{}') AS organisations,
        coalesce(array_agg(DISTINCT m.programme_id) FILTER (WHERE m.programme_id IS NOT NULL AND m.role IN ('dispute_officer') AND m.deputy_for IS NULL), '{}') AS disputes,
        coalesce(array_agg(DISTINCT m.programme_id) FILTER (WHERE m.programme_id IS NOT NULL AND m.role IN ('administrator') AND m.deputy_for IS NULL), '{}') AS breakers,
        coalesce(array_agg(DISTINCT m.programme_id) FILTER (WHERE m.programme_id IS NOT NULL AND m.role IN ('auditor', 'compliance', 'manager', 'supervisor') AND m.deputy_for IS NULL), '{}') AS readers,
        coalesce((SELECT array_agg(o.log_id) FROM openings o WHERE o.reader_id = person AND o.state = 'open' AND o.until > casework_now()), '{}') AS opened
    INTO STRICT reach FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.person_id = person AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    AND (m.role NOT IN ('auditor', 'compliance', 'officer', 'supervisor') OR NOT EXISTS (
            SELECT FROM memberships d WHERE d.person_id = m.person_id AND d.programme_id = m.programme_id
            AND CASE WHEN m.role = 'auditor' THEN d.role IN ('administrator', 'compliance', 'dispute_officer', 'officer', 'supervisor') ELSE d.role = 'dispute_officer' END
            AND d.starts_at <= casework_now() AND (d.ends_at IS NULL OR d.ends_at > casework_now())
        ));
    PERFORM
        set_config('casework.reach_programmes', reach.programmes::text, true),
        set_config('casework.reach_organisations', reach.organisations::text, true),
        set_config('casework.reach_disputes', reach.disputes::text, true),
        set_config('casework.reach_breakers', reach.breakers::text, true),
        set_config('casework.reach_readers', reach.readers::text, true),
        set_config('casework.reach_opened', reach.opened::text, true),
        set_config('casework.reach_until', coalesce(ends, 'infinity')::text, true),
        set_config('casework.reach_of', reader, true);
END
$$;

-- What the person who reads reaches, of one kind; nothing for the engine, and where nobody said who does.
CREATE FUNCTION casework_reach(kind text) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    reader text := coalesce(current_setting('casework.reader', true), '');
BEGIN
    IF reader IN ('', 'engine') THEN
        RETURN '{}';
    ELSIF current_setting('casework.reach_of', true) IS DISTINCT FROM reader THEN
        PERFORM casework_find_reach(reader);
    ELSIF casework_now() >= current_setting('casework.reach_until')::timestamptz THEN
        PERFORM casework_find_reach(reader);
    END IF;
    RETURN current_setting('casework.reach_' || kind)::uuid[];
END
$$;

-- The mediations that are sealed from a person: all but those that the person is named for, works on for their provider, or
-- that were opened to the person.
CREATE FUNCTION casework_sealed_from(
    person uuid, organisations uuid[], opened uuid[], disputes uuid[], readers uuid[]
) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    RETURN QUERY SELECT m.id FROM mediations m WHERE NOT coalesce(
        (m.programme_id = ANY(disputes) AND (m.owner_id = person OR person = ANY(m.team)))
        OR (m.id = ANY(opened) AND m.programme_id = ANY(readers) AND NOT person::text = ANY(m.interests))
        OR cardinality(organisations) > 0 AND EXISTS (
            SELECT FROM tracks r WHERE r.log_id = m.id AND (r.part = 'request' AND r.provider_id = ANY(organisations) AND r.played ? 'sends' AND NOT person::text = ANY(r.barred) AND NOT person::text = ANY(m.interests))
        ), false
    );
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END
$$;

-- From whoever reads in this transaction; all of them where nobody said who does, and none from the engine.
CREATE FUNCTION casework_sealed() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT casework_sealed_from(NULL, '{}', '{}', '{}', '{}') WHERE coalesce(current_setting('casework.reader', true), '') = ''
    UNION ALL
    SELECT casework_sealed_from(
        casework_person(), casework_reach('organisations'), casework_reach('opened'), casework_reach('disputes'),
        casework_reach('readers')
    ) WHERE coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine')
$$;

-- Whether a track is a person's own, by its id, that of its parent, and its log: a referral that the person works on for their
-- provider, or what runs inside one.
CREATE FUNCTION casework_own(asked uuid[], log uuid, person text, organisations uuid[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
    found boolean;
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    IF EXISTS (SELECT FROM cases c WHERE c.id = log) THEN
        found := EXISTS (
            SELECT FROM tracks r JOIN cases c ON c.id = r.log_id
            WHERE r.id = ANY(asked) AND r.log_id = log AND (r.part = 'request' AND r.provider_id = ANY(organisations) AND r.played ? 'sends' AND NOT person = ANY(r.barred) AND NOT person = ANY(c.interests))
        );
    ELSE
        found := EXISTS (
            SELECT FROM tracks r JOIN mediations n ON n.id = r.log_id
            WHERE r.id = ANY(asked) AND r.log_id = log AND (r.part = 'request' AND r.provider_id = ANY(organisations) AND r.played ? 'sends' AND NOT person = ANY(r.barred) AND NOT person = ANY(n.interests))
        );
    END IF;
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
    RETURN found;
END
$$;

-- Whether a track in a mediation that is not sealed from the person is one to read: it is unsealed to its provider, too, who
-- may read one referral of it alone.
CREATE FUNCTION casework_mediated(asked uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
    person uuid := casework_person();
    organisations uuid[] := casework_reach('organisations');
    disputes uuid[] := casework_reach('disputes');
    opened uuid[] := casework_reach('opened');
    readers uuid[] := casework_reach('readers');
    found boolean;
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    found := NOT EXISTS (
        SELECT FROM tracks r JOIN mediations m ON m.id = r.log_id WHERE r.id = asked AND NOT coalesce(
            (m.programme_id = ANY(disputes) AND (m.owner_id = person OR person = ANY(m.team)))
            OR (m.id = ANY(opened) AND m.programme_id = ANY(readers) AND NOT person::text = ANY(m.interests))
            OR (r.part = 'request' AND r.provider_id = ANY(organisations) AND r.played ? 'sends' AND NOT person::text = ANY(r.barred) AND NOT person::text = ANY(m.interests)), false
        )
    );
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
    RETURN found;
END
$$;

-- Whether files are shown, as far as what is above them.
CREATE FUNCTION casework_shows_files(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM documents d WHERE d.id = asked); END
$$;

-- Whether contents are shown, as far as what is above them.
CREATE FUNCTION casework_shows_contents(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM files f WHERE f.id = asked); END
$$;

-- Whether blobs are shown, as far as what is above them.
CREATE FUNCTION casework_shows_blobs(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM contents k WHERE k.blob_id = asked); END
$$;

-- Whether compartments are shown, as far as what is above them.
CREATE FUNCTION casework_shows_compartments(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM blobs b WHERE b.compartment_id = asked); END
$$;

CREATE POLICY engine ON mediations USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON mediations TO casework_app USING (
    (SELECT casework_engine_reads()) OR id NOT IN (SELECT casework_sealed())
);
ALTER TABLE mediations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON logs USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON logs TO casework_app USING (
    id NOT IN (SELECT casework_sealed())
);
ALTER TABLE logs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON events USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON events TO casework_app USING (
    log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON proposals USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON proposals TO casework_app USING (
    log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE proposals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON consents USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON consents TO casework_app USING (
    log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE consents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON mentions USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON mentions TO casework_app USING (
    log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE mentions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON outbox USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON outbox TO casework_app USING (
    log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON tracks USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON tracks TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed()) AND (
        NOT (tracks.part = 'request') AND parent_id IS NULL
        OR coalesce((
            SELECT coalesce((c.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[]) OR (c.id = ANY((SELECT casework_reach('opened'))::uuid[]) AND c.programme_id = ANY((SELECT casework_reach('breakers'))::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))) OR (tracks.part = 'request' AND tracks.provider_id = ANY((SELECT casework_reach('organisations'))::uuid[]) AND tracks.played ? 'sends' AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(tracks.barred) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests)), false)
            FROM cases c WHERE c.id = tracks.log_id
        ), cardinality((SELECT casework_reach('organisations'))::uuid[]) = 0 OR casework_mediated(id))
        OR parent_id IS NOT NULL AND cardinality((SELECT casework_reach('organisations'))::uuid[]) > 0
            AND casework_own(ARRAY[id, parent_id], log_id, (SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT casework_reach('organisations'))::uuid[])
    )
);
ALTER TABLE tracks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON tasks USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON tasks TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR tasks.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[]) AND log_id NOT IN (SELECT casework_sealed()) OR EXISTS (SELECT FROM tracks t WHERE t.id = tasks.track_id AND t.log_id = tasks.log_id OFFSET 0)
);
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON clocks USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON clocks TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR EXISTS (SELECT FROM tracks t WHERE t.id = clocks.track_id AND t.log_id = clocks.log_id OFFSET 0)
);
ALTER TABLE clocks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON case_dates USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON case_dates TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR case_dates.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[])
);
ALTER TABLE case_dates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON grants USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON grants TO casework_app USING (
    (SELECT casework_engine_reads()) OR EXISTS (SELECT FROM cases c WHERE c.id = grants.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[]) OR (c.id = ANY((SELECT casework_reach('opened'))::uuid[]) AND c.programme_id = ANY((SELECT casework_reach('breakers'))::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))))
    OR EXISTS (SELECT FROM mediations c WHERE c.id = grants.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND ((c.programme_id = ANY((SELECT casework_reach('disputes'))::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT casework_reach('opened'))::uuid[]) AND c.programme_id = ANY((SELECT casework_reach('readers'))::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests)))) OR cardinality((SELECT casework_reach('organisations'))::uuid[]) > 0 AND (
        SELECT coalesce((
            SELECT coalesce((r.part = 'request' AND r.provider_id = ANY((SELECT casework_reach('organisations'))::uuid[]) AND r.played ? 'sends' AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(r.barred) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests)), false)
            FROM cases c WHERE c.id = r.log_id AND r.parent_id IS NULL
        ), casework_own(ARRAY[r.id, r.parent_id], r.log_id, (SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT casework_reach('organisations'))::uuid[])) FROM tracks r WHERE r.id = grants.track_id
    )
);
ALTER TABLE grants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON documents USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON documents TO casework_app USING (
    (SELECT casework_engine_reads()) OR EXISTS (SELECT FROM cases c WHERE c.id = documents.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[]) OR (c.id = ANY((SELECT casework_reach('opened'))::uuid[]) AND c.programme_id = ANY((SELECT casework_reach('breakers'))::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))))
    OR EXISTS (SELECT FROM mediations c WHERE c.id = documents.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND ((c.programme_id = ANY((SELECT casework_reach('disputes'))::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT casework_reach('opened'))::uuid[]) AND c.programme_id = ANY((SELECT casework_reach('readers'))::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests)))) OR (cardinality((SELECT casework_reach('organisations'))::uuid[]) > 0 AND (
        SELECT coalesce((
            SELECT coalesce((r.part = 'request' AND r.provider_id = ANY((SELECT casework_reach('organisations'))::uuid[]) AND r.played ? 'sends' AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(r.barred) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests)), false)
            FROM cases c WHERE c.id = r.log_id AND r.parent_id IS NULL
        ), casework_own(ARRAY[r.id, r.parent_id], r.log_id, (SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT casework_reach('organisations'))::uuid[])) FROM tracks r WHERE r.id = documents.track_id
    ) OR documents.withdrawn_at IS NULL AND EXISTS (
    SELECT FROM grants g WHERE g.document_id = documents.id AND g.ended_at IS NULL AND cardinality((SELECT casework_reach('organisations'))::uuid[]) > 0 AND (
        SELECT coalesce((
            SELECT coalesce((r.part = 'request' AND r.provider_id = ANY((SELECT casework_reach('organisations'))::uuid[]) AND r.played ? 'sends' AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(r.barred) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests)), false)
            FROM cases c WHERE c.id = r.log_id AND r.parent_id IS NULL
        ), casework_own(ARRAY[r.id, r.parent_id], r.log_id, (SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT casework_reach('organisations'))::uuid[])) FROM tracks r WHERE r.id = g.track_id
    )
))
);
ALTER TABLE documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON files USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON files TO casework_app USING (
    (SELECT casework_engine_reads()) OR casework_shows_files(document_id)
);
ALTER TABLE files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON contents USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON contents TO casework_app USING (
    (SELECT casework_engine_reads()) OR casework_shows_contents(file_id)
);
ALTER TABLE contents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON blobs USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON blobs TO casework_app USING (
    (SELECT casework_engine_reads()) OR casework_shows_blobs(id)
);
ALTER TABLE blobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON compartments USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON compartments TO casework_app USING (
    (SELECT casework_engine_reads()) OR casework_shows_compartments(id)
);
ALTER TABLE compartments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON reading_heads USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON reading_heads TO casework_app USING (
    current_setting('casework.reader', true) = 'engine'
);
ALTER TABLE reading_heads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON notifications USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON notifications TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR person_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END)
);
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON mails USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON mails TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR NOT sealed
);
ALTER TABLE mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON webhook_messages USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON webhook_messages TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE webhook_messages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON sealed_readings USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON sealed_readings TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE sealed_readings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
