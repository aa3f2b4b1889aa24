"""What people can do, within a programme or an organisation: for queues that allocate by skill."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0031_skills"
down_revision = "0030_openings"


def upgrade() -> None:
    op.create_table(
        "skills",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "scope_id", sa.UUID(as_uuid=False), nullable=False, comment="The programme or organisation that keeps it"
        ),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "fields", ARRAY(sa.Text()), nullable=False, comment="Of technology, in the words of needs and technologies"
        ),
        sa.Column("languages", ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "services", ARRAY(sa.Text()), nullable=False, comment="The kinds of tracks whose tasks the person can do"
        ),
        sa.ForeignKeyConstraint(["scope_id"], ["logs.id"], name="fk_skills_scope_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_skills_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_skills"),
        sa.UniqueConstraint("scope_id", "person_id", name="uq_skills_scope_person"),
        comment="What people can do, as whoever leads them keeps it; the fold of the scope's log",
    )
    op.create_index("ix_skills_person_id", "skills", ["person_id"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON skills TO casework_app")


def downgrade() -> None:
    op.drop_table("skills")
