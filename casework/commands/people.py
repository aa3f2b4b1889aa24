"""The command `people`: joiners, movers and leavers from the file of an office."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import click

from casework.errors import Refused
from casework.logs import security
from casework.operations.documents.key_material import secret_box_of
from casework.operations.people.staff import Brought, bring_people
from casework.operations.people.staff_file import MOST_BYTES
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings


@click.group()
def people() -> None:
    """Bring in who joins, moves and leaves."""


@people.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--allow-many", is_flag=True, help="Also where more than a fifth of the people would lose something.")
def import_people(file: BinaryIO, dry_run: bool, allow_many: bool) -> None:
    """Do what FILE says of who works here: all of it, or nothing with every row that is wrong.

    FILE is CSV in UTF-8 with a header row. Columns: email, programme (its code), role, and name, language (en or zh-Hans), left (the first
    day on which it holds no more, as YYYY-MM-DD). A person with two roles has two rows; whoever has only rows that are over leaves. Whoever
    is not in the file stays as they are. Rows count as in a spreadsheet: the header is row 1. The same file again changes nothing.
    """
    settings = load_settings()
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            content = file.read(MOST_BYTES + 1)
            done = bring_people(db, secret_box_of(settings), content, mailing=True, allow_many=allow_many)
            if dry_run or done.plan.faults:
                # Done and taken back, so that all is refused that would be.
                db.rollback()
    except Refused as refusal:
        raise click.ClickException(str(refusal.reasons[0])) from None
    finally:
        engine.dispose()
    if done.plan.faults:
        for fault in done.plan.faults:
            click.echo(str(fault))
        click.echo("Nothing was changed.")
        raise click.exceptions.Exit(1)
    if not dry_run:
        security("people_file", decision="allowed", file=done.digest, **done.counts)
    base = (settings.base_url or "").rstrip("/")
    for line in tell(done):
        click.echo(line)
    for one in () if dry_run else done.invited:
        click.echo(f"Invited {one.email}. Link: {base}{one.link} Code: {one.code}")
    click.echo(f"{'A dry run: nothing was changed' if dry_run else 'Done'}. {done.summary}")


def tell(done: Brought) -> Iterator[str]:
    """Whom it is about, each in a line."""
    plan = done.plan
    for joiner in plan.joiners:
        yield f"{joiner.line.email} joins {joiner.line.programme}: {', '.join(joiner.roles)}."
    for change in plan.given:
        yield f"{change.line.email} gets {change.role} in {change.programme}."
    for change in plan.ended:
        yield f"{change.line.email} loses {change.role} in {change.programme}."
    for _, known in plan.leavers:
        yield f"{known.email} leaves: the account is closed."
    for email, programme, count in done.left:
        yield f"{email} leaves open cases to be handed over: {programme}: {count}."
    for one in plan.withdrawn:
        yield f"{one.email} is not invited to {one.programme} any more."
    for line in plan.closed:
        yield f"{line.email} has a closed account, which an administrator reopens."
