"""Why something is refused between the two sides of a referral, or in the directory of providers."""

from __future__ import annotations

from casework.reasons.base import N_, reason

FOR_LEAD = reason("referrals.for_lead", N_("this is for the provider's lead and for administrators."))
NOTHING_PASSED = reason("referrals.nothing_passed", N_("nothing has passed between the two sides yet."))
NOTHING_CAME = reason("referrals.nothing_came", N_("nothing has come from the other side since."))
NOT_DONE_BY_OTHER = reason("referrals.not_done_by_other", N_("must be something that the other side has done"))
SETTLED = reason("referrals.settled", N_("it is settled already."))
DECIDED = reason("referrals.decided", N_("it is decided already."))
