"""Why something is refused with needs, technologies, matches and rights."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

MATCHED_ALREADY = reason(
    "catalogue.matched_already", N_("This need and this technology are matched already, or the external id is taken.")
)
SEVERAL = template("catalogue.several", N_("several %(records)s have this external id; name one by its id"))
NOT_CONFIRMABLE = reason("catalogue.not_confirmable", N_("is not a field that can be confirmed"))
NOTHING_TO_CONFIRM = reason("catalogue.nothing_to_confirm", N_("is empty, so there is nothing to confirm"))
