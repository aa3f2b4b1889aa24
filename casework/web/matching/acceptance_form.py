"""What is told before a match is accepted: what each hard filter says of it now, why it is accepted against those that remove it, and of
which case it is a further site."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form, Note, Text
from casework.json_values import JsonMapping
from casework.matching.filters import Verdict
from casework.operations.catalogue.match_changes import AGAINST
from casework.operations.matching.acceptance import Judged
from casework.permissions.actors import Actor
from casework.web.matching.desk_words import Check, say_checks
from casework.web.shell.form_fields import FormView
from casework.web.shell.forms import own_texts
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, kept_form
from casework.web.shell.values import ACCEPTED_AGAINST

#: The number of the case of which it is a further site.
FOLLOWS_FROM = "follows_from"
_EARLIER = Text(
    label=N_("Further site of case"),
    required=False,
    max=40,
    help=N_(
        "The number of an earlier case of this programme, such as BJ-2026-0001. Figures count that one among those that became more."
    ),
)
_HELP = N_("The reason stands in the history of the match and in the first entry of the case.")


def pair_checks(pair: Judged) -> list[Check]:
    """What each filter says of a technology for a need, as both are now."""
    passed = [
        {"name": name, "verdict": said.value} for name, said in pair.verdicts.items() if said is not Verdict.REMOVED
    ]
    return say_checks(passed, pair.failed, pair.left_out, pair.kept)


def asking_why(filters: Sequence[str]) -> type[Form]:
    """A form that asks of each of these filters why what it removes is accepted all the same; and from which case it follows."""
    asked = {f"{AGAINST}{name}": Note(label=ACCEPTED_AGAINST[f"{AGAINST}{name}"], help=_HELP) for name in filters}
    return type("Acceptance", (Form,), {**asked, FOLLOWS_FROM: _EARLIER})


def acceptance_form(db: Connection, actor: Actor, name: str, pair: Judged, sent: Sent | None) -> FormView:
    """That form of a pair as it was sent, or with a draft."""
    form = asking_why(pair.unanswered)
    return kept_form(db, actor, name, form.rule(), own_texts(form), sent=sent)


def accepted_of(filters: Sequence[str], data: JsonMapping) -> tuple[dict[str, str], str | None]:
    """By filter the reason that was given, and the number of the earlier case. Raises InvalidForm where a reason is missing."""
    rules = asking_why(filters).rule()
    given = check(build_model("Acceptance", rules), rules, data, clock().office_today)
    return {name: given[f"{AGAINST}{name}"] for name in filters}, given.get(FOLLOWS_FROM) or None
