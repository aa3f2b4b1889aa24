"""What a programme's letters have above and below their words: what may stand there, and how a letter is numbered."""

from __future__ import annotations

import re
from collections.abc import Mapping

from casework import reasons
from casework.engine.definition.names import insist_name
from casework.engine.roles import Role
from casework.engine.state.document_effects_schema import LetterNumber
from casework.errors import FieldFault, InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.reasons import Why

#: What is set of a letterhead.
FIELDS = ("office", "office_zh", "number_form", "seal", "signatory", "signatory_zh")
#: Who sets it, and who looks at it.
SETTERS, READERS = (Role.SUPERVISOR,), (Role.SUPERVISOR, Role.ADMINISTRATOR)
#: What the log of its programme says was done.
LETTERHEAD_SET = "letterhead_set"
#: What the log of a programme says that was begun with the settings of another.
COPIED = "settings_copied"
#: Why it says something else now.
REASON = "reason"
_MOST: Mapping[str, int] = {"office": 200, "office_zh": 200, "signatory": 100, "signatory_zh": 100}
_LONGEST_FORM = 60
#: Where the year and the number go.
YEAR, N = "{year}", "{n}"


def cleaned(fields: JsonMapping) -> JsonObject:
    """A letterhead as it is stored; what is not named is empty. Raises InvalidForm with every fault."""
    faults: dict[str, Why] = {}
    values: JsonObject = dict.fromkeys(FIELDS)
    values["seal"] = fields.get("seal") is not False
    for name in _MOST:
        said = str(fields.get(name) or "").strip()
        try:
            values[name] = insist_name(said, name, _MOST[name]) if said else None
        except InvalidForm as refusal:
            faults |= refusal.fields
    try:
        values["number_form"] = _form_of(str(fields.get("number_form") or "").strip())
    except FieldFault as refusal:
        faults["number_form"] = refusal.reason
    if faults:
        raise InvalidForm(fields=faults)
    return values


def _form_of(said: str) -> str | None:
    """How letters are numbered: words with the place of the year and of the number, each once."""
    if not said:
        return None
    words = said.replace(YEAR, "").replace(N, "")
    if (said.count(YEAR), said.count(N)) != (1, 1) or re.search(r"[{}%<>\n]", words):
        raise FieldFault(reasons.letters.NUMBER_FORM)
    if len(said) > _LONGEST_FORM:
        raise FieldFault(reasons.fields.LONGEST(most=_LONGEST_FORM))
    return said


def number(form: str, year: int, n: int) -> LetterNumber:
    """The number of the nth letter of a year, as the office writes it."""
    return {"year": year, "n": n, "written": form.replace(YEAR, str(year)).replace(N, str(n))}


__all__ = ["COPIED", "FIELDS", "LETTERHEAD_SET", "N", "READERS", "REASON", "SETTERS", "YEAR", "cleaned", "number"]
