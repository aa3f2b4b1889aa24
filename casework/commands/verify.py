"""The command that proves the history."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import Engine

from casework.operations.core.perform import home_of
from casework.operations.verification.case_archive import check_case_file
from casework.operations.verification.service import Checked, count_logs, verify_each, verify_log
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings


@click.command()
@click.argument("case", required=False)
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check the file of a case instead, a ZIP that somebody took out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with what was looked at and every fault.")
def verify(case: str | None, path: Path | None, as_json: bool) -> None:
    """Prove the history: of one CASE by its number, or of everything.

    Recomputes every chain, adds the events up again and compares them with the tables, and judges whether each event
    was allowed by the edition, the facts and the roles of its time. Exits with 1 when anything is wrong.
    """
    if path is not None:
        _verify_file(path, as_json=as_json)
        return
    engine = connect_engine(load_settings())
    logs = events = erased = 0
    findings = []
    try:
        for checked in _checked(engine, case):
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


def _verify_file(path: Path, *, as_json: bool) -> None:
    faults = check_case_file(path)
    if as_json:
        click.echo(json.dumps({"faults": faults}, ensure_ascii=False))
    else:
        for fault in faults:
            click.echo(fault)
        click.echo(f"{path.name}: {_count(len(faults))}")
    if faults:
        raise click.exceptions.Exit(1)


def _count(faults: int) -> str:
    return f"{faults} {'fault' if faults == 1 else 'faults'}." if faults else "nothing is wrong."


def _checked(engine: Engine, case: str | None) -> Iterator[Checked]:
    if case is not None:
        with transaction(engine) as db:
            log = home_of(db, case)
        yield verify_log(engine, log)
        return
    with transaction(engine) as db:
        total = count_logs(db)
    with click.progressbar(
        verify_each(engine), length=total, label="Verifying", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        yield from progress
