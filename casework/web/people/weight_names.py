"""What the weights of ranked lists are called on pages, and what each does."""

from __future__ import annotations

from casework.web.shell.i18n import N_

#: By name what each is called.
WEIGHT_NAMES = {
    "title": N_("Words in the title"),
    "k1": N_("Words said again"),
    "b": N_("Long records"),
    "fusion": N_("Closeness of ranks"),
    "text": N_("Similar texts"),
    "verified": N_("Effect verified at a site"),
}
#: By name what it does.
WEIGHT_MEANINGS = {
    "title": N_("As often a word of the title counts."),
    "k1": N_("How much a word counts that a record says again: 0, no more than once."),
    "b": N_("How much a long record loses: 0, nothing."),
    "fusion": N_("Where similar texts take part: the larger, the less the first ranks stand out."),
    "text": N_("What a rank among similar texts weighs beside the same rank by words."),
    "verified": N_(
        "What share of its score a technology gains whose effect was verified at a site: 0.03 is three per cent."
    ),
}

__all__ = ["WEIGHT_MEANINGS", "WEIGHT_NAMES"]
