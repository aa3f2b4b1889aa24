"""Rows and codes of a need or a technology as they are kept, however somebody wrote them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.engine.case_objects.need_figures import rows_of
from casework.engine.case_objects.technology_details import (
    CODES,
    codes_of,
    country_of,
    licences_of,
    required_of,
    restrictions_of,
    sites_of,
    standards_of,
    verification_of,
)
from casework.json_values import JsonMapping, JsonObject

#: By field what makes what was sent what is kept.
_KEPT: Mapping[str, Callable[[Any], Any]] = {
    "figures": rows_of, "reference_sites": sites_of, "standards": standards_of, "licences": licences_of,
    "restrictions": restrictions_of, "verification": verification_of, "country": country_of, "required_standards": required_of,
}  # fmt: skip


def cleaned(fields: JsonMapping) -> JsonObject:
    """Of some fields those that are kept otherwise than they were sent, as they are kept. Raises InvalidForm."""
    kept: JsonObject = {name: keep(fields[name]) for name, keep in _KEPT.items() if fields.get(name)}
    return kept | {name: codes_of(name, fields[name]) for name in CODES if fields.get(name)}


__all__ = ["cleaned"]
