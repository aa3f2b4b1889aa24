"""What a match's history says, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext

from casework.engine.case_objects.programme_lists import Entry, find
from casework.operations.catalogue import matches
from casework.operations.catalogue.views import MatchEntry
from casework.web.shell.dates import say_day
from casework.web.shell.i18n import N_, name_of
from casework.web.shell.layout import clock
from casework.web.shell.values import ACCEPTED_AGAINST

#: What an entry of a match's history says happened.
HAPPENED: Mapping[str, str] = {
    "match_entered": N_("%(who)s entered it"),
    "imported": N_("An import by %(who)s brought it, or brought other values"),
    matches.MATCH_REFUSED: N_("%(who)s refused it"),
    matches.MATCH_TAKEN_BACK: N_("%(who)s took the refusal back"),
    matches.MATCH_MOVED: N_("%(who)s merged its need or technology into another record"),
    matches.MATCH_CORRECTED: N_("%(who)s put it right"),
    matches.MATCH_EXPIRED: N_("%(who)s said that it has expired"),
    matches.MATCH_GIVEN_BACK: N_("%(who)s took a merging back: it is of the record again that it came with"),
    matches.MATCH_BROUGHT_BACK: N_("%(who)s brought it back"),
    matches.MATCH_FOUND: N_("%(who)s found it on the list of a run"),
    matches.MATCH_SHORTLISTED: N_("%(who)s put it on the shortlist"),
    matches.MATCH_TAKEN_OFF: N_("%(who)s took it off the shortlist"),
    matches.MATCH_ACCEPTED_AGAINST: N_("%(who)s accepted it although a filter removes it"),
    "erased": N_("Words that named a person were erased"),
}
#: What a match says beside its two sides.
LABELS: Mapping[str, str] = {
    "rationale": N_("Why they fit"), "score": N_("Score"), "proposed_by": N_("Proposed by"), "proposed_on": N_("Proposed on"),
}  # fmt: skip


def say_entries(
    entries: list[MatchEntry], refusals: Sequence[Entry]
) -> list[tuple[MatchEntry, str, str, list[tuple[str, str, str]]]]:
    """Each entry with what happened, why as the programme's list has it, and by field what it said before and says since."""
    said = []
    for entry in entries:
        words = gettext(HAPPENED.get(entry.kind, entry.kind), who=entry.who or gettext("The system"))
        listed = find(refusals, entry.code or "")
        why = name_of({"name": listed.label, "name_zh": listed.label_zh}) if listed is not None else ""
        changes_ = [
            (gettext(LABELS[name]), _say(name, before), _say(name, after))
            for name, (before, after) in entry.changes.items()
        ]
        changes_ += [(gettext(LABELS[name]), "", gettext("erased")) for name in entry.erased]
        changes_ += [
            (gettext(ACCEPTED_AGAINST[name]), "", said or gettext("erased")) for name, said in entry.against.items()
        ]
        said.append((entry, words, why, changes_))
    return said


def _say(name: str, value: str | None) -> str:
    if not value:
        return ""
    return say_day(value, clock(), year=True) if name == "proposed_on" else value
