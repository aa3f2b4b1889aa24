"""Procrastinate's tables, functions and triggers, as its release 3.10 has them.

A later release's own migrations become a migration of ours, run from a file beside that one.
"""

from importlib.resources import files

from alembic import op

revision = "0008_jobs"
down_revision = "0007_teams"

TABLES = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers")
TYPES = ("procrastinate_job_to_defer_v1", "procrastinate_job_status", "procrastinate_job_event_type")


def upgrade() -> None:
    _run(files("casework.migrations").joinpath("procrastinate_3_10.sql").read_text("utf-8"))
    _run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO casework_app")
    _run(f"GRANT USAGE, SELECT ON {', '.join(f'{table}_id_seq' for table in TABLES)} TO casework_app")


def downgrade() -> None:
    _run(f"DROP TABLE {', '.join(TABLES)} CASCADE")
    _run(
        "DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid::regprocedure FROM pg_proc"
        " WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = 'public'::regnamespace"
        " LOOP EXECUTE 'DROP FUNCTION ' || f || ' CASCADE'; END LOOP; END $$"
    )
    _run(f"DROP TYPE {', '.join(TYPES)}")


def _run(statements: str) -> None:
    # By the driver itself: the file holds colons and percent signs that are nobody's parameters.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(statements)
