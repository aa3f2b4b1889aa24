"""The same question to the parties of several cases, by mailed links: tried first, then sent, with a result for each.

Each link goes to whom one writes to at the party, in that person's language and without a code. As with other things done to several
(`tasks.bulk`), what refuses one keeps no other from being asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

from sqlalchemy import Connection

from casework import reasons
from casework.definitions import load_library
from casework.engine.case_objects import party_links
from casework.engine.parties import PARTIES
from casework.errors import InvalidForm, NotFound, Refused, WrongState
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.links.service import Wanted, ask_by_link, give_link, insist_may_ask, spoken
from casework.operations.tasks.bulk import MOST, Outcome, attempt, in_order, of_one, tried
from casework.operations.tasks.queries import read_task
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.event_log import lock_log, now
from casework.records.row_security import whole


def ask_many(
    db: Connection,
    actor: Actor,
    secret_box: SecretBox,
    tasks: Sequence[str],
    party: str,
    *,
    request: Request,
    dry_run: bool = False,
) -> Done:
    """Mail a party of each task's case a link for it, or try it; the answer has a result for each. Raises InvalidForm."""
    faults: dict[str, Why] = {}
    if party not in PARTIES:
        faults["party"] = reasons.fields.ONE_OF(choices=PARTIES)
    if not 1 <= len(set(tasks)) <= MOST:
        faults["tasks"] = reasons.fields.BETWEEN(least=1, most=MOST)
    if faults:
        raise InvalidForm(fields=faults)
    if not dry_run and (earlier := ask(db, actor, request)) is not None:
        return earlier
    results: dict[str, Outcome] = {}
    with tried(db) if dry_run else nullcontext():
        for id in in_order(db, tasks):
            action = partial(_ask, db, actor, secret_box, id, party, request=of_one(request, id))
            results[id] = Outcome(id, attempt(db, action))
    items = [(results.get(id) or Outcome(id, NotFound("task"))).as_json() for id in dict.fromkeys(tasks)]
    done = Done({"items": items, "done": sum(item["done"] for item in items), "dry_run": dry_run})
    return done if dry_run else finish(db, actor, request, done)


def _ask(db: Connection, actor: Actor, secret_box: SecretBox, id: str, party: str, *, request: Request) -> None:
    """Raises what `give_link` raises, and Refused where the party was asked already, or nobody there can be mailed."""
    case, _ = read_task(db, actor, id)
    with whole(db):
        # In its turn: whoever mails the same question at the same moment is waited for, and what was mailed is seen.
        lock_log(db, case.log)
    case, _ = read_task(db, actor, id)
    task = case.tasks.get(id)
    if task is None or party_links.rule_of(load_library()[task.edition], task) is None:
        raise NotFound("task")
    insist_may_ask(actor, case, task)
    asking = ask_by_link(db, actor, case, task)
    if asking is None:
        why = party_links.refusal(case, load_library()[task.edition], task)
        raise WrongState(action=reasons.actions.SEND_LINK, why=why or reasons.links.NOT_BY_LINK)
    moment = now(db)
    if any(
        (link.task, link.party) == (id, party) and party_links.is_open(case, link, moment)
        for link in case.party_links.values()
    ):
        raise Refused(reasons.links.ASKED_ALREADY)
    to = next((one for one in asking.contacts.get(party, ()) if one.email), None)
    if to is None or to.email is None:
        raise Refused(reasons.links.NOBODY_TO_MAIL)
    wanted = Wanted(party, asking.days, spoken(to.language), code=False, address=to.email, name=to.name)
    give_link(db, actor, secret_box, id, wanted, request=request)


__all__ = ["ask_many"]
