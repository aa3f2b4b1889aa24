"""What people call the offices that grant rights: one list, for whoever asks where a right holds or how long it can last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from casework.engine.case_objects.countries import HERE, is_country

#: Kinds of rights that a patent office grants, or is asked to: they hold in the country of their office alone.
PATENTS = frozenset({"invention", "utility_model", "design", "application"})
#: By the country in which alone they grant, without spaces, points and capitals; the code of a country is its office's name, too.
_NAMES = {
    HERE: (
        "china", "prc", "prchina", "peoplesrepublicofchina", "cnipa", "sipo", "cnpatentoffice", "chinesepatentoffice",
        "chinanationalintellectualpropertyadministration", "stateintellectualpropertyoffice", "中国", "中华人民共和国",
        "国家知识产权局", "中国国家知识产权局", "中华人民共和国国家知识产权局", "国知局", "中国专利局", "国家知识产权局专利局",
    ),
    "US": ("uspto",), "DE": ("dpma",), "JP": ("jpo",), "KR": ("kipo",), "GB": ("ukipo",), "FR": ("inpi",), "RU": ("rospatent",),
}  # fmt: skip
_COUNTRY_OF = {name: country for country, names in _NAMES.items() for name in names}


def country_of_office(office: object) -> str | None:
    """The only country for which an office grants rights; None of an office of several, of one that nobody knows, and of none."""
    name = "".join(letter for letter in normalize("NFKC", str(office or "")).casefold() if letter.isalnum())
    code = _COUNTRY_OF.get(name, name.upper())
    return code if is_country(code) else None


def one_form(office: object) -> Any:
    """An office as it is recorded: by the code of the only country for which it grants, whatever it was called; else as it was written."""
    return country_of_office(office) or office


def holds_in(right: Mapping[str, Any]) -> str | None:
    """The only country in which a right holds; None of know-how, of an office of several, and where nobody has said which."""
    return country_of_office(right.get("office")) if right.get("kind") in PATENTS else None


def of_china(office: object) -> bool:
    return country_of_office(office) == HERE
