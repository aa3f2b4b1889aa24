"""`docs/how-to/add-a-step.md`, followed word by word in a copy of the repository: three files, and two editions at once."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from casework.definitions import library_of, load_definitions, read_published
from casework.engine.definition.editions import Edition
from casework.engine.execution.record_commands import RegisterDocument
from casework.engine.state.projection import fold
from casework.errors import CaseworkError
from tests.engine.toys import Play

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "add-a-step.md"
DEFINITION, SCENARIOS, EDITION = (
    "workflows/deployment.py", "workflows/scenarios/deployment.toml", "workflows/published/deployment-2.json",
)  # fmt: skip
DAY = "2026-03-02"


def blocks(language: str, part: str = "") -> list[str]:
    """The page's code blocks of a language, in the part under a heading that begins so."""
    text = PAGE.read_text("utf-8")
    if part:
        text = text.partition(f"\n## {part}")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def edit(text: str, diff: str) -> str:
    """A text after a diff of the page, whose old lines must stand in it exactly once."""
    lines = [(line[:1], line[1:]) for line in diff.splitlines(keepends=True)]
    old = "".join(words for mark, words in lines if mark != "+")
    new = "".join(words for mark, words in lines if mark != "-")
    assert text.count(old) == 1, f"the page speaks of lines that are not there:\n{old}"
    return text.replace(old, new)


@dataclass(frozen=True)
class Followed:
    """The copy after all was done: where it is, what it was before, and what each command said."""

    root: Path
    before: dict[str, str]
    after: dict[str, str]
    said: dict[str, subprocess.CompletedProcess[str]]


def fingerprints(root: Path) -> dict[str, str]:
    files = (one for one in root.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
    return {str(one.relative_to(root)): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    root = tmp_path_factory.mktemp("copy")
    for name in ("workflows", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "setup.cfg", root)
    before = fingerprints(root)
    for name, part in ((DEFINITION, "1."), (SCENARIOS, "2.")):
        for diff in blocks("diff", part):
            (root / name).write_text(edit((root / name).read_text("utf-8"), diff), "utf-8")
    (commands,) = blocks("sh")
    said = {command: run(root, command) for command in commands.splitlines()}
    return Followed(root, before, fingerprints(root), said)


def run(root: Path, command: str) -> subprocess.CompletedProcess[str]:
    """A command of the page, done with this interpreter; the copy's workflows come before the installed ones."""
    name, *arguments = shlex.split(command)
    module = name.removeprefix(".venv/bin/")
    assert module == "casework", f"what is {name}?"
    environment = {
        key: value for key, value in os.environ.items() if key != "DATABASE_URL" and not key.startswith("CASEWORK_")
    } | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def editions(followed: Followed) -> dict[int, Edition]:
    # Editions only name their guards; these are the functions.
    load_definitions()
    found = read_published(followed.root / "workflows" / "published")
    return {one.number: one for one in found if one.workflow == "deployment"}


def test_every_command_of_the_page_succeeds(followed: Followed) -> None:
    assert [f"{done.stdout}{done.stderr}" for done in followed.said.values() if done.returncode] == []
    assert "deployment-2.json is written." in "".join(done.stdout for done in followed.said.values())
    assert "deployment: 8 of 8 scenarios passed" in "".join(done.stdout for done in followed.said.values())


def test_exactly_three_files_are_touched(followed: Followed) -> None:
    touched = {name for name, content in followed.after.items() if followed.before.get(name) != content}
    assert touched == {DEFINITION, SCENARIOS, EDITION}
    assert followed.before.keys() <= followed.after.keys()


def test_the_first_edition_stays_as_it_was(followed: Followed, editions: dict[int, Edition]) -> None:
    first = "workflows/published/deployment-1.json"
    assert followed.after[first] == followed.before[first]
    assert sorted(editions) == [1, 2]
    assert set(editions[2].states) - set(editions[1].states) == {"pilot_run"}


def deployment(known: Iterable[Edition]) -> Play:
    play = Play(editions=known).start("deployment")
    play.do(RegisterDocument("A paper", "acceptance_certificate"))
    return play


def install(play: Play) -> None:
    papers = list(play.case.documents)
    play.fire("no_permits", data={"none_needed": True})
    play.fire("delivered", data={"notes": papers, "delivered_on": DAY})
    play.fire("installed", data={"record": papers, "installed_on": DAY})


def test_tracks_of_both_editions_run_side_by_side(editions: dict[int, Edition]) -> None:
    old = deployment([editions[1]])
    # From here on both are known, as after a release.
    old.library = library_of(editions.values())
    new = deployment(editions.values())
    assert (old.case.main.edition, new.case.main.edition) == (editions[1].fingerprint, editions[2].fingerprint)
    for play in (old, new):
        install(play)
    assert (old.states, new.states) == (("commissioning",), ("pilot_run",))
    with pytest.raises(CaseworkError):
        old.fire("piloted", data={"report": list(old.case.documents), "ended_on": DAY})
    new.fire("piloted", data={"report": list(new.case.documents), "ended_on": DAY})
    for play in (old, new):
        assert play.states == ("commissioning",)
        play.now += timedelta(days=1)
        play.fire("abandon", data={"party": "need_owner", "reason": "The plant is too loud."})
        assert play.case.main.outcome == "abandoned"
        assert fold(play.events) == play.case
