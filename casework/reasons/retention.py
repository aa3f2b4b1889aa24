"""Why retention classes are not changed, and why something is kept."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

SAME = reason("retention.same", N_("Nothing is proposed: the programme has these retention classes already."))
OWN_PROPOSAL = reason(
    "retention.own_proposal",
    N_("You proposed these retention classes: somebody else agrees to them. You may take them back."),
)
NONE_PROPOSED = reason("retention.none_proposed", N_("No retention classes wait for a second person."))
CODE = reason("retention.code", N_("Write a code of small letters, digits and underscores that begins with a letter."))
TWICE = reason("retention.twice", N_("Two classes have the same code."))
NO_OTHER = reason("retention.no_other", N_("The class of all other cases must stay."))
TAKES_ALL = reason(
    "retention.takes_all", N_("The class of all other cases takes what no other class does: it has no conditions.")
)
TAKES_NOTHING = reason(
    "retention.takes_nothing", N_("Say which cases the class takes: what began in them, how they ended, or both.")
)
OWN_HOLD = reason("retention.own_hold", N_("You placed this legal hold: another person ends it."))
HOLD_ENDED = reason("retention.hold_ended", N_("This legal hold does not stand any more."))
NO_SUCH_CASE = reason("retention.no_such_case", N_("No case of this programme that you see whole has this number."))
CONTENTS_REMOVED = template(
    "retention.contents_removed",
    N_(
        "The contents of this case were removed under retention on %(day)s: nothing is left that a legal hold could keep."
    ),
)
CONTENTS_ARCHIVED = template(
    "retention.contents_archived",
    N_(
        "The contents of this case went into the archive on %(day)s. Casework never destroys a sealed file of the archive, so no legal hold"
        " is needed to keep it: tell whoever runs Casework that it must be kept."
    ),
)
NOTHING_DUE = reason(
    "retention.nothing_due", N_("Nothing is proposed: no case may be removed today that no legal hold keeps.")
)
UNDER_WAY = reason("retention.under_way", N_("A removal is being carried out. Propose the next one when it is done."))
NO_REMOVAL = reason("retention.no_removal", N_("No removal waits for a second person."))
OWN_REMOVAL = reason(
    "retention.own_removal", N_("You proposed this removal: somebody else agrees to it. You may take it back.")
)
TAKES_NOTHING_MORE = reason(
    "retention.takes_nothing_more",
    N_("The contents of this case were removed under retention: nothing can be done or recorded in it any more."),
)
CONFIRM = reason("retention.confirm", N_("Confirm that you know that a removal cannot be undone."))
