"""The second wall around sealed mediations: their rows are shown to those named for them, whatever the application asks."""

from alembic import op

revision = "0042_sealed_wall"
down_revision = "0041_mailed_letters"

FUNCTIONS = """
-- The mediations that are sealed from a person: all but those that the person is named for, works on for their provider, or
-- that were opened to the person. It looks as the engine, past the policies that ask it, and then who read before reads again.
CREATE FUNCTION casework_sealed_from(person uuid, organisations uuid[], opened uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reader text := current_setting('casework.reader', true);
BEGIN
    PERFORM set_config('casework.reader', 'engine', true);
    RETURN QUERY SELECT m.id FROM mediations m WHERE NOT coalesce(
        m.owner_id = person OR person = ANY (m.team)
        OR NOT person::text = ANY (m.interests) AND (m.id = ANY (opened) OR cardinality(organisations) > 0 AND EXISTS (
            SELECT FROM tracks r WHERE r.log_id = m.id AND r.workflow = 'referral' AND r.provider_id = ANY (organisations)
            AND NOT 'draft' = ANY (r.states) AND (r.outcome IS DISTINCT FROM 'cancelled' OR r.fired ? 'send')
            AND NOT person::text = ANY (r.barred)
        )), false
    );
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END $$;
-- From whoever reads in this transaction; all of them where nobody said who does, and none from the engine.
CREATE FUNCTION casework_sealed() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT casework_sealed_from(NULL, '{}', '{}') WHERE coalesce(current_setting('casework.reader', true), '') = ''
    UNION ALL
    SELECT casework_sealed_from(casework_person(), casework_organisations(), casework_opened())
    WHERE coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine')
$$;
"""
#: What a log has, each by the column that names the log.
TABLES = {
    "logs": "id", "events": "log_id", "tracks": "log_id", "tasks": "log_id", "clocks": "log_id", "proposals": "log_id",
    "consents": "log_id", "mentions": "log_id", "outbox": "log_id",
}  # fmt: skip


def upgrade() -> None:
    op.execute(FUNCTIONS)
    op.execute(
        "CREATE POLICY readers ON mediations"
        " USING ((SELECT casework_engine_reads()) OR id NOT IN (SELECT casework_sealed()))"
    )
    for table, log in TABLES.items():
        op.execute(f"CREATE POLICY readers ON {table} USING ({log} NOT IN (SELECT casework_sealed()))")
    for table in ("mediations", *TABLES):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    for table in ("mediations", *TABLES):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY readers ON {table}")
    op.execute("DROP FUNCTION casework_sealed()")
    op.execute("DROP FUNCTION casework_sealed_from(uuid, uuid[], uuid[])")
