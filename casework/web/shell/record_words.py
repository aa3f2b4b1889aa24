"""Words that records have in common, as platforms write them: said in the reader's language where they are known, else as written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from casework.engine.case_objects.programme_lists import in_both
from casework.operations.core.programme_lists import names_on
from casework.operations.core.views import Names
from casework.web.shell.i18n import N_, name_of

#: By the field of a record, then by the word.
RECORD_WORDS: Mapping[str, Mapping[str, str]] = {
    "sector": {
        "Building and construction": N_("Building and construction"), "Energy": N_("Energy"),
        "Chemicals and advanced materials": N_("Chemicals and advanced materials"),
        "Farming and forestry": N_("Farming and forestry"), "Green products": N_("Green products"),
        "Materials and processes": N_("Materials and processes"), "Pollution and waste": N_("Pollution and waste"),
        "Transportation": N_("Transportation"), "Water": N_("Water"),
    },
    "benefits": {
        "Air quality": N_("Air quality"), "Energy": N_("Energy"), "Greenhouse gases": N_("Greenhouse gases"),
        "Materials": N_("Materials"), "Odour": N_("Odour"), "Safety": N_("Safety"), "Soil": N_("Soil"),
        "Solvent saved": N_("Solvent saved"), "Waste": N_("Waste"), "Water": N_("Water"),
    },
    "wanted_form": {
        "joint venture": N_("joint venture"), "licence": N_("licence"), "pilot": N_("pilot"), "purchase": N_("purchase"),
    },
    "district": {
        "Changping": N_("Changping"), "Chaoyang": N_("Chaoyang"), "Daxing": N_("Daxing"), "Dongcheng": N_("Dongcheng"),
        "Fangshan": N_("Fangshan"), "Fengtai": N_("Fengtai"), "Haidian": N_("Haidian"), "Huairou": N_("Huairou"),
        "Mentougou": N_("Mentougou"), "Miyun": N_("Miyun"), "Pinggu": N_("Pinggu"), "Shijingshan": N_("Shijingshan"),
        "Shunyi": N_("Shunyi"), "Tongzhou": N_("Tongzhou"), "Xicheng": N_("Xicheng"), "Yanqing": N_("Yanqing"),
    },
}  # fmt: skip
#: What a statement of verification comes to; of what nobody has stated nothing is said.
VERDICTS: Mapping[str, str] = {
    "verified": N_("verified"), "verified_with_limits": N_("verified within limits"), "not_verified": N_("not verified"),
}  # fmt: skip


@dataclass(frozen=True)
class KnownWords:
    """The words of a programme's lists as the programme calls them; what stands on none of them is said as it was written.

    Whoever wrote it in both languages, with a stroke between, is read in the reader's own.
    """

    fields: Mapping[str, Names]
    places: Mapping[str, Names]

    @classmethod
    def of(cls, db: Connection, programme: str | None) -> KnownWords:
        return cls(names_on(db, programme, "sectors", "benefits"), names_on(db, programme, "districts"))

    def say_fields(self, words: Iterable[str]) -> list[str]:
        """In which fields a provider or a person works, in the reader's language."""
        return _say(self.fields, words)

    def say_places(self, words: Iterable[str]) -> list[str]:
        return _say(self.places, words)


def _say(called: Mapping[str, Names], words: Iterable[str]) -> list[str]:
    return [name_of(called.get(word.casefold()) or _written(word)) for word in words]


def _written(words: str) -> Names:
    english, chinese = in_both(words)
    return Names(name=english, name_zh=chinese)


__all__ = ["RECORD_WORDS", "VERDICTS", "KnownWords"]
