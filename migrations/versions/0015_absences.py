"""When people are away and who stands in for them."""

import sqlalchemy as sa
from alembic import op

revision = "0015_absences"
down_revision = "0014_calendar_versions"


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "scope_id",
            sa.UUID(as_uuid=False),
            nullable=False,
            comment="The programme or organisation that the person is away from",
        ),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "substitute_id",
            sa.UUID(as_uuid=False),
            nullable=False,
            comment="Holds the person's roles as a deputy meanwhile",
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at >= starts_at", name="ck_absences_ends_after_start"),
        sa.CheckConstraint("person_id <> substitute_id", name="ck_absences_another_person"),
        sa.ForeignKeyConstraint(["scope_id"], ["logs.id"], name="fk_absences_scope_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_absences_person_id"),
        sa.ForeignKeyConstraint(["substitute_id"], ["people.id"], name="fk_absences_substitute_id"),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
        comment="When people are away and who stands in; the fold of the scope's log",
    )
    for column in ("scope_id", "person_id", "substitute_id"):
        op.create_index(f"ix_absences_{column}", "absences", [column])
    op.add_column(
        "memberships",
        sa.Column("absence_id", sa.UUID(as_uuid=False), nullable=True, comment="That made its holder a deputy"),
    )
    op.add_column(
        "memberships",
        sa.Column(
            "via_id", sa.UUID(as_uuid=False), nullable=True, comment="The membership that it passes on; ends with it"
        ),
    )
    op.create_foreign_key("fk_memberships_absence_id", "memberships", "absences", ["absence_id"], ["id"])
    op.create_foreign_key("fk_memberships_via_id", "memberships", "memberships", ["via_id"], ["id"])
    for column in ("absence_id", "via_id"):
        op.create_index(f"ix_memberships_{column}", "memberships", [column])
    op.execute("GRANT SELECT, INSERT, UPDATE ON absences TO casework_app")


def downgrade() -> None:
    for column in ("via_id", "absence_id"):
        op.drop_index(f"ix_memberships_{column}", table_name="memberships")
        op.drop_constraint(f"fk_memberships_{column}", "memberships", type_="foreignkey")
        op.drop_column("memberships", column)
    op.drop_table("absences")
