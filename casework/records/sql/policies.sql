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

-- What the person who reads reaches, of one kind, as an array is written; nothing for the engine, and where nobody said who does.
CREATE FUNCTION casework_reached(kind text) RETURNS text LANGUAGE plpgsql STABLE AS $$
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
    RETURN current_setting('casework.reach_' || kind);
END
$$;

-- The same as ids.
CREATE FUNCTION casework_reach(kind text) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN casework_reached(kind)::uuid[]; END
$$;

-- The mediations that the person who reads works on for their provider, from sending on.
CREATE FUNCTION casework_mediating() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
    person uuid := casework_person();
    organisations uuid[] := casework_reach('organisations');
BEGIN
    IF cardinality(organisations) = 0 THEN
        RETURN;
    END IF;
    PERFORM set_config('casework.reader', 'engine', true);
    RETURN QUERY SELECT r.log_id FROM tracks r WHERE r.sealed AND r.part = 'request' AND (r.shown_to = ANY(organisations) AND NOT person::text = ANY(r.shut_out));
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END
$$;

-- Whether a mediation is one for the person who reads, and more of it than the referrals of their own provider: all of it, or
-- what is `common`. Asked of sealed rows alone; in the rights of who asks, so that the policy of mediations holds within.
CREATE FUNCTION casework_mediated(asked uuid, common boolean) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    reader text := coalesce(current_setting('casework.reader', true), '');
    person uuid;
    disputes uuid[];
    opened uuid[];
    readers uuid[];
BEGIN
    IF reader IN ('', 'engine') THEN
        RETURN false;
    END IF;
    person := casework_person();
    disputes := casework_reach('disputes');
    opened := casework_reach('opened');
    readers := casework_reach('readers');
    RETURN EXISTS (
        SELECT FROM mediations m WHERE m.id = asked AND (
            common OR (m.programme_id = ANY(disputes) AND (m.owner_id = person OR person = ANY(m.team)))
            OR (m.id = ANY(opened) AND m.programme_id = ANY(readers) AND NOT person::text = ANY(m.interests))
        )
    );
END
$$;

-- Whether the person who reads is named for a mediation or it was opened to that person, who has no interest in it; asked of
-- papers that are of no case.
CREATE FUNCTION casework_leads(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    person uuid := casework_person();
BEGIN
    RETURN casework_mediated(asked, false)
        AND EXISTS (SELECT FROM mediations m WHERE m.id = asked AND NOT person::text = ANY(m.interests));
END
$$;

-- Whether a track is a referral that the person who reads works on for their provider, or runs inside one; asked of papers.
CREATE FUNCTION casework_own(asked uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp STRICT AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
    person uuid := casework_person();
    organisations uuid[] := casework_reach('organisations');
    own boolean;
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    own := EXISTS (SELECT FROM tracks r WHERE r.id = asked AND (r.shown_to = ANY(organisations) AND NOT person::text = ANY(r.shut_out)));
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
    RETURN own;
END
$$;

-- Whether a case was opened in an emergency to the person who reads; asked of what is open to that person alone.
CREATE FUNCTION casework_opened(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    person uuid := casework_person();
    opened uuid[] := casework_reach('opened');
    breakers uuid[] := casework_reach('breakers');
BEGIN
    RETURN EXISTS (SELECT FROM cases c WHERE c.id = asked AND (c.id = ANY(opened) AND c.programme_id = ANY(breakers) AND NOT person::text = ANY(c.interests)));
END
$$;

-- Whether a log is shown, by the policy of logs: asked of what is of no case.
CREATE FUNCTION casework_shows_log(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM logs l WHERE l.id = asked); END
$$;

-- Writes what row security asks of the tracks and tasks of a log anew, in all rows that say something else: finished ones, too.
CREATE FUNCTION casework_wall(log uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    UPDATE tracks x SET (shown_to, shut_out) = ROW(w.shown_to, w.shut_out) FROM (
        SELECT r.id, NOT (r.part = 'request') AND r.parent_id IS NULL AS common, a.provider_id AS shown_to,
            CASE WHEN a.provider_id IS NOT NULL
            THEN ARRAY(SELECT DISTINCT x COLLATE "C" FROM unnest(a.barred || h.interests) x(x) ORDER BY 1) END AS shut_out
        FROM tracks r JOIN (SELECT id, interests FROM cases UNION ALL SELECT id, interests FROM mediations) h ON h.id = r.log_id
        LEFT JOIN tracks a ON a.id = CASE WHEN r.part = 'request' THEN r.id ELSE r.parent_id END AND a.log_id = r.log_id AND a.part = 'request' AND a.played ? 'sends'
        WHERE r.log_id = log
    ) w WHERE x.log_id = log AND w.id = x.id AND (x.shown_to, x.shut_out) IS DISTINCT FROM (w.shown_to, w.shut_out);
    UPDATE tasks x SET (shown_to, shut_out, common) = ROW(w.shown_to, w.shut_out, w.common) FROM (
        SELECT r.id, NOT (r.part = 'request') AND r.parent_id IS NULL AS common, a.provider_id AS shown_to,
            CASE WHEN a.provider_id IS NOT NULL
            THEN ARRAY(SELECT DISTINCT x COLLATE "C" FROM unnest(a.barred || h.interests) x(x) ORDER BY 1) END AS shut_out
        FROM tracks r JOIN (SELECT id, interests FROM cases UNION ALL SELECT id, interests FROM mediations) h ON h.id = r.log_id
        LEFT JOIN tracks a ON a.id = CASE WHEN r.part = 'request' THEN r.id ELSE r.parent_id END AND a.log_id = r.log_id AND a.part = 'request' AND a.played ? 'sends'
        WHERE r.log_id = log
    ) w WHERE x.log_id = log AND w.id = x.track_id AND (x.shown_to, x.shut_out, x.common) IS DISTINCT FROM (w.shown_to, w.shut_out, w.common);
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END
$$;

-- The papers that hold the words in a title or the name of a file, of those that the person who reads may see: by programmes and
-- referrals of one's own, as the statement asks that reads them; their policy is asked there.
CREATE FUNCTION casework_find_papers(asked tsquery, person text, programmes uuid[], organisations uuid[], most integer, newest integer, OUT ids uuid[], OUT since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
    mine uuid[];
    here tsquery;
BEGIN
    IF reader IS DISTINCT FROM 'engine' THEN
        person := coalesce(reader, '');
        programmes := ARRAY(SELECT unnest(programmes) INTERSECT SELECT unnest(casework_reach('programmes')));
        organisations := ARRAY(SELECT unnest(organisations) INTERSECT SELECT unnest(casework_reach('organisations')));
    END IF;
    PERFORM set_config('casework.reader', 'engine', true);
    mine := ARRAY(
        SELECT t.log_id FROM tracks t
        WHERE t.provider_id = ANY(organisations) AND t.part = 'request' AND t.played ? 'sends' AND NOT person = ANY(t.barred) LIMIT 2001
    );
    here := asked && CAST((SELECT string_agg(quote_literal('#paper-' || p), ' | ') FROM unnest(programmes) p) AS tsquery);
    ids := ARRAY(SELECT w.document_id FROM searched_words w JOIN cases c ON c.id = w.log_id AND NOT person = ANY(c.interests) WHERE w.terms @@ here LIMIT most + 1);
    IF cardinality(ids) > most THEN
        SELECT array_agg(x.id), min(x.at) INTO ids, since FROM (
            SELECT n.id, n.at FROM unnest(programmes) p(id) CROSS JOIN LATERAL (
                SELECT w.document_id AS id, w.at FROM searched_words w JOIN cases c ON c.id = w.log_id AND NOT person = ANY(c.interests)
                WHERE w.programme_id = p.id AND w.document_id IS NOT NULL AND coalesce(w.terms @@ asked, false) ORDER BY w.at DESC LIMIT newest
            ) n ORDER BY n.at DESC LIMIT newest
        ) x;
    END IF;
    IF cardinality(mine) > 2000 THEN
        ids := NULL;
    ELSIF cardinality(mine) > 0 THEN
        ids := ids || ARRAY(
            SELECT w.document_id FROM searched_words w JOIN documents d ON d.id = w.document_id JOIN cases c ON c.id = d.log_id
            WHERE w.log_id = ANY(mine) AND w.document_id IS NOT NULL AND w.terms @@ asked AND (EXISTS (
    SELECT FROM tracks r JOIN tracks a ON a.id = CASE WHEN r.part = 'request' THEN r.id ELSE r.parent_id END
    WHERE r.id = d.track_id AND (a.part = 'request' AND a.provider_id = ANY(organisations) AND a.played ? 'sends' AND NOT person = ANY(a.barred) AND NOT person = ANY(c.interests))
) OR d.withdrawn_at IS NULL AND EXISTS (
    SELECT FROM grants g WHERE g.document_id = d.id AND g.ended_at IS NULL AND EXISTS (
    SELECT FROM tracks r JOIN tracks a ON a.id = CASE WHEN r.part = 'request' THEN r.id ELSE r.parent_id END
    WHERE r.id = g.track_id AND (a.part = 'request' AND a.provider_id = ANY(organisations) AND a.played ? 'sends' AND NOT person = ANY(a.barred) AND NOT person = ANY(c.interests))
)
))
        );
    END IF;
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END
$$;

-- Likewise the logs with messages that hold the words.
CREATE FUNCTION casework_find_messages(asked tsquery, person text, programmes uuid[], organisations uuid[], most integer, newest integer, OUT ids uuid[], OUT since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
    mine uuid[];
    here tsquery;
BEGIN
    IF reader IS DISTINCT FROM 'engine' THEN
        person := coalesce(reader, '');
        programmes := ARRAY(SELECT unnest(programmes) INTERSECT SELECT unnest(casework_reach('programmes')));
        organisations := ARRAY(SELECT unnest(organisations) INTERSECT SELECT unnest(casework_reach('organisations')));
    END IF;
    PERFORM set_config('casework.reader', 'engine', true);
    mine := ARRAY(
        SELECT t.log_id FROM tracks t
        WHERE t.provider_id = ANY(organisations) AND t.part = 'request' AND t.played ? 'sends' AND NOT person = ANY(t.barred) LIMIT 2001
    );
    here := asked && CAST((SELECT string_agg(quote_literal('#said-' || p), ' | ') FROM unnest(programmes) p) AS tsquery);
    ids := ARRAY(SELECT w.log_id FROM searched_words w  WHERE w.terms @@ here LIMIT most + 1);
    IF cardinality(ids) > most THEN
        SELECT array_agg(x.id), min(x.at) INTO ids, since FROM (
            SELECT n.id, n.at FROM unnest(programmes) p(id) CROSS JOIN LATERAL (
                SELECT w.log_id AS id, w.at FROM searched_words w 
                WHERE w.programme_id = p.id AND w.document_id IS NULL AND coalesce(w.terms @@ asked, false) ORDER BY w.at DESC LIMIT newest
            ) n ORDER BY n.at DESC LIMIT newest
        ) x;
    END IF;
    IF cardinality(mine) > 2000 THEN
        ids := NULL;
    ELSIF cardinality(mine) > 0 THEN
        ids := ids || ARRAY(
            SELECT w.log_id FROM searched_words w JOIN cases c ON c.id = w.log_id
            JOIN events e ON e.log_id = w.log_id AND e.seq = CASE WHEN w.document_id IS NULL THEN CAST(w.source AS bigint) END
            JOIN tracks a ON a.id = e.track_id
            WHERE w.log_id = ANY(mine) AND w.document_id IS NULL AND w.terms @@ asked AND (a.part = 'request' AND a.provider_id = ANY(organisations) AND a.played ? 'sends' AND NOT person = ANY(a.barred) AND NOT person = ANY(c.interests))
        );
    END IF;
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END
$$;

-- Whether files are shown, as far as what is above them.
CREATE FUNCTION casework_shows_files(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM documents d WHERE d.id = asked) OR EXISTS (SELECT FROM evidence x WHERE x.id = asked); END
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
    (SELECT casework_engine_reads()) OR (mediations.programme_id = ANY((SELECT casework_reach('disputes'))::uuid[]) AND (mediations.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY(mediations.team))) OR (mediations.id = ANY((SELECT casework_reach('opened'))::uuid[]) AND mediations.programme_id = ANY((SELECT casework_reach('readers'))::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(mediations.interests))
    OR id IN (SELECT casework_mediating())
);
ALTER TABLE mediations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON logs USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON logs TO casework_app USING (
    NOT sealed OR casework_mediated(id, true)
);
ALTER TABLE logs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON events USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON events TO casework_app USING (
    coalesce(
        (SELECT true FROM cases c WHERE c.id = events.log_id), casework_shows_log(events.log_id)
    )
);
ALTER TABLE events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON proposals USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON proposals TO casework_app USING (
    coalesce(
        (SELECT true FROM cases c WHERE c.id = proposals.log_id), casework_shows_log(proposals.log_id)
    )
);
ALTER TABLE proposals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON consents USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON consents TO casework_app USING (
    coalesce(
        (SELECT true FROM cases c WHERE c.id = consents.log_id), casework_shows_log(consents.log_id)
    )
);
ALTER TABLE consents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON impacts USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON impacts TO casework_app USING (
    coalesce(
        (SELECT true FROM cases c WHERE c.id = impacts.log_id), casework_shows_log(impacts.log_id)
    )
);
ALTER TABLE impacts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON statements USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON statements TO casework_app USING (
    coalesce(
        (SELECT true FROM cases c WHERE c.id = statements.log_id), casework_shows_log(statements.log_id)
    )
);
ALTER TABLE statements ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON mentions USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON mentions TO casework_app USING (
    coalesce(
        (SELECT true FROM cases c WHERE c.id = mentions.log_id), casework_shows_log(mentions.log_id)
    )
);
ALTER TABLE mentions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON outbox USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON outbox TO casework_app USING (
    coalesce(
        (SELECT true FROM cases c WHERE c.id = outbox.log_id), casework_shows_log(outbox.log_id)
    )
);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON tracks USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON tracks TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine')
    OR NOT tracks.sealed AND ((NOT (tracks.part = 'request') AND tracks.parent_id IS NULL) OR tracks.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[]))
    OR tracks.shown_to::text IN (SELECT unnest(string_to_array(btrim((SELECT casework_reached('organisations')), '{}'), ','))) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(tracks.shut_out)
    OR CASE WHEN tracks.sealed THEN casework_mediated(tracks.log_id, (NOT (tracks.part = 'request') AND tracks.parent_id IS NULL))
        ELSE tracks.log_id = ANY((SELECT casework_reach('opened'))::uuid[])
            AND casework_opened(tracks.log_id) END
);
ALTER TABLE tracks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON tasks USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON tasks TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine')
    OR NOT tasks.sealed AND (tasks.common OR tasks.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[]))
    OR tasks.shown_to::text IN (SELECT unnest(string_to_array(btrim((SELECT casework_reached('organisations')), '{}'), ','))) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(tasks.shut_out)
    OR CASE WHEN tasks.sealed THEN casework_mediated(tasks.log_id, tasks.common OR tasks.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[]))
        ELSE tasks.log_id = ANY((SELECT casework_reach('opened'))::uuid[])
            AND casework_opened(tasks.log_id) END
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
    (SELECT casework_engine_reads()) OR coalesce(
        (SELECT NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[]) OR (c.id = ANY((SELECT casework_reach('opened'))::uuid[]) AND c.programme_id = ANY((SELECT casework_reach('breakers'))::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))) FROM cases c WHERE c.id = grants.log_id), casework_leads(grants.log_id)
    ) OR cardinality((SELECT casework_reach('organisations'))::uuid[]) > 0 AND casework_own(grants.track_id)
);
ALTER TABLE grants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON documents USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON documents TO casework_app USING (
    (SELECT casework_engine_reads()) OR coalesce(
        (SELECT NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[]) OR (c.id = ANY((SELECT casework_reach('opened'))::uuid[]) AND c.programme_id = ANY((SELECT casework_reach('breakers'))::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))) FROM cases c WHERE c.id = documents.log_id), casework_leads(documents.log_id)
    ) OR (cardinality((SELECT casework_reach('organisations'))::uuid[]) > 0 AND casework_own(documents.track_id) OR documents.withdrawn_at IS NULL AND EXISTS (
    SELECT FROM grants g WHERE g.document_id = documents.id AND g.ended_at IS NULL AND cardinality((SELECT casework_reach('organisations'))::uuid[]) > 0 AND casework_own(g.track_id)
))
);
ALTER TABLE documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON evidence USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON evidence TO casework_app USING (
    (SELECT casework_engine_reads()) OR programme_id = ANY((SELECT casework_reach('programmes'))::uuid[])
);
ALTER TABLE evidence ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON party_links USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON party_links TO casework_app USING (
    (SELECT casework_engine_reads()) OR coalesce(
        (SELECT NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY((SELECT casework_reach('programmes'))::uuid[]) OR (c.id = ANY((SELECT casework_reach('opened'))::uuid[]) AND c.programme_id = ANY((SELECT casework_reach('breakers'))::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY(c.interests))) FROM cases c WHERE c.id = party_links.log_id), casework_leads(party_links.log_id)
    )
);
ALTER TABLE party_links ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON party_link_secrets USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON party_link_secrets TO casework_app USING (
    current_setting('casework.reader', true) = 'engine'
);
ALTER TABLE party_link_secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON office_link_secrets USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON office_link_secrets TO casework_app USING (
    current_setting('casework.reader', true) = 'engine'
);
ALTER TABLE office_link_secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

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

CREATE POLICY engine ON figure_facts USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON figure_facts TO casework_app USING (
    current_setting('casework.reader', true) = 'engine'
);
ALTER TABLE figure_facts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON kept_figures USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON kept_figures TO casework_app USING (
    current_setting('casework.reader', true) = 'engine'
);
ALTER TABLE kept_figures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON kept_figure_lines USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON kept_figure_lines TO casework_app USING (
    current_setting('casework.reader', true) = 'engine'
);
ALTER TABLE kept_figure_lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON kept_figure_parts USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON kept_figure_parts TO casework_app USING (
    current_setting('casework.reader', true) = 'engine'
);
ALTER TABLE kept_figure_parts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON verifications USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON verifications TO casework_app USING (
    current_setting('casework.reader', true) = 'engine'
);
ALTER TABLE verifications ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON verified_leaves USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON verified_leaves TO casework_app USING (
    current_setting('casework.reader', true) = 'engine'
);
ALTER TABLE verified_leaves ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

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

CREATE POLICY engine ON follows USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON follows TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR person_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END)
);
ALTER TABLE follows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON mails USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON mails TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR NOT sealed
);
ALTER TABLE mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON webhook_messages USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON webhook_messages TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR coalesce(
        (SELECT true FROM cases c WHERE c.id = webhook_messages.log_id), casework_shows_log(webhook_messages.log_id)
    )
);
ALTER TABLE webhook_messages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY engine ON sealed_readings USING (current_setting('casework.reader', true) = 'engine');
CREATE POLICY readers ON sealed_readings TO casework_app USING (
    (SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR coalesce(
        (SELECT true FROM cases c WHERE c.id = sealed_readings.log_id), casework_shows_log(sealed_readings.log_id)
    )
);
ALTER TABLE sealed_readings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
