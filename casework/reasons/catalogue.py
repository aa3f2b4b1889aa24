"""Why something is refused with needs, technologies, matches and rights."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

MATCHED_ALREADY = reason(
    "catalogue.matched_already", N_("This need and this technology are matched already, or the external id is taken.")
)
SEVERAL = template("catalogue.several", N_("several %(records)s have this external id; name one by its id"))
NOT_CONFIRMABLE = reason("catalogue.not_confirmable", N_("is not a field that can be confirmed"))
RIGHT_IS_THERE = reason("catalogue.right_is_there", N_("the case is about this right already"))
RIGHT_NOT_THERE = reason("catalogue.right_not_there", N_("the case is not about this right"))
RIGHT_BURDENED_HERE = reason(
    "catalogue.right_burdened_here",
    N_("this case has a pledge, a licence or a transfer on this right; end that first"),
)
RIGHT_NAMED_HERE = reason(
    "catalogue.right_named_here", N_("a step of this case that goes on names this right; it stays until that has ended")
)
MOST_RIGHTS = template("catalogue.most_rights", N_("a case is about %(most)s rights at most"))
SEVERAL_RIGHTS = reason("catalogue.several_rights", N_("several rights have this number; write the office before it"))
RIGHT_UNKNOWN = reason("catalogue.right_unknown", N_("is not a right that this programme has recorded"))
RIGHT_RECORDED = reason(
    "catalogue.right_recorded", N_("this programme has recorded a right with this number already; open that one")
)
SAY_WHY_CORRECTED = reason("catalogue.say_why_corrected", N_("say why: what you change here was confirmed before"))
NOTHING_TO_CONFIRM = reason("catalogue.nothing_to_confirm", N_("is empty, so there is nothing to confirm"))
