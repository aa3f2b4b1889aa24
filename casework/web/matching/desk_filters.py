"""What a search on the match desk may ask of records beside words: what the form offers, and what was sent of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from casework.json_values import JsonMapping, JsonObject, is_id
from casework.matching.filters import ALWAYS
from casework.operations.matching.desk import CandidateFacts
from casework.operations.matching.listing import failed_of
from casework.operations.matching.runs import Kept
from casework.web.catalogue.filter_words import FILTERS
from casework.web.matching.desk_words import Check, say_checks
from casework.web.shell.layout import place_names

#: So many countries are offered, those of most candidates first, and so many values are asked for at most.
_OFFERED, _MOST = 30, 50


@dataclass(frozen=True)
class Offer:
    """A value that a record may have, and whether the run asked for it."""

    value: str
    words: str
    chosen: bool


def offer_countries(run: Kept | None) -> list[Offer]:
    """Where the candidates of a run were developed or deployed, each with how many of them; what it asked for stands first."""
    if run is None:
        return []
    chosen: Sequence[str] = run.evidence["wanted"].get("countries", ())
    found = Counter(place for one in run.evidence["candidates"] for place in one["countries"])
    names = sorted(found.keys() | set(chosen), key=lambda place: (place not in chosen, -found[place], place))
    return [
        Offer(place, _counted(place_names([place]), found[place]), place in chosen)
        for place in names[: max(_OFFERED, len(chosen))]
    ]


def offer_organisations(run: Kept | None, facts: Mapping[str, CandidateFacts], names: Mapping[str, str]) -> list[Offer]:
    """Whose the candidates on the page are, and whose the run left out; `names` of these."""
    if run is None:
        return []
    chosen: Sequence[str] = run.evidence["wanted"].get("excluded", ())
    owners = {one.owner_id: one.owner for one in facts.values() if one.owner_id and one.owner}
    shown = owners | {id: names[id] for id in chosen if id in names}
    return [
        Offer(id, said, id in chosen)
        for id, said in sorted(shown.items(), key=lambda each: (each[0] not in chosen, each[1], each[0]))
    ]


def checks_of(run: Kept, one: JsonMapping) -> list[Check]:
    """What each filter of a run says of one candidate."""
    kept: JsonMapping = next((said for said in run.evidence["candidates"] if said["id"] == one["technology"]), {})
    failed = failed_of(run.evidence).get(one["technology"], [])
    return say_checks(one["explanation"]["filters"], failed, run.evidence["relaxed"], kept)


def relaxable(run: Kept | None) -> list[tuple[str, str, str]]:
    """The filters of a run that an officer may leave out, each with its name and the reason why one is."""
    if run is None:
        return []
    relaxed: Mapping[str, str] = run.evidence["relaxed"]
    names = {one["name"] for one in run.found["filters"]} | relaxed.keys()
    return [
        (name, gettext(words), relaxed.get(name, ""))
        for name, words in FILTERS.items()
        if name in names and name not in ALWAYS
    ]


def wanted_of(sent: MultiDict[str, str]) -> JsonObject:
    """What was asked for of records; None where nothing was."""
    low, high = (_level(sent.get(name, "")) for name in ("readiness_low", "readiness_high"))
    return {
        "readiness": sorted((low or 1, high or 9)) if low or high else None,
        "countries": _several(sent, "country") or None,
        "excluded": [id for id in _several(sent, "excluded") if is_id(id)] or None,
        "licence": sent.get("licence") == "yes" or None,
        "standards": _standards(sent.get("standards", "")) or None,
        # What is no code of a country is refused where it is asked for; with none the need or the programme says it.
        "territory": sent.get("territory", "").strip().upper() or None,
    }


def _several(sent: MultiDict[str, str], name: str) -> list[str]:
    return [said[:200] for said in dict.fromkeys(sent.getlist(name)) if said][:_MOST]


def _counted(said: str, records: int) -> str:
    return gettext("%(what)s (%(records)s)", what=said, records=f"{records:,}")


def _standards(said: str) -> list[str]:
    """Names of certificates and standards, with commas or semicolons between."""
    return [name[:200] for part in re.split("[,;，；、\n]", said) if (name := " ".join(part.split()))][:20]


def _level(said: str) -> int | None:
    return int(said) if said in {str(level) for level in range(1, 10)} else None
