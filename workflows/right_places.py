"""Where a right holds: in the country of its office alone, so that nothing of it is given elsewhere; and in whose register it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.engine.case_objects import border_words
from casework.engine.case_objects.licence_conflicts import WORLD
from casework.engine.case_objects.offices import PATENTS, holds_in, of_china
from casework.engine.case_objects.right_kinds import passes_by_contract
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Told
from workflows.codes import TERRITORIES

#: Kinds of rights that a patent office has granted.
GRANTED_KINDS = frozenset({"invention", "utility_model", "design"})
#: What people call the two authorities here that grant plant varieties.
VARIETY_OFFICES = frozenset({"农业农村部", "国家林业和草原局", "国家林草局", "mara", "nfga"})
#: With whose entry an assignment takes effect: of the patent office here, of those for plant varieties, of any other.
PATENT_OFFICE, VARIETY_OFFICE, OTHER_OFFICE = "patent_office", "variety_office", "other_office"


def _is_here(right: Mapping[str, Any]) -> bool:
    """Whether its office is one of this country; a right of which nobody has said the office may be of it."""
    office = str(right.get("office") or "").strip()
    return not office or of_china(office) or office.casefold() in VARIETY_OFFICES


def is_patent_here(right: Mapping[str, Any]) -> bool:
    """A patent that the office of this country has granted."""
    return right.get("kind") in GRANTED_KINDS and _is_here(right)


def register_of(right: Mapping[str, Any]) -> str | None:
    """In whose register an assignment of it is entered to take effect; None of what passes by contract."""
    if passes_by_contract(right):
        return None
    if right.get("kind") in PATENTS and _is_here(right):
        return PATENT_OFFICE
    return VARIETY_OFFICE if right.get("kind") == "plant_variety" and _is_here(right) else OTHER_OFFICE


def country_of(right: Mapping[str, Any]) -> str | None:
    """The only country in which a right holds, of those that terms may name."""
    code = holds_in(right)
    return code if code in TERRITORIES else None


def where_it_holds(f: Facts, right: Mapping[str, Any]) -> Told:
    """That the terms reach further than a right is no fault of theirs, and whoever signs them knows it."""
    country = country_of(right)
    if country is None:
        return Told(True, border_words.say_kind(str(right.get("kind"))))
    wanted = [*(f.data.get("territories") or ()), *(f.data.get("venture_territories") or ())]
    beyond = [code for code in dict.fromkeys(wanted) if code not in (country, WORLD)]
    further = bool(beyond) or WORLD in wanted
    return Told(None if further else True, border_words.say_where_it_holds(country, beyond, TERRITORIES))
