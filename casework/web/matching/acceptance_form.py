"""What is told before a match is accepted: what each hard filter says of it now, and why it is accepted against those that remove it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form, Note
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

_HELP = N_("The reason stands in the history of the match and in the first entry of the case.")


def pair_checks(pair: Judged) -> list[Check]:
    """What each filter says of a technology for a need, as both are now."""
    passed = [
        {"name": name, "verdict": said.value} for name, said in pair.verdicts.items() if said is not Verdict.REMOVED
    ]
    return say_checks(passed, pair.failed, pair.left_out, pair.kept)


def asking_why(filters: Sequence[str]) -> type[Form]:
    """A form that asks of each of these filters why what it removes is accepted all the same."""
    asked = {f"{AGAINST}{name}": Note(label=ACCEPTED_AGAINST[f"{AGAINST}{name}"], help=_HELP) for name in filters}
    return type("Acceptance", (Form,), asked)


def acceptance_form(db: Connection, actor: Actor, name: str, pair: Judged, sent: Sent | None) -> FormView | None:
    """That form of a pair as it was sent, or with a draft; None where no filter removes it."""
    if not pair.unanswered:
        return None
    form = asking_why(pair.unanswered)
    return kept_form(db, actor, name, form.rule(), own_texts(form), sent=sent)


def relaxed_of(filters: Sequence[str], data: JsonMapping) -> dict[str, str]:
    """By filter the reason that was given. Raises InvalidForm where one is missing."""
    rules = asking_why(filters).rule()
    given = check(build_model("Acceptance", rules), rules, data, clock().office_today)
    return {name: given[f"{AGAINST}{name}"] for name in filters}
