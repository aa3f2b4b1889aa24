"""Words that records have in common, as platforms write them: said in the reader's language where they are known, else as written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext

from casework.web.shell.i18n import N_

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


def known_as(words: Iterable[str], field: str) -> list[str]:
    """What records say in one of their fields, each in the reader's language where that word is known."""
    return [gettext(said) if (said := RECORD_WORDS[field].get(word)) else word for word in words]
