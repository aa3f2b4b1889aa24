"""What is said of assessments of a city's needs: how they stand, how far they have come, and what their histories tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, ngettext
from markupsafe import Markup

from casework.engine.case_objects.programme_lists import Lists
from casework.operations.catalogue.assessment_views import AssessmentEntry, AssessmentRow
from casework.web.catalogue.listed_fields import called
from casework.web.shell.i18n import N_
from casework.web.shell.values import Values

STATUSES = {"planned": N_("planned"), "under_way": N_("under way"), "concluded": N_("concluded")}
#: How an enterprise that is asked stands.
STATES = {
    "to_ask": N_("to be asked"),
    "asked": N_("has been asked"),
    "answered": N_("has answered"),
    "refused": N_("has declined"),
}
KINDS = {"visit": N_("visit"), "interview": N_("interview"), "meeting": N_("meeting"), "event": N_("event")}
#: What a field is called on pages, in forms and in a history.
LABELS: Mapping[str, str] = {
    "title": N_("Title"), "title_zh": N_("Title in Chinese"), "starts_on": N_("Begins on"), "ends_on": N_("Ends on"),
    "sectors": N_("Sectors"), "districts": N_("Districts"), "enterprises_target": N_("Enterprises to ask"),
    "needs_target": N_("Needs to publish"), "status": N_("Status"), "conclusion": N_("Conclusion"),
    "organisation_id": N_("Enterprise"), "state": N_("State"), "kind": N_("Kind"), "day": N_("Takes place on"),
    "place": N_("Where it takes place"), "district": N_("District"), "participants": N_("Who came"),
    "staff": N_("Who came from the office"), "notes": N_("Notes"),
    "need_id": N_("Need"), "visit_id": N_("Visit or event"),
}  # fmt: skip
_CODES: Mapping[str, Mapping[str, str]] = {"status": STATUSES, "state": STATES, "kind": KINDS}
#: The list of the programme in which the codes of a field stand.
_LISTS = {"sectors": "sectors", "districts": "districts", "district": "districts"}
#: What an entry of its history says happened.
_HAPPENED: Mapping[str, str] = {
    "planned": N_("%(who)s planned the assessment"),
    "assessment_kept": N_("%(who)s changed the assessment"),
    "listed": N_("%(who)s put enterprises on the list"),
    "assessment_enterprise_kept": N_("%(who)s said how an enterprise stands"),
    "entered": N_("%(who)s entered a visit or an event"),
    "assessment_visit_kept": N_("%(who)s changed a visit or an event"),
    "assessment_need_kept": N_("%(who)s said that a need came of it"),
    "enterprises.assessment_taken_out": N_("%(who)s took an enterprise out"),
    "visits.assessment_taken_out": N_("%(who)s took a visit or an event out"),
    "needs.assessment_taken_out": N_("%(who)s said that a need did not come of it"),
    "erased": N_("Words that named a person were erased"),
}


def say_progress(one: AssessmentRow) -> list[str]:
    """How far it has come, each against its target where it has one."""
    came = one.progress
    target = one.enterprises_target or came.enterprises
    told = [gettext("%(done)s of %(target)s enterprises asked", done=came.asked, target=target)] if target else []
    told.append(gettext("%(count)s answered", count=came.answered))
    if one.needs_target:
        told.append(gettext("%(done)s of %(target)s needs published", done=came.published, target=one.needs_target))
    else:
        told.append(ngettext("%(num)d need published", "%(num)d needs published", came.published))
    return told


def say_listed(lists: Lists, field: str, code: str) -> str:
    """What the programme calls a sector or a district."""
    return called(lists, _LISTS[field], field.removesuffix("s"), code)


def say_entry(entry: AssessmentEntry, lists: Lists) -> tuple[str, list[tuple[str, str | Markup, str | Markup]]]:
    """What happened, and by label what a field said before and says then."""
    words = gettext(_HAPPENED[_deed(entry)], who=entry.who or gettext("The system"))
    if entry.erased:
        return words, [(gettext("Words"), "", gettext("erased"))]
    return words, [
        (gettext(LABELS[field]), _say(field, before, lists), _say(field, after, lists))
        for field, (before, after) in entry.changes.items()
        if before not in (None, "", []) or after not in (None, "", [])
    ]


#: By kind of an entry the field that is said first when something begins, and what has happened then.
_BEGUN = {
    "assessment_kept": ("title", "planned"), "assessment_enterprise_kept": ("organisation_id", "listed"),
    "assessment_visit_kept": ("kind", "entered"),
}  # fmt: skip


def _deed(entry: AssessmentEntry) -> str:
    if entry.kind == "assessment_taken_out":
        return f"{entry.what}.{entry.kind}"
    field, begun = _BEGUN.get(entry.kind, ("", ""))
    return begun if field in entry.changes and entry.changes[field][0] is None else entry.kind


def _say(field: str, value: Any, lists: Lists) -> str | Markup:
    if value in (None, "", []):
        return ""
    if field in _LISTS:
        codes = [value] if isinstance(value, str) else value
        return Values().say([say_listed(lists, field, code) for code in codes], field)
    if field in _CODES:
        return gettext(_CODES[field].get(value, value))
    return Values().say(value, field)


__all__ = ["KINDS", "LABELS", "STATES", "STATUSES", "say_entry", "say_listed", "say_progress"]
