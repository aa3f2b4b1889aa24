-- The functions of the database, in the order in which they ask each other. `policies.sql` says who is shown what by them.

-- The one clock. A session may run ahead or behind for a simulation; production never sets the offset.
CREATE FUNCTION casework_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT clock_timestamp() + make_interval(secs =>
        coalesce(nullif(current_setting('casework.clock_offset', true), ''), '0')::double precision)
$$;

-- Who reads in this transaction: a person's id, or engine. A transaction that does not say so reads nothing, aloud.
CREATE FUNCTION casework_reader() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF coalesce(current_setting('casework.reader', true), '') = '' THEN
        RAISE insufficient_privilege USING MESSAGE = 'Nobody said who reads in this transaction: casework.reader is not set.';
    END IF;
    RETURN current_setting('casework.reader');
END $$;

CREATE FUNCTION casework_engine_reads() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT casework_reader() = 'engine'
$$;

-- Null for the engine.
CREATE FUNCTION casework_person() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN casework_reader() <> 'engine' THEN CAST(casework_reader() AS uuid) END
$$;

-- The roles of the person that hold now. Beside the dispute officer's role nobody decides in the cases of the same programme,
-- and whoever decides, mediates or gives roles there is no auditor.
CREATE FUNCTION casework_roles() RETURNS TABLE (role text, programme_id uuid, organisation_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH held AS (
        SELECT m.role, m.programme_id, m.organisation_id, m.deputy_for FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
        WHERE m.person_id = casework_person() AND m.starts_at <= casework_now()
        AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    ) SELECT role, programme_id, organisation_id FROM held h
    WHERE (role NOT IN ('officer', 'supervisor', 'compliance') OR NOT EXISTS (
        SELECT FROM held d WHERE d.role = 'dispute_officer' AND d.programme_id = h.programme_id
    )) AND (role <> 'auditor' OR NOT EXISTS (
        SELECT FROM held d WHERE d.programme_id = h.programme_id
        AND d.role IN ('officer', 'supervisor', 'compliance', 'dispute_officer', 'administrator')
    ))
$$;

-- The programmes in which the person has one of the roles in the own name: a sealed log knows no deputies.
CREATE FUNCTION casework_own_programmes(roles text[]) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    WITH held AS (
        SELECT m.role, m.programme_id, m.organisation_id, m.deputy_for FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
        WHERE m.person_id = casework_person() AND m.starts_at <= casework_now()
        AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    ) SELECT coalesce(array_agg(DISTINCT programme_id), '{}') FROM held h
    WHERE programme_id IS NOT NULL AND deputy_for IS NULL AND role = ANY (roles)
    AND (role NOT IN ('officer', 'supervisor', 'compliance') OR NOT EXISTS (
        SELECT FROM held d WHERE d.role = 'dispute_officer' AND d.programme_id = h.programme_id
    )) AND (role <> 'auditor' OR NOT EXISTS (
        SELECT FROM held d WHERE d.programme_id = h.programme_id
        AND d.role IN ('officer', 'supervisor', 'compliance', 'dispute_officer', 'administrator')
    ))
$$;

-- The programmes whose cases the person reads whole.
CREATE FUNCTION casework_programmes() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT programme_id), '{}') FROM casework_roles()
    WHERE programme_id IS NOT NULL AND role IN ('officer', 'supervisor', 'compliance', 'manager', 'auditor')
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
    SELECT casework_own_programmes('{supervisor,compliance,auditor,manager}')
$$;

-- The providers that the person works for.
CREATE FUNCTION casework_organisations() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT organisation_id), '{}') FROM casework_roles()
    WHERE organisation_id IS NOT NULL AND role IN ('provider', 'provider_lead', 'verifier')
$$;

-- Logs that are open to the person for a time, by two persons or in an emergency.
CREATE FUNCTION casework_opened() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(log_id), '{}') FROM openings
    WHERE reader_id = casework_person() AND state = 'open' AND until > casework_now()
$$;

-- The mediations that are sealed from a person: all but those that the person is named for, works on for their provider, or
-- that were opened to the person. It looks as the engine, past the policies that ask it, and then who read before reads again.
CREATE FUNCTION casework_sealed_from(person uuid, organisations uuid[], opened uuid[], disputes uuid[], readers uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    RETURN QUERY SELECT m.id FROM mediations m WHERE NOT coalesce(
        m.programme_id = ANY (disputes) AND (m.owner_id = person OR person = ANY (m.team))
        OR NOT person::text = ANY (m.interests) AND (
            m.id = ANY (opened) AND m.programme_id = ANY (readers) OR cardinality(organisations) > 0 AND EXISTS (
            SELECT FROM tracks r WHERE r.log_id = m.id AND r.workflow = 'referral' AND r.provider_id = ANY (organisations)
            AND NOT 'draft' = ANY (r.states) AND r.fired ? 'send' AND NOT person::text = ANY (r.barred)
        )), false
    );
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END $$;

-- From whoever reads in this transaction; all of them where nobody said who does, and none from the engine.
CREATE FUNCTION casework_sealed() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT casework_sealed_from(NULL, '{}', '{}', '{}', '{}') WHERE coalesce(current_setting('casework.reader', true), '') = ''
    UNION ALL
    SELECT casework_sealed_from(casework_person(), casework_organisations(), casework_opened(), casework_disputes(), casework_readers()) WHERE coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine')
$$;

-- The tracks that are a person's own: referrals that were sent to a provider that the person works for, and what runs
-- inside them; neither barred from it nor with an interest in its case. It looks as the engine, past the policies that ask it,
-- and then who read before reads again.
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
        SELECT r.id, r.log_id FROM tracks r
        WHERE r.workflow = 'referral' AND r.provider_id = ANY (organisations) AND NOT 'draft' = ANY (r.states)
        AND r.fired ? 'send' AND NOT person = ANY (r.barred)
        AND NOT EXISTS (SELECT FROM cases c WHERE c.id = r.log_id AND person = ANY (c.interests))
        AND NOT EXISTS (SELECT FROM mediations c WHERE c.id = r.log_id AND person = ANY (c.interests))
    ) SELECT m.id FROM mine m UNION ALL SELECT t.id FROM mine m JOIN tracks t ON t.log_id = m.log_id AND t.parent_id = m.id;
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END $$;

-- Whether a track is a referral or runs inside one; looked up in the same way.
CREATE FUNCTION casework_in_referral(asked uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
    found boolean;
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    found := EXISTS (SELECT FROM tracks t WHERE t.id = asked AND (t.workflow = 'referral' OR t.parent_id IS NOT NULL));
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
    RETURN found;
END $$;

-- Files, their contents, blobs and compartments are shown as far as what is above them: each in the rights of who asks, so that
-- the policy of the table above holds within it. By functions, whose plans are kept: policies within policies take long to plan.
CREATE FUNCTION casework_shows_files(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM documents d WHERE d.id = asked); END $$;
CREATE FUNCTION casework_shows_contents(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM files f WHERE f.id = asked); END $$;
CREATE FUNCTION casework_shows_blobs(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM contents k WHERE k.blob_id = asked); END $$;
CREATE FUNCTION casework_shows_compartments(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN EXISTS (SELECT FROM blobs b WHERE b.compartment_id = asked); END $$;

-- An erasure that was asked for and agreed to by two persons in their roles, as its chained history tells: a row says nothing.
CREATE FUNCTION casework_agreed(erasure uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
    found boolean;
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    found := EXISTS (
        SELECT FROM public.erasures e JOIN public.logs l ON l.id = e.id AND l.kind = 'erasure'
        JOIN public.events a ON a.log_id = e.id AND a.seq = 1 AND a.kind = 'erasure_asked'
        JOIN public.events b ON b.log_id = e.id AND b.kind = 'erasure_agreed'
        WHERE e.id = erasure AND e.state = 'agreed' AND e.decided_by <> e.asked_by
        AND a.actor_id = CAST(e.asked_by AS text) AND b.actor_id = CAST(e.decided_by AS text) AND a.at <= b.at
        AND b.header->>'prev' = a.hash AND a.effects->>'programme' = CAST(e.programme_id AS text)
        AND NOT EXISTS (
            SELECT FROM public.events x WHERE x.log_id = e.id AND x.kind IN ('erasure_refused', 'erasure_done')
        )
        AND EXISTS (
            SELECT FROM public.memberships m WHERE m.person_id = e.asked_by AND m.programme_id = e.programme_id
            AND m.role = 'administrator' AND m.deputy_for IS NULL AND m.starts_at <= a.at AND coalesce(m.ends_at, 'infinity') >= a.at
        )
        AND EXISTS (
            SELECT FROM public.memberships m WHERE m.person_id = e.decided_by AND m.programme_id = e.programme_id
            AND m.role IN ('compliance', 'manager') AND m.deputy_for IS NULL
            AND m.starts_at <= b.at AND coalesce(m.ends_at, 'infinity') >= b.at
        )
    );
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
    RETURN found;
END $$;

-- Values of one event's body go, each for its hash: the one way by which anything leaves the history.
CREATE FUNCTION casework_erase(erasure uuid, log uuid, event bigint, hashes jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT public.casework_agreed(erasure) THEN
        RAISE EXCEPTION 'two persons have not agreed to this erasure' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('casework.erasing', 'on', true);
    UPDATE public.events x
    SET body = x.body || (SELECT jsonb_object_agg(h.key, jsonb_build_object('hash', h.value)) FROM jsonb_each_text(hashes) h)
    WHERE x.log_id = log AND x.seq = event AND NOT EXISTS (SELECT FROM jsonb_object_keys(hashes) k WHERE NOT x.body ? k);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the event has no such fields' USING ERRCODE = 'no_data_found';
    END IF;
    PERFORM set_config('casework.erasing', 'off', true);
END $$;

-- What was searched for goes out of the readings that name the person; how many they were.
CREATE FUNCTION casework_erase_readings(erasure uuid, named text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    count bigint;
    more bigint := 0;
BEGIN
    IF NOT public.casework_agreed(erasure) THEN
        RAISE EXCEPTION 'two persons have not agreed to this erasure' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE public.readings SET address = split_part(address, '?', 1), salt = NULL, erasure_id = erasure
    WHERE split_part(address, '?', 2) ~* named;
    GET DIAGNOSTICS count = ROW_COUNT;
    UPDATE public.sealed_readings SET address = split_part(address, '?', 1), salt = NULL, erasure_id = erasure
    WHERE split_part(address, '?', 2) ~* named;
    GET DIAGNOSTICS more = ROW_COUNT;
    RETURN count + more;
END $$;

-- The hash of a reading: each part with its length before it, so that no two rows give one text. The query has a salted hash of
-- its own: it goes where an erasure took it out, and its hash stays.
CREATE FUNCTION casework_reading_hash(
    chain uuid, n bigint, prev text, person uuid, at timestamptz, number text, address text, query text, document uuid
) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT encode(sha256(convert_to(string_agg(coalesce(length(p) || ':' || p, '-'), ',' ORDER BY o), 'UTF8')), 'hex')
    FROM unnest(ARRAY[
        chain::text, n::text, prev, person::text, (extract(epoch FROM at) * 1000000)::bigint::text, number,
        split_part(address, '?', 1), query, document::text
    ]) WITH ORDINALITY AS parts(p, o)
$$;

-- A reading joins its chain. As the owner of the heads, which the application may read and not write.
CREATE FUNCTION casework_chain_reading() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
    chain uuid := CASE TG_TABLE_NAME WHEN 'readings' THEN NEW.person_id ELSE (to_jsonb(NEW)->>'log_id')::uuid END;
    last public.reading_heads%ROWTYPE;
    reader text := current_setting('casework.reader', true);
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    INSERT INTO public.reading_heads (id, n, head) VALUES (chain, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT last FROM public.reading_heads h WHERE h.id = chain FOR NO KEY UPDATE;
    NEW.n := last.n + 1;
    NEW.salt := gen_random_uuid();
    NEW.query := encode(sha256(convert_to(NEW.salt || substr(NEW.address, length(split_part(NEW.address, '?', 1)) + 1), 'UTF8')), 'hex');
    NEW.erasure_id := NULL;
    NEW.hash := public.casework_reading_hash(
        chain, NEW.n, last.head, NEW.person_id, NEW.at, to_jsonb(NEW)->>'number', NEW.address, NEW.query, (to_jsonb(NEW)->>'document_id')::uuid
    );
    UPDATE public.reading_heads h SET n = NEW.n, head = NEW.hash WHERE h.id = chain;
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
    RETURN NEW;
END $$;

-- The history only grows. Values of a body may go, each for its hash, while an erasure to which two persons agreed is carried
-- out; nothing else may.
CREATE FUNCTION events_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('casework.erasing', true) = 'on'
        AND to_jsonb(NEW) - 'body' = to_jsonb(OLD) - 'body'
        AND NOT EXISTS (
            SELECT FROM jsonb_each(OLD.body) o FULL JOIN jsonb_each(NEW.body) n USING (key)
            WHERE n.value IS DISTINCT FROM o.value AND (
                o.value IS NULL OR n.value IS NULL OR n.value - 'hash' <> '{}'
                OR coalesce(n.value->>'hash', '') !~ '^[0-9a-f]{64}$'
            )
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events are never changed or removed' USING ERRCODE = 'insufficient_privilege';
END $$;
