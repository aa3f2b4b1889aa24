"""The command that proves the history."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click
from sqlalchemy import Engine

from casework import reasons
from casework.errors import LogUnusable
from casework.ledger.certificates import MOST_BYTES, BadCertificate, check
from casework.ledger.signed_notes import BadNote
from casework.operations.core.perform import home_of
from casework.operations.verification.case_archive import check_case_file, unsigned
from casework.operations.verification.remembered_events import (
    Hashes,
    compare_remembered,
    keep_remembered,
    read_remembered,
)
from casework.operations.verification.service import Checked, count_logs, verify_each, verify_log
from casework.operations.verification.tree_judgement import KeptElsewhere, kept_here, kept_of
from casework.records.database import connect_engine, transaction
from casework.records.log_keys import public_keys
from casework.records.row_security import in_snapshot
from casework.settings import Settings, load_settings


@click.command()
@click.argument("case", required=False)
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check the file of a case instead, a ZIP that somebody took out, or a certificate, by the key of the log here.",
)
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept: the log must go on from it. May be given several times.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What was seen when all was verified before: the first event that is another is named. Kept anew where nothing is wrong.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with what was looked at and every fault.")
def verify(
    case: str | None, path: Path | None, checkpoints: tuple[Path, ...], state: Path | None, as_json: bool
) -> None:
    """Prove the history: of one CASE by its number, or of everything.

    Recomputes every chain, adds the events up again and compares them with the tables, and judges whether each event
    was allowed by the edition, the facts and the roles of its time. Of everything it checks, too, that each event has its
    leaf in the log of all events, which must give the root of every checkpoint. Exits with 1 when anything is wrong.
    """
    if (checkpoints or state) and (case is not None or path is not None):
        raise click.UsageError("--checkpoint and --state are compared with everything: leave CASE and --file away")
    if path is not None:
        if _is_certificate(path):
            _verify_certificate(path, as_json=as_json)
        else:
            _verify_file(path, as_json=as_json)
        return
    settings = load_settings()
    elsewhere = _elsewhere(settings, checkpoints)
    known = read_remembered(state) if state else {}
    engine = connect_engine(settings)
    logs = events = erased = 0
    findings = []
    try:
        for checked in chain(_checked(engine, case, elsewhere), _remembered(engine, known)):
            logs += checked.log is not None
            events += checked.events
            erased += checked.erased
            for finding in checked.findings:
                findings.append(finding)
                if not as_json:
                    where = finding.number or finding.log or finding.table
                    click.echo(
                        f"{where}{f' event {finding.seq}' if finding.seq else ''} [{finding.kind}] {finding.sentence}"
                    )
        if state and not findings:
            with in_snapshot(engine) as db:
                keep_remembered(db, state)
    finally:
        engine.dispose()
    if as_json:
        click.echo(
            json.dumps(
                {
                    "logs": logs,
                    "events": events,
                    "erased": erased,
                    "faults": [finding.as_json() for finding in findings],
                },
                ensure_ascii=False,
            )
        )
    else:
        gone = f", {erased} values erased" if erased else ""
        click.echo(f"{logs} logs with {events} events{gone}: {_count(len(findings))}")
    if findings:
        raise click.exceptions.Exit(1)


def _remembered(engine: Engine, known: Hashes) -> Iterator[Checked]:
    if known:
        with in_snapshot(engine) as db:
            yield Checked(None, "remembered", None, 0, tuple(compare_remembered(db, known)))


def _verify_file(path: Path, *, as_json: bool) -> None:
    faults = check_case_file(path)
    waiting = None if faults else unsigned(path)
    if as_json:
        click.echo(json.dumps({"faults": faults, "unsigned": waiting}, ensure_ascii=False))
    else:
        for fault in faults:
            click.echo(fault)
        click.echo(f"{path.name}: {_count(len(faults))}")
        if not faults:
            click.echo(_signed(waiting))
    if faults:
        raise click.exceptions.Exit(1)


def _is_certificate(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(1) == b"{"


def _verify_certificate(path: Path, *, as_json: bool) -> None:
    """By the keys that the log here has, without any database."""
    keys, told, faults = public_keys(load_settings()), None, list[str]()
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    try:
        told = check(data, keys)
    except BadCertificate as fault:
        faults.append(str(fault) if keys else "No key of the log is here to check it with.")
    if as_json:
        shown = [] if told is None else [event.header for event in told.events]
        claim = None if told is None else told.claim
        click.echo(json.dumps({"faults": faults, "claim": claim, "events": shown}, ensure_ascii=False))
    else:
        for one in faults:
            click.echo(one)
        click.echo(f"{path.name}: {_count(len(faults))}")
        if told is not None:
            seen = " and ".join(f"event {event.header['seq']} of {event.header['at']}" for event in told.events)
            click.echo(f"It certifies {told.kind.replace('_', ' ')}: {seen}, signed by the log here.")
    if faults:
        raise click.exceptions.Exit(1)


def _signed(waiting: int | None) -> str:
    if waiting is None:
        return "No proof is within: whether it was signed cannot be told."
    signed = f"All but {waiting} of its events were" if waiting else "All of its events were"
    return f"{signed} in the tree that was signed; casework-verify tells by whom."


def _count(faults: int) -> str:
    return f"{faults} {'fault' if faults == 1 else 'faults'}." if faults else "nothing is wrong."


def _elsewhere(settings: Settings, checkpoints: tuple[Path, ...]) -> KeptElsewhere:
    keys = public_keys(settings)
    try:
        kept = kept_of([(path.name, path.read_text("utf-8")) for path in checkpoints], keys)
    except (BadNote, UnicodeDecodeError) as fault:
        raise LogUnusable(reasons.tree.CHECKPOINT(fault=str(fault))) from fault
    return kept_here(settings, kept)


def _checked(engine: Engine, case: str | None, elsewhere: KeptElsewhere) -> Iterator[Checked]:
    if case is not None:
        with transaction(engine) as db:
            log = home_of(db, case)
        yield verify_log(engine, log)
        return
    with transaction(engine) as db:
        total = count_logs(db)
    with click.progressbar(
        verify_each(engine, elsewhere), length=total, label="Verifying", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        yield from progress
