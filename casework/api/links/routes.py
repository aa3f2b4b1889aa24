"""One-time links over the API, the office's half: what was given and answered, giving one, and withdrawing it.

A party answers on the page of its link alone: it has no token.
"""

from __future__ import annotations

from casework.api.links import schemas
from casework.api.protocol.encryption import secret_box
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.links import service as links
from casework.operations.links.service import Wanted
from casework.operations.links.views import TaskLinks


def list_task_links(call: Call) -> TaskLinks:
    return links.show_links(call.db, call.actor, call.path["task"])


def give_task_link(call: Call) -> Done:
    sent = call.body
    wanted = Wanted(
        party=sent.party,
        days=sent.days,
        language=sent.language,
        documents=[str(id) for id in sent.documents],
        providers=[str(id) for id in sent.providers],
        code=sent.code,
        address=sent.address or "",
        name=sent.name or "",
    )
    return links.give_link(call.db, call.actor, secret_box(), call.path["task"], wanted, request=call.request)


def revoke_link(call: Call) -> Done:
    return links.revoke_link(call.db, call.actor, call.path["link"], request=call.request)


_LINKS = "/tasks/{task}/links"

ROUTES: tuple[Route, ...] = (
    get(_LINKS, list_task_links, "List the one-time links that were given for a task, and whom it can be asked of", schemas.TaskLinks),
    post(
        _LINKS, give_task_link, "Give a party a one-time link, by which it answers the task itself; code and path are told once",
        schemas.LinkGiven, body=schemas.NewLink, status=201,
    ),
    post("/links/{link}/revoke", revoke_link, "Withdraw a one-time link that nobody has used", schemas.LinkRevoked),
)  # fmt: skip
