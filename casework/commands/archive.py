"""The command `archive`: what is in the archive, whether each sealed file of it is whole, and taking one out."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

import click

from casework.commands.programmes import find_acting
from casework.operations.verification import archiving
from casework.operations.verification.archiving import Archived
from casework.records.database import connect_engine, transaction
from casework.settings import Settings, load_settings


@click.group()
def archive() -> None:
    """Look after the archive: sealed files of cases whose contents went there when their years were over.

    They lie in CASEWORK_ARCHIVE_FOLDER, or in archive under CASEWORK_VAR. Each is called by the SHA-256 of its bytes, which the history of
    the case names, and is opened by CASEWORK_SECRET_KEY.
    """


@archive.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(as_json: bool) -> None:
    """Tell the cases that are in the archive, by their numbers, each with its sealed file."""
    known = _known(load_settings())
    if as_json:
        click.echo(json.dumps({"cases": [_as_json(one) for one in known]}))
        return
    for one in known:
        click.echo(f"{one.number}  {one.at}  {one.sealed['bytes']:,} bytes  {one.sealed['file']}{_erased(one)}")
    if not known:
        click.echo("There is no case in the archive.")


@archive.command()
@click.argument("number", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(number: str | None, as_json: bool) -> None:
    """Prove every sealed file, or that of the case with this NUMBER.

    Each must be there, have the bytes that the history names, open, and be called whole by what `casework-verify` judges a case file by.
    Exits with 1 where one is not. Files that no case names are told, and are no fault.
    """
    settings = load_settings()
    known = _known(settings, number)
    if number is not None and not known:
        raise click.ClickException(f"There is no case {number} in the archive.")
    try:
        faults = {one.number: archiving.check_archived(settings, one) for one in known}
    except archiving.NotSealedYet as fault:
        raise click.ClickException(f"Nothing can be proved: {fault}") from fault
    unnamed = archiving.list_unnamed(settings, known) if number is None else []
    wrong = [one for one, said in faults.items() if said]
    if as_json:
        told = [{**_as_json(one), "faults": faults[one.number]} for one in known]
        click.echo(json.dumps({"whole": not wrong, "cases": told, "unnamed": unnamed}, ensure_ascii=False))
    else:
        for one, said in faults.items():
            for sentence in said:
                click.echo(f"{one}: {sentence}")
        for name in unnamed:
            click.echo(
                f"{name}: no case names it; it is left from a case that stayed, or from a worker that was ended."
            )
        click.echo(f"{len(known) - len(wrong)} of {len(known)} sealed files are whole.")
    if wrong:
        raise click.exceptions.Exit(1)


@archive.command("open")
@click.argument("number")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option(
    "--as",
    "email",
    metavar="EMAIL",
    required=True,
    help="For this person, who reads the case whole: it is kept that they did.",
)
def open_(number: str, file: Path, email: str) -> None:
    """Take the file of the case with this NUMBER out of the archive into a new FILE, readable as it was.

    It is the file of a case that everybody checks with `casework-verify`, with all its words and documents.
    """
    settings = load_settings()
    engine = connect_engine(settings)
    try:
        # Not over another file, and for its owner alone.
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            try:
                with transaction(engine) as db:
                    one = archiving.open_archived(db, find_acting(db, email), settings, number, target)
            except BaseException:
                with suppress(OSError):
                    file.unlink()
                raise
    except FileExistsError as fault:
        raise click.ClickException(f"{file} is there already: name a new file.") from fault
    finally:
        engine.dispose()
    click.echo(f"{file} has the case {number} as it was archived. It is kept that {email} took it out.")
    if one.names_erased:
        click.echo(
            f"It names somebody who was erased, last at {one.names_erased}: see that nobody reads more of it than they need."
        )


def _erased(one: Archived) -> str:
    return f"  names somebody who was erased at {one.names_erased}" if one.names_erased else ""


def _known(settings: Settings, number: str | None = None) -> list[Archived]:
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            return archiving.list_archived(db, number)
    finally:
        engine.dispose()


def _as_json(one: Archived) -> dict[str, object]:
    return {
        "number": one.number,
        "log": one.log,
        "event": one.seq,
        "at": one.at,
        **one.sealed,
        "names_erased": one.names_erased,
    }
