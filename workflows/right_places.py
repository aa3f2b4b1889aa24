"""Where a right holds: in the country of its office alone, so that nothing of it is given elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.engine.case_objects import border_words
from casework.engine.case_objects.licence_conflicts import WORLD
from casework.engine.case_objects.offices import holds_in, of_china
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Told
from workflows.codes import TERRITORIES

#: Kinds of rights that a patent office has granted.
GRANTED_KINDS = frozenset({"invention", "utility_model", "design"})


def is_patent_here(right: Mapping[str, Any]) -> bool:
    """A patent that the office of this country has granted, or of which nobody has said the office: it may be its own."""
    office = str(right.get("office") or "").strip()
    return right.get("kind") in GRANTED_KINDS and (not office or of_china(office))


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
