"""The command that looks for what waits unseen."""

from __future__ import annotations

import json

import click

from casework.json_values import JsonObject
from casework.operations.core.editions import read_editions
from casework.operations.oversight.case_hygiene import find_breaches
from casework.operations.oversight.job_health import age_of_backup, find_delays
from casework.operations.oversight.views import BreachFound, Delay
from casework.operations.people.edition_choice_views import ChoiceApart
from casework.operations.people.programme_editions import find_apart
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings

#: What is said of each kind of finding; `doctor` says the same of what waits.
SAYS = {
    "no_owner": "nobody owns it",
    "owner_left": "its owner is not an officer here any more",
    "no_action": "no next action has a date",
    "waits_for_nobody": "it is on hold, and nobody knows for whom",
    "holder_left": "held by somebody who may not do it any more",
    "nobody_may": "nobody may do it",
    "nobody_leads": "no dispute officer who is there leads it, and nobody else of the programme could: give somebody the role",
    "left_open": "open, though what it belongs to has ended",
    "copies_out": "has a provider that has not said what became of its copies",
    "no_clock": "has a date to come and no clock that goes there",
    "stands_still": "its clock stands still for no reason",
    "late": "its clock should have fired already: is a worker running?",
    "untold": "events of which nobody has been told: is a worker running?",
    "unsent": "mails that the mail server does not take",
    "failing": "jobs that fail again and again; the worker's output says why",
    "overdue_job": "jobs that nobody takes: is a worker running?",
    "unerased": "persons who should have been erased, which must be done within a day: is a worker running?",
    "unsequenced": "events or readings without a leaf in the signed tree: is a worker running, and what does its output say of the log?",
    "no_backup": "backups that are not good, and none that is of the last day and a half: `casework backup list` tells of them",
    "not_archived": "minutes of work that are not archived beside the backups, and would be lost: is a worker running, and what does its"
    " output say?",
    "closed_roles": "roles of closed accounts: end them on the page of the person",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with every finding.")
def check(as_json: bool) -> None:
    """Find what waits unseen: cases that breach case hygiene, tasks that nobody may do, clocks that do not run.

    It also finds editions that a programme has chosen and that do not go together since a later one was published.
    One line for each finding, with the page on which it is repaired; exits with 1 when there is one. A worker does the
    same every night and keeps the figure of the day for the page "Case hygiene".
    """
    settings = load_settings()
    base = str(settings.base_url or "").rstrip("/")
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            read_editions(db)
            findings = [_of_case(breach, base) for breach in find_breaches(db)] + [
                _of_queue(delay, base) for delay in find_delays(db, sealed=True)
            ]
            findings += [_of_queue(late, base) for late in age_of_backup(settings).delays]
            findings += [_of_choice(choice, base) for choice in find_apart(db)]
    finally:
        engine.dispose()
    if as_json:
        click.echo(json.dumps({"count": len(findings), "findings": findings}, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(
                f"{finding['where']} [{finding['kind']}] {finding['says']}{' ' if finding['repair'] else ''}{finding['repair']}"
            )
        click.echo(f"{len(findings)} findings." if findings else "Nothing waits unseen.")
    if findings:
        raise click.exceptions.Exit(1)


def _of_case(breach: BreachFound, base: str) -> JsonObject:
    task, says = breach.task, SAYS[breach.kind]
    path = f"/cases/{breach.number}" if breach.number else f"/mediations/{breach.log}"
    if breach.kind == "owner_left":
        path += "/hand-over"
    elif task is not None and task.type != "step":
        path = f"/tasks/{task.id}"
    return {
        "where": breach.number or f"mediation {breach.log}",
        "kind": breach.kind,
        "task": None if task is None else task.id,
        "says": says if task is None else f"{task.name}: {says}",
        "repair": base + path,
    }


def _of_choice(choice: ChoiceApart, base: str) -> JsonObject:
    return {
        "where": choice.code,
        "kind": "editions_apart",
        "task": None,
        "says": f"begins by editions that do not go together any more: {choice.workflow}: {choice.why}",
        "repair": f"{base}/programmes/{choice.programme}/settings/editions",
    }


def _of_queue(delay: Delay, base: str) -> JsonObject:
    page = "/administration/mails?state=queued" if delay.kind == "unsent" else ""
    since = f" since {delay.since}" if delay.since else ""
    return {
        "where": "worker",
        "kind": delay.kind,
        "task": None,
        "says": f"{delay.count} {SAYS[delay.kind]}{since}",
        "repair": base + page if page else "",
    }
