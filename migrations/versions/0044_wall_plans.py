"""Files, their places and keys ask for what is above them by functions: policies within policies took long to plan."""

from alembic import op

revision = "0044_wall_plans"
down_revision = "0043_sealed_readings_apart"

#: Of each table: its policy's question to the one above it, by the column that is asked with.
ABOVE = {
    "files": ("document_id", "SELECT FROM documents d WHERE d.id = asked", "SELECT FROM documents d WHERE d.id = files.document_id"),
    "contents": ("file_id", "SELECT FROM files f WHERE f.id = asked", "SELECT FROM files f WHERE f.id = contents.file_id"),
    "blobs": ("id", "SELECT FROM contents k WHERE k.blob_id = asked", "SELECT FROM contents k WHERE k.blob_id = blobs.id"),
    "compartments": (
        "id", "SELECT FROM blobs b WHERE b.compartment_id = asked", "SELECT FROM blobs b WHERE b.compartment_id = compartments.id"
    ),
}  # fmt: skip


def upgrade() -> None:
    for table, (column, asked, _) in ABOVE.items():
        # In the rights of who asks: the policy of the table above holds within it, and its plan is kept.
        op.execute(
            f"CREATE FUNCTION casework_shows_{table}(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$"
            f" BEGIN RETURN EXISTS ({asked}); END $$"
        )
        op.execute(
            f"ALTER POLICY readers ON {table} USING ((SELECT casework_engine_reads()) OR casework_shows_{table}({column}))"
        )


def downgrade() -> None:
    for table, (_, _, before) in ABOVE.items():
        op.execute(f"ALTER POLICY readers ON {table} USING ((SELECT casework_engine_reads()) OR EXISTS ({before}))")
        op.execute(f"DROP FUNCTION casework_shows_{table}(uuid)")
