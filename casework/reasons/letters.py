"""Why a letterhead is refused."""

from __future__ import annotations

from casework.reasons.base import N_, reason

NUMBER_FORM = reason("letters.number_form", N_("must name {year} and {n}, each once, and have no other braces"))
SAY_WHY_SET = reason("letters.say_why_set", N_("say why the letterhead changes"))
NO_LETTERHEAD = reason(
    "letters.no_letterhead",
    N_(
        "The programme has no letterhead yet, so no letter goes. Let its supervisor open Settings and set it: the office, how letters "
        "are numbered, and whether there is a place for the seal."
    ),
)
SAME = reason("letters.same", N_("Nothing is changed: the letterhead is like this already."))
