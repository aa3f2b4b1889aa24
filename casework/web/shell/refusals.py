"""What a form that comes back says of why it was refused."""

from __future__ import annotations

from collections.abc import Mapping

from casework.errors import (
    AlreadyTaken,
    CaseHasMoved,
    CaseworkError,
    DutyInDoubt,
    InvalidForm,
    NobodyLeft,
    NotAllowed,
    Refused,
    WrongState,
)
from casework.web.shell.i18n import say_error, say_faults
from casework.web.shell.staffing_words import say_obstacles


def say_refusal(refusal: CaseworkError) -> tuple[Mapping[str, str], int, str, tuple[str, ...]] | None:
    """By field, the status, in a sentence, and what is asked of who sent it; None where the form has nothing to say of it."""
    match refusal:
        case InvalidForm():
            return say_faults(refusal), 422, "", ()
        case DutyInDoubt():
            return {}, 409, "", say_obstacles(refusal)
        case CaseHasMoved() | NobodyLeft() | WrongState() | Refused() | AlreadyTaken():
            return {}, 409, say_error(refusal), ()
        case NotAllowed():
            return {}, 403, say_error(refusal), ()
    return None
