"""The second wall: documents, their files and grants are shown to those who may read them, whatever the application asks."""

from alembic import op

revision = "0037_second_wall"
down_revision = "0036_sealed_readings"

FUNCTIONS = """
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
-- The roles of the person that hold now. Beside the dispute officer's role nobody is an officer in the same programme.
CREATE FUNCTION casework_roles() RETURNS TABLE (role text, programme_id uuid, organisation_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH held AS (
        SELECT m.role, m.programme_id, m.organisation_id FROM memberships m JOIN people p ON p.id = m.person_id AND p.active
        WHERE m.person_id = casework_person() AND m.starts_at <= casework_now()
        AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    )
    SELECT role, programme_id, organisation_id FROM held h WHERE role <> 'officer' OR NOT EXISTS (
        SELECT FROM held d WHERE d.role = 'dispute_officer' AND d.programme_id = h.programme_id
    )
$$;
-- The programmes whose cases the person reads whole.
CREATE FUNCTION casework_programmes() RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT programme_id), '{}') FROM casework_roles()
    WHERE programme_id IS NOT NULL AND role IN ('officer', 'supervisor', 'compliance', 'manager', 'auditor')
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
"""
NAMES = (
    "casework_opened", "casework_organisations", "casework_programmes", "casework_roles", "casework_person", "casework_engine_reads", "casework_reader",
)  # fmt: skip

# Each question in a sub-select of its own is answered once for a statement, not once for a row.
ENGINE = "(SELECT casework_engine_reads())"
PERSON = "(SELECT casework_person())"
PROGRAMMES = "ANY ((SELECT casework_programmes())::uuid[])"
ORGANISATIONS = "ANY ((SELECT casework_organisations())::uuid[])"
OPENED = "ANY ((SELECT casework_opened())::uuid[])"
#: A referral `r` that the person works on: sent, not barred from it, and without an interest in its case.
MINE = f"""
    r.workflow = 'referral' AND r.provider_id = {ORGANISATIONS} AND NOT 'draft' = ANY (r.states)
    AND (r.outcome IS DISTINCT FROM 'cancelled' OR r.fired ? 'send') AND NOT {PERSON}::text = ANY (r.barred)
    AND NOT EXISTS (SELECT FROM cases c WHERE c.id = r.log_id AND {PERSON}::text = ANY (c.interests))
    AND NOT EXISTS (SELECT FROM mediations c WHERE c.id = r.log_id AND {PERSON}::text = ANY (c.interests))
"""


def whole(table: str) -> str:
    """The person reads everything of the log that a row of the table belongs to, and has no interest in it."""
    return f"""
        EXISTS (
            SELECT FROM cases c WHERE c.id = {table}.log_id AND (c.programme_id = {PROGRAMMES} OR c.id = {OPENED})
            AND NOT {PERSON}::text = ANY (c.interests)
        ) OR EXISTS (
            SELECT FROM mediations c WHERE c.id = {table}.log_id
            AND (c.owner_id = {PERSON} OR {PERSON} = ANY (c.team) OR c.id = {OPENED})
            AND NOT {PERSON}::text = ANY (c.interests)
        )
    """


def inside(track: str) -> str:
    """The track is a referral that the person works on, or runs inside one."""
    return f"""EXISTS (
        SELECT FROM tracks t JOIN tracks r ON r.id = CASE WHEN t.workflow = 'referral' THEN t.id ELSE t.parent_id END
        WHERE t.id = {track} AND {MINE}
    )"""


POLICIES = {
    # What it was given, a provider sees even after the access has ended.
    "grants": f"{whole('grants')} OR {inside('grants.track_id')}",
    # What a provider handed in, and what is granted to its referral at this moment.
    "documents": f"""{whole("documents")}
        OR {inside("documents.track_id")}
        OR documents.withdrawn_at IS NULL AND EXISTS (
            SELECT FROM grants g WHERE g.document_id = documents.id AND g.ended_at IS NULL AND {inside("g.track_id")}
        )""",
    # From here on each table is open as far as the one before it is.
    "files": "EXISTS (SELECT FROM documents d WHERE d.id = files.document_id)",
    "contents": "EXISTS (SELECT FROM files f WHERE f.id = contents.file_id)",
    "blobs": "EXISTS (SELECT FROM contents k WHERE k.blob_id = blobs.id)",
    "compartments": "EXISTS (SELECT FROM blobs b WHERE b.compartment_id = compartments.id)",
}


def upgrade() -> None:
    op.execute(FUNCTIONS)
    op.create_index("ix_grants_document_id", "grants", ["document_id"])
    for table, shown in POLICIES.items():
        op.execute(f"CREATE POLICY readers ON {table} USING ({ENGINE} OR {shown})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    for table in reversed(POLICIES):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY readers ON {table}")
    op.drop_index("ix_grants_document_id", "grants")
    for name in NAMES:
        op.execute(f"DROP FUNCTION {name}()")
