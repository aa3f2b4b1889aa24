-- The policies as they first stood, which asked everything anew for each table of a statement: what today's are held against.
-- Each is a view of its table, in a schema that is looked in first; who reads is `former.reader`, while the engine reads the tables.

CREATE FUNCTION former_reader() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF coalesce(current_setting('former.reader', true), '') = '' THEN
        RAISE insufficient_privilege USING MESSAGE = 'Nobody said who reads in this transaction: former.reader is not set.';
    END IF;
    RETURN current_setting('former.reader');
END $$;

CREATE FUNCTION former_engine_reads() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT former_reader() = 'engine'
$$;

-- Null for the engine.
CREATE FUNCTION former_person() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN former_reader() <> 'engine' THEN CAST(former_reader() AS uuid) END
$$;

-- The roles of the person that hold now, and count.
CREATE FUNCTION former_roles() RETURNS TABLE (role text, programme_id uuid, organisation_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = former, public, pg_temp AS $$
    SELECT m.role, m.programme_id, m.organisation_id FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.person_id = former_person() AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    AND (m.role NOT IN ('auditor', 'compliance', 'officer', 'supervisor') OR NOT EXISTS (
            SELECT FROM memberships d WHERE d.person_id = m.person_id AND d.programme_id = m.programme_id
            AND CASE WHEN m.role = 'auditor' THEN d.role IN ('administrator', 'compliance', 'dispute_officer', 'officer', 'supervisor') ELSE d.role = 'dispute_officer' END
            AND d.starts_at <= casework_now() AND (d.ends_at IS NULL OR d.ends_at > casework_now())
        ))
$$;

-- The programmes in which the person has one of the roles in the own name: a sealed log knows no deputies.
CREATE FUNCTION former_own_programmes(roles text[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = former, public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT m.programme_id), '{}') FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.person_id = former_person() AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    AND (m.role NOT IN ('auditor', 'compliance', 'officer', 'supervisor') OR NOT EXISTS (
            SELECT FROM memberships d WHERE d.person_id = m.person_id AND d.programme_id = m.programme_id
            AND CASE WHEN m.role = 'auditor' THEN d.role IN ('administrator', 'compliance', 'dispute_officer', 'officer', 'supervisor') ELSE d.role = 'dispute_officer' END
            AND d.starts_at <= casework_now() AND (d.ends_at IS NULL OR d.ends_at > casework_now())
        ))
    AND m.programme_id IS NOT NULL AND m.deputy_for IS NULL AND m.role = ANY (roles)
$$;

-- The programmes whose cases the person reads whole.
CREATE FUNCTION former_programmes() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT programme_id), '{}') FROM former_roles()
    WHERE programme_id IS NOT NULL AND role IN ('auditor', 'compliance', 'manager', 'officer', 'supervisor')
$$;

-- The programmes whose mediations the person leads where named.
CREATE FUNCTION former_disputes() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT former_own_programmes('{dispute_officer}')
$$;

-- The programmes in which a case that was opened in an emergency is one for the person to read.
CREATE FUNCTION former_breakers() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT former_own_programmes('{administrator}')
$$;

-- The programmes in which an unsealed mediation is one for the person to read.
CREATE FUNCTION former_readers() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT former_own_programmes('{auditor,compliance,manager,supervisor}')
$$;

-- The providers that the person works for.
CREATE FUNCTION former_organisations() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT organisation_id), '{}') FROM former_roles()
    WHERE organisation_id IS NOT NULL AND role IN ('provider', 'provider_lead', 'verifier')
$$;

-- Logs that are open to the person for a time, by two persons or in an emergency.
CREATE FUNCTION former_opened() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(o.log_id), '{}') FROM openings o WHERE o.reader_id = former_person() AND o.state = 'open' AND o.until > casework_now()
$$;

-- The mediations that are sealed from a person: all but those that the person is named for, works on for their provider, or
-- that were opened to the person.
CREATE FUNCTION former_sealed_from(
    person uuid, organisations uuid[], opened uuid[], disputes uuid[], readers uuid[]
) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = former, public, pg_temp AS $$
DECLARE
    reader text := current_setting('former.reader', true);
BEGIN
    PERFORM set_config('former.reader', 'engine', true);
    RETURN QUERY SELECT m.id FROM mediations m WHERE NOT coalesce(
        (m.programme_id = ANY(disputes) AND (m.owner_id = person OR person = ANY(m.team)))
        OR (m.id = ANY(opened) AND m.programme_id = ANY(readers) AND NOT person::text = ANY(m.interests))
        OR cardinality(organisations) > 0 AND EXISTS (
            SELECT FROM tracks r WHERE r.log_id = m.id AND (r.part = 'request' AND r.provider_id = ANY(organisations) AND r.played ? 'sends' AND NOT person::text = ANY(r.barred) AND NOT person::text = ANY(m.interests))
        ), false
    );
    PERFORM set_config('former.reader', coalesce(reader, ''), true);
END
$$;

-- From whoever reads in this transaction; all of them where nobody said who does, and none from the engine.
CREATE FUNCTION former_sealed() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT former_sealed_from(NULL, '{}', '{}', '{}', '{}') WHERE coalesce(current_setting('former.reader', true), '') = ''
    UNION ALL
    SELECT former_sealed_from(
        former_person(), former_organisations(), former_opened(), former_disputes(), former_readers()
    ) WHERE coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine')
$$;

-- The tracks that are a person's own: referrals that the person works on for their provider, and what runs inside them.
CREATE FUNCTION former_referred(person text, organisations uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = former, public, pg_temp AS $$
DECLARE
    reader text := current_setting('former.reader', true);
BEGIN
    IF cardinality(organisations) = 0 THEN
        RETURN;
    END IF;
    PERFORM set_config('former.reader', 'engine', true);
    RETURN QUERY WITH mine AS (
        SELECT r.id, r.log_id FROM tracks r LEFT JOIN cases c ON c.id = r.log_id LEFT JOIN mediations n ON n.id = r.log_id
        WHERE (r.part = 'request' AND r.provider_id = ANY(organisations) AND r.played ? 'sends' AND NOT person = ANY(r.barred) AND NOT person = ANY(coalesce(c.interests, n.interests)))
    ) SELECT m.id FROM mine m UNION ALL SELECT t.id FROM mine m JOIN tracks t ON t.log_id = m.log_id AND t.parent_id = m.id;
    PERFORM set_config('former.reader', coalesce(reader, ''), true);
END
$$;

-- Whether a track is a referral or runs inside one.
CREATE FUNCTION former_in_referral(asked uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = former, public, pg_temp AS $$
DECLARE
    reader text := current_setting('former.reader', true);
    found boolean;
BEGIN
    PERFORM set_config('former.reader', 'engine', true);
    found := EXISTS (SELECT FROM tracks t WHERE t.id = asked AND (t.part = 'request' OR t.parent_id IS NOT NULL));
    PERFORM set_config('former.reader', coalesce(reader, ''), true);
    RETURN found;
END
$$;

-- Whether files are shown, as far as what is above them.
CREATE FUNCTION former_shows_files(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM documents d WHERE d.id = asked); END
$$;

-- Whether contents are shown, as far as what is above them.
CREATE FUNCTION former_shows_contents(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM files f WHERE f.id = asked); END
$$;

-- Whether blobs are shown, as far as what is above them.
CREATE FUNCTION former_shows_blobs(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM contents k WHERE k.blob_id = asked); END
$$;

-- Whether compartments are shown, as far as what is above them.
CREATE FUNCTION former_shows_compartments(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM blobs b WHERE b.compartment_id = asked); END
$$;

CREATE VIEW mediations AS SELECT * FROM public.mediations WHERE (
    (SELECT former_engine_reads()) OR id NOT IN (SELECT former_sealed())
);

CREATE VIEW logs AS SELECT * FROM public.logs WHERE (
    id NOT IN (SELECT former_sealed())
);

CREATE VIEW events AS SELECT * FROM public.events WHERE (
    log_id NOT IN (SELECT former_sealed())
);

CREATE VIEW proposals AS SELECT * FROM public.proposals WHERE (
    log_id NOT IN (SELECT former_sealed())
);

CREATE VIEW consents AS SELECT * FROM public.consents WHERE (
    log_id NOT IN (SELECT former_sealed())
);

CREATE VIEW mentions AS SELECT * FROM public.mentions WHERE (
    log_id NOT IN (SELECT former_sealed())
);

CREATE VIEW outbox AS SELECT * FROM public.outbox WHERE (
    log_id NOT IN (SELECT former_sealed())
);

CREATE VIEW tracks AS SELECT * FROM public.tracks WHERE (
    (SELECT coalesce(current_setting('former.reader', true), '') = 'engine') OR log_id NOT IN (SELECT former_sealed()) AND (
        NOT (tracks.part = 'request') AND parent_id IS NULL OR id IN (SELECT former_referred((SELECT coalesce(current_setting('former.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_organisations() END))) OR NOT EXISTS (SELECT FROM cases c WHERE c.id = tracks.log_id AND NOT (c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_programmes() END)::uuid[]) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY(c.interests))))
        AND (cardinality((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_organisations() END)) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = tracks.log_id AND NOT coalesce(((c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY(c.interests))), false)
        ))
    )
);

CREATE VIEW tasks AS SELECT * FROM public.tasks WHERE (
    (SELECT coalesce(current_setting('former.reader', true), '') = 'engine') OR log_id NOT IN (SELECT former_sealed()) AND (
        tasks.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_programmes() END)::uuid[]) OR track_id IN (SELECT former_referred((SELECT coalesce(current_setting('former.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_organisations() END))) OR NOT EXISTS (SELECT FROM cases c WHERE c.id = tasks.log_id AND NOT (c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_programmes() END)::uuid[]) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY(c.interests))))
        AND (cardinality((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_organisations() END)) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = tasks.log_id AND NOT coalesce(((c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY(c.interests))), false)
        )) OR NOT former_in_referral(track_id)
    )
);

CREATE VIEW clocks AS SELECT * FROM public.clocks WHERE (
    (SELECT coalesce(current_setting('former.reader', true), '') = 'engine') OR log_id NOT IN (SELECT former_sealed()) AND (
        track_id IN (SELECT former_referred((SELECT coalesce(current_setting('former.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_organisations() END))) OR NOT EXISTS (SELECT FROM cases c WHERE c.id = clocks.log_id AND NOT (c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_programmes() END)::uuid[]) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY(c.interests))))
        AND (cardinality((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_organisations() END)) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = clocks.log_id AND NOT coalesce(((c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY(c.interests))), false)
        )) OR NOT former_in_referral(track_id)
    )
);

CREATE VIEW case_dates AS SELECT * FROM public.case_dates WHERE (
    (SELECT coalesce(current_setting('former.reader', true), '') = 'engine')
    OR EXISTS (SELECT FROM cases c WHERE c.id = case_dates.id AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_programmes() END)::uuid[]))
);

CREATE VIEW grants AS SELECT * FROM public.grants WHERE (
    (SELECT former_engine_reads()) OR EXISTS (SELECT FROM cases c WHERE c.id = grants.log_id AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_programmes() END)::uuid[]) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY(c.interests))))
    OR EXISTS (SELECT FROM mediations c WHERE c.id = grants.log_id AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY (c.interests) AND ((c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY(c.interests)))) OR grants.track_id IN (SELECT former_referred((SELECT coalesce(current_setting('former.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_organisations() END)))
);

CREATE VIEW documents AS SELECT * FROM public.documents WHERE (
    (SELECT former_engine_reads()) OR EXISTS (SELECT FROM cases c WHERE c.id = documents.log_id AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_programmes() END)::uuid[]) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY(c.interests))))
    OR EXISTS (SELECT FROM mediations c WHERE c.id = documents.log_id AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY (c.interests) AND ((c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END) = ANY(c.team))) OR (c.id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_opened() END)::uuid[]) AND c.programme_id = ANY((SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('former.reader', true), '')) = ANY(c.interests)))) OR (documents.track_id IN (SELECT former_referred((SELECT coalesce(current_setting('former.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_organisations() END))) OR documents.withdrawn_at IS NULL AND EXISTS (
    SELECT FROM grants g WHERE g.document_id = documents.id AND g.ended_at IS NULL AND g.track_id IN (SELECT former_referred((SELECT coalesce(current_setting('former.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE former_organisations() END)))
))
);

CREATE VIEW files AS SELECT * FROM public.files WHERE (
    (SELECT former_engine_reads()) OR former_shows_files(document_id)
);

CREATE VIEW contents AS SELECT * FROM public.contents WHERE (
    (SELECT former_engine_reads()) OR former_shows_contents(file_id)
);

CREATE VIEW blobs AS SELECT * FROM public.blobs WHERE (
    (SELECT former_engine_reads()) OR former_shows_blobs(id)
);

CREATE VIEW compartments AS SELECT * FROM public.compartments WHERE (
    (SELECT former_engine_reads()) OR former_shows_compartments(id)
);

CREATE VIEW reading_heads AS SELECT * FROM public.reading_heads WHERE (
    current_setting('former.reader', true) = 'engine'
);

CREATE VIEW notifications AS SELECT * FROM public.notifications WHERE (
    (SELECT coalesce(current_setting('former.reader', true), '') = 'engine') OR person_id = (SELECT CASE WHEN coalesce(current_setting('former.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('former.reader', true), '') AS uuid) END)
);

CREATE VIEW mails AS SELECT * FROM public.mails WHERE (
    (SELECT coalesce(current_setting('former.reader', true), '') = 'engine') OR NOT sealed
);

CREATE VIEW webhook_messages AS SELECT * FROM public.webhook_messages WHERE (
    (SELECT coalesce(current_setting('former.reader', true), '') = 'engine') OR log_id NOT IN (SELECT former_sealed())
);

CREATE VIEW sealed_readings AS SELECT * FROM public.sealed_readings WHERE (
    (SELECT coalesce(current_setting('former.reader', true), '') = 'engine') OR log_id NOT IN (SELECT former_sealed())
);
