"""The second wall around the referrals of a case: another provider's are not shown, whatever the application asks."""

from collections.abc import Callable

from alembic import op

revision = "0045_referral_wall"
down_revision = "0044_wall_plans"

FUNCTIONS = """
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
        AND (r.outcome IS DISTINCT FROM 'cancelled' OR r.fired ? 'send') AND NOT person = ANY (r.barred)
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
"""

# Who reads, and nobody where nobody said so. Each question in a sub-select of its own is answered once for a statement.
READER = "coalesce(current_setting('casework.reader', true), '')"
ENGINE = f"(SELECT {READER} = 'engine')"
PERSON = f"(SELECT {READER})"


def _array(function: str) -> str:
    return f"(SELECT CASE WHEN {READER} IN ('', 'engine') THEN '{{}}'::uuid[] ELSE {function}() END)"


PROGRAMMES = f"ANY ({_array('casework_programmes')}::uuid[])"
ORGANISATIONS = _array("casework_organisations")
OPENED = f"ANY ({_array('casework_opened')}::uuid[])"


def _whole(table: str) -> str:
    """The row is of a case that the person reads whole, or of none: sealed mediations have a wall of their own."""
    return f"""NOT EXISTS (
        SELECT FROM cases c WHERE c.id = {table}.log_id AND NOT (
            c.programme_id = {PROGRAMMES} OR c.id = {OPENED} AND NOT {PERSON} = ANY (c.interests)
        )
    )"""


MINE = f"IN (SELECT casework_referred({PERSON}, {ORGANISATIONS}))"

#: Who is shown a row besides the engine.
SHOWN = {
    "tracks": f"workflow <> 'referral' AND parent_id IS NULL OR id {MINE} OR {_whole('tracks')}",
    "tasks": f"programme_id = {PROGRAMMES} OR track_id {MINE} OR {_whole('tasks')} OR NOT casework_in_referral(track_id)",
    "clocks": f"track_id {MINE} OR {_whole('clocks')} OR NOT casework_in_referral(track_id)",
}
UNSEALED = "log_id NOT IN (SELECT casework_sealed())"


def _read_whole(table: str) -> str:
    """As 0037 has it: the person reads everything of the log, and has no interest in it."""
    return f"""EXISTS (
        SELECT FROM cases c WHERE c.id = {table}.log_id AND (c.programme_id = {PROGRAMMES} OR c.id = {OPENED})
        AND NOT {PERSON} = ANY (c.interests)
    ) OR EXISTS (
        SELECT FROM mediations c WHERE c.id = {table}.log_id
        AND (c.owner_id = (SELECT casework_person()) OR (SELECT casework_person()) = ANY (c.team) OR c.id = {OPENED})
        AND NOT {PERSON} = ANY (c.interests)
    )"""


def _mine(column: str) -> str:
    return f"{column} {MINE}"


def _inside(column: str) -> str:
    """The same as 0037 has it, which takes the policy of tracks into the plan."""
    return f"""EXISTS (
        SELECT FROM tracks t JOIN tracks r ON r.id = CASE WHEN t.workflow = 'referral' THEN t.id ELSE t.parent_id END
        WHERE t.id = {column} AND r.workflow = 'referral' AND r.provider_id = ANY ({ORGANISATIONS}::uuid[])
        AND NOT 'draft' = ANY (r.states) AND (r.outcome IS DISTINCT FROM 'cancelled' OR r.fired ? 'send')
        AND NOT {PERSON} = ANY (r.barred)
        AND NOT EXISTS (SELECT FROM cases c WHERE c.id = r.log_id AND {PERSON} = ANY (c.interests))
        AND NOT EXISTS (SELECT FROM mediations c WHERE c.id = r.log_id AND {PERSON} = ANY (c.interests))
    )"""


def _papers(own: Callable[[str], str]) -> dict[str, str]:
    return {
        "grants": f"{_read_whole('grants')} OR {own('grants.track_id')}",
        "documents": f"""{_read_whole("documents")} OR {own("documents.track_id")}
            OR documents.withdrawn_at IS NULL AND EXISTS (
                SELECT FROM grants g WHERE g.document_id = documents.id AND g.ended_at IS NULL AND {own("g.track_id")}
            )""",
    }


def _ask_papers(own: Callable[[str], str]) -> None:
    for table, shown in _papers(own).items():
        op.execute(f"ALTER POLICY readers ON {table} USING ((SELECT casework_engine_reads()) OR {shown})")


def upgrade() -> None:
    op.execute(FUNCTIONS)
    for table, shown in SHOWN.items():
        op.execute(f"ALTER POLICY readers ON {table} USING ({ENGINE} OR {UNSEALED} AND ({shown}))")
    _ask_papers(_mine)


def downgrade() -> None:
    _ask_papers(_inside)
    for table in SHOWN:
        op.execute(f"ALTER POLICY readers ON {table} USING ({UNSEALED})")
    op.execute("DROP FUNCTION casework_in_referral(uuid)")
    op.execute("DROP FUNCTION casework_referred(text, uuid[])")
