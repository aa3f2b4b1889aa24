"""Readings in chains: one for each reader, and one for each sealed mediation; what was changed or taken out is found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050_reading_chains"
down_revision = "0049_entries"

_id = postgresql.UUID(as_uuid=False)
TABLES = {"readings": "person_id", "sealed_readings": "log_id"}

# Each part with its length before it, so that no two rows give one text. The query has a salted hash of its own: it goes
# where an erasure took it out, and its hash stays.
HASH = """
CREATE FUNCTION casework_reading_hash(
    chain uuid, n bigint, prev text, person uuid, at timestamptz, number text, address text, query text, document uuid
) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT encode(sha256(convert_to(string_agg(coalesce(length(p) || ':' || p, '-'), ',' ORDER BY o), 'UTF8')), 'hex')
    FROM unnest(ARRAY[
        chain::text, n::text, prev, person::text, (extract(epoch FROM at) * 1000000)::bigint::text, number,
        split_part(address, '?', 1), query, document::text
    ]) WITH ORDINALITY AS parts(p, o)
$$;
REVOKE ALL ON FUNCTION casework_reading_hash FROM PUBLIC;
"""
# As the owner of the heads, which the application may read and not write.
CHAIN = """
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
REVOKE ALL ON FUNCTION casework_chain_reading FROM PUBLIC;
"""
ERASE = """
CREATE OR REPLACE FUNCTION casework_erase_readings(erasure uuid, named text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    count bigint;
    more bigint := 0;
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.erasures e WHERE e.id = erasure AND e.state = 'agreed' AND e.decided_by <> e.asked_by
    ) THEN
        RAISE EXCEPTION 'two persons have not agreed to this erasure' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE public.readings SET address = split_part(address, '?', 1){gone} WHERE split_part(address, '?', 2) ~* named;
    GET DIAGNOSTICS count = ROW_COUNT;
    UPDATE public.sealed_readings SET address = split_part(address, '?', 1){gone} WHERE split_part(address, '?', 2) ~* named;
    GET DIAGNOSTICS more = ROW_COUNT;
    RETURN count + more;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "reading_heads",
        sa.Column("id", _id, nullable=False, comment="The reader's, or of a sealed mediation the log's"),
        sa.Column("n", sa.BigInteger(), nullable=False, comment="Of the last reading in the chain; no gaps"),
        sa.Column("head", sa.Text(), nullable=False, comment="Its hash, hex"),
        sa.PrimaryKeyConstraint("id", name="pk_reading_heads"),
        comment="Where each chain of readings ends; written by the database alone",
    )
    op.execute("REVOKE ALL ON reading_heads FROM casework_app")
    op.execute("GRANT SELECT ON reading_heads TO casework_app")
    op.execute("ALTER TABLE reading_heads ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE reading_heads FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY readers ON reading_heads USING (current_setting('casework.reader', true) = 'engine')")
    op.execute(HASH)
    op.execute(CHAIN)
    for table, chain in TABLES.items():
        op.add_column(table, sa.Column("n", sa.BigInteger(), comment="Its place in the chain"))
        op.add_column(
            table,
            sa.Column("salt", sa.Text(), comment="Of the hash of the query; null once an erasure took the query out"),
        )
        op.add_column(table, sa.Column("query", sa.Text(), comment="Salted hash of the address's query, hex"))
        op.add_column(table, sa.Column("hash", sa.Text(), comment="Of the reading and the one before it, hex"))
        op.add_column(table, sa.Column("erasure_id", _id, comment="Which erasure took the query out"))
        document, number = ("document_id", "number") if table == "readings" else ("NULL::uuid", "NULL::text")
        op.execute(f"""
            DO $$
            DECLARE
                one record;
                last record;
                made text;
            BEGIN
                UPDATE {table} SET salt = gen_random_uuid();
                UPDATE {table} SET query = encode(sha256(convert_to(
                    salt || substr(address, length(split_part(address, '?', 1)) + 1), 'UTF8')), 'hex');
                FOR one IN SELECT *, {document} AS d, {number} AS c FROM {table} ORDER BY id LOOP
                    INSERT INTO reading_heads (id, n, head) VALUES (one.{chain}, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
                    SELECT * INTO last FROM reading_heads WHERE id = one.{chain};
                    made := casework_reading_hash(one.{chain}, last.n + 1, last.head, one.person_id, one.at, one.c, one.address, one.query, one.d);
                    UPDATE {table} SET n = last.n + 1, hash = made WHERE id = one.id;
                    UPDATE reading_heads SET n = last.n + 1, head = made WHERE id = one.{chain};
                END LOOP;
            END $$
        """)
        for name in ("n", "query", "hash"):
            op.alter_column(table, name, nullable=False)
        op.create_unique_constraint(f"uq_{table}_{chain}_n", table, [chain, "n"])
        op.execute(
            f"CREATE TRIGGER chained BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION casework_chain_reading()"
        )
    op.execute(ERASE.format(gone=", salt = NULL, erasure_id = erasure"))


def downgrade() -> None:
    op.execute(ERASE.format(gone=""))
    for table, chain in TABLES.items():
        op.execute(f"DROP TRIGGER chained ON {table}")
        op.drop_constraint(f"uq_{table}_{chain}_n", table)
        for name in ("n", "salt", "query", "hash", "erasure_id"):
            op.drop_column(table, name)
    op.execute("DROP FUNCTION casework_chain_reading, casework_reading_hash")
    op.drop_table("reading_heads")
