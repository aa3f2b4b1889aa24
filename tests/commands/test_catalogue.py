"""The command `catalogue`: it indexes what is there, and measures a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_judging import write
from tests.operations.people.test_programme_weights import set_to
from tests.support.databases import run_casework
from tests.support.world import World


def test_indexing_says_how_many_and_a_second_time_finds_nothing_to_do(
    world: World, engine: Engine, database_url: str
) -> None:
    with transaction(engine) as db:
        enter(world, db, "technology", title="Heat pump")
    environment = {"DATABASE_URL": database_url}
    made = run_casework("catalogue", "index", "--programme", "BJ", "--again", environment=environment)
    assert (made.returncode, made.stdout[:7]) == (0, "Indexed")
    assert "as it stands" in run_casework("catalogue", "index", environment=environment).stdout
    wrong = run_casework("catalogue", "index", "--programme", "XX", environment=environment)
    assert (wrong.returncode, "XX" in wrong.stderr) == (1, True)


def test_similar_texts_are_switched_on_once_and_off(world: World, engine: Engine, database_url: str) -> None:
    with transaction(engine) as db:
        enter(world, db, "technology", title="Heat pump for sewage")
    environment = {"DATABASE_URL": database_url}
    made = run_casework("catalogue", "embed", "--programme", "BJ", environment=environment)
    assert (made.returncode, made.stdout[:9]) == (0, "Looked at")
    assert "as it stands" in run_casework("catalogue", "embed", "--programme", "BJ", environment=environment).stdout
    assert run_casework("catalogue", "embed", "--off", environment=environment).returncode == 0
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(direction) + count(sentences) FROM record_meanings")).scalar_one() == 0


def test_judging_makes_the_database_where_there_is_none(tmp_path: Path) -> None:
    folder, environment = write(tmp_path), {"CASEWORK_VAR": str(tmp_path / "var"), "DATABASE_URL": ""}
    try:
        made = run_casework("catalogue", "judge", str(folder), "--json", "--words", environment=environment)
        assert made.returncode == 0, made.stderr
        assert json.loads(made.stdout)["ours"]["nDCG@10"] == 1.0
    finally:
        run_casework("db", "stop", environment=environment)


def test_judging_prints_the_figures_as_json(engine: Engine, database_url: str, tmp_path: Path) -> None:
    made = run_casework(
        "catalogue", "judge", str(write(tmp_path)), "--json", "--words", environment={"DATABASE_URL": database_url}
    )
    told = json.loads(made.stdout)
    assert {"bm25", "ours", "channels", "without", "seconds"} <= told.keys()
    assert (set(told["bm25"]), set(told["ours"])) == ({"nDCG@10", "MAP"}, {"nDCG@10", "MAP"})
    assert told["ours"]["nDCG@10"] == 1.0
    said = run_casework("catalogue", "judge", str(tmp_path), "--words", environment={"DATABASE_URL": database_url})
    assert "Without text: --words was given (2 queries)." in said.stdout
    (tmp_path / "qrels.tsv").unlink()
    refused = run_casework("catalogue", "judge", str(tmp_path), environment={"DATABASE_URL": database_url})
    assert (refused.returncode, "qrels.tsv" in refused.stderr) == (1, True)


def test_judging_orders_by_the_weights_of_a_file_or_of_a_version(
    world: World, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        set_to(db, world, title="7")
    folder, environment = write(tmp_path), {"DATABASE_URL": database_url}

    def judge(weights: str) -> CompletedProcess[str]:
        return run_casework(
            "catalogue", "judge", str(folder), "--json", "--words", "--weights", weights, environment=environment
        )

    file = tmp_path / "weights.json"
    file.write_text('{"title": 3, "b": "0.5"}')
    told = json.loads(judge(str(file)).stdout)["weights"]
    assert (told["title"], told["b"], told["k1"]) == ("3", "0.5", "1.2")
    assert json.loads(judge("BJ:2").stdout)["weights"]["title"] == "7"
    for wrong in ("BJ:3", "XX:1", str(tmp_path / "none.json")):
        assert judge(wrong).returncode == 1
    for content in ('{"title": 99}', '{"colour": 1}', "[1]", "[" * 50_000, "\x00"):
        file.write_text(content)
        made = judge(str(file))
        assert (made.returncode, "Traceback" in made.stderr) == (1, False)
    assert "between 0.5 and 10" in _refused(file, judge)


def _refused(file: Path, judge: Callable[[str], CompletedProcess[str]]) -> str:
    file.write_text('{"title": 99}')
    return judge(str(file)).stderr
