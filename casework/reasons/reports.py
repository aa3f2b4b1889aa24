"""Why a stage report is not frozen, agreed to or published."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

ONE_COHORT = reason(
    "reports.one_cohort",
    N_("A report is of a phase, or of the cases that were opened in a period: leave one of them out."),
)
UNKNOWN_PHASE = reason("reports.unknown_phase", N_("This is no phase of the programme: choose one of its phases."))
EARLIER = template(
    "reports.earlier",
    N_("Report %(number)s of these cases, up to %(at)s, is published already. Freeze one up to a later moment."),
)
NEVER_CHANGED = template(
    "reports.never_changed",
    N_("Report %(number)s is published, and never changed. The next one tells what is known by then."),
)
AGREED_ALREADY = template(
    "reports.agreed_already",
    N_("You have agreed to report %(number)s already, or whoever you stand in for has. Somebody else agrees as well."),
)
WORDS_CHANGED = template(
    "reports.words_changed",
    N_(
        "The words of report %(number)s were changed after you opened it. Read them, and agree to what stands there now."
    ),
)
NOT_AGREED = template("reports.not_agreed", N_("Report %(number)s is published once two persons have agreed to it."))
OVERTAKEN = template(
    "reports.overtaken",
    N_(
        "Report %(last)s of the same cases was published after report %(number)s was frozen. Freeze one anew, which tells "
        "its months beside."
    ),
)
INTEREST = reason(
    "reports.interest",
    N_(
        "You, or whoever you stand in for, have declared an interest in a case of this programme, and the file has what happened there."
    ),
)
TOO_LONG = template(
    "reports.too_long",
    N_(
        "This report was counted by %(count)s events, and while somebody waits %(most)s are written at most. Take it out and count it "
        "again by the command."
    ),
)
