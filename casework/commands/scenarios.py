"""The scenarios of the workflows: run them, and say what of a definition they have seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import click

from casework.definitions import coverage_floor, library_of, load_definitions, scenario_file
from casework.engine.definition.editions import Edition, workflow_name
from casework.engine.definition.grammar import Workflow
from casework.engine.definition.publisher import publish
from casework.engine.roles import Role
from casework.playbook.scenario_coverage import Covered, Seen, coverage, lacking
from casework.playbook.scenario_files import ScenarioFault, read_scenarios
from casework.playbook.scenario_runs import Outcome, run

#: What somebody writes first, where there is nothing yet.
SKELETON = """[[scenario]]
name = "What happens, in a sentence"
steps = [
  {{ who = "{who}", does = "{does}", then = "{then}" }},
]"""


@dataclass(frozen=True)
class Tested:
    """What came of the scenarios of one definition."""

    workflow: str
    outcomes: Sequence[Outcome]
    covered: Mapping[str, Covered]
    floor: Mapping[str, int]
    #: What to write, where it has none.
    told: str = ""

    @property
    def missing(self) -> list[str]:
        """What keeps it from being published."""
        if not self.floor:
            return []
        if self.told:
            return [self.told]
        failed = [f"“{one.name}”, step {one.step}: {one.difference}" for one in self.outcomes if not one.passed]
        return [*failed, *lacking(self.covered, self.floor)]

    @property
    def right(self) -> bool:
        return all(one.passed for one in self.outcomes) and not self.missing

    def as_json(self) -> dict[str, object]:
        return {
            "workflow": self.workflow,
            "right": self.right,
            "scenarios": [{**asdict(one), "passed": one.passed} for one in self.outcomes],
            "coverage": {kind: {**asdict(one), "percent": one.percent} for kind, one in self.covered.items()},
            "floor": dict(self.floor),
            "missing": self.missing,
        }


@click.command("test")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def test_(name: str | None, as_json: bool) -> None:
    """Run the scenarios of the workflow NAME, or of all, and say what of its states, transitions and guards they have seen.

    Nothing but the engine runs: no database is asked. Exits with 1 where a scenario fails or too little was seen, and with 2
    where a file cannot be read or run.
    """
    definitions = load_definitions()
    chosen = [one for one in definitions if name in (None, workflow_name(one))]
    if not chosen:
        names = ", ".join(map(workflow_name, definitions))
        raise click.ClickException(f"There is no workflow {name}; there are: {names}.")
    try:
        found = tested(chosen, definitions)
    except ScenarioFault as fault:
        click.echo(f"{fault}.", err=True)
        raise click.exceptions.Exit(2) from fault
    if as_json:
        click.echo(json.dumps({"workflows": [one.as_json() for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            _tell(one)
    if not all(one.right for one in found):
        raise click.exceptions.Exit(1)


def tested(chosen: Sequence[type[Workflow]], definitions: Sequence[type[Workflow]]) -> list[Tested]:
    """Run the scenarios of some definitions in a library of all. Raises ScenarioFault."""
    editions = {workflow_name(one): publish(one) for one in (*definitions, *chosen)}
    library = library_of(editions.values())
    results = []
    for definition in chosen:
        edition, file, floor = (
            editions[workflow_name(definition)],
            scenario_file(definition),
            coverage_floor(definition),
        )
        seen, outcomes, told = Seen(), list[Outcome](), ""
        if file is None or not file.is_file():
            told = _what_to_write(edition, file.name if file else f"{edition.workflow}.toml")
        else:
            scenarios = read_scenarios(file.name, _text(file.name, file.read_bytes()))
            outcomes = run(library, edition.workflow, file.name, scenarios, seen)
        results.append(Tested(edition.workflow, outcomes, coverage(edition, seen), floor, told))
    return results


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ScenarioFault(f"{name}: it is not in UTF-8") from None


def _what_to_write(edition: Edition, file: str) -> str:
    first = next(
        (rule for rule in edition.transitions if set(rule.sources) & set(edition.initial) and rule.by_people), None
    )
    who, does, then = (
        (first.by_people[0], first.name, first.target) if first else (Role.OFFICER, "a transition", "a state")
    )
    skeleton = SKELETON.format(who=who, does=does, then=then)
    return f"it has no scenarios yet. Begin with this in scenarios/{file}, beside its editions:\n\n{skeleton}"


def _tell(one: Tested) -> None:
    passed = sum(outcome.passed for outcome in one.outcomes)
    click.echo(f"{one.workflow}: {one.told or f'{passed} of {len(one.outcomes)} scenarios passed'}")
    for outcome in one.outcomes:
        where = f"step {outcome.step} of {outcome.steps}: {outcome.difference}" if outcome.step else outcome.difference
        click.echo(f"  passed  {outcome.name}" if outcome.passed else f"  FAILED  {outcome.name}\n          {where}")
    for kind, covered in one.covered.items():
        least = f", and {one.floor[kind]} % is the least" if kind in one.floor else ""
        click.echo(f"  {kind}: {covered.seen} of {covered.of} seen, {covered.percent} %{least}")
        if covered.missing and not one.told:
            click.echo(f"    not seen: {', '.join(covered.missing)}")
