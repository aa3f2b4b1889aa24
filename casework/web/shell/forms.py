"""The one form of the pages: made from an edition's field rules, and read back into the data that operations take.

A page shows it with `{% from "macros/forms.html" import render_form %}`; there is no template per transition. Nothing is
checked here: operations check, and the faults that they name come back to the fields.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from casework import reasons
from casework.engine.definition.editions import Edition
from casework.engine.definition.forms import Form as Definition
from casework.errors import Unreadable
from casework.json_values import JsonMapping, JsonValue
from casework.operations.core.drafts import Draft
from casework.operations.core.idempotency import Request, digest_of
from casework.web.shell.form_fields import ONE_OF, PREFIX, SEVERAL_OF, Choice, Field, FormView, Row
from casework.web.shell.form_reading import (
    MORE,
    MOST_ROWS,
    Rule,
    besides,
    parse_form,
    typed_cells,
    typed_rows,
    wants_more,
)
from casework.web.shell.i18n import edition_text, listed, say, say_unit

#: What fields offer that an edition cannot know, by the field's name ("rows.cell" in rows) or else by its type: parties, rights, people …
Choices = Mapping[str, Sequence[Choice]]

#: Where a value comes from that nobody can change: what a referral is for.
SETTLED = "track.kind"
#: What a form carries beside its own fields where one was asked who one is; it is no part of what was sent.
PROOF = "confirm_"
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "CHF", "SGD", "KRW")
#: Rows of a list of things to do to begin with; of other rows there is one.
ROWS = 3
_FORM_KEY = re.compile(r"[A-Za-z0-9_.:/~-]{1,200}")


@dataclass(frozen=True)
class Texts:
    """Where a form's words come from: `get("amount.label")`."""

    get: Callable[[str], str]
    has: Callable[[str], bool]


def texts_of(edition: Edition, form: str) -> Texts:
    """The words of an edition's form."""
    prefix = f"forms.{form}."
    return Texts(lambda key: edition_text(edition, prefix + key), lambda key: prefix + key in edition.texts)


def own_texts(form: type[Definition]) -> Texts:
    """The words of a form of the pages' own, marked with N_ where it is defined."""
    words = form.texts()
    return Texts(lambda key: gettext(words[key]) if key in words else key, lambda key: key in words)


def build_form(
    name: str,
    rules: Iterable[Rule],
    texts: Texts,
    *,
    choices: Choices | None = None,
    values: JsonMapping | None = None,
    submitted: MultiDict[str, str] | None = None,
    draft: Draft | None = None,
    faults: Mapping[str, str] | None = None,
    key: str | None = None,
    revision: int | None = None,
    doubts: tuple[str, ...] = (),
    sources: Mapping[str, str] | None = None,
) -> FormView:
    """A form to show: with what is known (`values`), or with a draft, or as it was sent (`submitted`, `faults`).

    `sources` tells of known values where they come from; what is not told claims none.
    """
    rules = [_of_owners(rule) for rule in rules if not _names_nobody(rule, choices or {})]
    typed = submitted
    if typed is None and draft is not None:
        typed = MultiDict((name, value) for name, values in draft.data.items() for value in values)
    wrong = dict(faults or {})
    fields = _fields(rules, texts, choices or {}, _Given(typed, values or {}, wrong))
    fields = tuple(
        replace(field, source=(sources or {}).get(field.name, "")) if field.prefilled else field for field in fields
    )
    names = {rule["name"] for rule in rules}
    general = tuple(why for where, why in wrong.items() if where.split(".")[0] not in names)
    view = FormView(name, fields, key or new_key(), revision, general, doubts=doubts)
    if draft is None or typed is None or submitted is not None:
        return view
    beside = MultiDict((name, value) for name, value in typed.items(multi=True) if not name.startswith(PREFIX))
    return replace(view, draft_of=draft.saved_at.isoformat(), kept=beside)


def _names_nobody(rule: Rule, choices: Choices) -> bool:
    """Whether it is a table with a row for each owner on record, and none is."""
    return any(
        cell["type"] == "owner" and not choices.get(f"{rule['name']}.{cell['name']}") for cell in rule.get("fields", ())
    )


def _of_owners(rule: Rule) -> Rule:
    """A table with a row for each owner on record must be answered where it is asked."""
    return {**rule, "required": True} if any(cell["type"] == "owner" for cell in rule.get("fields", ())) else rule


@dataclass(frozen=True)
class _Given:
    """What stands in a form: as typed, else as known; and what is wrong with it."""

    typed: MultiDict[str, str] | None
    known: JsonMapping
    wrong: Mapping[str, str]


def _fields(rules: Sequence[Rule], texts: Texts, choices: Choices, given: _Given) -> tuple[Field, ...]:
    """The questions with what stands in them."""
    labels = {rule["name"]: texts.get(f"{rule['name']}.label") for rule in rules}
    answers = {rule["name"]: _answers(rule, texts, choices) for rule in rules}
    fields = _with_asked(
        replace(one, rows=_table(rule, one, texts, choices, given)) if rule["type"] == "rows" else one
        for rule in rules
        for one in (
            _field(
                rule,
                texts,
                answers,
                labels,
                _standing(rule, given.typed, given.known),
                wrong=given.wrong,
                known=given.known,
                besides=besides(rule, rules),
            ),
        )
    )
    settled = {field.name for field in fields if field.settled}
    # What hangs on a settled one alone is asked for certain, or never, and never what hangs on that.
    never = set[str]()
    for field in fields:
        if field.when in never or field.when in settled and not field.asked:
            never.add(field.name)
    return _under_headings(
        (
            replace(field, when=None, when_values=(), when_words="") if field.when in settled else field,
            field.name not in never,
        )
        for field in fields
    )


def _under_headings(fields: Iterable[tuple[Field, bool]]) -> tuple[Field, ...]:
    """Those that are shown; the heading over one that is not stands over the next of its part that is."""
    shown, group = list[Field](), ""
    for field, there in fields:
        group = field.group or group
        if there:
            shown.append(replace(field, group=group))
            group = ""
    return tuple(shown)


def _table(rule: Rule, field: Field, texts: Texts, choices: Choices, given: _Given) -> tuple[Row, ...]:
    """The rows of a table, each with its questions: as typed, else as known, and one to write in."""
    name, typed, wrong = rule["name"], given.typed, given.wrong
    of_cells = {place.removeprefix(f"{name}."): some for place, some in choices.items() if place.startswith(f"{name}.")}
    of_column = Texts(lambda key: texts.get(f"{name}.{key}"), lambda key: texts.has(f"{name}.{key}"))
    if typed is None:
        rows: list[tuple[MultiDict[str, str] | None, JsonMapping]] = [
            (None, row) for row in given.known.get(name) or ()
        ]
    else:
        rows = [(row, {}) for row in typed_cells(name, typed)]
    if len(rows) < MOST_ROWS and (not rows or typed is not None and typed.get(MORE) == name):
        rows.append((None, {}))
    shown = []
    for n, (row, said) in enumerate(rows):
        here = f"{name}.{n}"
        faults = {where.removeprefix(f"{here}."): why for where, why in wrong.items() if where.startswith(f"{here}.")}
        cells = tuple(
            replace(
                cell,
                place=f"-{here}.",
                within=f"{PREFIX}{here}.",
                of_row=gettext("%(list)s, row %(number)d", list=field.label, number=n + 1),
                prefilled=False,
            )
            for cell in _fields(rule["fields"], of_column, of_cells, _Given(row, said, faults))
        )
        own = tuple(why for where, why in wrong.items() if where == here)
        shown.append(Row(faults=own, cells=cells))
    return tuple(shown)


def _with_asked(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Each with whether it is asked to begin with: what hangs on a question that is not asked is not asked either."""
    standing: dict[str, tuple[str, ...]] = {}
    shown = []
    for field in fields:
        asked = field.when is None or not set(field.when_values).isdisjoint(standing.get(field.when, ()))
        standing[field.name] = field.values if asked else ()
        shown.append(replace(field, asked=asked))
    return tuple(shown)


def new_key() -> str:
    """A request key that nobody has used."""
    return secrets.token_urlsafe(18)


@dataclass(frozen=True)
class _State:
    values: tuple[str, ...] = ()
    currency: str = "CNY"
    rows: tuple[Row, ...] = ()
    #: Whether it is what was known, and nobody has typed anything else since.
    as_known: bool = False


def _field(
    rule: Rule,
    texts: Texts,
    answers: Mapping[str, tuple[Choice, ...]],
    labels: Mapping[str, str],
    state: _State,
    *,
    wrong: Mapping[str, str],
    known: JsonMapping,
    besides: str,
) -> Field:
    name, type_ = rule["name"], rule["type"]
    when: str | None = None
    when_values: tuple[str, ...] = ()
    when_words = ""
    if "when" in rule:
        when = str(rule["when"][0])
        when_values = tuple(_plain(value) for value in rule["when"][1])
        said = dict(answers.get(when, ()))
        when_words = gettext(
            "Only if “%(question)s” is: %(answers)s",
            question=labels.get(when, when),
            answers=listed(said.get(value, value) for value in when_values),
        )
    number = type_ == "number"
    return Field(
        name=name,
        type=type_,
        label=labels[name],
        help=_optional(texts, f"{name}.help"),
        required=rule["required"],
        values=state.values,
        currency=state.currency,
        rows=_rows(state.rows, name, wrong),
        choices=answers[name],
        unit=say_unit(rule.get("unit") or ""),
        max=rule.get("max") if type_ in ("text", "note") else None,
        least=rule.get("min") if number else None,
        most=rule.get("max") if number else None,
        whole=bool(rule.get("whole")),
        past=bool(rule.get("past")),
        future=bool(rule.get("future")),
        besides=besides,
        consequence=_optional(texts, f"{name}.consequence"),
        must=_plain(rule["must"]) if rule.get("must") is not None else "",
        when=when,
        when_values=when_values,
        when_words=when_words,
        prefilled=state.as_known,
        settled=_is_settled(rule, known),
        group=_optional(texts, f"{name}.group"),
        fault=_fault(
            type_,
            labels[name],
            next((why for where, why in wrong.items() if where == name or _told_here(type_, where, name)), ""),
        ),
    )


def _is_settled(rule: Rule, known: JsonMapping) -> bool:
    """Whether what is known of it is known for good."""
    return rule["name"] in known and (rule.get("prefill") == SETTLED or bool(rule.get("settled")))


def _fault(type: str, label: str, why: str) -> str:
    """A fault says what to write: that nothing stands there says it by the question."""
    if why not in (say(reasons.fields.UNANSWERED), say(reasons.fields.REQUIRED)):
        return why
    if type == "date":
        return say(reasons.fields.ENTER_DATE(question=label))
    if type in ONE_OF or type in SEVERAL_OF or type in ("yes_no", "choice", "many"):
        return say(reasons.fields.CHOOSE_ANSWER(question=label))
    return say(reasons.fields.ENTER(question=label))


def _told_here(type: str, where: str, name: str) -> bool:
    """Whether a fault of a part is told of the whole: those of a table's cells stand by the cells."""
    return _of_part(where, name) and (type != "rows" or where.count(".") == 1)


def _of_part(where: str, name: str) -> bool:
    return where.startswith(f"{name}.")


def _optional(texts: Texts, key: str) -> str:
    return texts.get(key) if texts.has(key) else ""


def _answers(rule: Rule, texts: Texts, choices: Choices) -> tuple[Choice, ...]:
    match rule["type"]:
        case "choice" | "many":
            return tuple((code, texts.get(f"{rule['name']}.choices.{code}")) for code in rule["choices"])
        case "yes_no":
            return (("yes", gettext("Yes")), ("no", gettext("No")))
        case type_ if type_ in ONE_OF or type_ in SEVERAL_OF:
            offered = choices.get(rule["name"])
            if offered is None:
                offered = choices.get(str(type_), choices.get(_SINGULAR.get(str(type_), ""), ()))
            return tuple(offered)
    return ()


_SINGULAR = {"rights": "right", "people": "person", "providers": "provider", "panel": "provider"}


def _rows(rows: Sequence[Row], name: str, wrong: Mapping[str, str]) -> tuple[Row, ...]:
    marked = []
    for n, row in enumerate(rows):
        faults = tuple(why for where, why in wrong.items() if _of_part(where, f"{name}.{n}"))
        marked.append(Row(row.what, row.by, faults))
    return tuple(marked)


def _standing(rule: Rule, typed: MultiDict[str, str] | None, known: JsonMapping) -> _State:
    """What stands in a field, and whether that is what is known of it."""
    state, before = _state(rule, typed, known), _state(rule, None, known)
    told = any(before.values) or rule["type"] in ("rows", "items") and bool(known.get(rule["name"]))
    same = (typed is None or rule["type"] != "rows") and state == before
    return replace(state, as_known=told and same)


def _state(rule: Rule, typed: MultiDict[str, str] | None, known: JsonMapping) -> _State:
    """What stands in a field: as typed, else as known."""
    name, type_ = rule["name"], rule["type"]
    if typed is not None and not _is_settled(rule, known):
        given = tuple(typed.getlist(PREFIX + name))
        match type_:
            case "money":
                return _State(
                    (typed.get(f"{PREFIX}{name}.amount", ""),), typed.get(f"{PREFIX}{name}.currency") or "CNY"
                )
            case "items":
                rows = [Row(*row) for row in typed_rows(name, typed)]
                more = typed.get(MORE) == name
                return _State(rows=_with_blanks(rows, 3 if more else 1))
        return _State(given if type_ in SEVERAL_OF else given[-1:])
    value = known.get(name)
    match type_:
        case "items":
            return _State(rows=_with_blanks([Row(str(row["what"]), str(row["by"])) for row in value or ()], ROWS))
        case _ if value is None:
            return _State()
        case "money":
            return _State((str(value["amount"]),), str(value["currency"]))
        case _ if isinstance(value, (list, tuple)):
            return _State(tuple(_plain(part) for part in value))
    return _State((_plain(value),))


def _with_blanks(rows: Sequence[Row], blanks: int) -> tuple[Row, ...]:
    wanted = max(ROWS, len(rows) + blanks) if len(rows) < MOST_ROWS else len(rows)
    return (*rows, *(Row() for _ in range(wanted - len(rows))))


def _plain(value: JsonValue) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


# --- the request of an action -------------------------------------------------------------------------------------------


def read_request() -> Request:
    """The key of the form that was sent, so that a second click does nothing twice. Raises Unreadable without one."""
    key = request.form.get("key", "")
    if not 16 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise Unreadable(why=reasons.requests.NO_FORM_KEY)
    sent = sorted(
        (name, request.form.getlist(name))
        for name in request.form
        if name not in ("csrf_token", "key") and not name.startswith(PROOF)
    )
    # Some pages are told in the query what they are about.
    return Request(
        key, digest_of("POST", request.full_path.removesuffix("?"), sent), request.form.get("despite") == "yes"
    )


def read_revision() -> int:
    """The revision that the person saw. Raises Unreadable without one."""
    given = request.form.get("revision", "")
    if not given.isascii() or not given.isdigit() or len(given) > 15:
        raise Unreadable(why=reasons.requests.NO_FORM_STATE)
    return int(given)


def form_name(given: str) -> str | None:
    """The name of a draft, if it is one of ours."""
    return given if _FORM_KEY.fullmatch(given) else None


__all__ = [
    "CURRENCIES", "PREFIX", "PROOF", "Choices", "Field", "FormView", "Row", "Rule", "Texts", "build_form", "form_name", "new_key",
    "own_texts", "parse_form", "read_request", "read_revision", "texts_of", "wants_more",
]  # fmt: skip
