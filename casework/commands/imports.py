"""The command `import`: needs, technologies, matches and past projects from files, and the lists of a programme."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import click
import uuid_utils
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Connection, Engine, text

from casework.commands.programmes import find_acting
from casework.engine.case_objects.programme_lists import LISTS
from casework.errors import InvalidForm, UnknownName
from casework.json_values import JsonMapping
from casework.operations.catalogue import table_import
from casework.operations.catalogue.import_report import Fault, Report
from casework.operations.catalogue.import_schemas import Kind
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.mapping_files import MAPPING, read_mapping
from casework.operations.catalogue.mapping_files import MOST_BYTES as MOST_MAPPING
from casework.operations.catalogue.sources import insist_keeps, open_source, set_source
from casework.operations.catalogue.table_schemas import Table
from casework.operations.core.idempotency import Request
from casework.operations.people.programme_lists import import_entries
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings

#: So many bad rows are shown; a report file takes all of them.
SHOWN = 50
#: The largest file of a list: all its entries with the longest names are less.
MOST_BYTES = 5_000_000


@click.group("import")
def import_() -> None:
    """Read needs, technologies, matches, past projects, rights, organisations or a list of the programme from a file.

    FILE is CSV with a header row, a JSON array, or JSON lines, in UTF-8; tables may have semicolons or tabs between their
    cells, and what is surely GB18030 or Windows-1252 is read as well. Every row is checked. Good rows are
    imported, bad ones are reported with their number, field and reason, and the command then exits with 1. Numbers
    count as in a spreadsheet: the header of a CSV file is row 1.

    The same file may be imported again: a record is known by its source and external id, unchanged ones stay
    untouched, and a value that a person has confirmed is never overwritten. An empty cell changes nothing.
    """


def _command(kind: Kind, about: str) -> None:
    @import_.command(kind.replace("_", "-"), help=about)
    @click.argument("file", type=click.File("rb"))
    @click.option("--programme", metavar="CODE", help="The programme; may be left out where there is only one.")
    @click.option("--source", metavar="NAME", help="The source of rows that name none. [the programme's code]")
    @click.option(
        "--complete", is_flag=True, help="The file has all records of its source: mark those that it is without."
    )
    @click.option(
        "--mapping",
        type=click.File("rb"),
        metavar="FILE",
        help="How columns are read: JSON, each by its name in the file. [as its source says]",
    )
    @click.option(
        "--keep-mapping",
        is_flag=True,
        help="Keep the mapping for the source: its next file is read so by itself. Needs --as.",
    )
    @click.option("--dry-run", is_flag=True, help="Check every row and import nothing.")
    @click.option(
        "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write all that is wrong here, as CSV."
    )
    @click.option("--as", "email", metavar="EMAIL", help="Import as this officer or supervisor. [the system]")
    def command(
        file: BinaryIO,
        programme: str | None,
        source: str | None,
        dry_run: bool,
        report: Path | None,
        *,
        email: str | None,
        complete: bool,
        mapping: BinaryIO | None,
        keep_mapping: bool,
    ) -> None:
        if keep_mapping and (mapping is None or email is None):
            raise click.UsageError("--keep-mapping needs --mapping, and --as for the history.")
        fields = None if mapping is None else _read_mapping(kind, mapping)
        engine = connect_engine(load_settings())
        asked = {"source": source, "dry_run": dry_run, "complete": complete, "fields": fields}
        try:
            if keep_mapping and not dry_run:
                _keep_mapping(engine, kind, programme, source, email=str(email), fields=fields or {})
            _run(engine, kind, file, programme, asked=asked, report_path=report, email=email)
        finally:
            engine.dispose()


def _keep_mapping(
    engine: Engine,
    kind: Kind,
    programme: str | None,
    source: str | None,
    *,
    email: str,
    fields: Mapping[str, str | None],
) -> None:
    """Let the source keep how its columns are read; its licence stays as it is."""
    with transaction(engine) as db:
        code = programme or _only_programme(db)
        id, actor = _programme_id(db, code), find_acting(db, email)
        insist_keeps(actor, id)
        known = open_source(db, id, source or code)
        set_source(db, actor, id, known.id, kind, licence=known.licence, fields=fields)


def _read_mapping(kind: Kind, file: BinaryIO) -> dict[str, str | None]:
    """How columns are read, as a file says it: by the name of each which field of ours it is, null where it is not read."""
    try:
        return read_mapping(kind, file.read(MOST_MAPPING + 1))
    except InvalidForm as refusal:
        raise click.ClickException(f"The mapping: {refusal.fields[MAPPING]}") from None


_command(
    "needs",
    """Import needs. Columns: external_id, title (or title_en; the function wanted is the title where there is none), and
    title_zh, owner, sector, district, function, problem, baseline, process, tried, target, figures, site, constraints, contact,
    ipc, budget, budget_currency, readiness, readiness_low, readiness_high, wanted_form, wanted_by, country (where it is
    to be used), required_standards (with a semicolon between), publication (public, on_request or closed, which a need is
    until said), status (draft or published, which it is until said), valid_until, source. Figures are rows with a semicolon between, such
    as: NOx | mg/m3 | 80 | <= 30 | at full load; in JSON a list of objects.""",
)
_command(
    "technologies",
    """Import technologies. Columns: external_id, title (or title_en), and title_zh, owner, description, developed_in,
    deployed_in, benefits, problem, advantage, cost_compared, cost, cost_currency, ipc, green_topics, sdgs,
    reference_sites, licences, standards, restrictions, published_on, last_confirmed_on, website, readiness, readiness_low,
    readiness_high, ip_text, verification, languages, contact, source_page, publication (public, on_request or closed, which a technology
    is until said), acronym, partner_countries, total_cost, total_cost_currency, start_date, end_date, source; in JSON also
    rights. Entries of a list are separated by semicolons; a reference site is site | year | size, a certificate or
    standard name | number | body | valid_until | held (no: it is known to lack it), a legal restriction
    kind | countries | words (kind: none, export_control, territory, field_of_use or other), a verification number |
    verdict | valid_until; licences are exclusive, sole, plain or none. Rights count as unconfirmed.""",
)
_command(
    "matches",
    """Import matches. Columns: external_id, need, technology, and need_source, technology_source, proposed_on,
    proposed_by, score, rationale, source. `need` and `technology` are external ids of known ones, or in JSON whole
    records, which are imported as well.""",
)

_command(
    "past_projects",
    """Import projects that were closed before the programme kept its cases here. Columns: external_id, title (or
    title_en), ended_on, outcome, and title_zh, need_owner, technology_owner, district, started_on, contract_value,
    contract_currency, effect, source. They are listed and counted apart from cases.""",
)


def _table_command(table: Table, about: str) -> None:
    @import_.command(table, help=about)
    @click.argument("file", type=click.File("rb"))
    @click.option("--programme", metavar="CODE", help="The programme; may be left out where there is only one.")
    @click.option("--source", metavar="WORDS", required=True, help="Where it stands, for rows that do not say it.")
    @click.option("--dry-run", is_flag=True, help="Check every row and import nothing.")
    @click.option("--as", "email", metavar="EMAIL", required=True, help="Import as this officer or supervisor.")
    def command(file: BinaryIO, programme: str | None, *, source: str, dry_run: bool, email: str) -> None:
        engine = connect_engine(load_settings())
        try:
            with transaction(engine) as db:
                id = _programme_id(db, programme or _only_programme(db))
                content = file.read(table_import.MOST_BYTES + 1)
                request = Request(str(uuid_utils.uuid7()), table)
                done = table_import.import_table(
                    db,
                    find_acting(db, email),
                    programme=id,
                    table=table,
                    content=content,
                    source=source,
                    name=Path(file.name).name,
                    dry_run=dry_run,
                    request=request,
                ).answer
        except InvalidForm as refusal:
            raise click.ClickException("; ".join(map(str, refusal.fields.values()))) from None
        finally:
            engine.dispose()
        _tell_table(table, done)


def _tell_table(table: Table, done: JsonMapping) -> None:
    for fault in (*done["faults"], *done["kept"]):
        click.echo(_line(fault["row"], fault["field"], fault["reason"]))
    if done["left_out"]:
        click.echo(f"Left out, as not known: {', '.join(done['left_out'])}.")
    did = "Nothing was imported" if done["faults"] or done["dry_run"] else "Imported"
    did += "; this was a dry run" if done["dry_run"] else ""
    counts = ", ".join(f"{done[what]} {words}" for what, words in _COUNTED)
    click.echo(f"{did}: {done['rows']} rows of {table}: {counts}.")
    if done["faults"]:
        raise click.exceptions.Exit(1)


_COUNTED = (("created", "new"), ("changed", "changed"), ("unchanged", "unchanged"), ("bad", "bad"))
_table_command(
    "rights",
    """Import IP rights, all rows or none. Columns: kind, and office, application_number, number, owner, filed_on, granted_on,
    status, expires_on, fee_paid_to, family, twin, checked_on; owners (names or registration numbers, each with its share:
    "Heat Works 60%; City University 40%"), technologies (external ids); of what lies on it encumbrance, holder,
    encumbrance_number, begins_on, ends_on, amount, amount_currency, licence, territories, uses, sublicence; source. A further row of the
    same right adds another encumbrance. Entries of a list are separated by semicolons. Rights count as unconfirmed.""",
)
_table_command(
    "organisations",
    """Import organisations with their contacts and owners, all rows or none. Columns: name, and name_zh, kind, country,
    register_number, address, size, state_owned, language; contact_name, contact_role, contact_email, contact_telephone,
    contact_language; owner_name, owner_kind, owner_country, owner_share (above 25); source. A further row of the same
    organisation adds another contact or owner. What the record lacks is added; what it says stays. They count as
    unconfirmed.""",
)


def _programme_id(db: Connection, code: str) -> str:
    id = db.execute(text("SELECT id FROM programmes WHERE code = :code"), {"code": code}).scalar_one_or_none()
    if id is None:
        raise UnknownName("programme", code)
    return str(id)


@import_.command("list")
@click.argument("name", type=click.Choice(tuple(LISTS)))
@click.argument("file", type=click.File("rb"))
@click.option("--programme", metavar="CODE", help="The programme; may be left out where there is only one.")
@click.option("--as", "email", metavar="EMAIL", required=True, help="As this supervisor or administrator of it.")
@click.option("--reason", metavar="WORDS", required=True, help="Why, for the history.")
@click.option("--dry-run", is_flag=True, help="Check every row and import nothing.")
def list_(name: str, file: BinaryIO, programme: str | None, *, email: str, reason: str, dry_run: bool) -> None:
    """Add and change entries of the list NAME of a programme: all of them, or none with every fault.

    FILE is CSV in UTF-8 with a header row. Columns: code, label, label_zh, and where wanted position, retired; of green_items also
    version, of indicators and closing_reasons also kind. A code that is there is changed; what the file does not name stays. Rows
    count as in a spreadsheet: the header is row 1.
    """
    try:
        content = file.read(MOST_BYTES + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException("The file is not in UTF-8.") from None
    if len(content.encode()) > MOST_BYTES:
        raise click.ClickException(f"The file has more than {MOST_BYTES:,} bytes; bring it in parts.")
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            id = _programme_id(db, programme or _only_programme(db))
            request = Request(str(uuid_utils.uuid7()), name)
            actor = find_acting(db, email)
            done = import_entries(db, actor, id, name, content=content, reason=reason, request=request).answer
            if dry_run:
                # Written and taken back, so that all is refused that the import would refuse.
                db.rollback()
    except InvalidForm as refusal:
        for why in refusal.fields.values():
            click.echo(why)
        click.echo("Nothing was imported.")
        raise click.exceptions.Exit(1) from None
    finally:
        engine.dispose()
    did = "Nothing was imported; this was a dry run" if dry_run else "Imported"
    click.echo(f"{did}: {done['added']} new, {done['changed']} changed.")


def _run(
    engine: Engine,
    kind: Kind,
    file: BinaryIO,
    programme: str | None,
    *,
    asked: Mapping[str, Any],
    report_path: Path | None,
    email: str | None,
) -> None:
    with transaction(engine) as db:
        code = programme or _only_programme(db)
        actor = find_acting(db, email) if email else None
    with ExitStack() as stack:
        rows = None
        if report_path is not None:
            rows = csv.writer(stack.enter_context(report_path.open("w", encoding="utf-8", newline="")))
            rows.writerow(("row", "field", "reason"))
        shown = 0

        def tell(fault: Fault) -> None:
            nonlocal shown
            if rows is not None:
                rows.writerow((fault.row, fault.field, fault.reason))
            if shown < SHOWN:
                click.echo(_line(fault.row, fault.field, fault.reason))
            elif shown == SHOWN:
                click.echo("… more rows are bad; --report FILE writes all of them.")
            shown += 1

        bar = stack.enter_context(
            Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[done]:,} rows"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
        )
        task = bar.add_task(f"Reading {_words(kind)}", total=_size(file), done=0)

        def progress(so_far: Report) -> None:
            bar.update(task, completed=_place(file), done=so_far.rows)

        report = import_records(
            engine,
            kind,
            file,
            programme=code,
            name=Path(file.name).name,
            actor=actor,
            **asked,
            progress=progress,
            tell=tell,
        )
    _summary(report)
    if report.bad:
        raise click.exceptions.Exit(1)


def _words(kind: Kind) -> str:
    return kind.replace("_", " ")


def _line(row: int, field: str, reason: str) -> str:
    return f"row {row}, {field}: {reason}"


def _summary(report: Report) -> None:
    for fault in (*report.kept_fields[:SHOWN], *report.marked_fields[:SHOWN]):
        click.echo(_line(fault.row, fault.field, fault.reason))
    if report.left_out:
        click.echo(f"Left out, as not known: {', '.join(sorted(report.left_out))}.")
    counts = f"{report.created} new, {report.updated} changed, {report.unchanged} unchanged, {report.bad} bad"
    more = f", {report.kept} values left as they are" if report.kept else ""
    more += f", {report.marked} placeholders" if report.marked else ""
    brought = f", {report.nested} needs and technologies with them" if report.nested else ""
    more += f", {report.gone} gone from their source" if report.gone else ""
    more += f", {report.back} back at it" if report.back else ""
    end = "" if report.whole else " The file could not be read to its end."
    done = "Nothing was imported; this was a dry run" if report.dry_run else "Imported"
    click.echo(f"{done}: {report.rows} rows of {_words(report.kind)}: {counts}{brought}{more}.{end}")


def _size(file: BinaryIO) -> int | None:
    try:
        return os.fstat(file.fileno()).st_size or None
    except (OSError, ValueError):
        return None


def _place(file: BinaryIO) -> int:
    try:
        return file.tell()
    except (OSError, ValueError):
        return 0


def _only_programme(db: Connection) -> str:
    codes: list[Any] = list(db.execute(text("SELECT code FROM programmes ORDER BY code LIMIT 20")).scalars())
    if not codes:
        raise click.ClickException("There is no programme yet. Make one with `casework programme add`.")
    if len(codes) > 1:
        raise click.ClickException(f"There are several programmes; name one: --programme {' or '.join(codes)}.")
    return str(codes[0])
