"""The lists of needs and technologies: a search box over all that they say, in both languages, and what the list is narrowed to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from casework.engine.case_objects.programme_lists import LISTED, Lists, find
from casework.matching.facets import FACETS, UNKNOWN
from casework.matching.marks import pieces_of
from casework.operations.matching.candidates import CANDIDATES
from casework.operations.matching.listed_records import Listed, cleaned, facets_asked
from casework.operations.matching.published_views import PublishedList
from casework.operations.matching.search_box import COUNTED, LONGEST
from casework.web.catalogue.listed_fields import called
from casework.web.catalogue.pages import OFFERED, STATUSES
from casework.web.shell.i18n import N_
from casework.web.shell.layout import country_name

#: Of a list of values so many are offered, and what was chosen.
_OFFERED = 40
#: What a list may be narrowed to by who stands for its values.
STANDS = {"confirmed": N_("with confirmed values"), "claimed": N_("with none confirmed")}
_LABELS = {
    "readiness": N_("Readiness"), "country": N_("Country or region"), "source": N_("Source"), "ipc": N_("Section of the IPC"),
    "topic": N_("Green topics"),
    "licence": N_("Licences offered"), "standard": N_("Certificates and standards"),
    "stands": N_("Values"), "status": N_("Status"), "sector": N_("Sector"), "district": N_("District"),
}  # fmt: skip
#: What the sections of the patent classification are about.
_SECTIONS = {
    "A": N_("Human necessities"), "B": N_("Performing operations; transporting"), "C": N_("Chemistry; metallurgy"),
    "D": N_("Textiles; paper"), "E": N_("Fixed constructions"), "F": N_("Mechanical engineering; lighting; heating"),
    "G": N_("Physics"), "H": N_("Electricity"),
}  # fmt: skip


class Asked:
    """What the address of a list asks for."""

    def __init__(self, noun: str, names: Sequence[str] | None = None) -> None:
        self.noun, self.words = noun, cleaned(request.args.get("q", ""))
        self.names = names or FACETS[noun]
        self.facets = facets_asked(noun, request.args, self.names)
        self.cursor = request.args.get("cursor")

    @property
    def query(self) -> dict[str, Any]:
        chosen = {facet.name: facet.value or UNKNOWN for facet in self.facets}
        return ({"q": self.words} if self.words else {}) | chosen


def selects_of(asked: Asked, listed: Listed[Any] | PublishedList, lists: Sequence[Lists]) -> list[dict[str, Any]]:
    """What the list may be narrowed to: label, and of each choice how many there are."""
    chosen = {facet.name: facet.value for facet in asked.facets}
    selects = []
    for name in asked.names:
        every = listed.facets.get(name, [])
        shown = [
            (one.value or UNKNOWN, _counted(_say(asked.noun, name, one.value, lists), one.records))
            for n, one in enumerate(every)
            if n < _OFFERED or not one.value or one.value == chosen.get(name)
        ]
        if name in chosen and all(one.value != chosen[name] for one in every):
            shown.append((chosen[name] or UNKNOWN, _counted(_say(asked.noun, name, chosen[name], lists), 0)))
        if shown:
            selected = (chosen[name] or UNKNOWN) if name in chosen else ""
            selects.append({"name": name, "label": gettext(_LABELS[name]), "choices": shown, "chosen": selected})
    return selects


def _counted(said: str, records: int) -> str:
    return gettext("%(what)s (%(records)s)", what=said, records=f"{records:,}")


def _say(noun: str, name: str, value: str, lists: Sequence[Lists]) -> str:
    if not value:
        return gettext("unknown")
    if say := _SAID.get(name):
        return say(value)
    if (of := LISTED[noun].get(name)) is not None and lists:
        return _called(lists, of, name, value)
    return value


def _called(lists: Sequence[Lists], of: str, name: str, value: str) -> str:
    """What the programmes call a code; of several that call it differently the code is said, as it is nobody's in particular."""
    known = [some for some in lists if find(some[of], value) is not None]
    words = {called(some, of, name, value) for some in known or lists[:1]}
    return words.pop() if len(words) == 1 else value


def _say_section(value: str) -> str:
    return f"{value}: {gettext(_SECTIONS[value])}" if value in _SECTIONS else value


_SAID: Mapping[str, Callable[[str], str]] = {
    "country": country_name,
    "status": lambda value: gettext(STATUSES[value]) if value in STATUSES else value,
    "stands": lambda value: gettext(STANDS[value]) if value in STANDS else value,
    "ipc": _say_section,
    "licence": lambda value: gettext(OFFERED[value]) if value in OFFERED else value,
}


def marked(said: str, listed: Listed[Any]) -> Markup:
    """A title with what was searched for marked."""
    pieces = ((escape(piece), says) for piece, says in pieces_of(said, listed.terms))
    return Markup("").join(Markup("<mark>{}</mark>").format(piece) if says else piece for piece, says in pieces)


def say_count(asked: Asked, listed: Listed[Any]) -> list[str]:
    """How many there are, and which of them are listed."""
    # Closed needs are in no index, and so in no count of all.
    if not listed.records or asked.noun == "need" and not (asked.words or asked.facets):
        return []
    if listed.at_least:
        told = gettext("%(count)s or more are found; what stands beside choices counts so many.", count=f"{COUNTED:,}")
    else:
        told = gettext("Found: %(count)s", count=f"{listed.records:,}")
    return [told, *say_cut(listed.records, listed.listed)] if asked.words else [told]


def say_cut(records: int, listed: int) -> list[str]:
    """Of a search that finds more than are listed, that it does, and what to do to see the others."""
    if records <= max(CANDIDATES, listed):
        return []
    return [gettext("The %(count)s that fit best are listed: narrow the search to see others.", count=listed)]


def urls_of(plural: str, asked: Asked, listed: Listed[Any]) -> dict[str, str]:
    """The addresses of the part of the list after this one, of its first, and of the whole list."""
    page = f"{plural}.index"
    return {
        "list_url": url_for(page),
        "next_url": url_for(page, **asked.query, cursor=listed.next) if listed.next else "",
        "first_url": url_for(page, **asked.query) if asked.cursor else "",
    }


__all__ = ["LONGEST", "STANDS", "Asked", "marked", "say_count", "say_cut", "selects_of", "urls_of"]
