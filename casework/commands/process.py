"""The command that tells how a programme's cases ran."""

from __future__ import annotations

import json
from datetime import datetime

import click

from casework.commands.programmes import as_of_option, programme_option, reading
from casework.operations.oversight.process import tell_process

#: So many lines of each list are printed; the object has all.
MOST = 10


@click.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object with all of it, and the cases behind each variant."
)
@programme_option
@as_of_option
def process(as_json: bool, programme: str | None, as_of: datetime | None) -> None:
    """Tell how cases ran, folded from their logs.

    Those are the variants of their ways, which action followed which, how long cases stood in each step and how often it was overdue,
    how much of a task's time somebody had it in hand, and which actions are not as the case's own edition says.
    """
    with reading(programme) as (db, _, id):
        told = tell_process(db, id, as_of)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"As of {told['as_of']}, {told['conformance']['cases']} cases")
    click.echo("variants:")
    for one in told["variants"][:MOST]:
        click.echo(f"  {one['percent']} %, {len(one['cases'])}: {', '.join(one['actions']) or 'no action yet'}")
    click.echo("steps with the most working minutes:")
    for one in told["states"][:MOST]:
        late = f", overdue {one['overdue']} of {one['dated']}" if one["dated"] else ""
        click.echo(f"  {one['edition']} {one['state']}: {one['working_minutes']} in {one['count']}{late}")
    click.echo("tasks that waited the longest:")
    for one in told["tasks"][:MOST]:
        minutes = one["working_minutes"]
        click.echo(
            f"  {one['workflow']} {one['task']}: {minutes['waiting']} waiting, {minutes['in_hand']} in hand, {one['count']} of them"
        )
    click.echo(f"actions that are not as the edition says, of {told['conformance']['actions']}:")
    for one in told["conformance"]["deviating"]:
        for each in one["deviations"]:
            click.echo(f"  {one['case']} event {each['seq']} {each['workflow']} {each['action']}: {each['what']}")
