"""`casework people import`: seen first, done, and told with links and codes."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.databases import run_casework
from tests.support.world import World

FILE = "email,programme,role,name,left\nnew@example.org,BJ,observer,New,\nmanager@example.org,BJ,manager,,2020-01-01\n"


def test_a_file_is_tried_done_and_done_only_once(
    world: World, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    environment, path = {"DATABASE_URL": database_url}, tmp_path / "people.csv"

    def bring(words: str, *more: str) -> tuple[int, str]:
        path.write_text(words, encoding="utf-8")
        done = run_casework("people", "import", str(path), *more, environment=environment)
        return done.returncode, done.stdout + done.stderr

    def count() -> int:
        with transaction(engine) as db:
            return int(db.execute(text("SELECT count(*) FROM events")).scalar_one())

    before = count()
    code, said = bring(FILE, "--dry-run")
    assert (code, count()) == (0, before)
    assert "A dry run: nothing was changed. 1 invited, 1 closed." in said
    assert "Code:" not in said
    code, said = bring(FILE.replace("manager,,", "auditor,,") + "nobody,BJ,observer,,\n")
    assert (code, count()) == (1, before)
    assert "row 4, email: " in said
    code, said = bring(FILE)
    assert code == 0
    assert "manager@example.org leaves: the account is closed." in said
    assert "Invited new@example.org. Link: /invitation#" in said
    after = count()
    assert before < after
    code, said = bring(FILE)
    assert (code, count()) == (0, after)
    assert "Done. Nothing to change." in said
    code, said = bring("")
    assert (code, count()) == (1, after)
    assert "cut off" in said
