"""How a queue gives its tasks to people: the rule, chosen for a programme or an organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.roles import ORGANISATION_QUEUES, Role
from casework.engine.tasks.allocation import FAMILIAR, NONE, ROUND_ROBIN, SHORTEST, SKILL
from casework.errors import InvalidForm, NotFound
from casework.operations.core.views import NamedInBoth, row_as
from casework.operations.tasks import allocation
from casework.operations.tasks.views import Allocation
from casework.permissions.actors import Actor
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("allocation", __name__)

STRATEGIES = {
    NONE: N_("to nobody: people take tasks themselves"), ROUND_ROBIN: N_("to everybody in turn"),
    SHORTEST: N_("to whoever has the fewest open tasks"), FAMILIAR: N_("to whoever knows the case best, else in turn"),
    SKILL: N_("to whoever has most of the skills that it asks for"),
}  # fmt: skip
QUEUES = {
    "intake": N_("New cases"), Role.OFFICER: N_("Officers, in a case of several"), Role.SUPERVISOR: N_("Supervisors"),
    Role.COMPLIANCE: N_("Compliance officers"),
    Role.PROVIDER: N_("Everybody's tasks"), Role.PROVIDER_LEAD: N_("The leads' tasks"),
}  # fmt: skip


@blueprint.app_template_global()
def allocation_strategies() -> dict[str, str]:
    return STRATEGIES


@blueprint.app_template_global()
def allocation_queues() -> dict[str, str]:
    return QUEUES


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownAllocation:
    """The rule of a queue as the page shows it: as it is, or as it was typed and refused."""

    scope: NamedInBoth
    queue: str
    strategy: str
    cap: int | str | None
    faulty: bool


def queues_to_choose(db: Connection, actor: Actor, *, of_organisations: bool) -> list[ShownAllocation]:
    """The queues whose rule the actor chooses, for the page of a programme's team or of an organisation's members."""
    return [
        _shown(rule)
        for rule in allocation.list_allocations(db, actor).items
        if (rule.queue in ORGANISATION_QUEUES) == of_organisations
    ]


def _shown(rule: Allocation) -> ShownAllocation:
    typed = {name: request.args.get(name, "") for name in ("scope", "queue", "strategy", "cap")}
    if (typed["scope"], typed["queue"]) != (rule.scope.id, rule.queue) or typed["strategy"] not in STRATEGIES:
        return row_as(ShownAllocation, rule, faulty=False)
    return row_as(ShownAllocation, rule, strategy=typed["strategy"], cap=typed["cap"][:20], faulty=True)


@blueprint.post("/queues/allocation")
@only(Role.SUPERVISOR, Role.PROVIDER_LEAD)
def choose() -> Response:
    queue = request.form.get("queue", "")
    page = "referrals.members" if queue in ORGANISATION_QUEUES else "home.team"
    back = url_for(page, _anchor="allocation")
    typed = request.form.get("cap", "").strip()
    try:
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
            raise InvalidForm(fields={"cap": reasons.fields.WHOLE_NUMBER})
        with page_transaction() as (db, actor):
            allocation.choose_allocation(
                db,
                actor,
                scope=_scope(),
                queue=queue,
                strategy=request.form.get("strategy", ""),
                cap=int(typed) if typed else None,
                request=read_request(),
            )
    except InvalidForm as refusal:
        flash(
            gettext("Nothing was changed. The limit per person %(why)s.", why=say(next(iter(refusal.fields.values())))),
            "warn",
        )
        again: dict[str, Any] = {name: request.form.get(name, "") for name in ("scope", "queue", "strategy", "cap")}
        return redirect(url_for(page, **again, _anchor="allocation"), 303)
    if request.form.get("strategy") == NONE:
        flash(gettext("From now on people take the tasks of this queue themselves. What they have stays with them."))
    else:
        flash(
            gettext("Saved. From now on, new tasks go to people by this rule; tasks already in the queue stay there.")
        )
    return redirect(back, 303)


def _scope() -> str:
    try:
        return str(UUID(request.form.get("scope", "")))
    except ValueError:
        raise NotFound("queue") from None


__all__ = ["blueprint", "queues_to_choose"]
