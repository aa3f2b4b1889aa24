-- Who is shown which row, and the functions that find it out. Written by `make expected` from casework/records/policy_source.py.

-- The roles of the person that hold now, and count.
CREATE FUNCTION casework_roles() RETURNS TABLE (role text, programme_id uuid, organisation_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.role, m.programme_id, m.organisation_id FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.person_id = casework_person() AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    AND (m.role NOT IN ('auditor', 'compliance', 'officer', 'supervisor') OR NOT EXISTS (
            SELECT FROM memberships d WHERE d.person_id = m.person_id AND d.programme_id = m.programme_id
            AND CASE WHEN m.role = 'auditor' THEN d.role IN ('administrator', 'compliance', 'dispute_officer', 'officer', 'supervisor') ELSE d.role = 'dispute_officer' END
            AND d.starts_at <= casework_now() AND (d.ends_at IS NULL OR d.ends_at > casework_now())
        ))
$$;

-- The programmes in which the person has one of the roles in the own name: a sealed log knows no deputies.
CREATE FUNCTION casework_own_programmes(roles text[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT m.programme_id), '{}') FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.person_id = casework_person() AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    AND (m.role NOT IN ('auditor', 'compliance', 'officer', 'supervisor') OR NOT EXISTS (
            SELECT FROM memberships d WHERE d.person_id = m.person_id AND d.programme_id = m.programme_id
            AND CASE WHEN m.role = 'auditor' THEN d.role IN ('administrator', 'compliance', 'dispute_officer', 'officer', 'supervisor') ELSE d.role = 'dispute_officer' END
            AND d.starts_at <= casework_now() AND (d.ends_at IS NULL OR d.ends_at > casework_now())
        ))
    AND m.programme_id IS NOT NULL AND m.deputy_for IS NULL AND m.role = ANY (roles)
$$;

-- The programmes whose cases the person reads whole.
CREATE FUNCTION casework_programmes() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT programme_id), '{}') FROM casework_roles()
    WHERE programme_id IS NOT NULL AND role IN ('auditor', 'compliance', 'manager', 'officer', 'supervisor')
$$;

-- The programmes whose mediations the person leads where named.
CREATE FUNCTION casework_disputes() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT casework_own_programmes('{dispute_officer}')
$$;

-- The programmes in which a case that was opened in an emergency is one for the person to read.
CREATE FUNCTION casework_breakers() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT casework_own_programmes('{administrator}')
$$;

-- The programmes in which an unsealed mediation is one for the person to read.
CREATE FUNCTION casework_readers() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT casework_own_programmes('{auditor,compliance,manager,supervisor}')
$$;

-- The providers that the person works for.
CREATE FUNCTION casework_organisations() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT organisation_id), '{}') FROM casework_roles()
    WHERE organisation_id IS NOT NULL AND role IN ('provider', 'provider_lead', 'verifier')
$$;

-- Logs that are open to the person for a time, by two persons or in an emergency.
CREATE FUNCTION casework_opened() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(o.log_id), '{}') FROM openings o WHERE o.reader_id = casework_person() AND o.state = 'open' AND o.until > casework_now()
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
        casework_person(), casework_organisations(), casework_opened(), casework_disputes(), casework_readers()
    ) WHERE coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine')
$$;

-- The tracks that are a person's own: referrals that the person works on for their provider, and what runs inside them.
CREATE FUNCTION casework_referred(person text, organisations uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
BEGIN
    IF cardinality(organisations) = 0 THEN
        RETURN;
    END IF;
    PERFORM set_config('casework.reader', 'engine', true);
    RETURN QUERY WITH mine AS (
        SELECT r.id, r.log_id FROM tracks r LEFT JOIN cases c ON c.id = r.log_id LEFT JOIN mediations n ON n.id = r.log_id
        WHERE (r.part = 'request' AND r.provider_id = ANY(organisations) AND r.played ? 'sends' AND NOT person = ANY(r.barred) AND NOT person = ANY(coalesce(c.interests, n.interests)))
    ) SELECT m.id FROM mine m UNION ALL SELECT t.id FROM mine m JOIN tracks t ON t.log_id = m.log_id AND t.parent_id = m.id;
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END
$$;

-- Whether a track is a referral or runs inside one.
CREATE FUNCTION casework_in_referral(asked uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
    found boolean;
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    found := EXISTS (SELECT FROM tracks t WHERE t.id = asked AND (t.part = 'request' OR t.parent_id IS NOT NULL));
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

CREATE POLICY engine ON mediations TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON mediations TO casework_app, CURRENT_USER USING (
    (SELECT casework_engine_reads()) OR id NOT IN (SELECT casework_sealed())
);
ALTER TABLE mediations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON logs TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON logs TO casework_app, CURRENT_USER USING (
    id NOT IN (SELECT casework_sealed())
);
ALTER TABLE logs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON events TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON events TO casework_app, CURRENT_USER USING (
    log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON proposals TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON proposals TO casework_app, CURRENT_USER USING (
    log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE proposals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON consents TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON consents TO casework_app, CURRENT_USER USING (
    log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE consents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON mentions TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON mentions TO casework_app, CURRENT_USER USING (
    log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE mentions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON outbox TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON outbox TO casework_app, CURRENT_USER USING (
    log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON tracks TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON tracks TO casework_app, CURRENT_USER USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed()) AND (
        NOT (tracks.part = 'request') AND parent_id IS NULL OR id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END))) OR NOT EXISTS (SELECT FROM cases c WHERE c.id = tracks.log_id AND NOT (c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))))
        AND (cardinality((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END)) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = tracks.log_id AND NOT coalesce(((c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))), false)
        ))
    )
);
ALTER TABLE tracks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON tasks TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON tasks TO casework_app, CURRENT_USER USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed()) AND (
        tasks.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR track_id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END))) OR NOT EXISTS (SELECT FROM cases c WHERE c.id = tasks.log_id AND NOT (c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))))
        AND (cardinality((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END)) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = tasks.log_id AND NOT coalesce(((c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))), false)
        )) OR NOT casework_in_referral(track_id)
    )
);
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON clocks TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON clocks TO casework_app, CURRENT_USER USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed()) AND (
        track_id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END))) OR NOT EXISTS (SELECT FROM cases c WHERE c.id = clocks.log_id AND NOT (c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))))
        AND (cardinality((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END)) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = clocks.log_id AND NOT coalesce(((c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))), false)
        )) OR NOT casework_in_referral(track_id)
    )
);
ALTER TABLE clocks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON grants TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON grants TO casework_app, CURRENT_USER USING (
    (SELECT casework_engine_reads()) OR EXISTS (SELECT FROM cases c WHERE c.id = grants.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))))
    OR EXISTS (SELECT FROM mediations c WHERE c.id = grants.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND ((c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests)))) OR grants.track_id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END)))
);
ALTER TABLE grants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON documents TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON documents TO casework_app, CURRENT_USER USING (
    (SELECT casework_engine_reads()) OR EXISTS (SELECT FROM cases c WHERE c.id = documents.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))))
    OR EXISTS (SELECT FROM mediations c WHERE c.id = documents.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND ((c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests)))) OR (documents.track_id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END))) OR documents.withdrawn_at IS NULL AND EXISTS (
    SELECT FROM grants g WHERE g.document_id = documents.id AND g.ended_at IS NULL AND g.track_id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END)))
))
);
ALTER TABLE documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON files TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON files TO casework_app, CURRENT_USER USING (
    (SELECT casework_engine_reads()) OR casework_shows_files(document_id)
);
ALTER TABLE files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON contents TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON contents TO casework_app, CURRENT_USER USING (
    (SELECT casework_engine_reads()) OR casework_shows_contents(file_id)
);
ALTER TABLE contents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON blobs TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON blobs TO casework_app, CURRENT_USER USING (
    (SELECT casework_engine_reads()) OR casework_shows_blobs(id)
);
ALTER TABLE blobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON compartments TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON compartments TO casework_app, CURRENT_USER USING (
    (SELECT casework_engine_reads()) OR casework_shows_compartments(id)
);
ALTER TABLE compartments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON reading_heads TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON reading_heads TO casework_app, CURRENT_USER USING (
    current_setting('casework.reader', true) = 'engine'
);
ALTER TABLE reading_heads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON notifications TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON notifications TO casework_app, CURRENT_USER USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR person_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END)
);
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON mails TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON mails TO casework_app, CURRENT_USER USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR NOT sealed
);
ALTER TABLE mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON webhook_messages TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON webhook_messages TO casework_app, CURRENT_USER USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE webhook_messages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON sealed_readings TO casework_engine USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON sealed_readings TO casework_app, CURRENT_USER USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed())
);
ALTER TABLE sealed_readings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
