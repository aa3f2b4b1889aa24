"""Commands for the workflows: check their definitions, publish them as frozen editions, draw them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from casework.commands.add_step import add_step
from casework.commands.scenarios import test_, tested
from casework.definitions import file_name, file_text, load_definitions, load_library, published_folder
from casework.engine.definition.differences import compare
from casework.engine.definition.editions import Edition, TransitionRule, load, workflow_name
from casework.engine.definition.grammar import Workflow
from casework.engine.definition.graph import Fault
from casework.engine.definition.pnml import as_pnml
from casework.engine.definition.publisher import publish
from casework.engine.definition.validation import faults
from casework.engine.roles import Role
from casework.playbook.scenario_files import ScenarioFault
from casework.web.editions.difference_words import said_differences
from casework.web.editions.exports import exported


@click.group()
def workflow() -> None:
    """Look after the workflows and their published editions."""


workflow.add_command(test_)
workflow.add_command(add_step)


@workflow.command()
@click.option(
    "--draw", "folder", type=click.Path(file_okay=False, path_type=Path), help="Draw there the way to what is wrong."
)
def check(folder: Path | None) -> None:
    """Say what is wrong with the definitions, and which are not published as they stand; exits with 1 if any.

    Where a track comes to what is wrong, the transitions that lead there are told, and with --draw stand out on a drawing of each.
    """
    if folder is not None:
        _draw_faults(load_definitions(), folder)
    lines = [*all_faults(load_definitions()), *unpublished(load_definitions())]
    for line in lines:
        click.echo(line, err=True)
    if lines:
        raise click.exceptions.Exit(1)
    click.echo(f"{len(load_definitions())} workflows are right and published.")


@workflow.command("publish")
@click.argument("name", required=False)
def publish_(name: str | None) -> None:
    """Write the edition of the workflow NAME, or of all of them, into its package's folder of published editions.

    An edition whose rules are published already is never overwritten; its texts may change. Where its package sets how much scenarios
    must have seen, it is published only when they pass and have seen as much.
    """
    if wrong := all_faults(load_definitions()):
        raise click.ClickException("Nothing was published. " + " ".join(wrong))
    chosen = [definition for definition in load_definitions() if name in (None, workflow_name(definition))]
    if not chosen:
        raise click.ClickException(f"There is no workflow {name}; there are: {', '.join(_names())}.")
    if untested := lines_untested(chosen):
        raise click.ClickException("Nothing was published. " + "\n".join(untested))
    editions = [(definition, publish(definition)) for definition in chosen]
    # Nothing is half done: first it is asked whether all may be written.
    for definition, edition in editions:
        if refusal := difference(edition, _kept(definition, edition)):
            raise click.ClickException(refusal)
    for definition, edition in editions:
        path = _path(definition, edition)
        text = file_text(edition)
        if path.exists() and path.read_text("utf-8") == text:
            click.echo(f"{path.name} is published already.")
            continue
        path.write_text(text, "utf-8")
        click.echo(f"{path.name} is written.")


@workflow.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["text", "mermaid"]), default="text", show_default=True)
def draw(name: str, form: str) -> None:
    """Draw the workflow NAME: its states, and the ways between them."""
    chosen = next((definition for definition in load_definitions() if workflow_name(definition) == name), None)
    if chosen is None:
        raise click.ClickException(f"There is no workflow {name}; there are: {', '.join(_names())}.")
    edition = publish(chosen)
    for line in _mermaid(edition) if form == "mermaid" else _text(edition):
        click.echo(line)


@workflow.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["bpmn", "pnml", "svg"]), required=True, help="What is printed.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Of the words.")
def export(name: str, form: str, language: str) -> None:
    """Print the workflow NAME, or an edition of one, for other programs: as BPMN 2.0 with its layout, a Petri net in PNML, or a drawing.

    The net has the names of the definition in either language. Named as for `diff`: by the workflow, the file or the fingerprint of
    an edition.
    """
    try:
        edition = _named(name)
        click.echo(as_pnml(edition) if form == "pnml" else exported(edition, form, language), nl=False)
    except ValueError as error:
        raise click.ClickException(f"{error}.") from error


@workflow.command()
@click.argument("a")
@click.argument("b")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, as the API gives it.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Of the words.")
def diff(a: str, b: str, as_json: bool, language: str) -> None:
    """Say in what the edition B differs from the edition A of a workflow: what came, what went, what is otherwise.

    An edition is named as its file is (referral-1), by its fingerprint, or by the path of its file; a workflow's name
    alone is its definition as it stands now.
    """
    earlier, later = _named(a), _named(b)
    if earlier.workflow != later.workflow:
        raise click.ClickException(f"{a} and {b} are editions of two workflows.")
    if as_json:
        click.echo(json.dumps(asdict(compare(earlier, later)), ensure_ascii=False))
        return
    found = list(said_differences(earlier, later, language))
    for line in found or ["The two editions say the same."]:
        click.echo(line)


def _named(said: str) -> Edition:
    """An edition by the name of its file, its fingerprint or its path; a definition by its workflow's name."""
    definition = next((one for one in load_definitions() if workflow_name(one) == said), None)
    if definition is not None:
        return publish(definition)
    for edition in load_library().editions.values():
        if said in (file_name(edition), file_name(edition).removesuffix(".json"), edition.fingerprint):
            return edition
    if said.endswith(".json") and Path(said).is_file():
        try:
            return load(json.loads(Path(said).read_text("utf-8")))
        except (ValueError, KeyError) as error:
            raise click.ClickException(f"{said} is no edition: {error}.") from error
    raise click.ClickException(f"There is no edition {said}. Name one like {_names()[0]}-1.")


def all_faults(definitions: tuple[type[Workflow], ...]) -> list[str]:
    """The faults of all definitions, a line each."""
    return [f"{edition.workflow}: {fault.place}: {fault.sentence}" for edition, fault in _found(definitions)]


def _found(definitions: tuple[type[Workflow], ...]) -> Iterator[tuple[Edition, Fault]]:
    editions = [publish(definition) for definition in definitions]
    names = {edition.workflow for edition in editions}
    for edition in editions:
        for fault in faults(edition, names, editions):
            yield edition, fault


def _draw_faults(definitions: tuple[type[Workflow], ...], folder: Path) -> None:
    """A drawing of each fault to which a way is known, by the workflow and a number."""
    drawn = [(edition, fault) for edition, fault in _found(definitions) if fault.path]
    folder.mkdir(parents=True, exist_ok=True)
    for n, (edition, fault) in enumerate(drawn, 1):
        path = folder / f"{edition.workflow}-{n}.svg"
        path.write_text(exported(edition, "svg", "en", fault.path), "utf-8")
        click.echo(f"{path.name} shows the way to: {fault.sentence}")


def lines_untested(definitions: Sequence[type[Workflow]]) -> list[str]:
    """What the scenarios of definitions lack to be published, a line each."""
    try:
        found = tested(definitions, load_definitions())
    except ScenarioFault as fault:
        return [f"{fault}."]
    return [f"{one.workflow}: {line}" for one in found for line in one.missing]


def unpublished(definitions: tuple[type[Workflow], ...]) -> list[str]:
    """What stands in a definition and not in its published file, a line each."""
    lines: list[str] = []
    for definition in definitions:
        edition = publish(definition)
        kept = _kept(definition, edition)
        if kept is None:
            lines.append(
                f"{edition.workflow}: edition {edition.number} is not published. Run `casework workflow publish`."
            )
        elif refusal := difference(edition, kept):
            lines.append(refusal)
        elif kept.texts != edition.texts:
            lines.append(f"{edition.workflow}: its texts have changed. Run `casework workflow publish`.")
    return lines


def difference(edition: Edition, kept: Edition | None) -> str | None:
    """Why an edition may not stand for the one that was published under its number."""
    if kept is None or kept.fingerprint == edition.fingerprint:
        return None
    before: Mapping[str, object] = kept.rules
    changed = [key for key, rule in edition.rules.items() if rule != before.get(key)]
    return (
        f"{edition.workflow}: edition {edition.number} is published, and its rules differ now"
        f" ({', '.join(changed)}). Raise `edition` in the definition."
    )


def _names() -> list[str]:
    return [workflow_name(definition) for definition in load_definitions()]


def _path(definition: type[Workflow], edition: Edition) -> Path:
    return Path(str(published_folder(definition))) / file_name(edition)


def _kept(definition: type[Workflow], edition: Edition) -> Edition | None:
    path = _path(definition, edition)
    return load(json.loads(path.read_text("utf-8"))) if path.exists() else None


# --- drawing ---------------------------------------------------------------------------------------------------------


def _text(edition: Edition) -> Iterator[str]:
    yield f"{edition.text('title')}, edition {edition.number} ({edition.fingerprint[:12]})"
    for path, state in edition.states.items():
        indent = "  " * path.count(".")
        kind = "" if state.type == "state" else f" ({state.type})"
        queue = f"  [{state.queue}]" if state.queue else ""
        yield ""
        yield f"{indent}{path}: {edition.text(f'states.{path}')}{kind}{queue}"
        for rule in edition.transitions:
            if path in rule.sources:
                yield f"{indent}  {rule.name} -> {_target(rule)}  ({_who(rule)})"


def _mermaid(edition: Edition) -> Iterator[str]:
    yield "stateDiagram-v2"
    for path in edition.states:
        if "." not in path:
            yield from _mermaid_state(edition, path, "    ")
    yield f"    [*] --> {_id(str(edition.rules['initial']))}"
    for rule in edition.transitions:
        for source in rule.sources:
            if rule.target == "=same":
                yield f"    {_id(source)} --> {_id(source)}: {rule.name}"
            elif rule.target == "=previous":
                yield f"    {_id(source)} --> back_from_{_id(source)}: {rule.name}"
            else:
                yield f"    {_id(source)} --> {_id(rule.target)}: {rule.name}"
    for place in sorted(edition.side_states):
        yield f'    state "back to where it was" as back_from_{_id(place)}'
    for path, state in edition.states.items():
        if state.final and "." not in path:
            yield f"    {_id(path)} --> [*]"


def _mermaid_state(edition: Edition, path: str, indent: str) -> Iterator[str]:
    rule = edition.rules["states"][path]
    name = f'state "{edition.text(f"states.{path}")}" as {_id(path)}'
    inner = rule.get("children") or rule.get("regions")
    if not inner:
        yield indent + name
        return
    yield f"{indent}{name} {{"
    for n, child in enumerate(inner):
        if n and rule["type"] == "parallel":
            yield f"{indent}    --"
        yield from _mermaid_state(edition, child, indent + "    ")
    if rule["type"] == "stage":
        yield f"{indent}    [*] --> {_id(str(rule['initial']))}"
    yield indent + "}"


def _id(path: str) -> str:
    return path.replace(".", "_")


def _target(rule: TransitionRule) -> str:
    return {"=same": "stays", "=previous": "back"}.get(rule.target, rule.target)


def _who(rule: TransitionRule) -> str:
    if rule.automatic:
        return "by itself"
    by = ", ".join("clock" if role == Role.SYSTEM and rule.after else role for role in rule.by)
    return f"{by}; confirmed by {', '.join(rule.confirm_by)}" if rule.confirm_by else by
