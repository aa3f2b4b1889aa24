"""Whether what a programme's log says of attestations was signed as it may be: by an auditor, in the own name, on what was signed here."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import text

from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.operations.history.point_in_time import Past
from casework.operations.verification.attested import ATTESTED, STATEMENT, Attested, evolve


def attestation_faults(past: Past, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What of its attestations could not have been signed so: the number of the event, and why."""
    signed: dict[int, Attested] = {}
    for event in events:
        if event.kind == ATTESTED:
            whys = [*_by_whom(past, programme, event), *_against(past, programme, signed, event)]
            yield from ((event.seq, why) for why in whys)
            signed = evolve(signed, event)
        elif "attestation" in event.effects:
            yield event.seq, "it tells of an attestation, which is signed by an event of its own"


def _by_whom(past: Past, programme: str, event: RegisterEvent) -> Iterator[str]:
    if event.role != Role.AUDITOR or event.acting_for is not None:
        yield "an auditor signs it in the own name, and nobody else does"
    elif not past.held(programme, event.actor, Role.AUDITOR, None, event.at):
        yield "its actor did not hold the role auditor at that moment"


def _against(past: Past, programme: str, signed: Mapping[int, Attested], event: RegisterEvent) -> Iterator[str]:
    told = event.effects.get("attestation")
    if told is None:
        yield "it does not say which attestation it is"
        return
    number, earlier = told["number"], told.get("supersedes")
    if number != max(signed, default=0) + 1:
        yield f"attestation {number} was not the next one"
    if earlier is not None and earlier not in signed:
        yield f"no attestation {earlier} was signed before, in whose place it could stand"
    elif earlier is not None and signed[earlier].superseded_by is not None:
        yield f"another one stood in the place of attestation {earlier} by then"
    named = told["checkpoint"]
    roots = past.db.execute(_SIGNED, {"size": named["size"]}).scalars()
    if named["root"] not in {b64encode(bytes(root)).decode() for root in roots}:
        yield "the checkpoint that it names was never signed here"
    said = event.body.get(STATEMENT)
    if isinstance(said, Mapping):
        stands = {
            "programme": programme,
            "number": number,
            "signer": event.actor,
            "checkpoint": named,
            "supersedes": earlier,
        }
        yield from (
            f"its statement says another {name} than it does" for name, one in stands.items() if said.get(name) != one
        )


#: What was signed of the tree when it had so many leaves.
_SIGNED = text("SELECT root FROM checkpoints WHERE size = :size")


__all__ = ["attestation_faults"]
