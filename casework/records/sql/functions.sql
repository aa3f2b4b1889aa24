-- What the database computes and refuses: its clock, who reads, erasures, chains of readings, and a history that only grows. The
-- functions that policies ask stand with them, in `policies.sql`.

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

-- Where a membership, a person or an opening changes, what the policies found out of who reads is found out anew.
CREATE FUNCTION casework_forget_reach() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM set_config('casework.reach_of', '', true);
    RETURN NULL;
END $$;

-- Forgets what a technology means whose words have become others, or that is not in use any more: whoever has switched that on looks at
-- it again.
CREATE FUNCTION casework_forget_meaning() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    turn bigint;
BEGIN
    IF EXISTS (SELECT FROM record_meanings m WHERE m.record_id = OLD.id AND m.model <> '') THEN
        UPDATE index_states s SET meanings = s.meanings + 1, meant = least(s.meant, 0)
        WHERE s.programme_id = OLD.programme_id AND s.noun = 'technology' RETURNING s.meanings INTO turn;
        UPDATE record_meanings m SET model = '', direction = NULL, sentences = NULL, version = coalesce(turn, m.version)
        WHERE m.record_id = OLD.id;
    END IF;
    RETURN NULL;
END $$;

-- The cases of some programmes that may hold a word, as their indexes know: by number and title of all of these programmes, and of
-- `whole` by the names of owner, need, technology and parties, too. Null where they are more than `most`, or where a name stands for
-- too many: then a search does better to look at the newest first.
CREATE FUNCTION casework_find_cases(asked tsquery, whole uuid[], outlines uuid[], most integer) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    here tsquery := asked && CAST((SELECT string_agg(quote_literal('#' || p), ' | ') FROM unnest(whole || outlines) p) AS tsquery);
    people uuid[];
    titles uuid[];
    works uuid[];
    owners uuid[];
    cases uuid[] := ARRAY(SELECT c.id FROM cases c WHERE casework_case_terms(c.programme_id, c.number, c.title) @@ here LIMIT most + 1);
BEGIN
    IF cardinality(cases) > most OR cardinality(whole) = 0 THEN
        RETURN CASE WHEN cardinality(cases) <= most THEN cases END;
    END IF;
    people := ARRAY(SELECT p.id FROM people p WHERE casework_terms(p.name) @@ asked LIMIT 1001);
    titles := ARRAY(SELECT n.id FROM needs n WHERE casework_terms_of_both(n.title, n.title_zh) @@ asked LIMIT 1001);
    works := ARRAY(SELECT h.id FROM technologies h WHERE casework_terms_of_both(h.title, h.title_zh) @@ asked LIMIT 1001);
    owners := ARRAY(SELECT o.id FROM organisations o WHERE casework_terms_of_both(o.name, o.name_zh) @@ asked LIMIT 1001);
    titles := titles || ARRAY(SELECT n.id FROM needs n WHERE n.merged_into = ANY(titles));
    works := works || ARRAY(SELECT h.id FROM technologies h WHERE h.merged_into = ANY(works));
    owners := owners || ARRAY(SELECT o.id FROM organisations o WHERE o.merged_into = ANY(owners));
    IF greatest(cardinality(people), cardinality(titles), cardinality(works), cardinality(owners)) > 1000 THEN
        RETURN NULL;
    END IF;
    cases := cases || ARRAY(
        SELECT x.id FROM (
            SELECT c.id, c.programme_id FROM cases c WHERE c.owner_id = ANY(people) AND c.closed_at IS NULL
            UNION ALL SELECT c.id, c.programme_id FROM cases c WHERE c.owner_id = ANY(people) AND c.closed_at IS NOT NULL
            UNION ALL SELECT c.id, c.programme_id FROM cases c WHERE c.need_id = ANY(titles)
            UNION ALL SELECT c.id, c.programme_id FROM cases c WHERE c.technology_id = ANY(works)
            UNION ALL SELECT c.id, c.programme_id FROM cases c
            WHERE cardinality(owners) > 0 AND jsonb_path_query_array(c.parties, '$.*') ?| CAST(owners AS text[])
        ) x WHERE x.programme_id = ANY(whole) LIMIT most + 1
    );
    RETURN CASE WHEN cardinality(cases) <= most THEN cases END;
END $$;

-- Where a referral, or who has an interest in a case, changes what row security asks of the tracks and tasks of a log.
CREATE FUNCTION casework_carry_walls() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_TABLE_NAME = 'tracks' THEN
        PERFORM public.casework_wall(NEW.log_id);
    ELSE
        PERFORM public.casework_wall(NEW.id);
    END IF;
    RETURN NULL;
END $$;

-- What stands in `searched_words` of a case: of what is sealed nothing.
CREATE FUNCTION casework_words_row(log uuid, source text, document uuid, at timestamptz, said text) RETURNS SETOF searched_words
LANGUAGE sql STABLE AS $$
    SELECT c.id, source, c.programme_id, document, at,
        casework_terms(said) || CAST(CASE WHEN document IS NULL THEN '#said-' ELSE '#paper-' END || c.programme_id AS tsvector)
    FROM cases c WHERE c.id = log AND said IS NOT NULL
$$;

-- The same of an event, and of a file.
CREATE FUNCTION casework_words_of_event(e events) RETURNS SETOF searched_words LANGUAGE sql STABLE AS $$
    SELECT w.* FROM casework_words_row(e.log_id, CAST(e.seq AS text), NULL, e.at, e.body->'words'->>'value') w
    WHERE e.kind IN ('noted', 'said')
    UNION ALL
    SELECT w.* FROM casework_words_row(
        e.log_id, CAST(e.seq AS text), CAST(e.effects->'documents'->0->>'id' AS uuid), e.at, e.body->'title'->>'value'
    ) w WHERE e.kind IN ('document_registered', 'letter_sent') AND e.effects->'documents'->0->>'id' IS NOT NULL
$$;

CREATE FUNCTION casework_words_of_file(f files) RETURNS SETOF searched_words LANGUAGE sql STABLE AS $$
    SELECT w.* FROM documents d CROSS JOIN LATERAL casework_words_row(f.log_id, CAST(f.id AS text), d.id, d.registered_at, f.name) w
    WHERE d.id = f.document_id
$$;

-- Where a message, a title or the name of a file comes, changes or is erased, its words do in the same statement.
CREATE FUNCTION casework_keep_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    IF TG_TABLE_NAME = 'files' THEN
        DELETE FROM searched_words w WHERE TG_OP = 'UPDATE' AND w.log_id = OLD.log_id AND w.source = CAST(OLD.id AS text);
        INSERT INTO searched_words SELECT w.* FROM casework_words_of_file(NEW) w;
    ELSE
        DELETE FROM searched_words w WHERE TG_OP = 'UPDATE' AND w.log_id = OLD.log_id AND w.source = CAST(OLD.seq AS text);
        INSERT INTO searched_words SELECT w.* FROM casework_words_of_event(NEW) w;
    END IF;
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
    RETURN NULL;
END $$;

-- The words of a log that are not what its events and files add up to, or stand there beside them. A person is told nothing.
CREATE FUNCTION casework_words_differ(log uuid) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := coalesce(current_setting('casework.reader', true), '');
BEGIN
    IF reader NOT IN ('', 'engine') THEN
        RETURN;
    END IF;
    PERFORM set_config('casework.reader', 'engine', true);
    RETURN QUERY WITH wanted AS (
        SELECT w.* FROM events e CROSS JOIN LATERAL casework_words_of_event(e) w
        WHERE e.log_id = log AND e.kind IN ('document_registered', 'letter_sent', 'noted', 'said')
        UNION ALL SELECT w.* FROM files f CROSS JOIN LATERAL casework_words_of_file(f) w WHERE f.log_id = log
    ), kept AS (SELECT * FROM searched_words w WHERE w.log_id = log)
    SELECT DISTINCT x.source FROM (
        (SELECT * FROM wanted EXCEPT SELECT * FROM kept) UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM wanted)
    ) x ORDER BY 1;
    PERFORM set_config('casework.reader', reader, true);
END $$;

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

-- A removal that names a case, that one person proposed and another one agreed to in their roles, and that has not come to this case
-- yet, as the programme's chained history tells; of a closed case of the programme that was not removed before.
CREATE FUNCTION casework_removable(programme uuid, decision bigint, log uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
    named text := encode(sha256(convert_to(log::text, 'UTF8')), 'hex');
    found boolean;
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    found := EXISTS (
        SELECT FROM public.events b JOIN public.events a ON a.log_id = b.log_id AND a.kind = 'removal_asked'
            AND CAST(a.seq AS text) = b.effects->'removal_agreed'->>'asked'
        JOIN public.cases c ON c.id = log AND c.programme_id = programme AND c.closed_at IS NOT NULL AND c.removed_at IS NULL
        WHERE b.log_id = programme AND b.seq = decision AND b.kind = 'removal_agreed' AND a.actor_id <> b.actor_id AND a.seq < b.seq
        AND jsonb_path_exists(a.effects, '$.removal_asked.classes.*[*] ? (@ == $case)', jsonb_build_object('case', named))
        AND NOT EXISTS (
            SELECT FROM public.events x WHERE x.log_id = programme AND x.seq > a.seq AND x.seq < b.seq
            AND x.kind IN ('removal_asked', 'removal_agreed', 'removal_refused')
        )
        AND NOT EXISTS (
            SELECT FROM public.events x WHERE x.log_id = programme AND x.seq > b.seq AND x.kind IN ('case_removed', 'case_left')
            AND x.effects->'case_removal'->>'decision' = CAST(decision AS text) AND x.effects->'case_removal'->>'case' = named
        )
        AND EXISTS (
            SELECT FROM public.memberships m WHERE m.person_id::text = a.actor_id AND m.programme_id = programme
            AND m.role = 'supervisor' AND m.starts_at <= a.at AND coalesce(m.ends_at, 'infinity') >= a.at
        )
        AND EXISTS (
            SELECT FROM public.memberships m WHERE m.person_id::text = b.actor_id AND m.programme_id = programme
            AND m.role IN ('supervisor', 'administrator') AND m.deputy_for IS NULL
            AND m.starts_at <= b.at AND coalesce(m.ends_at, 'infinity') >= b.at
        )
    );
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
    RETURN found;
END $$;

-- All values of a case's events go, each for its hash, the keys of its files, and what ties these to their bytes; gives what held these.
CREATE FUNCTION casework_remove(programme uuid, decision bigint, log uuid, hashes jsonb) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT public.casework_removable(programme, decision, log) THEN
        RAISE EXCEPTION 'two persons have not agreed to this removal' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('casework.erasing', 'on', true);
    UPDATE public.events x
    SET body = x.body || (SELECT jsonb_object_agg(v.key, jsonb_build_object('hash', v.value)) FROM jsonb_each_text(h.value) v)
    FROM jsonb_each(hashes) h WHERE x.log_id = log AND x.seq = CAST(h.key AS bigint);
    PERFORM set_config('casework.erasing', 'off', true);
    -- Whatever copy of its bytes lies somewhere, nothing opens it from here on.
    UPDATE public.compartments c SET sealed = '' WHERE c.log_id = log;
    RETURN QUERY DELETE FROM public.contents k USING public.files f WHERE f.id = k.file_id AND f.log_id = log RETURNING k.blob_id;
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

-- The hash of some parts, each with its length before it, so that no two rows give one text.
CREATE FUNCTION casework_hash_of(parts text[]) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT encode(sha256(convert_to(string_agg(coalesce(length(p) || ':' || p, '-'), ',' ORDER BY o), 'UTF8')), 'hex')
    FROM unnest(parts) WITH ORDINALITY AS given(p, o)
$$;

-- The hash of a reading. Its place in the chain has a salted hash of its own: a reading can be shown without how many there are before
-- it. So has the query: it goes where an erasure took it out, and its hash stays.
CREATE FUNCTION casework_reading_hash(
    nonce text, chain uuid, n bigint, prev text, person uuid, at timestamptz, number text, address text, query text, document uuid
) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT public.casework_hash_of(ARRAY[
        public.casework_hash_of(ARRAY[nonce, chain::text, n::text, prev]), person::text,
        (extract(epoch FROM at) * 1000000)::bigint::text, number, split_part(address, '?', 1), query, document::text
    ])
$$;

-- A reading joins its chain, and waits for its leaf as events do. As the owner of the heads, which the application may read and not write.
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
    NEW.nonce := gen_random_uuid();
    NEW.salt := gen_random_uuid();
    NEW.query := encode(sha256(convert_to(NEW.salt || substr(NEW.address, length(split_part(NEW.address, '?', 1)) + 1), 'UTF8')), 'hex');
    NEW.erasure_id := NULL;
    NEW.hash := public.casework_reading_hash(
        NEW.nonce, chain, NEW.n, last.head, NEW.person_id, NEW.at, to_jsonb(NEW)->>'number', NEW.address, NEW.query,
        (to_jsonb(NEW)->>'document_id')::uuid
    );
    UPDATE public.reading_heads h SET n = NEW.n, head = NEW.hash WHERE h.id = chain;
    INSERT INTO public.awaited_leaves (log_id, seq, hash) VALUES (last.log, NEW.n, decode(NEW.hash, 'hex'));
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

-- An event waits for its leaf from the moment that it is there; written as the owner of the list, which nobody else may add to.
CREATE FUNCTION casework_await_leaves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    -- What is no hash gets a leaf, too, which is then not the one of its event: that is found, and nothing stops meanwhile.
    INSERT INTO public.awaited_leaves (log_id, seq, hash) SELECT a.log_id, a.seq, CASE
        WHEN a.hash ~ '^[0-9a-f]{64}$' THEN decode(a.hash, 'hex') ELSE sha256(convert_to(a.hash, 'UTF8'))
    END FROM added a;
    RETURN NULL;
END $$;

-- The tree only grows: a tile and its entries get longer until they are full, and what was signed stays.
CREATE FUNCTION tree_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'tree_tiles' THEN
        IF (NEW.level, NEW.n) = (OLD.level, OLD.n) AND octet_length(NEW.hashes) > octet_length(OLD.hashes)
            AND substr(NEW.hashes, 1, octet_length(OLD.hashes)) = OLD.hashes
        THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'tree_entries' THEN
        IF NEW.n = OLD.n AND octet_length(NEW.entries) > octet_length(OLD.entries)
            AND substr(NEW.entries, 1, octet_length(OLD.entries)) = OLD.entries
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the tree is never changed, it only grows' USING ERRCODE = 'insufficient_privilege';
END $$;
