"""An organisation as a record that people keep: what may stand in it, whom it resembles, and how its log calls what was done."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from casework import reasons
from casework.engine.case_objects.countries import HERE, is_country
from casework.engine.definition.names import insist_name
from casework.engine.definition.value_types import decimal_text
from casework.engine.roles import Role
from casework.errors import FieldFault, InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.reasons import Why

#: What an organisation is, for whom its programme keeps it; a provider is kept by administrators.
KINDS = ("company", "institution", "government", "association", "other")
PROVIDER = "provider"
SIZES = ("micro", "small", "medium", "large")
LANGUAGES = ("zh", "en")
#: What the record says.
FIELDS = (
    "name", "name_zh", "kind", "country", "register_number", "address", "size", "state_owned", "language",
)  # fmt: skip
#: What one says of a contact, and of an owner.
CONTACT, OWNER = ("name", "role", "email", "telephone", "language"), ("name", "kind", "country", "share")
OWNER_KINDS = ("person", "organisation")
#: Owners are those above this share, in per cent.
OWNS_ABOVE = Decimal(25)
#: Words of whoever says it: from where, and why it says something else now.
SOURCE, REASON = "source", "reason"
#: Who keeps the record, who screens, who merges two.
EDITORS, SCREENERS = (Role.OFFICER, Role.SUPERVISOR), (Role.COMPLIANCE,)
MERGERS = EDITORS
#: What its log says was done: it was confirmed or corrected; a contact or an owner was entered or changed, or taken out; it was
#: screened; another one stands in its place, or it stands in another one's.
CONFIRMED, KEPT, REMOVED, SCREENED, MERGED, TOOK_OVER = (
    "confirmed", "row_kept", "row_removed", "screened", "merged", "took_over",
)  # fmt: skip
#: Two contacts were one person.
ROW_MERGED = "row_merged"
#: A table said what nothing stood for yet.
IMPORTED = "imported"

# --- values ----------------------------------------------------------------------------------------------------------

_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(f"[{_DIGITS}]{{18}}")


def is_credit_code(code: str) -> bool:
    """Whether it is a unified social credit code (统一社会信用代码, GB 32100-2015): its last character checks the others."""
    if _CREDIT_CODE.fullmatch(code) is None:
        return False
    total = sum(_DIGITS.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return _DIGITS[-total % 31] == code[17]


def plain_number(number: str) -> str:
    """A number in a register, however somebody wrote its blanks."""
    return number.replace(" ", "").upper()


def cleaned(fields: JsonMapping, country: str | None = None) -> JsonObject:
    """What is to stand in a record, as it is stored. Raises InvalidForm with every fault.

    `country`: the one that the record names, where the fields do not.
    """
    faults: dict[str, Why] = {}
    values: JsonObject = {}
    for name, value in fields.items():
        said = value.strip() if isinstance(value, str) else value
        try:
            values[name] = _CLEAN[name](said, name) if said not in (None, "") else None
        except InvalidForm as refusal:
            faults |= refusal.fields
        except FieldFault as refusal:
            faults[name] = refusal.reason
    faults |= {name: reasons.fields.REQUIRED for name in _NEVER_EMPTY & values.keys() if values[name] is None}
    number = values.get("register_number")
    if number and values.get("country", country) == HERE:
        values["register_number"] = plain_number(number)
        if not is_credit_code(values["register_number"]):
            faults["register_number"] = reasons.catalogue.NO_CREDIT_CODE
    share = values.get("share")
    if share is not None and "share" not in faults and not OWNS_ABOVE < Decimal(share) <= 100:
        faults["share"] = reasons.catalogue.SHARE_ABOVE(least=str(OWNS_ABOVE))
    if faults:
        raise InvalidForm(fields=faults)
    return values


def _line(most: int) -> Any:
    return lambda value, name: insist_name(value, name, most)


def _one_of(codes: tuple[str, ...]) -> Any:
    def clean(value: Any, name: str) -> str:
        if value not in codes:
            raise InvalidForm(fields={name: reasons.fields.ONE_OF(choices=codes)})
        return str(value)

    return clean


def _country(value: str, name: str) -> str:
    code = value.upper()
    if not is_country(code):
        raise InvalidForm(fields={name: reasons.fields.NO_COUNTRY})
    return code


def _yes_no(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidForm(fields={name: reasons.fields.YES_OR_NO})
    return value


def _address(value: str, name: str) -> str:
    local, at, domain = value.partition("@")
    if not (local and at and "." in domain) or "@" in domain or any(letter.isspace() for letter in value):
        raise InvalidForm(fields={name: reasons.fields.NO_EMAIL})
    return insist_name(value, name, 200)


def _kind(value: Any, name: str) -> str:
    return str(_one_of((*KINDS, *OWNER_KINDS))(value, name))


_CLEAN: Mapping[str, Any] = {
    "name": _line(300), "name_zh": _line(300), "kind": _kind, "country": _country, "register_number": _line(100),
    "address": _line(500), "size": _one_of(SIZES), "state_owned": _yes_no, "language": _one_of(LANGUAGES),
    "role": _line(200), "email": _address, "telephone": _line(60), "share": lambda value, name: decimal_text(value),
}  # fmt: skip
_NEVER_EMPTY = frozenset({"name", "kind", "language"})

# --- names that look alike -------------------------------------------------------------------------------------------

#: What companies of every kind are called behind their name.
_FORMS = re.compile(
    r"\b(company|corporation|incorporated|limited|co|corp|inc|ltd|llc|plc|gmbh|ag|kg|se|sa|sas|srl|spa|bv|nv|oy|ab|as)\b"
    r"|股份有限公司|有限责任公司|有限公司|集团|公司"
)
#: So alike two names are that one asks whether the same is meant.
ALIKE = 0.86


def bare_name(name: str) -> str:
    """A name without what tells no two apart: capitals, marks, blanks, and the form of the company."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    words = re.sub(r"[^\w\s]", " ", folded.replace(".", ""))
    left = _FORMS.sub(" ", words)
    return "".join((left if left.strip() else words).split())


def are_alike(one: str, other: str) -> bool:
    """Whether two names may be meant for the same organisation."""
    first, second = bare_name(one), bare_name(other)
    if not first or not second:
        return False
    shorter, longer = sorted((first, second))
    matcher = SequenceMatcher(None, shorter, longer, autojunk=False)
    return first == second or matcher.real_quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def look_alike(names: Iterable[str | None], known: Iterable[tuple[str, str | None]]) -> Iterator[int]:
    """Which of those known, each by its names in both scripts, have a name like one of these: their places."""
    wanted = [name for name in names if name]
    for place, both in enumerate(known):
        if any(are_alike(name, other) for name in wanted for other in both if other):
            yield place
