"""Adding a task to a referral, or to the service below it, by those who read nothing else of the case."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.state.case import Case
from casework.operations.cases.action_views import AddableTask
from casework.operations.referrals.service import describe_referral, find_referral
from casework.permissions.actors import Actor
from casework.web.tasks import new_task_page

blueprint = Blueprint("referral_tasks", __name__)
_PATH = "/referrals/<uuid:referral>/tasks/<uuid:track>/<kind>"


def _place(referral: str) -> new_task_page.Place:
    def offered(db: Connection, actor: Actor) -> tuple[Case, Iterable[AddableTask]]:
        case, track = find_referral(db, actor, referral)
        return case, describe_referral(db, actor, case, track).requests

    return new_task_page.Place(
        offered,
        url_for("referrals.show", referral=referral) + "#do",
        (gettext("To the referral"), gettext("Back to the referral")),
        str,
    )


@blueprint.get(_PATH)
def new_task(referral: UUID, track: UUID, kind: str) -> Response:
    return new_task_page.show_in(_place(str(referral)), str(track), kind)


@blueprint.post(_PATH)
def add_task(referral: UUID, track: UUID, kind: str) -> BaseResponse:
    return new_task_page.add_in(_place(str(referral)), str(track), kind)


__all__ = ["add_task", "blueprint", "new_task"]
