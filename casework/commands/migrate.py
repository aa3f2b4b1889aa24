"""The command `migrate`: say what becomes of running cases by another edition, try it, move them, and let them go back."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import click
from sqlalchemy import Connection

from casework import reasons
from casework.commands.programmes import find_acting, find_programme, programme_option
from casework.engine.definition.migration_plans import MigrationPlan
from casework.engine.execution.migrations import STAYS
from casework.errors import Refused
from casework.operations.core.editions import read_editions
from casework.operations.people.case_migration_views import CaseVerdict
from casework.operations.people.case_migrations import (
    judge_cases,
    list_moved,
    make_plan,
    move_case,
    take_back_case,
    try_case,
)
from casework.permissions.actors import Actor
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings

_as = click.option("--as", "email", metavar="EMAIL", required=True, help="As this supervisor of the programme.")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def _planned(command: Callable[..., Any]) -> Callable[..., Any]:
    """What plan, try and run are told alike."""
    for decorate in (
        click.option("--task", "tasks", multiple=True, metavar="OLD=NEW", help="What a task becomes, by its key."),
        click.option("--state", "states", multiple=True, metavar="OLD=NEW", help="What a state becomes."),
        _as,
        programme_option,
        click.argument("later", type=click.IntRange(min=1)),
        click.argument("earlier", type=click.IntRange(min=1)),
        click.argument("name"),
    ):
        command = decorate(command)
    return command


@click.group()
def migrate() -> None:
    """Move running cases to another edition of their workflow, and back."""


@migrate.command("plan")
@_planned
@_json
def plan_(*, as_json: bool, **asked: Any) -> None:
    """Say what becomes of the cases that run by the edition EARLIER of the workflow NAME, by LATER: which move, which stay, and why.

    What has the same name in both is the same; what a state or a task becomes that has none is said by --state and --task. Nothing
    is changed.
    """
    plan, verdicts = _with_plan(judge_cases, **asked)
    _print(plan, verdicts, as_json=as_json)


@migrate.command("try")
@_planned
@_json
def try_(*, as_json: bool, **asked: Any) -> None:
    """Move each of these cases and let it go back, undo both, and say what came of it; exits with 1 if one was not as before."""
    unlike: list[str] = []

    def tried(db: Connection, actor: Actor, programme: str, plan: MigrationPlan) -> list[CaseVerdict]:
        verdicts = []
        for one in judge_cases(db, actor, programme, plan):
            verdict, same = try_case(db, actor, one.id, plan)
            verdicts.append(verdict)
            unlike.extend([] if same else [one.number])
        return verdicts

    plan, verdicts = _with_plan(tried, **asked)
    _print(plan, verdicts, as_json=as_json)
    if unlike:
        raise click.ClickException(f"Not as before after the way there and back: {', '.join(unlike)}.")


@migrate.command("run")
@_planned
@click.option("--plan", "digest", metavar="DIGEST", required=True, help="Of the plan that `migrate plan` printed.")
@click.option("--most", type=click.IntRange(min=1), help="So many cases at most; start again for the rest.")
@_json
def run(*, digest: str, most: int | None, as_json: bool, **asked: Any) -> None:
    """Move these cases, each in a transaction of its own; what stays stays. Started again it goes on where it ended."""
    plan, verdicts = _with_plan(judge_cases, **asked)
    if plan.digest != digest:
        raise Refused(reasons.migration.PLAN_CHANGED)
    chosen = [one.id for one in verdicts if one.outcome != STAYS][:most]
    _one_by_one(chosen, asked["email"], lambda db, actor, id: move_case(db, actor, id, plan), as_json=as_json)


@migrate.command()
@click.argument("digest")
@programme_option
@_as
@_json
def revert(digest: str, programme: str | None, email: str, *, as_json: bool) -> None:
    """Let the cases go back that the plan DIGEST has moved, but for those that have gone on by the later edition since."""
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            read_editions(db)
            chosen = [
                one.id for one in list_moved(db, find_acting(db, email), find_programme(db, programme)[1], digest)
            ]
    finally:
        engine.dispose()
    _one_by_one(chosen, email, lambda db, actor, id: take_back_case(db, actor, id, digest), as_json=as_json)


def _with_plan(
    do: Callable[[Connection, Actor, str, MigrationPlan], list[CaseVerdict]],
    *,
    name: str,
    earlier: int,
    later: int,
    programme: str | None,
    email: str,
    states: Iterable[str],
    tasks: Iterable[str],
) -> tuple[MigrationPlan, list[CaseVerdict]]:
    """The plan, and what is done with the cases that it is about; one transaction."""
    mapping = {"states": _pairs(states), "tasks": _pairs(tasks)}
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            read_editions(db)
            plan = make_plan(name, earlier, later, mapping)
            return plan, do(db, find_acting(db, email), find_programme(db, programme)[1], plan)
    finally:
        engine.dispose()


def _pairs(said: Iterable[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in said]
    if wrong := [old for old, sign, new in pairs if not (old and sign and new)]:
        raise click.UsageError(f"Write OLD=NEW, not {', '.join(wrong)}.")
    return {old: new for old, _, new in pairs}


def _one_by_one(
    cases: list[str], email: str, do: Callable[[Connection, Actor, str], CaseVerdict], *, as_json: bool
) -> None:
    """Do it with each case in a transaction of its own, and say how far it is."""
    engine = connect_engine(load_settings())
    verdicts: list[CaseVerdict] = []
    try:
        with transaction(engine) as db:
            read_editions(db)
        with click.progressbar(cases, label="Cases", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            for id in bar:
                with transaction(engine) as db:
                    verdicts.append(do(db, find_acting(db, email), id))
    finally:
        engine.dispose()
    if as_json:
        click.echo(json.dumps({"cases": [_told(one) for one in verdicts]}, ensure_ascii=False))
        return
    _print_cases(verdicts)


def _told(one: CaseVerdict) -> dict[str, Any]:
    return {
        "number": one.number,
        "outcome": one.outcome,
        "event": one.event,
        "why": [reason.as_json() for reason in one.why],
    }


def _print(plan: MigrationPlan, verdicts: list[CaseVerdict], *, as_json: bool) -> None:
    if as_json:
        told = {
            "workflow": plan.workflow,
            "from": plan.old.fingerprint,
            "to": plan.new.fingerprint,
            "plan": plan.digest,
            "mapping": plan.mapping,
            "by_hand": plan.by_hand,
            "cases": [_told(one) for one in verdicts],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"Plan {plan.digest}")
    click.echo(f"{plan.workflow} {plan.old.number} -> {plan.new.number}")
    for group, said in (("states", plan.mapping.get("states", {})), ("tasks", plan.mapping.get("tasks", {}))):
        for old, new in sorted(said.items()):
            click.echo(f"  {group}.{old} becomes {new}")
    for name in plan.by_hand:
        click.echo(f"  {name} is gone: say what it becomes, or cases that stand on it stay")
    _print_cases(verdicts)


def _print_cases(verdicts: list[CaseVerdict]) -> None:
    for one in verdicts:
        click.echo(f"{one.number}  {one.outcome}" + "".join(f"\n    {why}" for why in one.why))
    counts = Counter(one.outcome for one in verdicts)
    click.echo(", ".join(f"{name} {counts[name]}" for name in sorted(counts)) or "No case.")
