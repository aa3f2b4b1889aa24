"""Accounts as people expect them: links that set a password, recoveries by two persons, codes that are counted."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054_accounts"
down_revision = "0053_one_policy"


def _moment(name: str, nullable: bool = True, comment: str | None = None) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, comment=comment)


def upgrade() -> None:
    op.add_column(
        "sessions",
        sa.Column(
            "misses",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Wrong codes while it waits for one",
        ),
    )
    op.create_table(
        "password_links",
        sa.Column(
            "id",
            sa.UUID(as_uuid=False),
            nullable=False,
            comment="The link's secret is made of it with the keys of the installation, and kept nowhere",
        ),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False, comment="SHA-256 of the link's secret"),
        sa.Column(
            "made_by", sa.UUID(as_uuid=False), comment="The administrator; null: by the person, or on the command line"
        ),
        _moment("made_at", False),
        _moment("expires_at", False),
        _moment("used_at"),
        _moment("ended_at", comment="A newer one was made, or the account changed otherwise"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_password_links_person_id"),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name="fk_password_links_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_password_links"),
        sa.UniqueConstraint("token", name="uq_password_links_token"),
        comment="Links for one use, by which people set a password: the first one, or a new one",
    )
    op.create_index("ix_password_links_person_id", "password_links", ["person_id"])
    op.create_table(
        "recoveries",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "means",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="What is lost: password, second_factor, or both",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="How whoever asks knows that it is the person"),
        sa.Column("asked_by", sa.UUID(as_uuid=False), nullable=False),
        _moment("asked_at", False),
        sa.Column(
            "state",
            sa.Text(),
            server_default=sa.text("'asked'"),
            nullable=False,
            comment="asked, agreed, refused, withdrawn or used",
        ),
        sa.Column("decided_by", sa.UUID(as_uuid=False)),
        _moment("decided_at"),
        sa.Column("first_half", sa.Text(), nullable=False, comment="argon2id of what whoever asked tells the person"),
        sa.Column("second_half", sa.Text(), comment="argon2id of what whoever agreed tells the person"),
        _moment("expires_at", False, "Until then it may be agreed to, or used"),
        _moment("used_at"),
        sa.CheckConstraint("state IN ('asked', 'agreed', 'refused', 'withdrawn', 'used')", name="ck_recoveries_state"),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by NOT IN (asked_by, person_id)", name="ck_recoveries_two_persons"
        ),
        sa.CheckConstraint("asked_by <> person_id", name="ck_recoveries_not_for_oneself"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_recoveries_person_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_recoveries_asked_by"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_recoveries_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_recoveries"),
        comment="How two persons let somebody in again who has lost the password or the second factor",
    )
    op.create_index("ix_recoveries_person_id", "recoveries", ["person_id"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON password_links, recoveries TO casework_app")


def downgrade() -> None:
    op.drop_table("recoveries")
    op.drop_table("password_links")
    op.drop_column("sessions", "misses")
