"""Why a letterhead is refused."""

from __future__ import annotations

from casework.reasons.base import N_, reason

NUMBER_FORM = reason("letters.number_form", N_("must name {year} and {n}, each once, and have no other braces"))
SAY_WHY_SET = reason("letters.say_why_set", N_("say why: the letterhead says something else until now"))
SAME = reason("letters.same", N_("Nothing is changed: the letterhead is like this already."))
