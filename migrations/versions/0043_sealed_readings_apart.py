"""Readings of sealed mediations in a table of their own: the numbers of the others must not tell of them."""

import sqlalchemy as sa
from alembic import op

revision = "0043_sealed_readings_apart"
down_revision = "0042_sealed_wall"

_id = sa.UUID(as_uuid=False)


def upgrade() -> None:
    op.create_table(
        "sealed_readings",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("log_id", _id, nullable=False, comment="The mediation"),
        sa.Column("person_id", _id, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False, comment="Path and query that were asked for"),
        sa.ForeignKeyConstraint(["log_id"], ["logs.id"], name="fk_sealed_readings_log_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sealed_readings_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sealed_readings"),
        comment="Who opened a sealed mediation; listed to those named for it alone, and never changed by the application",
    )
    op.create_index("ix_sealed_readings_log_id_id", "sealed_readings", ["log_id", "id"])
    op.execute("GRANT SELECT, INSERT ON sealed_readings TO casework_app")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON sealed_readings FROM casework_app")
    op.execute(
        "INSERT INTO sealed_readings (log_id, person_id, at, address)"
        " SELECT log_id, person_id, at, address FROM readings WHERE log_id IS NOT NULL ORDER BY id"
    )
    op.execute("DELETE FROM readings WHERE log_id IS NOT NULL")
    op.drop_column("readings", "log_id")


def downgrade() -> None:
    op.add_column(
        "readings",
        sa.Column(
            "log_id", _id, nullable=True, comment="Where it was a sealed mediation: listed to those named for it alone"
        ),
    )
    op.create_index(
        "ix_readings_log_id_id", "readings", ["log_id", "id"], postgresql_where=sa.text("log_id IS NOT NULL")
    )
    op.drop_table("sealed_readings")
