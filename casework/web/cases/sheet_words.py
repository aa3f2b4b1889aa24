"""A case sheet in words: figures as rows, rights with their facts, and what an officer foresees of it before a request is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from casework.definitions import load_library
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.sheets import (
    AMOUNTS,
    BUDGET,
    CLAIM,
    DISPUTE,
    EFFECT,
    NEED,
    RIGHTS,
    SITE,
    TECHNOLOGY,
)
from casework.engine.parts import SENDS
from casework.engine.state.case import Case
from casework.engine.state.impact_values import VERIFIED
from casework.errors import InvalidForm
from casework.json_values import JsonMapping, JsonObject, is_id
from casework.operations.core.drafts import find_draft
from casework.operations.core.i18n import KINDS_OF_RIGHTS
from casework.operations.core.programme_lists import Called
from casework.operations.referrals import sheet as sheets
from casework.operations.referrals.sheet_views import CaseSheet, SheetAnswer, SheetFigure, SheetRight
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.web.shell.figure_words import say_stands, target_shared
from casework.web.shell.form_actions import Action
from casework.web.shell.form_reading import parse_form
from casework.web.shell.i18n import N_, edition_text, listed, name_of
from casework.web.shell.impact_words import say_how, say_level, say_measure, say_number
from casework.web.shell.layout import clock, day_element
from casework.web.shell.record_words import VERDICTS
from casework.web.shell.sent_forms import Sent
from casework.web.shell.values import (
    STATUSES_OF_RIGHTS,
    Values,
    called_word,
    name_burden,
    party_name,
)

PARTS = {
    NEED: N_("Need"), SITE: N_("Site"), BUDGET: N_("Budget"), TECHNOLOGY: N_("Technology"), RIGHTS: N_("Rights"),
    EFFECT: N_("Effect"), CLAIM: N_("What the technology claims to do"), AMOUNTS: N_("Amounts wanted"),
    DISPUTE: N_("The dispute"),
}  # fmt: skip
_FIGURES = {
    "target": N_("Target"), "readiness": N_("Readiness level"), "wanted_form": N_("Wanted form"),
    "wanted_by": N_("Wanted by"), "budget": N_("Budget"),
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A row of figures: what, how much, in what, under which conditions, and who stands for it."""

    what: str
    value: str | Markup
    unit: str
    conditions: str | Markup
    stands: str
    #: It is more than what somebody said.
    sure: bool


def figures_of(figures: Iterable[SheetFigure], called: Called) -> list[Figure]:
    """Figures of a record in the reader's words."""
    return [
        Figure(
            gettext(_FIGURES[one.name]),
            _value(one, called),
            one.unit or "",
            "",
            say_stands(one.confirmed),
            one.confirmed,
        )
        for one in figures
    ]


def _value(one: SheetFigure, called: Called) -> str | Markup:
    if one.name == "budget":
        return say_number(one.value)
    if one.name == "wanted_form":
        return called_word(called, one.name, one.value)
    return Values().say(one.value)


def performance_of(sheet: CaseSheet) -> list[Figure]:
    """What assessors have stated of the technology, value by value."""
    return [
        Figure(
            row["parameter"],
            say_number(row["value"]),
            row["unit"],
            row.get("conditions") or "",
            gettext("%(verdict)s, statement %(number)s", verdict=gettext(VERDICTS[one.verdict]), number=one.number),
            True,
        )
        for one in (sheet.technology.statements if sheet.technology else [])
        for row in one.values
    ]


def claims_of(sheet: CaseSheet) -> list[Figure]:
    """The claim of the technology, row by row."""
    rows = [row for answer in sheet.claim if isinstance(answer.value, list) for row in answer.value]
    return [
        Figure(
            str(row["parameter"]),
            say_number(str(row["value"])),
            str(row["unit"]),
            str(row.get("conditions") or ""),
            gettext("claimed"),
            False,
        )
        for row in rows
        if isinstance(row, dict)
    ]


def effects_of(sheet: CaseSheet) -> list[Figure]:
    """Records of the effect."""
    return [
        Figure(
            say_measure(one),
            say_number(one.value) + (f" ± {say_number(one.uncertainty)} %" if one.uncertainty else ""),
            one.unit,
            Markup(" · ").join(
                filter(None, (Markup("{} – {}").format(*map(day_element, (one.from_on, one.to_on))), say_how(one)))
            ),
            " · ".join(filter(None, (say_level(one.level), one.number))),
            one.level == VERIFIED,
        )
        for one in sheet.effect
    ]


def answers_of(answers: Iterable[SheetAnswer], parties: Mapping[str, str]) -> list[tuple[str, str | Markup]]:
    """Answers of forms: what was asked, and what was said; `parties` are the names of the parties by their side."""
    library = load_library()
    said = []
    for one in answers:
        edition = library[one.edition]
        words = Values(edition=edition, form=one.form).say(one.value, one.name)
        if isinstance(one.value, str) and one.value in parties:
            words = f"{parties[one.value]} ({words})"
        elif one.called is not None:
            words = name_of({"name": one.called, "name_zh": one.called_zh})
            words = words if is_id(str(one.value)) else f"{one.value} {words}"
        said.append((edition_text(edition, f"forms.{one.form}.{one.name}.label"), words))
    return said


def right_facts(one: SheetRight) -> list[tuple[str, str | Markup]]:
    """What a right's record says, as far as it says it."""
    days = (
        (gettext("Filed on"), one.filed_on),
        (gettext("Granted on"), one.granted_on),
        (gettext("Expires on"), one.expires_on),
        (gettext("Fee paid until"), one.fee_paid_to),
        (gettext("Looked up on"), one.checked_on),
    )
    owners = "; ".join(name_of(owner) + (f" ({owner.share} %)" if owner.share else "") for owner in one.owners)
    facts: list[tuple[str, str | Markup]] = [
        (gettext("Number"), one.number or ""),
        (gettext("Application number"), one.application_number or ""),
        (gettext("Owner in the register"), one.owner or ""),
        (gettext("Owners"), owners),
        (gettext("Status"), gettext(STATUSES_OF_RIGHTS[one.status]) if one.status else ""),
        *((words, Values().say(day)) for words, day in days if day),
    ]
    return [(words, said) for words, said in facts if said]


def right_title(one: SheetRight) -> str:
    kind = gettext(KINDS_OF_RIGHTS.get(one.kind, one.kind))
    return f"{kind} · {one.office}" if one.office else kind


def withheld_words(sheet: CaseSheet) -> list[str]:
    """What the provider does not read, and for want of whose consent."""
    return [
        gettext(
            "%(part)s: no consent for it to this provider (%(parties)s)",
            part=gettext(PARTS[one.part]),
            parties=listed(party_name(party) for party in one.parties),
        )
        for one in sheet.withheld
    ]


def _faulty(rules: Sequence[JsonMapping], said: JsonObject) -> set[str]:
    """The fields whose answers are none that could be sent."""
    fields = cast(Sequence[WrittenField], rules)
    try:
        check(build_model("preview", fields), fields, said, clock().office_today)
    except InvalidForm as refused:
        return {name.split(".")[0] for name in refused.fields}
    return set()


def preview_of(db: Connection, actor: Actor, case: Case, action: Action, sent: Sent | None) -> dict[str, object] | None:
    """What the provider will read of the case if a request is sent as its form stands; of any other action None."""
    track = case.tracks[action.track]
    if not action.edition.plays(action.name, SENDS) or sight(actor, case) < Sight.ALL:
        return None
    draft = None if sent else find_draft(db, actor.person, action.draft)
    typed = sent.data if sent else None
    if draft is not None:
        typed = MultiDict((name, value) for name, values in draft.data.items() for value in values)
    said = dict(action.prefill) if typed is None else parse_form(action.rules, typed, known=action.prefill)
    faulty = _faulty(action.rules, said)
    said = {name: value for name, value in said.items() if name not in faulty}
    asked = next((rule["name"] for rule in action.rules if rule["type"] == "provider"), "")
    sheet = sheets.sheet_of(
        db, actor, case, track, office=True, provider=said.get(asked) or track.provider, request=said
    )
    return words_of_sheet(sheet)


def words_of_sheet(sheet: CaseSheet) -> dict[str, object]:
    """What the template of a sheet is filled with."""
    parties = {one.side: name_of(one) for one in sheet.parties}
    return {
        "sheet": sheet,
        "parts": {part: gettext(words) for part, words in PARTS.items()},
        "need_figures": figures_of(sheet.need.figures, sheet.called) if sheet.need else [],
        "targets": [target_shared(one) for one in sheet.need.targets] if sheet.need else [],
        "technology_figures": figures_of(sheet.technology.figures, sheet.called) + performance_of(sheet)
        if sheet.technology
        else [],
        "claims": claims_of(sheet),
        "effects": effects_of(sheet),
        "budget": figures_of(sheet.budget, sheet.called),
        "amounts": answers_of(sheet.amounts, parties),
        "dispute": answers_of(sheet.dispute, parties),
        "rights": [(right_title(one), right_facts(one), one) for one in sheet.rights],
        "withheld": withheld_words(sheet),
        "benefits": [called_word(sheet.called, "benefits", word) for word in sheet.technology.benefits]
        if sheet.technology
        else [],
        "name_burden": name_burden,
        "say_money": Values().say,
        "called_word": partial(called_word, sheet.called),
    }
