"""Why no certificate is made of an event."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

WAITS = reason(
    "certificates.waits",
    N_("the entry is too new: its proof is published with the next full minute. Come back within a minute."),
)
GUESSABLE = reason(
    "certificates.guessable",
    N_(
        "what follows from this entry could be guessed from its digest: choose to show it whole, or make no certificate of it."
    ),
)
NOTHING_TO_SHOW = template(
    "certificates.nothing_to_show", N_("%(field)s is not in this entry, or was erased: choose what is there.")
)
ONLY_FACTS = reason("certificates.only_facts", N_("goes with the claim “fact” alone."))
NO_ENTRY = reason("certificates.no_entry", N_("is no entry of this history."))
TOO_SMALL = reason(
    "certificates.too_small", N_("is of a checkpoint from before this entry: leave it out for the newest one.")
)
WITH_EFFECTS = template(
    "certificates.with_effects",
    N_(
        "%(field)s is among what followed from the entry, which has one digest: show that whole, or leave the field out."
    ),
)
NO_FIELD = reason("certificates.no_field", N_("choose at least one field to show."))
NO_STATE = reason("certificates.no_state", N_("the entry led to no state."))
NOT_TWO_PERSONS = reason(
    "certificates.not_two_persons", N_("the entry was not proposed by one person and carried out by another.")
)
