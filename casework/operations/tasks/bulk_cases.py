"""The same action on several cases: tried first, then done, with a result for each. So far, to put them on hold.

As with tasks, what refuses one keeps no other from being done; but what is wrong in the form is wrong for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

from sqlalchemy import Connection

from casework import reasons
from casework.definitions import load_library
from casework.engine.execution.effect_roles import accepted
from casework.engine.state.case import Case
from casework.errors import CaseworkError, InvalidForm, NotFound
from casework.json_values import Answers
from casework.operations.cases.queries import find_case
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.reader_names import case_titles
from casework.operations.tasks.bulk import MOST, attempt, of_one, tried
from casework.operations.tasks.views import ChosenCase, ChosenCases
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.permissions.work import barred, capacities, choose
from casework.reasons import Why

#: The transitions of a case that can be fired for several at once: none of these says anything of one case alone.
ACTIONS = ("hold",)


def show_chosen_cases(db: Connection, actor: Actor, numbers: Sequence[str]) -> ChosenCases:
    """The chosen cases that the actor sees whole, each with what may be done to it, and for how many each may be."""
    items = []
    found = _found(db, actor, numbers)
    titles = case_titles(db, actor, found.values())
    for case in found.values():
        may = [action for action in ACTIONS if _may(actor, case, action)]
        items.append(
            ChosenCase(
                number=str(case.number),
                title=titles[case.log],
                edition=case.main.edition,
                states=list(case.main.states),
                may=may,
            )
        )
    return ChosenCases(items=items, may={action: sum(action in item.may for item in items) for action in ACTIONS})


def _found(db: Connection, actor: Actor, numbers: Sequence[str]) -> dict[str, Case]:
    cases = {}
    for number in dict.fromkeys(numbers[:MOST]):
        try:
            case, level = find_case(db, actor, number)
        except NotFound:
            continue
        if level == Sight.ALL:
            cases[number] = case
    return cases


def _may(actor: Actor, case: Case, action: str) -> bool:
    """Whether it stands where this can be done, and the actor is somebody who does it."""
    match = load_library()[case.main.edition].find(action, case.main.states)
    if match is None or barred(actor, case) is not None:
        return False
    return choose(capacities(actor, case, case.main), accepted(case, match[0].by_people)) is not None


def do_to_cases(
    db: Connection,
    actor: Actor,
    numbers: Sequence[str],
    action: str,
    data: Answers,
    *,
    request: Request,
    dry_run: bool = False,
) -> Done:
    """One transition of several cases, or a try of it that leaves nothing behind; the answer has a result for each.

    Raises InvalidForm where the form is wrong: then nothing was done to any.
    """
    faults: dict[str, Why] = {} if action in ACTIONS else {"action": reasons.fields.ONE_OF(choices=ACTIONS)}
    if not 1 <= len(set(numbers)) <= MOST:
        faults["cases"] = reasons.fields.BETWEEN(least=1, most=MOST)
    if faults:
        raise InvalidForm(fields=faults)
    if not dry_run and (earlier := ask(db, actor, request)) is not None:
        return earlier
    cases = _found(db, actor, numbers)
    refusals: dict[str, CaseworkError | None] = {number: NotFound("case") for number in numbers}
    with tried(db) if dry_run else nullcontext():
        # In the order of their logs, so that two people with the same choice lock in the same order.
        for number in sorted(cases, key=lambda case_number: cases[case_number].log):
            refusals[number] = _one(db, actor, cases[number], action, data, request=request)
    items = [
        {
            "case": number,
            "done": refusal is None,
            "why": None if refusal is None else str(refusal),
            "refusal": None if refusal is None else refusal.reason.as_json(),
        }
        for number, refusal in refusals.items()
    ]
    done = Done({"items": items, "done": sum(item["done"] for item in items), "dry_run": dry_run})
    return done if dry_run else finish(db, actor, request, done)


def _one(
    db: Connection, actor: Actor, case: Case, action: str, data: Answers, *, request: Request
) -> CaseworkError | None:
    refusal = attempt(
        db,
        lambda: fire_transition(
            db,
            actor,
            case.log,
            "case",
            case.main.id,
            transition=action,
            data=data,
            revision=case.main.revision,
            request=of_one(request, str(case.number)),
        ),
    )
    if isinstance(refusal, InvalidForm):
        raise refusal
    return refusal


__all__ = ["ACTIONS", "do_to_cases", "show_chosen_cases"]
