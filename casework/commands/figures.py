"""The command that tells what came of a programme's cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import click

from casework.commands.programmes import as_of_option, programme_option, reading
from casework.json_values import JsonMapping
from casework.operations.oversight.figures import count_programme, show_counted


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with every line and the cases behind it.")
@programme_option
@as_of_option
def figures(as_json: bool, programme: str | None, as_of: datetime | None) -> None:
    """Tell the figures of a programme, folded from its logs.

    Those are the funnel, conversion, time in step, referrals, mediation, money, assessments, agreements, sites, effects, why
    cases ended without success, follow-up, conflicts, workload, case hygiene, data quality, events and visits, and past
    projects. The same logs up to the same moment give the same digits.
    """
    with reading(programme) as (db, _, id):
        told = show_counted(count_programme(db, id, as_of))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"As of {told['as_of']['at']}")
    for line in lines_of(told["figures"]):
        click.echo(line)


def lines_of(figures: JsonMapping) -> Iterator[str]:
    """Figures as lines that a person reads."""
    for name, figure in figures.items():
        yield f"{name}:"
        yield from (f"  {called(row['of'])}: {number_of(row)}" for row in figure["rows"])


def called(of: JsonMapping) -> str:
    """What a line is of."""
    return ", ".join(f"{key} {value or 'not said'}" for key, value in of.items())


def number_of(row: JsonMapping | None) -> str:
    """What a line tells: a number, and among how many; what is hidden outside is not told."""
    if row is None:
        return "no line"
    among = "" if row["denominator"] is None else f" of {row['denominator']}"
    share = "" if row["percent"] is None else f", {row['percent']} %"
    number = row["numerator"] if row.get("under") is None else f"under {row['under']}"
    return f"{'not told' if number is None else number}{among}{share}"
