"""Mediations that two persons unseal for a time."""

from __future__ import annotations

from dataclasses import dataclass

from casework.api.mediations import unsealing_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.core.views import NamedPerson
from casework.operations.mediations import unsealing
from casework.operations.mediations.service import find_mediation
from casework.operations.mediations.views import Opening, Unsealing


@dataclass(frozen=True, kw_only=True, slots=True)
class Readers(Page[Opening]):
    """To whom a mediation is or was open, and whom one may name."""

    may_read: list[NamedPerson]
    may_decide: list[NamedPerson]


def list_mediation_readers(call: Call) -> Readers:
    case = find_mediation(call.db, call.actor, call.path["mediation"])
    may = unsealing.who_may(call.db, case) if unsealing.may_ask(call.actor, case) else {"reader": [], "decider": []}
    people = {name: [NamedPerson(id=id, name=words) for id, words in several] for name, several in may.items()}
    openings = unsealing.list_openings(call.db, case)
    return Readers(items=openings, may_read=people["reader"], may_decide=people["decider"])


def ask_unsealing(call: Call) -> Done:
    return unsealing.ask_unsealing(
        call.db,
        call.actor,
        call.path["mediation"],
        reader=str(call.body.reader),
        decider=str(call.body.decider),
        days=call.body.days,
        reason=call.body.reason,
        request=call.request,
    )


def list_unsealings(call: Call) -> Page[Unsealing]:
    return unsealing.list_unsealings(call.db, call.actor)


def decide_unsealing(call: Call) -> Done:
    return unsealing.decide_unsealing(
        call.db, call.actor, call.path["unsealing"], agree=call.body.agree, note=call.body.note, request=call.request
    )


def end_unsealing(call: Call) -> Done:
    return unsealing.end_unsealing(call.db, call.actor, call.path["unsealing"], request=call.request)


def tell_mediation_parties(call: Call) -> Done:
    return unsealing.tell_parties(
        call.db, call.actor, call.path["unsealing"], on=call.body.on.isoformat(), request=call.request
    )


_MEDIATION, _UNSEALING = "/mediations/{mediation}", "/unsealings/{unsealing}"

ROUTES: tuple[Route, ...] = (
    get(f"{_MEDIATION}/readers", list_mediation_readers, "List who else reads a mediation, or is to, and who may be named",
        schemas.ReaderPage),
    post(
        f"{_MEDIATION}/unsealings", ask_unsealing, "Ask that somebody may read a mediation, once a second person agrees", schemas.Unsealed,
        body=schemas.NewUnsealing, status=201,
    ),
    get("/unsealings", list_unsealings, "List what you are to agree to as the second person, and what you may read", schemas.UnsealingPage),
    post(
        f"{_UNSEALING}/decide", decide_unsealing, "Agree as the second person that somebody reads a mediation, or do not", schemas.Unsealed,
        body=schemas.UnsealingDecision,
    ),
    post(f"{_UNSEALING}/end", end_unsealing, "Seal a mediation again before its time, or ask for it no more", schemas.Unsealed),
    post(f"{_UNSEALING}/told", tell_mediation_parties, "Record that both parties were told", schemas.Unsealed, body=schemas.PartiesTold),
)  # fmt: skip
