"""Why something is refused with success stories."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

NOT_YET = reason("results.not_yet", N_("a success story is told of a closed case that went well."))
NOT_WRITTEN = reason("results.not_written", N_("no story is written of this case yet."))
FIXED = reason(
    "results.fixed",
    N_("the parties are asked about this text already: take it back first, which ends what they have said to it."),
)
NO_DRAFT = reason("results.no_draft", N_("it is a draft already."))
ASKED_ALREADY = reason("results.asked_already", N_("this party is asked already, or has consented."))
NOT_A_PARTY = reason("results.not_a_party", N_("is not a party of this case that can be asked"))
BOTH_CONSENT = reason("results.both_consent", N_("both parties of the case have to consent first."))
PUBLISHED_ALREADY = reason("results.published_already", N_("it is published already."))
OWN_STORY = reason("results.own_story", N_("whoever has written of a story does not publish it: another person does."))
CONSENT_ENDED = reason("results.consent_ended", N_("this consent was refused or withdrawn already."))
NO_FIGURES = reason("results.no_figures", N_("there are none to take down."))
NO_PICTURE = reason("results.no_picture", N_("of this paper no picture can be made: choose another one"))
PICTURE_TOO_LARGE = template(
    "results.picture_too_large", N_("its picture is larger than %(most)s MB: choose another one")
)
