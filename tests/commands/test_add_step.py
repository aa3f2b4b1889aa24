"""`casework workflow add-step` writes a step into three files, or nothing."""

from __future__ import annotations

import ast
import io
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from casework.commands.add_step import CATALOGUE, _Files
from casework.commands.step_scenarios import _inline, with_steps
from casework.commands.step_source import CannotWrite, NewStep, Question, Words, with_step
from casework.commands.step_texts import with_texts
from casework.commands.workflow import workflow
from casework.definitions import library_of
from casework.engine.definition.publisher import publish
from casework.engine.roles import Role
from casework.playbook.scenario_files import ScenarioFault
from tests.support.databases import ROOT
from workflows.deployment import Deployment

#: What is typed one after the other: the way, the step, its way out, its form, its exceptions. A wrong answer is asked for again.
TYPED = """nowhere
installed
planning
pilot_run
Pilot run
Pilot
试运行
Follow the pilot run
跟进试运行
officer
0
60
n
Test
piloted
Record the pilot run
记录试运行
recorded the pilot run
记录了试运行
documents:report:Report of the pilot run:试运行报告,date:ended_on:Ended on:结束日期
abandon
"""
GIVEN = {
    "after": "installed", "name": "pilot_run", "label": "Pilot run", "label-zh": "试运行", "do": "Follow the pilot run",
    "do-zh": "跟进试运行", "queue": "officer", "days": "60", "bar": "Test", "out": "piloted", "press": "Record the pilot run",
    "press-zh": "记录试运行", "done": "recorded the pilot run", "done-zh": "记录了试运行", "ask": "-", "left-by": "abandon",
}  # fmt: skip
FILES = ("workflows/deployment.py", "workflows/scenarios/deployment.toml", f"casework/{CATALOGUE}")
STEP = NewStep(
    after="go",
    name="pause",
    out="on",
    label=Words("Pause", "暂停"),
    do=Words("Wait", "等待"),
    press=Words("Go on", "继续"),
    done=Words("went on", "继续了"),
    queue=Role.OFFICER,
    days=3,
    working=True,
    bar="One",
)


def casework(root: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """A command on the copy, whose workflows come before the installed ones."""
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "casework", "workflow", *arguments],
        input=typed,
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def content(root: Path) -> dict[str, bytes]:
    files = [one for one in root.rglob("*") if one.is_file() and "__pycache__" not in one.parts]
    return {str(one.relative_to(root)): one.read_bytes() for one in files}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "workflows", root / "workflows", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "casework" / CATALOGUE).parent.mkdir(parents=True)
    shutil.copy(ROOT / "casework" / CATALOGUE, root / "casework" / CATALOGUE)
    return root


def test_the_step_is_written_published_and_reached(copied: Path) -> None:
    before = content(copied)
    left = casework(copied, "add-step", "deployment", typed=f"{TYPED}n\n")
    assert (left.returncode, "Write this?" in left.stdout, content(copied)) == (1, True, before), left.stderr
    done = casework(copied, "add-step", "deployment", typed=f"{TYPED}y\n")
    assert done.returncode == 0, done.stderr
    assert "deployment: all of its 8 scenarios passed" in done.stdout
    assert "case: not all of its" in done.stdout
    assert "2. casework workflow publish deployment" in done.stdout
    assert {name for name, bytes_ in content(copied).items() if before.get(name) != bytes_} == set(FILES)
    published = casework(copied, "publish", "deployment")
    assert "deployment-2.json is written." in published.stdout, published.stderr
    assert casework(copied, "check").returncode == 0
    scenarios = tomllib.loads((copied / FILES[1]).read_text("utf-8"))["scenario"]
    reached = [step for one in scenarios for step in one["steps"] if step.get("then") == "pilot_run"]
    assert [(step["due"].isoformat(), step["may"]) for step in reached] == [
        ("2026-05-01", {"officer": ["piloted", "abandon"]})
    ] * 2
    catalogue = read_po(io.BytesIO((copied / FILES[2]).read_bytes()))
    found = catalogue.get("Pilot run", "deployment.states.pilot_run")
    assert found is not None
    assert found.string == "试运行"
    for tool in (["format", "--check"], ["check"]):
        subprocess.run(
            [
                Path(sys.executable).parent / "ruff",
                *tool,
                "--no-cache",
                "--config",
                ROOT / "ruff.toml",
                copied / FILES[0],
            ],
            check=True,
            capture_output=True,
        )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("after", "nowhere"),
        ("after", "no permits"),
        ("name", "planning"),
        ("name", "plan_set"),
        ("name", "title"),
        ("name", "class"),
        ("name", "Pilot"),
        ("name", "x; import os"),
        ("name", ""),
        ("label", ""),
        ("label", "two\nlines"),
        ("label", "x" * 201),
        ("label-zh", "Pilot"),
        ("label-zh", "百分之%试"),
        ("do", "\x00"),
        ("queue", "auditor"),
        ("days", "0"),
        ("days", "-1"),
        ("days", "4000"),
        ("days", "٣"),
        ("bar", "Nowhere"),
        ("out", "pilot_run"),
        ("out", "abandon"),
        ("press", " "),
        ("done-zh", ""),
        ("ask", "date:on:On"),
        ("ask", "secret:on:On:日"),
        ("ask", "date:rule:On:日"),
        ("ask", "date:On:On:日"),
        ("left-by", "fail_final"),
        ("left-by", "installed"),
    ],
)
def test_a_bad_answer_changes_nothing(key: str, value: str) -> None:
    """Among the files of this checkout, which would be those that are written."""
    before = [(ROOT / name).read_bytes() for name in FILES]
    options = [part for name, one in {**GIVEN, key: value}.items() for part in (f"--{name}", one)]
    done = CliRunner().invoke(workflow, ["add-step", "deployment", "--calendar", *options], input="n\n")
    assert done.exit_code == 2, done.output
    assert [(ROOT / name).read_bytes() for name in FILES] == before


def test_a_workflow_that_is_not_there_is_refused() -> None:
    done = CliRunner().invoke(workflow, ["add-step", "nothing"])
    assert (done.exit_code, "There is no workflow nothing" in done.output) == (1, True)


def test_what_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    files = _Files(Deployment)
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("one")
    two.write_text("two, and a change")
    files.before = {one: "one", two: "two"}
    with pytest.raises(Exception, match="changed meanwhile"):
        files.write({one: "new", two: "new"})
    assert (one.read_text(), two.read_text(), len(list(tmp_path.iterdir()))) == ("one", "two, and a change", 2)


SMALL = '''"""A small one."""

from __future__ import annotations

from casework.engine.definition import roles
from casework.engine.definition.grammar import Final, State, Workflow, any_of, calendar_days


class Small(Workflow):
    """Small. ü"""

    a = State("A", "officer", calendar_days(5), "One")
    b = State("B", "officer", calendar_days(5), "One")
    done = Final("Done")

    go = a.to(b, by="officer")
    end = b.to(done, by="officer")
    stop = any_of(a, b).to(done, by="officer", kind="exception")
    give_up = a.to(done, by="officer", kind="exception", name="quit")
'''


def test_imports_and_ways_are_written_as_each_stands() -> None:
    step = NewStep(
        **{**vars(STEP), "left_by": ("stop", "quit"), "questions": (Question("date", "on", Words("On", "日")),)}
    )
    made = with_step(SMALL, "Small", step, edition=2)
    ast.parse(made)
    for line in (
        "from casework.engine.definition.forms import Date, Form\n",
        "import Final, State, Workflow, any_of, calendar_days, working_days\n",
        "from casework.engine.roles import Role\n",
        '    edition = 2\n    a = State("A"',
        '    pause = State("Pause", queue=Role.OFFICER, due=working_days(3), step="One", do="Wait")\n    b = State',
        "    go = a.to(pause, by",
        '    on = pause.to(b, by=Role.OFFICER, form=Pause, do="Go on", done="went on")\n    end',
        "any_of(a, b, pause).to(done",
        "(a | pause).to(done",
        'class Pause(Form):\n    """Pause."""\n\n    on = Date(label="On", past=True)\n\n\nclass Small',
    ):
        assert line in made, f"{line}\n{made}"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": "calendar_days"}, "calendar_days is there already"),
        ({"after": "quite"}, "does not stand in the class"),
        ({"after": "end", "left_by": ("end",), "name": "quit"}, "quit is there already"),
    ],
)
def test_what_would_take_the_place_of_another_thing_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(CannotWrite, match=why):
        with_step(SMALL, "Small", NewStep(**{**vars(STEP), **change}), edition=None)


def test_words_are_words_and_never_code() -> None:
    step = NewStep(
        **{**vars(STEP), "label": Words('"""\\", x=', "暂停"), "questions": (Question("text", "t", Words('"', "日")),)}
    )
    tree = ast.parse(with_step(SMALL, "Small", step, edition=None))
    (form,) = [one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == "Pause"]
    assert (ast.get_docstring(form, clean=False), len(form.body)) == ('"""\\", x=.', 2)
    label = 'a " and \\ in it'
    assert tomllib.loads(f"x = {_inline({'label': label, 'n': [1, True]})}")["x"] == {"label": label, "n": [1, True]}


def test_the_catalogue_stays_sorted_and_takes_no_text_twice() -> None:
    written = (ROOT / FILES[2]).read_text("utf-8")
    made = with_texts(written, "deployment", STEP)
    keys = [(message.id, message.context) for message in read_po(io.BytesIO(made.encode())) if message.id]
    assert keys == sorted(keys)
    assert len(made.splitlines()) == len(written.splitlines()) + 4 * 4
    with pytest.raises(CannotWrite, match="has a text of"):
        with_texts(made, "deployment", STEP)


def test_scenarios_that_do_not_go_there_are_refused() -> None:
    library = library_of([publish(Deployment)])
    text = '[[scenario]]\nname = "One"\nsteps = [\n  { who = "officer", does = "plan_set" },\n]\n'
    with pytest.raises(CannotWrite, match="no scenario in x.toml goes by go"):
        with_steps("x.toml", text, library, "deployment", step=STEP, leaving=[])
    with pytest.raises(CannotWrite, match="a line of its own"):
        with_steps("x.toml", text.replace("\n  {", "{"), library, "deployment", step=STEP, leaving=[])
    wrong = text.replace('"plan_set"', '"plan_set", then = "operating"')
    with pytest.raises(ScenarioFault, match="“One”, step 1"):
        with_steps("x.toml", wrong, library, "deployment", step=STEP, leaving=[])
