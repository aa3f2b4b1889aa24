"""The command `report`: freeze the figures of a programme, let two persons agree, publish, and count them again from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import click
import uuid_utils
from sqlalchemy import Connection

from casework.commands.figures import called, lines_of, number_of
from casework.commands.programmes import as_of_option, find_acting, find_programme, programme_option, reading
from casework.engine.figures.cohorts import OPENED_FROM, OPENED_TO, PHASE, Cohort
from casework.errors import UnknownName
from casework.operations.core.editions import read_editions
from casework.operations.core.idempotency import Done, Request
from casework.operations.oversight.figure_names import Phase, list_phases
from casework.operations.oversight.report_file import LEFT, check_report_file, export_report
from casework.operations.oversight.reports import (
    agree_report,
    freeze_report,
    publish_report,
    read_content,
    read_reports,
)
from casework.permissions.actors import Actor
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings

_DAY = click.DateTime(["%Y-%m-%d"])
#: How `report verify` exits where nothing else is wrong.
_OTHER_DEFINITIONS = 3
_number = click.argument("number", type=click.IntRange(min=1))
_as = click.option("--as", "email", metavar="EMAIL", required=True, help="As this supervisor or manager of it.")


@click.group()
def report() -> None:
    """Look after stage reports: figures that are frozen, agreed to by two persons, published, and never changed."""


@report.command()
@programme_option
@as_of_option
@_as
@click.option("--phase", metavar="NAME", help="Only of the cases of this phase.")
@click.option("--opened-from", "opened_from", type=_DAY, help="Only of cases opened on this day or later.")
@click.option("--opened-to", "opened_to", type=_DAY, help="Only of cases opened on this day or before.")
def freeze(programme: str | None, as_of: datetime | None, email: str, **asked: Any) -> None:
    """Freeze the figures of a programme, as they are counted inside and as they are told outside.

    Of all its cases, or of those of a phase, or of those that were opened in a period; of a period nothing is told outside. Outside
    they are as of the end of the last quarter by then. Beside the months that the last published report of the same cases told stands
    what is known of them today.
    """
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            read_editions(db)
            id, actor = find_programme(db, programme)[1], find_acting(db, email)
            among = _among(db, id, **asked)
        _say("is frozen", freeze_report(engine, actor, id, until=as_of, among=among, request=_request()))
    finally:
        engine.dispose()


def _among(
    db: Connection, programme: str, *, phase: str | None, opened_from: datetime | None, opened_to: datetime | None
) -> dict[str, str]:
    """Of which cases alone a report is to be. Raises UnknownName for what is no phase of the programme."""
    days = {OPENED_FROM: opened_from, OPENED_TO: opened_to}
    among = {name: f"{day:%Y-%m-%d}" for name, day in days.items() if day is not None}
    if phase is None:
        return among
    found = next((one.id for one in list_phases(db, programme) if phase in (one.id, one.name, one.name_zh)), None)
    if found is None:
        raise UnknownName("phase", phase)
    return {**among, PHASE: found}


def _of(among: Cohort, phases: Mapping[str, Phase]) -> str:
    """Of which cases a report is."""
    if PHASE in among:
        named = phases.get(among[PHASE])
        return f"phase {named.name if named else among[PHASE]}"
    days = (
        f"from {among[OPENED_FROM]}" if OPENED_FROM in among else "",
        f"until {among[OPENED_TO]}" if OPENED_TO in among else "",
    )
    return f"cases opened {' '.join(filter(None, days))}" if among else "all cases"


@report.command()
@_number
@programme_option
@_as
def agree(number: int, programme: str | None, email: str) -> None:
    """Agree to the report NUMBER: two persons do before it is published, and whoever froze it may be one."""
    done = _done(programme, email, lambda db, actor, id: agree_report(db, actor, id, number, _request()))
    _say("has one more who agrees", done)


@report.command()
@_number
@programme_option
@_as
def publish(number: int, programme: str | None, email: str) -> None:
    """Publish the report NUMBER, to which two persons have agreed. From then on it is never changed."""
    done = _done(programme, email, lambda db, actor, id: publish_report(db, actor, id, number, _request()))
    _say("is published", done)


@report.command("list")
@programme_option
def list_(programme: str | None) -> None:
    """List the reports of a programme: how far each has come, up to when it was counted, its digest, and of which cases it is."""
    with reading(programme) as (db, _, id):
        reports, phases = read_reports(db, id), {one.id: one for one in list_phases(db, id)}
    for one in sorted(reports.values(), key=lambda one: one.number):
        click.echo(f"{one.number}  {one.state}  {one.as_of}  {one.digest}  {_of(one.among, phases)}")


@report.command()
@_number
@programme_option
@click.option("--outside", is_flag=True, help="As it is told outside the office, where small numbers are hidden.")
def show(number: int, programme: str | None, *, outside: bool) -> None:
    """Tell what was frozen as the report NUMBER, and beside the months of the one before it what is known of them since."""
    with reading(programme) as (db, _, id):
        content, phases = read_content(db, id, number), {one.id: one for one in list_phases(db, id)}
    part = "outside" if outside else "inside"
    click.echo(f"As of {content[part]['as_of']['at']}, {_of(content['inside']['as_of']['among'], phases)}")
    for line in lines_of(content[part]["figures"]):
        click.echo(line)
    if content["before"] is not None:
        click.echo(f"Since report {content['before']['number']}:")
    for row in content["restated"][part]:
        then, now = number_of(row["then"]), number_of(row["now"])
        click.echo(f"  {row['figure']}, {called(row['of'])}: then {then}; now {now}")


@report.command()
@_number
@click.argument("file", type=click.File("w", encoding="utf-8", atomic=True))
@programme_option
def export(number: int, file: IO[str], programme: str | None) -> None:
    """Write the report NUMBER to FILE, or to - for the screen, with the events by which anybody counts it again.

    It has no words of cases and nothing of mediations. Of visits and past projects it has what was put down.
    """
    with reading(programme) as (db, _, id):
        for piece in export_report(db, id, number):
            file.write(piece)


@report.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Count the report in FILE again, from its events alone, and say what differs. Exits with 1 where anything does, and with 3 where all
    else holds and the report was made with other definitions than this release knows, so that no figure was counted.

    No database is asked. The release that froze it counts by the same definitions.
    """
    checked = check_report_file(file)
    for fault in checked.faults:
        click.echo(fault)
    found = len(checked.faults)
    much = f"{checked.logs} logs with {checked.events} events, {checked.figures} figures counted again"
    said = "not counted." if checked.is_left else f"{found} differ." if found else "nothing differs."
    click.echo(f"Report {checked.number or '?'}, {much}: {said}")
    click.echo(f"Not counted again: {', '.join(LEFT)}.", err=True)
    if checked.faults:
        raise click.exceptions.Exit(_OTHER_DEFINITIONS if checked.is_left else 1)


def _done(programme: str | None, email: str, do: Callable[[Connection, Actor, str], Done]) -> Done:
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            return do(db, find_acting(db, email), find_programme(db, programme)[1])
    finally:
        engine.dispose()


def _request() -> Request:
    return Request(str(uuid_utils.uuid7()), "report")


def _say(what: str, done: Done) -> None:
    told = done.answer
    click.echo(f"Report {told['number']} {what}: up to {told['as_of']}, digest {told['digest']}.")
