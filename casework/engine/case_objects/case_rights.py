"""Which IP rights a case is about: more of them, or fewer."""

from __future__ import annotations

from casework import reasons
from casework.engine.case_objects.encumbrances import standing
from casework.engine.execution.commands import ChangeRights
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.task_changes import commit
from casework.engine.state.case import Case
from casework.engine.state.events import RIGHTS_CHANGED
from casework.errors import InvalidForm, WrongState

ADDED, REMOVED = "added", "removed"


def change_rights(builder: EventBuilder, command: ChangeRights) -> None:
    """Reads the fact `rights`. Raises InvalidForm for what is there already, is not there, or is burdened by this case."""
    case = builder.case
    if case.closed_at is not None:
        raise WrongState(action=reasons.actions.CHANGE_RIGHTS, why=reasons.cases.CLOSED)
    reason = line(command.reason, "reason")
    rights = list(dict.fromkeys(command.rights))
    if not rights:
        raise InvalidForm(fields={"rights": reasons.fields.REQUIRED})
    if command.add and set(rights) & set(case.rights):
        raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_IS_THERE})
    if not command.add and not set(rights) <= set(case.rights):
        raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_NOT_THERE})
    known = builder.context.facts["rights"]
    if not command.add and any(standing(known[right]["encumbrances"], {}, case.log) for right in rights):
        raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_BURDENED_HERE})
    what = ADDED if command.add else REMOVED
    after = list(after_change(case, what, rights))
    builder.begin(
        RIGHTS_CHANGED, None, {"what": what, "data": {"rights": rights}, "case_rights": after}, {"reason": reason}
    )
    commit(builder)


def after_change(case: Case, what: str, rights: list[str]) -> tuple[str, ...]:
    """What the case is about once these were added or taken out."""
    if what == ADDED:
        return (*case.rights, *rights)
    return tuple(right for right in case.rights if right not in rights)
