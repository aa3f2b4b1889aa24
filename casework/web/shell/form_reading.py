"""What was sent in a form, read back into the data that operations take. Judges nothing: what is odd, they refuse with a reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

from werkzeug.datastructures import MultiDict

from casework.json_values import JsonMapping, JsonObject, JsonValue
from casework.web.shell.form_fields import PREFIX, SEVERAL_OF

Rule = JsonMapping
#: The most rows of a list that are read at all.
MOST_ROWS = 60
#: Sent by the buttons that give a list more rows, and that take one out.
MORE, LESS = "_more", "_less"
_ROW = re.compile(r"(\d{1,4})\.(what|by)")
_CELL = re.compile(r"(\d{1,4})\.(.+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
#: What a Chinese reader writes for four and for eight zeros: 900万 is 9,000,000.
_ZEROS = {"万": 4, "亿": 8}
_IN_TEN_THOUSANDS = re.compile(r"([+-]?[0-9]{1,14}(?:\.[0-9]{1,8})?)([万亿])")


def parse_form(
    rules: Iterable[Rule], submitted: MultiDict[str, str], *, known: JsonMapping | None = None
) -> JsonObject:
    """The data of a submitted form as operations take it.

    What was only filled in beforehand (`known`) and is not asked after the answers given is left out.
    """
    rules = list(rules)
    data = {rule["name"]: _read(rule, submitted) for rule in rules}
    answers = {name: value for name, value in data.items() if value not in (None, "", [])}
    for rule in rules:
        name = rule["name"]
        if "when" in rule and name in answers and answers.get(rule["when"][0]) not in rule["when"][1]:
            only_known = known is not None and answers[name] == known.get(name)
            # A currency or an unticked box says nothing by itself.
            if only_known:
                del answers[name]
    _drop_main(rules, answers)
    return answers


def _drop_main(rules: Sequence[Rule], answers: JsonObject) -> None:
    """What is answered as the one is none of the others: without a script it can be ticked among them as well."""
    by_name = {rule["name"]: rule for rule in rules}
    for name, given in [*answers.items()]:
        main = by_name.get(besides(by_name[name], rules))
        if main is None or "when" in main and answers.get(main["when"][0]) not in main["when"][1]:
            continue
        if others := [one for one in given if one != answers.get(main["name"])]:
            answers[name] = others
        else:
            del answers[name]


def _read(rule: Rule, submitted: MultiDict[str, str]) -> JsonValue:
    name, type_ = rule["name"], rule["type"]
    # A box that stands twice was sent by hand; the last one counts.
    last = (submitted.getlist(PREFIX + name) or [""])[-1]
    match type_:
        case "text" | "note":
            return last if last.strip() else None
        case "number":
            return _number(last)
        case "money":
            currency = (submitted.getlist(f"{PREFIX}{name}.currency") or [""])[-1].strip()
            typed = (submitted.getlist(f"{PREFIX}{name}.amount") or [""])[-1].strip()
            amount = _number(typed.removesuffix("元") if currency == "CNY" else typed)
            return {"amount": amount, "currency": currency} if amount else None
        case "date":
            return unicodedata.normalize("NFKC", last).strip()
        case "yes_no":
            return {"yes": True, "no": False}.get(last, last)
        case "items":
            return [{"what": what, "by": by.strip()} for what, by in typed_rows(name, submitted)]
        case "rows":
            # Without what stands in them by itself, such as a currency, rows that were not begun are none.
            rows = (parse_form(rule["fields"], cells) for cells in typed_cells(name, submitted))
            return [row for row in rows if row]
        case _ if type_ in SEVERAL_OF:
            return [choice for choice in submitted.getlist(PREFIX + name) if choice]
    return last


def _number(typed: str) -> str:
    """A number as people write it: full-width digits, spaces and commas between thousands, ten thousands as 万."""
    plain = re.sub(r"[\s\u202f']", "", unicodedata.normalize("NFKC", typed)).replace("−", "-")
    plain = plain.replace(",", "") if _GROUPED.fullmatch(plain.rstrip("万亿")) else plain
    many = _IN_TEN_THOUSANDS.fullmatch(plain)
    return f"{Decimal(many[1]).scaleb(_ZEROS[many[2]]).normalize():f}" if many else plain


def typed_rows(name: str, submitted: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The rows of a list in which something stands, in their order."""
    rows: dict[int, dict[str, str]] = {}
    prefix = f"{PREFIX}{name}."
    for key in submitted:
        if key.startswith(prefix) and (match := _ROW.fullmatch(key[len(prefix) :])):
            rows.setdefault(int(match[1]), {})[match[2]] = submitted.getlist(key)[-1]
    typed = [(row.get("what", ""), row.get("by", "")) for _, row in sorted(rows.items())]
    return [row for row in typed if row[0].strip() or row[1].strip()][:MOST_ROWS]


def typed_cells(name: str, submitted: MultiDict[str, str]) -> list[MultiDict[str, str]]:
    """What was typed into the rows of a table, in their order, without the row that is to be taken out."""
    rows: dict[int, MultiDict[str, str]] = {}
    prefix = f"{PREFIX}{name}."
    for key, value in submitted.items(multi=True):
        if key.startswith(prefix) and (match := _CELL.fullmatch(key[len(prefix) :])):
            rows.setdefault(int(match[1]), MultiDict()).add(match[2], value)
    out = submitted.get(LESS, "")
    return [row for n, row in sorted(rows.items()) if out != f"{name}.{n}"][:MOST_ROWS]


def wants_more(submitted: MultiDict[str, str]) -> bool:
    """Whether the form was sent only for more rows of a list, or fewer: show it again, do nothing."""
    return MORE in submitted or LESS in submitted


#: Of questions with several answers that with one, and what tells that its answers are the same.
_ONE_OF_THE_SAME = {"many": ("choice", "choices"), "listed_many": ("listed", "catalogue")}


def besides(rule: Rule, rules: Sequence[Rule]) -> str:
    """Of "more of the same", the question with the same answers of which one is given."""
    kind, key = _ONE_OF_THE_SAME.get(rule["type"], ("", ""))
    same = (other["name"] for other in rules if kind and other["type"] == kind and other[key] == rule[key])
    return next(same, "")
