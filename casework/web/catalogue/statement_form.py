"""The form in which an enterprise states its need, and what its answers mean for a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from casework.api.protocol.files import document_store
from casework.engine.case_objects.need_renewals import STATED
from casework.engine.case_objects.programme_lists import Lists
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Date, Form, Note, Text
from casework.engine.tasks.party_answers import MOST_FILES
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.need_files import NeedFile
from casework.operations.catalogue.need_links import Said, sound
from casework.operations.documents.storage import Kept
from casework.operations.links.office_links import ShownLink
from casework.web.catalogue.listed_fields import listed_form
from casework.web.catalogue.record_forms import CorrectedNeed, fields_of
from casework.web.links.link_files import received
from casework.web.links.office_pages import Faulty, typed_now
from casework.web.shell.forms import Texts
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock

_OF_NEED = CorrectedNeed.fields()
#: The field that names files that go.
DROP = "drop"
#: How far a need is published, as the enterprise is asked.
_WHO_SEES = {
    "public": N_("everybody"), "on_request": N_("others learn of it and may ask the office"), "closed": N_("the office alone"),
}  # fmt: skip


class StatedNeed(Form):
    title = Text(
        label=N_("What is needed, in one line"),
        max=300,
        help=N_("The function wanted, such as: heat at 70 °C from waste heat."),
    )
    problem = Note(
        label=N_("How it is today"), help=N_("What happens, where, and what it costs you. English or Chinese.")
    )
    target = Note(label=N_("What it must become"), required=False)
    figures = _OF_NEED["figures"]
    tried = Note(
        label=_OF_NEED["tried"].label, required=False, help=N_("Spares you proposals that you know will not do.")
    )
    site = _OF_NEED["site"]
    district = _OF_NEED["district"]
    sector = _OF_NEED["sector"]
    constraints = _OF_NEED["constraints"]
    readiness_low = _OF_NEED["readiness_low"]
    readiness_high = _OF_NEED["readiness_high"]
    budget = _OF_NEED["budget"]
    wanted_form = Text(
        label=_OF_NEED["wanted_form"].label,
        max=300,
        required=False,
        help=N_(
            "How you would take a technology. Leave it empty if that is open; with a licence, only what can be licensed is proposed."
        ),
    )
    wanted_by = Date(label=N_("Wanted by"), required=False, future=True)
    country = _OF_NEED["country"]
    required_standards = _OF_NEED["required_standards"]
    publication = Choice(
        label=N_("Who may see it"),
        choices=_WHO_SEES,
        help=N_("Nothing reaches the owner of a technology without your consent."),
    )
    by = Text(label=N_("Your name"), max=200)
    position = Text(label=N_("Your position"), max=200, required=False)


def form_of(lists: Lists, sent: Said | None) -> tuple[list[Any], Texts]:
    """The rules and the words of the form, with what the programme offers; what was sent before stays possible."""
    return listed_form(StatedNeed, "need", lists, {} if sent is None else sent.fields)


def answers_of(sent: Said | None) -> JsonObject:
    """What was sent last, as the form holds it."""
    if sent is None:
        return {}
    answers = {**sent.fields, "by": sent.by, "position": sent.position}
    if amount := answers.get("budget"):
        answers["budget"] = {"amount": amount, "currency": answers.get("budget_currency")}
    if named := answers.get("required_standards"):
        answers["required_standards"] = "\n".join(named)
    answers |= {name: str(answers[name]) for name in ("readiness_low", "readiness_high") if name in answers}
    return {name: value for name, value in answers.items() if value and name in StatedNeed.fields()}


def said_by(rules: list[Any], data: JsonMapping) -> Said:
    """A need as it was sent. Raises InvalidForm."""
    given: JsonObject = check(build_model("Statement", rules), rules, data, clock().office_today)
    fields = {name: value for name, value in fields_of(given, "need").items() if name in STATED}
    return Said(fields=fields, by=given["by"], position=given.get("position") or "")


def files_sent(one: ShownLink, said: Said, there: Sequence[NeedFile]) -> tuple[list[Kept], list[str]]:
    """The files that came with it, and those that go, of those that are there. They lie in the store only once all of it is found sound.
    Raises Faulty and InvalidForm."""
    without, faults = request.form.getlist(DROP), dict[str, str]()
    stay = [file for file in there if file.id not in without]
    with received(faults, most=MOST_FILES - len(stay)) as uploads:
        if faults:
            raise Faulty(faults)
        sound(said, typed_now())
        store = document_store()
        return [store.keep(one.programme, one.id, upload) for upload in uploads], without


__all__ = ["DROP", "StatedNeed", "answers_of", "files_sent", "form_of", "said_by"]
