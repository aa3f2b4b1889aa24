"""Erasing a person: who asked and who agreed, and the one function by which a value leaves the history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040_erasures"
down_revision = "0039_workable_first"

KINDS = "kind IN ('case', 'mediation', 'programme', 'organisation', 'person', 'right', 'finding'{more})"

# Values of a body may go, each for its hash, while an erasure to which two persons agreed is carried out. Nothing else may.
EVENTS_ONLY_GROW = """
CREATE OR REPLACE FUNCTION events_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""
ERASE = """
CREATE FUNCTION casework_erase(erasure uuid, log uuid, event bigint, hashes jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.erasures e WHERE e.id = erasure AND e.state = 'agreed' AND e.decided_by <> e.asked_by
    ) THEN
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
CREATE FUNCTION casework_erase_readings(erasure uuid, named text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    count bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.erasures e WHERE e.id = erasure AND e.state = 'agreed' AND e.decided_by <> e.asked_by
    ) THEN
        RAISE EXCEPTION 'two persons have not agreed to this erasure' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE public.readings SET address = split_part(address, '?', 1) WHERE split_part(address, '?', 2) ~* named;
    GET DIAGNOSTICS count = ROW_COUNT;
    RETURN count;
END $$;
REVOKE ALL ON FUNCTION casework_erase, casework_erase_readings FROM PUBLIC;
GRANT EXECUTE ON FUNCTION casework_erase, casework_erase_readings TO casework_app;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION events_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or removed' USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def _kinds(more: str, words: str, former: str, *, not_valid: bool = False) -> None:
    op.drop_constraint(op.f("ck_logs_kind"), "logs")
    op.create_check_constraint(op.f("ck_logs_kind"), "logs", KINDS.format(more=more), postgresql_not_valid=not_valid)
    op.alter_column("logs", "kind", comment=words, existing_comment=former)


def upgrade() -> None:
    _kinds(
        ", 'erasure'",
        "case, mediation, programme, organisation, person, right, finding or erasure",
        "case, mediation, programme, organisation, person, right or finding",
    )
    op.add_column(
        "people",
        sa.Column(
            "erased_at", sa.DateTime(timezone=True), comment="When everything that names the person was taken out"
        ),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False, comment="Also the id of its log"),
        sa.Column(
            "programme_id", sa.UUID(as_uuid=False), nullable=False, comment="In which both persons have their roles"
        ),
        sa.Column(
            "person_id", sa.UUID(as_uuid=False), nullable=True, comment="Whose account; null for somebody without one"
        ),
        sa.Column("basis", sa.Text(), nullable=False, comment="The legal basis: request, withdrawn, needless or order"),
        sa.Column("state", sa.Text(), nullable=False, comment="asked, agreed, done or refused"),
        sa.Column(
            "words",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="What names the person: names, addresses, numbers; null once done",
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="Null once done, where it named the person"),
        sa.Column("asked_by", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decided_by", sa.UUID(as_uuid=False), nullable=True, comment="The second person, who agreed or did not"
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["logs.id"], name="fk_erasures_id"),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_erasures_programme_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_erasures_person_id"),
        sa.CheckConstraint("state IN ('asked', 'agreed', 'done', 'refused')", name=op.f("ck_erasures_state")),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_erasures_two_persons")),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
        comment="Erasures of persons; what the events of their logs add up to",
    )
    op.create_index(
        "ix_erasures_agreed", "erasures", ["decided_at", "id"], postgresql_where=sa.text("state = 'agreed'")
    )
    op.create_index("ix_erasures_programme_id_asked_at", "erasures", ["programme_id", "asked_at", "id"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON erasures TO casework_app")
    # What somebody looked at goes with the account.
    op.execute("GRANT DELETE ON looks TO casework_app")
    op.execute(EVENTS_ONLY_GROW)
    op.execute(ERASE)


def downgrade() -> None:
    op.execute("DROP FUNCTION casework_erase, casework_erase_readings")
    op.execute(BEFORE)
    op.execute("REVOKE DELETE ON looks FROM casework_app")
    op.drop_table("erasures")
    op.drop_column("people", "erased_at")
    # Logs stay, for events are never removed: those of this kind, and of kinds that came later.
    _kinds(
        "",
        "case, mediation, programme, organisation, person, right or finding",
        "case, mediation, programme, organisation, person, right, finding or erasure",
        not_valid=True,
    )
