"""Filters of lists that people have given a name."""

import sqlalchemy as sa
from alembic import op

revision = "0004_saved_filters"
down_revision = "0003_findings"

GRANTS = "GRANT SELECT, INSERT, UPDATE, DELETE ON saved_filters TO casework_app;"
_id = sa.UUID(as_uuid=False)


def upgrade() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", _id, nullable=False),
        sa.Column("person_id", _id, nullable=False),
        sa.Column("page", sa.Text(), nullable=False, comment="Which list"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False, comment="As it stands in the address"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_filters_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("person_id", "page", "name", name=op.f("uq_saved_filters_person_id_page_name")),
        comment="Filters of lists that a person has given a name",
    )
    op.execute(GRANTS)


def downgrade() -> None:
    op.drop_table("saved_filters")
