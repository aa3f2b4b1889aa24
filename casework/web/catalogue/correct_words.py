"""What is to be done about a record that a refusal says is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from casework.operations.matching.follow_up import ToCorrect
from casework.web.shell.i18n import N_

#: By the reason of the refusal.
TO_DO: Mapping[str, str] = {
    "not_ready": N_("Correct its readiness, or confirm it."),
    "rights_unclear": N_("Say what is protected and by whom, or confirm it."),
    "rights_unavailable": N_("Correct the licences on offer, or confirm them."),
    "region_or_standard": N_(
        "Say which standards it has or lacks, where it runs and where law bars it, or confirm them."
    ),
    "technology_gone": N_("Withdraw it, or confirm that it is still offered."),
    "owner_silent": N_("Say whose it is and how to reach them, or confirm the owner."),
    "duplicate": N_("Merge it into the other record, or say that they are two."),
}


def to_correct(wrong: list[ToCorrect]) -> list[tuple[ToCorrect, str]]:
    """Each with what is to be done."""
    return [(one, gettext(TO_DO[one.code])) for one in wrong]


__all__ = ["TO_DO", "to_correct"]
