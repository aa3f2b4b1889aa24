"""What a technology's record says beside its texts: codes of patents and of goals, and the sites where it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, cast

from casework import reasons
from casework.engine.definition.plain_text import visible
from casework.errors import InvalidForm
from casework.reasons import Why

#: The fields that hold several codes, each as it is written.
CODES = ("ipc", "sdgs")
#: Of the International Patent Classification: section, class, and as far as they are told subclass, group and subgroup.
_IPC = re.compile(r"([A-HY][0-9]{2})(?:([A-Z])(?:0*([0-9]{1,4})/([0-9]{2,6}))?)?")
_SDG = re.compile(r"(?:(?:UN )?SDG|GOAL)? ?0?([1-9]|1[0-7])(\.(?:[0-9]{1,2}|[A-E]))?(?: ?[:.,–-] ?\D.*)?")
#: So many sites a technology names at most.
MOST_SITES = 50
_LONGEST = {"site": 300, "year": 4, "size": 200}


class _Sited(TypedDict):
    site: str


class ReferenceSite(_Sited, total=False):
    """Where it runs, since when, and how large it is there."""

    year: str
    size: str


def ipc_code(words: str) -> str | None:
    """A code of the patent classification as it is kept: `F24D3/08`; none where it is no such code."""
    found = _IPC.fullmatch("".join(words.upper().split()))
    if found is None:
        return None
    group = f"{found[3]}/{found[4]}" if found[3] else ""
    return f"{found[1]}{found[2] or ''}{group}"


def sdg_code(words: str) -> str | None:
    """A Sustainable Development Goal, or a target of one: `7`, `7.2`; none where it is neither."""
    found = _SDG.fullmatch(" ".join(words.upper().split()))
    return f"{found[1]}{(found[2] or '').lower()}" if found else None


_READ = {"ipc": (ipc_code, reasons.catalogue.NO_IPC_CODE), "sdgs": (sdg_code, reasons.catalogue.NO_GOAL)}


def codes_of(field: str, given: Iterable[str]) -> list[str]:
    """The codes of a field as they are kept, each once. Raises InvalidForm for what is none."""
    read, why = _READ[field]
    codes = dict[str, None]()
    for words in given:
        code = read(words)
        if code is None:
            raise InvalidForm(fields={field: why(code=words[:60])})
        codes[code] = None
    return list(codes)


def sites_of(given: Any) -> list[ReferenceSite]:
    """The rows of reference sites as they are kept. Raises InvalidForm with a reason for each cell."""
    if not isinstance(given, list) or len(given) > MOST_SITES:
        raise InvalidForm(fields={"reference_sites": reasons.catalogue.MOST_SITES(most=MOST_SITES)})
    rows: list[ReferenceSite] = []
    faults: dict[str, Why] = {}
    for n, said in enumerate(given):
        row = _row(said) if isinstance(said, Mapping) else {}
        wrong = _wrong(row) if isinstance(said, Mapping) else {"": reasons.catalogue.SITE_MISSING}
        faults |= {f"reference_sites.{n}.{name}".rstrip("."): why for name, why in wrong.items()}
        rows.append(cast(ReferenceSite, row))
    if faults:
        raise InvalidForm(fields=faults)
    return rows


def _row(said: Mapping[str, Any]) -> dict[str, str]:
    return {name: " ".join(visible(str(value)).split()) for name, value in said.items() if value not in (None, "")}


def _wrong(row: Mapping[str, str]) -> dict[str, Why]:
    """What is wrong with a row, by its cells."""
    faults: dict[str, Why] = {name: reasons.fields.NOT_KNOWN_HERE for name in row if name not in _LONGEST}
    for name, most in _LONGEST.items():
        if len(row.get(name, "")) > most:
            faults[name] = reasons.catalogue.SITE_LONG(most=most)
    if not row.get("site"):
        faults["site"] = reasons.catalogue.SITE_MISSING
    if "year" in row and not re.fullmatch("(?:19|20|21)[0-9]{2}", row["year"]):
        faults["year"] = reasons.catalogue.NO_YEAR
    return faults
