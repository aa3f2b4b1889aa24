"""Passkeys, when a session's person was last proved, the programme that its lists show, sealed secrets of codes."""

import sqlalchemy as sa
from alembic import op

revision = "0011_passkeys"
down_revision = "0010_mentions"

GRANTS = "GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys, challenges TO casework_app;"
PURPOSES = "'register', 'sign_in', 'prove'"
_id = sa.UUID(as_uuid=False)
_time = sa.DateTime(timezone=True)
_now = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", _id, nullable=False),
        sa.Column("person_id", _id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="As its owner calls it"),
        sa.Column("credential", sa.LargeBinary(), nullable=False, comment="The authenticator's own id of it"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False, comment="COSE"),
        sa.Column(
            "sign_count", sa.BigInteger(), nullable=False, comment="Of the last use; a smaller one later betrays a copy"
        ),
        sa.Column("created_at", _time, server_default=_now, nullable=False),
        sa.Column("used_at", _time, nullable=True),
        sa.Column("copied_at", _time, nullable=True, comment="When a copy was betrayed; it opens nothing since"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passkeys_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkeys_credential")),
        comment="Keys of WebAuthn that a person signs in with",
    )
    op.create_index(op.f("ix_passkeys_person_id"), "passkeys", ["person_id"], unique=False)
    op.create_table(
        "challenges",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False, comment="register, sign_in or prove"),
        sa.Column("person_id", _id, nullable=True, comment="Who is to answer; null for sign_in"),
        sa.Column("expires_at", _time, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_challenges_person_id")),
        sa.CheckConstraint(f"purpose IN ({PURPOSES})", name=op.f("ck_challenges_purpose")),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_challenges")),
        comment="What an authenticator is to sign; each counts once, for some minutes",
    )
    op.create_index(op.f("ix_challenges_expires_at"), "challenges", ["expires_at"], unique=False)
    op.add_column(
        "sessions",
        sa.Column(
            "proved_at",
            _time,
            server_default=_now,
            nullable=False,
            comment="When the person last showed who that is: password, code or passkey",
        ),
    )
    op.add_column(
        "sessions",
        sa.Column("programme_id", _id, nullable=True, comment="What its lists show; null for every programme"),
    )
    op.create_foreign_key(op.f("fk_sessions_programme_id"), "sessions", "programmes", ["programme_id"], ["id"])
    # No secret is sealed without the key of the installation, which no migration knows: they are set up anew.
    op.execute("DELETE FROM second_factors")
    op.drop_column("second_factors", "secret")
    op.add_column(
        "second_factors",
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="The secret of RFC 6238, sealed by the vault"),
    )
    op.execute(GRANTS)


def downgrade() -> None:
    op.execute("DELETE FROM second_factors")
    op.drop_column("second_factors", "sealed")
    op.add_column("second_factors", sa.Column("secret", sa.Text(), nullable=False, comment="Of RFC 6238, base 32"))
    op.drop_constraint(op.f("fk_sessions_programme_id"), "sessions", type_="foreignkey")
    op.drop_column("sessions", "programme_id")
    op.drop_column("sessions", "proved_at")
    op.drop_table("challenges")
    op.drop_table("passkeys")
