"""Who was asked to join; and mails to people who have no account yet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029_invitations"
down_revision = "0028_grants_end"


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "scope_id", sa.UUID(as_uuid=False), nullable=False, comment="The programme or organisation that it is for"
        ),
        sa.Column("email", sa.Text(), comment="Null once erased, as the name"),
        sa.Column("name", sa.Text()),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.UUID(as_uuid=False), comment="Null: on the command line"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "issue",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Which link and code these are; those before are dead",
        ),
        sa.Column(
            "token", sa.LargeBinary(), nullable=False, comment="SHA-256 of the link's secret, which is kept nowhere"
        ),
        sa.Column("code", sa.Text(), nullable=False, comment="argon2id of what is told beside the mail"),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Wrong codes in a row"),
        sa.Column(
            "opened", sa.LargeBinary(), comment="SHA-256 of what the browser keeps that link and code have opened it in"
        ),
        sa.Column("opened_until", sa.DateTime(timezone=True)),
        sa.Column("locked_at", sa.DateTime(timezone=True), comment="Too many wrong codes"),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_by", sa.UUID(as_uuid=False)),
        sa.ForeignKeyConstraint(["scope_id"], ["logs.id"], name="fk_invitations_scope_id"),
        sa.ForeignKeyConstraint(["invited_by"], ["people.id"], name="fk_invitations_invited_by"),
        sa.ForeignKeyConstraint(["accepted_by"], ["people.id"], name="fk_invitations_accepted_by"),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("token", name="uq_invitations_token"),
        comment="Who was asked to join, and what became of it; the fold of the scope's log but for its secrets",
    )
    op.create_index("ix_invitations_scope_id", "invitations", ["scope_id"], unique=False)
    op.execute("GRANT SELECT, INSERT, UPDATE ON invitations TO casework_app")
    op.alter_column("mails", "person_id", nullable=True)
    op.alter_column(
        "mails", "kind", comment="Of its notice, or digest, or invitation", existing_comment="Of its notice, or digest"
    )
    op.add_column(
        "mails", sa.Column("invitation_id", sa.UUID(as_uuid=False), comment="To somebody who may have no account yet")
    )
    op.create_foreign_key("fk_mails_invitation_id", "mails", "invitations", ["invitation_id"], ["id"])
    op.create_index("ix_mails_invitation_id", "mails", ["invitation_id"], unique=False)
    op.create_check_constraint(op.f("ck_mails_one_reader"), "mails", "num_nonnulls(person_id, invitation_id) = 1")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_mails_one_reader"), "mails")
    op.drop_column("mails", "invitation_id")
    op.execute("DELETE FROM mails WHERE person_id IS NULL")
    op.alter_column(
        "mails", "kind", comment="Of its notice, or digest", existing_comment="Of its notice, or digest, or invitation"
    )
    op.alter_column("mails", "person_id", nullable=False)
    op.drop_table("invitations")
