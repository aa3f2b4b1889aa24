"""What a form that comes back says of why it was refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

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
    RecordInDoubt,
    Refused,
    WrongState,
)
from casework.reasons import Why
from casework.web.shell.i18n import say, say_error, say_faults, sentences
from casework.web.shell.staffing_words import say_obstacles


def say_refusal(
    refusal: CaseworkError, asked: Collection[str] = ()
) -> tuple[Mapping[str, str], int, str, tuple[str, ...]] | None:
    """By field, the status, in a sentence, and what is asked of who sent it; None where the form has nothing to say of it.

    What speaks of the answer to one of the fields that were `asked` is said there, and not once more in the sentence.
    """
    match refusal:
        case InvalidForm():
            at, others = _at_fields(refusal.beside, refusal.at, asked)
            faults = say_faults(refusal)
            said = {name: sentences((faults.get(name, ""), words)) for name, words in at.items()}
            return faults | said, 422, say_error(Refused(*others)) if others else "", ()
        case Refused(at=told) if told:
            at, others = _at_fields(refusal.reasons, told, asked)
            return at, 409, say_error(Refused(*others)) if others else "", ()
        case DutyInDoubt():
            return {}, 409, "", say_obstacles(refusal)
        case OrganisationInDoubt() | RecordInDoubt():
            return {}, 409, "", tuple(refusal.names)
        case CaseHasMoved() | NobodyLeft() | WrongState() | Refused() | AlreadyTaken():
            return {}, 409, say_error(refusal), ()
        case NotAllowed():
            return {}, 403, say_error(refusal), ()
    return None


def _at_fields(
    reasons: Iterable[Why], at: Mapping[str, Iterable[Why]], asked: Collection[str]
) -> tuple[dict[str, str], list[Why]]:
    """What is said at fields, and what is left to be said of the whole."""
    here = {name: list(whys) for name, whys in at.items() if name in asked}
    spoken = [why for whys in here.values() for why in whys]
    return {name: sentences(map(say, whys)) for name, whys in here.items()}, [
        why for why in reasons if why not in spoken
    ]


def but_papers(refusal: CaseworkError) -> CaseworkError:
    """What refuses it beside papers that are not on file: of those that are to come with the form it is told there."""
    if not isinstance(refusal, Refused | InvalidForm):
        return refusal
    told = refusal.beside if isinstance(refusal, InvalidForm) else refusal.reasons
    others = [why for why in told if getattr(why, "code", "") not in OF_PAPERS]
    if isinstance(refusal, InvalidForm):
        return InvalidForm(refusal.fields, others, refusal.at)
    return Refused(*others, at=refusal.at) if others else InvalidForm(fields={})


__all__ = ["but_papers", "say_refusal"]
