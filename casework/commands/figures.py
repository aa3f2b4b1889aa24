"""The command that tells what came of a programme's cases."""

from __future__ import annotations

import json
from datetime import datetime

import click

from casework.commands.programmes import as_of_option, find_programme
from casework.operations.core.editions import read_editions
from casework.operations.oversight.figures import count_programme, show_counted
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with every line and the cases behind it.")
@click.option("--programme", metavar="CODE", help="Whose cases; needed where there are several programmes.")
@as_of_option
def figures(as_json: bool, programme: str | None, as_of: datetime | None) -> None:
    """Tell the figures of a programme, folded from its logs.

    Those are the funnel, conversion, time in step, referrals, mediation, money, assessments, agreements, sites, effects, why
    cases ended without success, follow-up, conflicts, workload, case hygiene, data quality, events and visits, and past
    projects. The same logs up to the same moment give the same digits.
    """
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            read_editions(db)
            told = show_counted(count_programme(db, find_programme(db, programme)[1], as_of))
    finally:
        engine.dispose()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"As of {told['as_of']['at']}")
    for name, figure in told["figures"].items():
        click.echo(f"{name}:")
        for row in figure["rows"]:
            of = ", ".join(f"{key} {value or 'not said'}" for key, value in row["of"].items())
            among = "" if row["denominator"] is None else f" of {row['denominator']}"
            share = "" if row["percent"] is None else f", {row['percent']} %"
            number = row["numerator"] if row["under"] is None else f"under {row['under']}"
            click.echo(f"  {of}: {number}{among}{share}")
