"""The command that tells what came of a programme's cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import click

from casework.commands.programmes import as_of_option, find_programme, programme_option, reading
from casework.json_values import JsonMapping
from casework.operations.core.editions import read_editions
from casework.operations.oversight.figures import count_programme, show_counted
from casework.operations.oversight.kept_figures import find_wrong
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with every line and the cases behind it.")
@programme_option
@as_of_option
@click.option(
    "--check", is_flag=True, help="Compare what is kept for figures with the logs; exits with 1 where it differs."
)
def figures(as_json: bool, programme: str | None, as_of: datetime | None, check: bool) -> None:
    """Tell the figures of a programme, folded from its logs.

    Those are the funnel, conversion, time in step, referrals, mediation, money, assessments, agreements, sites, effects, why
    cases ended without success, follow-up, conflicts, workload, case hygiene, data quality, events and visits, and past
    projects. The same logs up to the same moment give the same digits.

    Of large programmes a worker keeps what it has folded. --check folds it again; what differs is forgotten, and made anew.
    """
    if check:
        _check(programme)
        return
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


def _check(programme: str | None) -> None:
    """Say what was kept of a programme and is not what its logs tell."""
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            read_editions(db)
            chosen = find_programme(db, programme)[1]
        wrong = find_wrong(engine, chosen)
    finally:
        engine.dispose()
    for what in wrong:
        click.echo(f"{what}: what was kept is not what the logs tell; it is forgotten, and made anew")
    click.echo(f"{len(wrong)} differ." if wrong else "What is kept for figures is what the logs tell.")
    if wrong:
        raise click.exceptions.Exit(1)
