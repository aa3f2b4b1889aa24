"""Commands for decision tables in files: check one, decide by one, and write one in the other form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from casework.engine.decision_tables.checks import MOST, Checked, check
from casework.engine.decision_tables.dmn import from_dmn, to_dmn
from casework.engine.decision_tables.evaluation import evaluate, evaluation_json, named, read_inputs
from casework.engine.decision_tables.tables import Input, Table, TableFault, from_json, to_json
from casework.engine.decision_tables.values import BOOLEAN
from casework.json_values import JsonMapping, JsonObject

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def table() -> None:
    """Look after decision tables in files: JSON, or DMN 1.2 to 1.5 with S-FEEL."""


@table.command("check")
@_file
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check_(file: Path, as_json: bool) -> None:
    """Say what is wrong with the decision table in FILE; exits with 1 if anything is.

    That is what cannot be read, by its row and column; inputs that no row decides; rows that hold at once although one alone may, each
    with an input for which they do; and rows that never count.
    """
    read = _read(file)
    found = check(read)
    if as_json:
        click.echo(json.dumps(_checked(read, found), ensure_ascii=False))
    else:
        for line in _lines(read, found):
            click.echo(line)
    if not found.sound(read):
        raise click.exceptions.Exit(1)


def _checked(read: Table, found: Checked) -> JsonObject:
    """What a check found, as JSON."""
    return {
        "sound": found.sound(read),
        "whole": found.whole,
        "gaps": [named(read, gap) for gap in found.gaps],
        "overlaps": [{"rows": list(one.rows), "inputs": named(read, one.witness)} for one in found.overlaps],
        "overlapping": found.overlapping,
        "idle": list(found.idle),
    }


def _lines(read: Table, found: Checked) -> Iterator[str]:
    for gap in found.gaps:
        yield f"No row holds for {_said(named(read, gap))}."
    for one in found.overlaps:
        yield f"The rows {one.rows[0]} and {one.rows[1]} hold at once for {_said(named(read, one.witness))}."
    if found.overlapping > MOST:
        yield f"{found.overlapping} pairs of rows hold at once; {MOST} are told."
    for n in found.idle:
        yield f"Row {n} never counts."
    if not found.whole:
        yield "The table is too large to be looked through: there may be more."
    if found.sound(read):
        yield f"{len(read.rules)} rows under the hit policy {read.hit_policy}: nothing is wrong."


def _said(inputs: JsonMapping) -> str:
    return ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in inputs.items())


@table.command("eval")
@_file
@click.argument("inputs", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def eval_(file: Path, inputs: tuple[str, ...], as_json: bool) -> None:
    """Decide by the decision table in FILE for inputs such as service=pledge amount=1000000 urgent=true.

    An input that is not named is lacking. Exits with 1 where the table cannot decide.
    """
    read = _read(file)
    try:
        found = evaluate(read, read_inputs(read, _given(read, inputs)))
    except TableFault as fault:
        raise _refused(file, fault) from fault
    told = evaluation_json(read, found)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"rows: {', '.join(str(n) for n in found.hits) or 'none'}")
    for row in told["outputs"]:
        click.echo(_said(row))


def _given(read: Table, inputs: tuple[str, ...]) -> dict[str, object]:
    types = {one.name: one for one in read.inputs}
    given: dict[str, object] = {}
    for said in inputs:
        name, sign, value = said.partition("=")
        if not sign or name in given:
            raise click.UsageError(f"Write each input once, as NAME=VALUE: {said}")
        given[name] = _value(types.get(name), value)
    return given


def _value(one: Input | None, value: str) -> object:
    """A value as JSON has it: yes and no are no texts."""
    if one is not None and one.type == BOOLEAN:
        return {"true": True, "false": False}.get(value, value)
    return value


@table.command()
@_file
@click.option("--to", "form", type=click.Choice(["dmn", "json"]), required=True, help="What is printed.")
def convert(file: Path, form: str) -> None:
    """Print the decision table in FILE as DMN 1.3, or as JSON."""
    read = _read(file)
    if form == "dmn":
        click.echo(to_dmn(read), nl=False)
    else:
        click.echo(json.dumps(to_json(read), ensure_ascii=False, indent=2))


def _read(file: Path) -> Table:
    """The table of a file in either form; XML begins with its mark."""
    data = file.read_bytes()
    try:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            return from_dmn(data)
        return from_json(json.loads(data))
    except TableFault as fault:
        raise _refused(file, fault) from fault
    except (ValueError, RecursionError) as fault:
        raise click.ClickException(f"{file.name} is neither JSON nor XML.") from fault


def _refused(file: Path, fault: TableFault) -> click.ClickException:
    return click.ClickException("\n".join([f"{file.name}:", *_places(fault.faults)]))


def _places(faults: Mapping[str, object]) -> Iterator[str]:
    yield from (f"  {place}: {why}" for place, why in faults.items())


__all__ = ["table"]
