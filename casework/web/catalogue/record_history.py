"""What the history of a need or a technology says happened, and who did it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from casework.engine.roles import Role
from casework.operations.catalogue.views import RecordEntry
from casework.web.shell.i18n import N_

#: What an entry of a record's history says happened.
HAPPENED: Mapping[str, str] = {
    "recorded": N_("%(who)s entered it"),
    "recorded by import": N_("%(who)s imported it"),
    "imported": N_("%(who)s imported other values of it"),
    "corrected": N_("%(who)s put it right"),
    "confirmed": N_("%(who)s confirmed: %(fields)s"),
    "merged": N_("%(who)s merged this record into “%(other)s”"),
    "took_over": N_("%(who)s merged “%(other)s” into this record"),
    "unmerged": N_("%(who)s took the merging into “%(other)s” back"),
    "gave_back": N_("%(who)s took the merging of “%(other)s” into this record back"),
    "followed": N_("%(who)s opened, closed or reopened case %(case)s: how the need stands follows from its cases"),
    "followed without case": N_("How the need stands follows from its cases"),
    "told_apart": N_("%(who)s said that it is not the same as “%(other)s”"),
    "withdrawn": N_("%(who)s said that it is used no more"),
    "published": N_("%(who)s published it"),
    "brought_back": N_("%(who)s brought it back"),
    "asked_whether": N_("%(who)s asked its enterprise whether it still holds"),
    "asked_no_more": N_("%(who)s took the question back whether it still holds"),
    "asked_back": N_("%(who)s asked its enterprise back"),
    "renewed": N_("%(who)s said by a link that it still holds"),
    "restated": N_("%(who)s said by a link that it still holds, and what has changed"),
    "withdrawn by link": N_("%(who)s withdrew it by a link"),
    "left_as_it_was": N_("%(who)s left it as it was"),
    "corrected by link": N_("%(who)s accepted what its enterprise changed by a link"),
    "erased": N_("Words that named a person were erased"),
}


def who_did(entry: RecordEntry) -> str:
    """Who did it: of what came by a link, who said so and as what, as typed."""
    if entry.role != Role.PARTY:
        return entry.who or gettext("The system")
    return ", ".join(filter(None, (entry.by_link, entry.as_what))) or gettext("Its enterprise")


def kind_of(entry: RecordEntry) -> str:
    """Which of these it is."""
    if entry.imported and entry.kind == "recorded":
        return "recorded by import"
    if entry.kind == "followed" and entry.case is None:
        return "followed without case"
    told = f"{entry.kind} by link"
    return told if entry.by_question and told in HAPPENED else entry.kind


__all__ = ["HAPPENED", "kind_of", "who_did"]
