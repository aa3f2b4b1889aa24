"""What a form that comes back says of why it was refused."""

from __future__ import annotations

from collections.abc import Mapping

from casework.engine.definition.required_documents import OF_PAPERS
from casework.errors import (
    AlreadyTaken,
    CaseHasMoved,
    CaseworkError,
    DutyInDoubt,
    InvalidForm,
    NobodyLeft,
    NotAllowed,
    OrganisationInDoubt,
    Refused,
    WrongState,
)
from casework.web.shell.i18n import say_error, say_faults
from casework.web.shell.staffing_words import say_obstacles


def say_refusal(refusal: CaseworkError) -> tuple[Mapping[str, str], int, str, tuple[str, ...]] | None:
    """By field, the status, in a sentence, and what is asked of who sent it; None where the form has nothing to say of it."""
    match refusal:
        case InvalidForm():
            return say_faults(refusal), 422, say_error(Refused(*refusal.beside)) if refusal.beside else "", ()
        case DutyInDoubt():
            return {}, 409, "", say_obstacles(refusal)
        case OrganisationInDoubt():
            return {}, 409, "", tuple(refusal.names)
        case CaseHasMoved() | NobodyLeft() | WrongState() | Refused() | AlreadyTaken():
            return {}, 409, say_error(refusal), ()
        case NotAllowed():
            return {}, 403, say_error(refusal), ()
    return None


def but_papers(refusal: CaseworkError) -> CaseworkError:
    """What refuses it beside papers that are not on file: of those that are to come with the form it is told there."""
    if not isinstance(refusal, Refused | InvalidForm):
        return refusal
    told = refusal.beside if isinstance(refusal, InvalidForm) else refusal.reasons
    others = [why for why in told if getattr(why, "code", "") not in OF_PAPERS]
    if isinstance(refusal, InvalidForm):
        return InvalidForm(refusal.fields, others)
    return Refused(*others) if others else InvalidForm(fields={})


__all__ = ["but_papers", "say_refusal"]
