"""Why the weights of ranked lists are not changed."""

from __future__ import annotations

from casework.reasons.base import N_, reason

SAME = reason("weights.same", N_("Nothing is proposed: the programme’s lists have these weights already."))
OWN_PROPOSAL = reason(
    "weights.own_proposal", N_("You proposed these weights: somebody else agrees to them. You may take them back.")
)
NONE_PROPOSED = reason("weights.none_proposed", N_("No weights wait for a second person."))
