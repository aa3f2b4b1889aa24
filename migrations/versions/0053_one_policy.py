"""The second wall says what the policy says: roles that have ended, referrals that were not sent, what was opened to whom.

Also it stands before notifications, sealed mails, webhooks and readings; its functions are the application's alone; and an
erasure is agreed to in its history, not in its row.
"""

from collections.abc import Callable

from alembic import op

revision = "0053_one_policy"
down_revision = "0052_theirs_due"

#: Beside the dispute officer's role nobody decides in the cases of the same programme.
DECIDES = "('officer', 'supervisor', 'compliance')"
_HELD = """
    held AS (
        SELECT m.role, m.programme_id, m.organisation_id, m.deputy_for FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
        WHERE m.person_id = casework_person() AND m.starts_at <= casework_now()
        AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    )"""
_APART = """NOT EXISTS (
        SELECT FROM held d WHERE d.role = 'dispute_officer' AND d.programme_id = h.programme_id
    )"""


#: And whoever decides, mediates or gives roles there is no auditor.
COUNTS = f"""(role NOT IN {DECIDES} OR {_APART}) AND (role <> 'auditor' OR NOT EXISTS (
        SELECT FROM held d WHERE d.programme_id = h.programme_id
        AND d.role IN ('officer', 'supervisor', 'compliance', 'dispute_officer', 'administrator')
    ))"""
COUNTS_BEFORE = f"(role <> 'officer' OR {_APART})"


def _roles(apart: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION casework_roles() RETURNS TABLE (role text, programme_id uuid, organisation_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH {_HELD} SELECT role, programme_id, organisation_id FROM held h WHERE {apart}
$$;
"""


NEW = f"""
-- The programmes in which the person has one of the roles in the own name: a sealed log knows no deputies.
CREATE FUNCTION casework_own_programmes(roles text[]) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    WITH {_HELD} SELECT coalesce(array_agg(DISTINCT programme_id), '{{}}') FROM held h
    WHERE programme_id IS NOT NULL AND deputy_for IS NULL AND role = ANY (roles) AND {COUNTS}
$$;
-- Those whose mediations the person leads where named, and in which an opened case or an unsealed mediation is one to read.
CREATE FUNCTION casework_disputes() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT casework_own_programmes('{{dispute_officer}}')
$$;
CREATE FUNCTION casework_breakers() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT casework_own_programmes('{{administrator}}')
$$;
CREATE FUNCTION casework_readers() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT casework_own_programmes('{{supervisor,compliance,auditor,manager}}')
$$;
"""
#: A referral is its provider's from sending on.
SENT = "r.fired ? 'send'"
SENT_BEFORE = "(r.outcome IS DISTINCT FROM 'cancelled' OR r.fired ? 'send')"
NAMED = """m.programme_id = ANY (disputes) AND (m.owner_id = person OR person = ANY (m.team))
        OR NOT person::text = ANY (m.interests) AND (
            m.id = ANY (opened) AND m.programme_id = ANY (readers)"""
NAMED_BEFORE = """m.owner_id = person OR person = ANY (m.team)
        OR NOT person::text = ANY (m.interests) AND (
            m.id = ANY (opened)"""


def _sealed_from(arguments: str, named: str, sent: str) -> str:
    return f"""
CREATE FUNCTION casework_sealed_from({arguments}) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    RETURN QUERY SELECT m.id FROM mediations m WHERE NOT coalesce(
        {named} OR cardinality(organisations) > 0 AND EXISTS (
            SELECT FROM tracks r WHERE r.log_id = m.id AND r.workflow = 'referral' AND r.provider_id = ANY (organisations)
            AND NOT 'draft' = ANY (r.states) AND {sent} AND NOT person::text = ANY (r.barred)
        )), false
    );
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END $$;
"""


def _sealed(nobody: str, somebody: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION casework_sealed() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT casework_sealed_from({nobody}) WHERE coalesce(current_setting('casework.reader', true), '') = ''
    UNION ALL
    SELECT casework_sealed_from({somebody}) WHERE coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine')
$$;
"""


def _referred(sent: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION casework_referred(person text, organisations uuid[]) RETURNS SETOF uuid
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
        AND {sent} AND NOT person = ANY (r.barred)
        AND NOT EXISTS (SELECT FROM cases c WHERE c.id = r.log_id AND person = ANY (c.interests))
        AND NOT EXISTS (SELECT FROM mediations c WHERE c.id = r.log_id AND person = ANY (c.interests))
    ) SELECT m.id FROM mine m UNION ALL SELECT t.id FROM mine m JOIN tracks t ON t.log_id = m.log_id AND t.parent_id = m.id;
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END $$;
"""


# --- the policies of cases and their papers ---------------------------------------------------------------------------

READER = "coalesce(current_setting('casework.reader', true), '')"
ENGINE = f"(SELECT {READER} = 'engine')"
PERSON = f"(SELECT {READER})"
ID = f"(SELECT CASE WHEN {READER} NOT IN ('', 'engine') THEN CAST({READER} AS uuid) END)"


def _array(function: str) -> str:
    return f"(SELECT CASE WHEN {READER} IN ('', 'engine') THEN '{{}}'::uuid[] ELSE {function}() END)"


PROGRAMMES, OPENED, DISPUTES, BREAKERS, READERS = (
    f"ANY ({_array(f'casework_{name}')}::uuid[])"
    for name in ("programmes", "opened", "disputes", "breakers", "readers")
)
ORGANISATIONS = _array("casework_organisations")
MINE = f"IN (SELECT casework_referred({PERSON}, {ORGANISATIONS}))"
UNSEALED = "log_id NOT IN (SELECT casework_sealed())"
NO_INTEREST = f"NOT {PERSON} = ANY (c.interests)"
OPENED_CASE = f"c.id = {OPENED} AND c.programme_id = {BREAKERS} AND {NO_INTEREST}"
NAMED_MEDIATION = f"c.programme_id = {DISPUTES} AND (c.owner_id = {ID} OR {ID} = ANY (c.team))"
OPENED_MEDIATION = f"c.id = {OPENED} AND c.programme_id = {READERS} AND {NO_INTEREST}"
OPENED_CASE_BEFORE = f"c.id = {OPENED} AND {NO_INTEREST}"


def _whole_before(table: str) -> str:
    """The row is of a case that the person reads whole, or of none: sealed mediations have a wall of their own."""
    return f"NOT EXISTS (SELECT FROM cases c WHERE c.id = {table}.log_id AND NOT (c.programme_id = {PROGRAMMES} OR {OPENED_CASE_BEFORE}))"


def _whole(table: str) -> str:
    """The row is of a case or mediation that the person reads whole. A mediation is unsealed to its provider, too, who may
    read one referral of it alone; nobody else need be asked about it."""
    return f"""NOT EXISTS (SELECT FROM cases c WHERE c.id = {table}.log_id AND NOT (c.programme_id = {PROGRAMMES} OR {OPENED_CASE}))
        AND (cardinality({ORGANISATIONS}) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = {table}.log_id AND NOT coalesce({NAMED_MEDIATION} OR {OPENED_MEDIATION}, false)
        ))"""


def _shown(whole: Callable[[str], str]) -> dict[str, str]:
    return {
        "tracks": f"workflow <> 'referral' AND parent_id IS NULL OR id {MINE} OR {whole('tracks')}",
        "tasks": f"programme_id = {PROGRAMMES} OR track_id {MINE} OR {whole('tasks')} OR NOT casework_in_referral(track_id)",
        "clocks": f"track_id {MINE} OR {whole('clocks')} OR NOT casework_in_referral(track_id)",
    }


def _read_whole(table: str) -> str:
    return f"""EXISTS (
        SELECT FROM cases c WHERE c.id = {table}.log_id AND {NO_INTEREST} AND (c.programme_id = {PROGRAMMES} OR {OPENED_CASE})
    ) OR EXISTS (
        SELECT FROM mediations c WHERE c.id = {table}.log_id AND {NO_INTEREST} AND ({NAMED_MEDIATION} OR {OPENED_MEDIATION})
    )"""


def _read_whole_before(table: str) -> str:
    return f"""EXISTS (
        SELECT FROM cases c WHERE c.id = {table}.log_id AND (c.programme_id = {PROGRAMMES} OR c.id = {OPENED}) AND {NO_INTEREST}
    ) OR EXISTS (
        SELECT FROM mediations c WHERE c.id = {table}.log_id
        AND (c.owner_id = (SELECT casework_person()) OR (SELECT casework_person()) = ANY (c.team) OR c.id = {OPENED}) AND {NO_INTEREST}
    )"""


def _papers(whole: Callable[[str], str]) -> dict[str, str]:
    return {
        "grants": f"{whole('grants')} OR grants.track_id {MINE}",
        "documents": f"""{whole("documents")} OR documents.track_id {MINE}
            OR documents.withdrawn_at IS NULL AND EXISTS (
                SELECT FROM grants g WHERE g.document_id = documents.id AND g.ended_at IS NULL AND g.track_id {MINE}
            )""",
    }


def _ask(whole: Callable[[str], str], read_whole: Callable[[str], str]) -> None:
    for table, shown in _shown(whole).items():
        op.execute(f"ALTER POLICY readers ON {table} USING ({ENGINE} OR {UNSEALED} AND ({shown}))")
    for table, shown in _papers(read_whole).items():
        op.execute(f"ALTER POLICY readers ON {table} USING ((SELECT casework_engine_reads()) OR {shown})")


#: What stood outside of the wall: what one was told, what a sealed log's mails, webhooks and readings say that there is.
MORE = {
    "notifications": f"{ENGINE} OR person_id = {ID}",
    "mails": f"{ENGINE} OR NOT sealed",
    "webhook_messages": f"{ENGINE} OR {UNSEALED}",
    "sealed_readings": f"{ENGINE} OR {UNSEALED}",
}

# --- an erasure that was agreed to ------------------------------------------------------------------------------------

# Asked for and agreed to by two persons in their roles, as the chained history of the erasure tells it: a row says nothing.
AGREED = """
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
"""
ASKS = """public.casework_agreed(erasure)"""
ASKED_BEFORE = """EXISTS (
        SELECT FROM public.erasures e WHERE e.id = erasure AND e.state = 'agreed' AND e.decided_by <> e.asked_by
    )"""


def _erase(agreed: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION casework_erase(erasure uuid, log uuid, event bigint, hashes jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT {agreed} THEN
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
CREATE OR REPLACE FUNCTION casework_erase_readings(erasure uuid, named text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    count bigint;
    more bigint := 0;
BEGIN
    IF NOT {agreed} THEN
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
"""


#: Whose privileges are others' business: the two that erase, and those that only the database itself calls.
OTHERS = "'casework_erase', 'casework_erase_readings', 'casework_reading_hash', 'casework_chain_reading'"


def _functions_of(to: str, gone: str) -> str:
    """Let one role call our functions instead of another; each stays its owner's."""
    return f"""
DO $$
DECLARE one regprocedure;
BEGIN
    FOR one IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        AND p.proname LIKE 'casework\\_%' AND p.proname NOT IN ({OTHERS})
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {to}', one);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM {gone}', one);
    END LOOP;
END $$;
"""


NOW_ARGUMENTS = "person uuid, organisations uuid[], opened uuid[], disputes uuid[], readers uuid[]"
ARGUMENTS_BEFORE = "person uuid, organisations uuid[], opened uuid[]"
# A digest that was sealed and unsealed alike until now: one that says nothing of a case is sealed.
SEALED_DIGESTS = """
    UPDATE mails m SET sealed = true WHERE m.kind = 'digest' AND NOT m.sealed
    AND EXISTS (SELECT FROM notifications n JOIN mediations d ON d.id = n.log_id WHERE n.mail_id = m.id)
    AND NOT EXISTS (SELECT FROM notifications n JOIN cases c ON c.id = n.log_id WHERE n.mail_id = m.id)
"""


def upgrade() -> None:
    op.execute("SELECT set_config('casework.reader', 'engine', true)")
    op.execute(SEALED_DIGESTS)
    op.execute(_roles(COUNTS))
    op.execute(NEW)
    op.execute(_sealed_from(NOW_ARGUMENTS, NAMED, SENT))
    op.execute(
        _sealed(
            "NULL, '{}', '{}', '{}', '{}'",
            "casework_person(), casework_organisations(), casework_opened(), casework_disputes(), casework_readers()",
        )
    )
    op.execute(f"DROP FUNCTION casework_sealed_from({ARGUMENTS_BEFORE})")
    op.execute(_referred(SENT))
    _ask(_whole, _read_whole)
    for table, shown in MORE.items():
        op.execute(f"CREATE POLICY readers ON {table} USING ({shown})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(AGREED)
    op.execute(_erase(ASKS))
    op.execute(_functions_of("casework_app", "PUBLIC"))


def downgrade() -> None:
    op.execute(_functions_of("PUBLIC", "casework_app"))
    op.execute(_erase(ASKED_BEFORE))
    op.execute("DROP FUNCTION casework_agreed(uuid)")
    for table in MORE:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY readers ON {table}")
    _ask(_whole_before, _read_whole_before)
    op.execute(_referred(SENT_BEFORE))
    op.execute(_sealed_from(ARGUMENTS_BEFORE, NAMED_BEFORE, SENT_BEFORE))
    op.execute(_sealed("NULL, '{}', '{}'", "casework_person(), casework_organisations(), casework_opened()"))
    op.execute(f"DROP FUNCTION casework_sealed_from({NOW_ARGUMENTS})")
    for name in ("readers", "breakers", "disputes"):
        op.execute(f"DROP FUNCTION casework_{name}()")
    op.execute("DROP FUNCTION casework_own_programmes(text[])")
    op.execute(_roles(COUNTS_BEFORE))
