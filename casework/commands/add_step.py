"""A wizard that writes a new step of a workflow: into the definition, its scenarios and the catalogue of translations."""

from __future__ import annotations

import difflib
import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from casework.commands.step_answers import QUEUES, answers
from casework.commands.step_scenarios import with_steps
from casework.commands.step_source import CannotWrite, NewStep, with_step
from casework.commands.step_texts import with_texts
from casework.definitions import library_of, load_definitions, published_folder, scenario_file
from casework.engine.definition.editions import Edition, workflow_name
from casework.engine.definition.grammar import Workflow
from casework.engine.definition.publisher import publish
from casework.playbook.scenario_files import ScenarioFault

CATALOGUE = Path("translations", "zh_Hans", "LC_MESSAGES", "workflows.po")


@click.command("add-step")
@click.argument("workflow")
@click.option("--after", help="The transition that is to lead to the step; where it leads now, the step leads.")
@click.option("--name", help="The name of the step in code, such as pilot_run.")
@click.option("--label", help="What the step is called.")
@click.option("--label-zh", help="The same in Chinese.")
@click.option("--do", help="Its task, such as “Follow the pilot run”.")
@click.option("--do-zh", help="The same in Chinese.")
@click.option("--queue", type=click.Choice(QUEUES), help="Whose work it is.")
@click.option("--days", help="How many days it may take.")
@click.option("--working/--calendar", "working", default=None, help="Whether these are working days.")
@click.option("--bar", help="Its place on the step bar: one that the workflow has.")
@click.option("--out", help="The name of the way out in code, such as piloted.")
@click.option("--press", help="The button of the way out, such as “Record the pilot run”.")
@click.option("--press-zh", help="The same in Chinese.")
@click.option("--done", help="What the history says after the person's name, such as “recorded the pilot run”.")
@click.option("--done-zh", help="The same in Chinese.")
@click.option(
    "--ask", "asks", multiple=True, help="What its form asks, as type:name:label:Chinese label; more than once, or '-'."
)
@click.option(
    "--left-by", "left_by", multiple=True, help="An exception that leaves the step, too; more than once, or '-'."
)
@click.option("--yes", is_flag=True, help="Write without asking once more.")
def add_step(workflow: str, yes: bool, **said: object) -> None:
    """Write a new step of WORKFLOW into three files: the definition, its scenarios and the Chinese texts.

    What no option says is asked for. The step is tried on a copy, with the check and all scenarios; the change is shown, and nothing
    is written before you agree. Then `casework workflow publish` makes the edition.
    """
    definition = _definition(workflow)
    edition = publish(definition)
    step = answers(edition, said)
    try:
        files = _Files(definition)
        made = files.with_step(edition, step)
        _try(files, made, workflow)
    except (CannotWrite, ScenarioFault) as error:
        raise click.ClickException(f"Nothing was written: {error}.") from error
    for path, text in made.items():
        click.echo("".join(_difference(files.shown(path), files.before[path], text)), nl=False)
    if not yes and not click.confirm("Write this?"):
        raise click.ClickException("Nothing was written.")
    files.write(made)
    click.echo(f"{', '.join(files.shown(path) for path in made)} are written.")
    ran = _run(files.root, ["workflow", "check"])
    click.echo(f"{ran.stdout}{ran.stderr}", nl=False)
    for line in _next(workflow, _scenarios(files.root)):
        click.echo(line)


def _definition(name: str) -> type[Workflow]:
    found = next((one for one in load_definitions() if workflow_name(one) == name), None)
    if found is None:
        there = ", ".join(map(workflow_name, load_definitions()))
        raise click.ClickException(f"There is no workflow {name}; there are: {there}.")
    return found


# --- the files -------------------------------------------------------------------------------------------------------


class _Files:
    """The three files of a definition, as they were read."""

    def __init__(self, definition: type[Workflow]) -> None:
        self.definition = definition
        source, scenarios = inspect.getsourcefile(definition), scenario_file(definition)
        if source is None or scenarios is None:
            raise CannotWrite("no package announces this definition")
        self.source, self.scenarios = Path(source).resolve(), Path(str(scenarios)).resolve()
        self.package = Path(*self.source.parts[: -len(definition.__module__.split(".")) + 1])
        if not self.scenarios.is_relative_to(self.package):
            raise CannotWrite("the definition and its scenarios do not lie in one package")
        #: What the package lies in: a checkout has the catalogue beside it.
        self.root = self.package.parent
        beside = self.root / "casework" / CATALOGUE
        self.catalogue = beside if beside.exists() else Path(__file__).resolve().parents[1] / CATALOGUE
        self.before = {path: _read(path) for path in (self.source, self.scenarios, self.catalogue)}

    def shown(self, path: Path) -> str:
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def with_step(self, edition: Edition, step: NewStep) -> dict[Path, str]:
        """What is to stand in the files."""
        name, folder = edition.workflow, Path(str(published_folder(self.definition)))
        published = (folder / f"{name}-{edition.number}.json").exists()
        if (folder / f"{name}-{edition.number + 1}.json").exists():
            raise CannotWrite(f"{name}-{edition.number + 1}.json is there already")
        source = with_step(
            self.before[self.source], self.definition.__name__, step, edition=edition.number + 1 if published else None
        )
        target = next(rule.target for rule in edition.transitions if rule.name == step.after)
        leaving = [rule.name for rule in edition.transitions if target in rule.sources]
        library = library_of(publish(one) for one in load_definitions())
        scenarios = with_steps(
            self.scenarios.name, self.before[self.scenarios], library, name, step=step, leaving=leaving
        )
        return {
            self.source: source,
            self.scenarios: scenarios,
            self.catalogue: with_texts(self.before[self.catalogue], name, step),
        }

    def write(self, made: Mapping[Path, str]) -> None:
        """All of them; none where one has changed since it was read."""
        for path in made:
            if _read(path) != self.before[path]:
                raise click.ClickException(f"Nothing was written: {self.shown(path)} has changed meanwhile.")
        beside = {path: path.with_name(f".{path.name}.new") for path in made}
        try:
            for path, new in beside.items():
                with new.open("x", encoding="utf-8") as file:
                    file.write(made[path])
                shutil.copymode(path, new)
        except OSError as error:
            for new in beside.values():
                new.unlink(missing_ok=True)
            raise click.ClickException(f"Nothing was written: {error}.") from error
        for path, new in beside.items():
            os.replace(new, path)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotWrite(f"{path.name} cannot be read") from error


def _difference(name: str, before: str, after: str) -> Iterator[str]:
    return difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)


# --- the trial -------------------------------------------------------------------------------------------------------


def _try(files: _Files, made: Mapping[Path, str], workflow: str) -> None:
    """Whether it can be published, in a copy."""
    with TemporaryDirectory(prefix="casework-") as folder:
        copy = Path(folder) / files.package.name
        shutil.copytree(files.package, copy, ignore=shutil.ignore_patterns("__pycache__"))
        for path, text in made.items():
            if path.is_relative_to(files.package):
                (copy / path.relative_to(files.package)).write_text(text, "utf-8")
        if failed := _scenarios(Path(folder), workflow)[workflow][1]:
            raise CannotWrite("; ".join(failed))
        ran = _run(Path(folder), ["workflow", "publish", workflow])
        if ran.returncode:
            raise CannotWrite(_last(ran))


def _scenarios(root: Path, *names: str) -> dict[str, tuple[int, list[str]]]:
    """By workflow how many scenarios there are, and what is wrong with them. Raises CannotWrite where they cannot be run."""
    ran = _run(root, ["workflow", "test", "--json", *names])
    try:
        found = json.loads(ran.stdout)["workflows"]
    except (ValueError, LookupError):
        raise CannotWrite(_last(ran)) from None
    return {
        one["workflow"]: (
            len(one["scenarios"]),
            [
                f"“{two['name']}”, step {two['step']}: {two['difference']}"
                for two in one["scenarios"]
                if not two["passed"]
            ]
            or one["missing"],
        )
        for one in found
    }


def _run(root: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, which reads the definitions anew, from a folder."""
    before = os.environ.get("PYTHONPATH")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(root), *([before] if before else [])]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, "-m", "casework", *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _last(ran: subprocess.CompletedProcess[str]) -> str:
    """The last line of what went wrong."""
    return ([line for line in ran.stderr.splitlines() if line.strip()] or ["it cannot be read"])[-1].strip().rstrip(".")


def _next(workflow: str, scenarios: Mapping[str, tuple[int, list[str]]]) -> Iterator[str]:
    for name, (count, wrong) in scenarios.items():
        yield f"{name}: {'not all' if wrong else 'all'} of its {count} scenarios passed"
        yield from (f"  {line}" for line in wrong)
    yield "What to do next:"
    yield "  1. Read the change, and put papers, guards and effects in by hand where the step needs some."
    yield f"  2. casework workflow publish {workflow}"
    yield "  3. make setup, which compiles the Chinese texts, and make test."
    yield "  4. Commit the three files and the published edition."
    if behind := [name for name, (_, wrong) in scenarios.items() if wrong]:
        yield f"Where scenarios of {', '.join(behind)} go by this way, bring the step into them as well."
