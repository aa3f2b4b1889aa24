"""Preferences, second factors, attempts to sign in, drafts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_accounts"
down_revision = "0001_first_tables"

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON second_factors, recovery_codes, sign_in_attempts, drafts TO casework_app;
"""
_id = sa.UUID(as_uuid=False)
_time = sa.DateTime(timezone=True)
_now = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.add_column(
        "people",
        sa.Column("theme", sa.Text(), server_default=sa.text("'auto'"), nullable=False, comment="auto, light or dark"),
    )
    op.create_check_constraint(op.f("ck_people_theme"), "people", "theme IN ('auto', 'light', 'dark')")
    op.add_column(
        "sessions",
        sa.Column(
            "awaits",
            sa.Text(),
            nullable=True,
            comment="second_factor or set_up: what is still missing; such a session opens nothing else",
        ),
    )
    op.create_check_constraint(op.f("ck_sessions_awaits"), "sessions", "awaits IN ('second_factor', 'set_up')")
    op.create_table(
        "second_factors",
        sa.Column("person_id", _id, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False, comment="Of RFC 6238, base 32"),
        sa.Column("created_at", _time, server_default=_now, nullable=False),
        sa.Column(
            "confirmed_at", _time, nullable=True, comment="Null until the first code was right; asked for only then"
        ),
        sa.Column(
            "last_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="No code counts twice"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_second_factors_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factors")),
        comment="One-time codes of an app, asked for after the password",
    )
    op.create_table(
        "recovery_codes",
        sa.Column("person_id", _id, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the code; itself shown once"),
        sa.Column("created_at", _time, server_default=_now, nullable=False),
        sa.Column("used_at", _time, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id")),
        sa.PrimaryKeyConstraint("person_id", "hash", name=op.f("pk_recovery_codes")),
        comment="Ten codes for one use each, for those who have lost their app",
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column(
            "account", sa.LargeBinary(), nullable=False, comment="SHA-256 of the address that was typed, lower case"
        ),
        sa.Column("address", sa.Text(), nullable=False, comment="Where the attempt came from"),
        sa.Column("at", _time, server_default=_now, nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
        comment="Slows down those who guess; nobody is locked out",
    )
    op.create_index("ix_sign_in_attempts_account_at", "sign_in_attempts", ["account", "at"])
    op.create_index("ix_sign_in_attempts_address_at", "sign_in_attempts", ["address", "at"])
    op.create_table(
        "drafts",
        sa.Column("person_id", _id, nullable=False),
        sa.Column("form", sa.Text(), nullable=False, comment="Which form of which thing"),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What was typed, by input name",
        ),
        sa.Column("saved_at", _time, server_default=_now, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drafts_person_id")),
        sa.PrimaryKeyConstraint("person_id", "form", name=op.f("pk_drafts")),
        comment="What a person has typed and not yet sent",
    )
    op.create_index(op.f("ix_drafts_saved_at"), "drafts", ["saved_at"])
    op.execute(GRANTS)


def downgrade() -> None:
    op.drop_table("drafts")
    op.drop_table("sign_in_attempts")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
    op.drop_constraint(op.f("ck_sessions_awaits"), "sessions")
    op.drop_column("sessions", "awaits")
    op.drop_constraint(op.f("ck_people_theme"), "people")
    op.drop_column("people", "theme")
