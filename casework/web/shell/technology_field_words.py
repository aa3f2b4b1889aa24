"""What WIPO calls its fields of technology."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from casework.web.shell.i18n import N_

NAMES: Mapping[str, str] = {
    "1": N_("Electrical machinery, apparatus, energy"),
    "2": N_("Audio-visual technology"),
    "3": N_("Telecommunications"),
    "4": N_("Digital communication"),
    "5": N_("Basic communication processes"),
    "6": N_("Computer technology"),
    "7": N_("IT methods for management"),
    "8": N_("Semiconductors"),
    "9": N_("Optics"),
    "10": N_("Measurement"),
    "11": N_("Analysis of biological materials"),
    "12": N_("Control"),
    "13": N_("Medical technology"),
    "14": N_("Organic fine chemistry"),
    "15": N_("Biotechnology"),
    "16": N_("Pharmaceuticals"),
    "17": N_("Macromolecular chemistry, polymers"),
    "18": N_("Food chemistry"),
    "19": N_("Basic materials chemistry"),
    "20": N_("Materials, metallurgy"),
    "21": N_("Surface technology, coating"),
    "22": N_("Micro-structural and nano-technology"),
    "23": N_("Chemical engineering"),
    "24": N_("Environmental technology"),
    "25": N_("Handling"),
    "26": N_("Machine tools"),
    "27": N_("Engines, pumps, turbines"),
    "28": N_("Textile and paper machines"),
    "29": N_("Other special machines"),
    "30": N_("Thermal processes and apparatus"),
    "31": N_("Mechanical elements"),
    "32": N_("Transport"),
    "33": N_("Furniture, games"),
    "34": N_("Other consumer goods"),
    "35": N_("Civil engineering"),
}


def say_field(code: str) -> str:
    """The name of a field by its number."""
    return gettext(NAMES[code]) if code in NAMES else code
