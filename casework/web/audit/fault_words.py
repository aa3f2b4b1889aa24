"""What is wrong with a history, in the reader's language: of what kind it is. The sentence with each detail is English everywhere."""

from __future__ import annotations

from flask_babel import gettext
from markupsafe import Markup

from casework.operations.verification.views import VerdictFault
from casework.web.shell.i18n import N_, chinese

#: By its kind. Those of a log, of its rows, and of what was allowed.
FAULTS = {
    "removed": N_("Entries are missing"), "truncated": N_("Entries at the end are missing"),
    "added": N_("Something stands behind the end of the history"), "duplicated": N_("Two entries claim one place"),
    "moved": N_("An entry stands in another's place"), "swapped": N_("Two entries were swapped"),
    "disordered": N_("An entry stands later than it was recorded"), "foreign": N_("An entry belongs to another history"),
    "header": N_("Who did what and when was changed"), "effects": N_("What followed from the entry was changed"),
    "body": N_("What was written was changed"), "hash": N_("The hash was changed"),
    "link": N_("The entry is not the one that those beside it knew"), "time": N_("It is not later than the entry before it"),
    "column": N_("The row says something else than the entry"), "form": N_("The entry has a form that was never written"),
    "head": N_("The head does not fit the last entry"), "unreadable": N_("The entry cannot be read"),
    "allowed": N_("It was not allowed"), "twice": N_("The same request was carried out twice"),
    "erased": N_("Words are gone without a decision"), "rows": N_("What the tables hold is not what the entries add up to"),
    "rewritten": N_("The history was rewritten since it was verified last"), "empty": N_("The history has no entries"),
    "leaf": N_("The entry is not in the signed tree"), "found": N_("A document or a record is not the one of the history"),
}  # fmt: skip


def say_fault(fault: VerdictFault) -> Markup:
    """Its sentence; for who reads Chinese behind what kind of fault it is."""
    sentence = Markup('<span lang="en">{}</span>').format(fault.sentence)
    if chinese() and (words := FAULTS.get(fault.kind.removeprefix("chain."))):
        return Markup('{}：<span class="muted">{}</span>').format(gettext(words), sentence)
    return sentence


__all__ = ["FAULTS", "say_fault"]
