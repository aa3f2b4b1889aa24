"""The whole schema: tables, functions, triggers, policies and grants from `casework/records/sql`, and the job queue's own.

The procedure for the first release, from which on this revision stays as it is, stands in `migrations/README.md`.
"""

import re
from importlib.resources import files

from alembic import op

revision = "0001_schema"
down_revision = None

#: In the order in which each needs the one before it. The queue is Procrastinate's, as its release 3.10 has it; a later release's
#: own migrations become a revision of ours, run from a file beside that one.
PARTS = (
    ("casework.records", "sql/terms.sql"),
    ("casework.records", "sql/tables.sql"),
    ("casework.migrations", "procrastinate_3_10.sql"),
    ("casework.records", "sql/functions.sql"),
    ("casework.records", "sql/triggers.sql"),
    ("casework.records", "sql/policies.sql"),
    ("casework.records", "sql/grants.sql"),
)
_CREATED = re.compile(r"^CREATE (TABLE|FUNCTION|TYPE) (\w+)", re.MULTILINE)


def upgrade() -> None:
    for package, name in PARTS:
        _run(_read(package, name))


def downgrade() -> None:
    created = [_CREATED.findall(_read(package, name)) for package, name in PARTS]
    for kind in ("TABLE", "FUNCTION", "TYPE"):
        names = ", ".join(name for part in created for what, name in part if what == kind)
        # Functions that give rows of a table have gone with it.
        _run(f"DROP {kind} IF EXISTS {names} CASCADE")


def _read(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text("utf-8")


def _run(statements: str) -> None:
    # By the driver itself: the files hold colons and percent signs that are nobody's parameters.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(statements)
