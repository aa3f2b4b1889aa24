"""Why something is refused around a sealed mediation, or an emergency access."""

from __future__ import annotations

from casework.reasons.base import N_, reason

ASKED_BY = reason("mediations.asked_by", N_("only a dispute officer named for the mediation asks for an unsealing."))
READS_ALREADY = reason("mediations.reads_already", N_("must be somebody who does not read it already"))
ANOTHER_THAN_READER = reason(
    "mediations.another_than_reader", N_("must be another person than the reader and those who are named for it")
)
NAMED_ALREADY = reason("mediations.named_already", N_("has been named already: end that first"))
DECIDED_BY = reason("mediations.decided_by", N_("only the person named for it decides it, and nobody in their place."))
DECIDED = reason("mediations.decided", N_("it has been decided, or is not asked for any more."))
ENDED_BY = reason(
    "mediations.ended_by", N_("only those named for the mediation, or the person who agreed to it, end it.")
)
PARTIES_TOLD_BY = reason(
    "mediations.parties_told_by", N_("the parties are told by a dispute officer who is named for the mediation.")
)
NOTHING_TO_TELL = reason("mediations.nothing_to_tell", N_("there is nothing that they have to be told."))
DAY_SINCE = reason("mediations.day_since", N_("must be a day since it was agreed to, up to today"))
EMERGENCY_BY = reason(
    "mediations.emergency_by",
    N_("only an administrator of the programme opens a case in an emergency, and in their own name."),
)
OPEN_ALREADY = reason("mediations.open_already", N_("it is open to you already."))
NOT_NAMEABLE = reason("mediations.not_nameable", N_("must be one of those who may be named"))
LEADS_NONE = reason("mediations.leads_none", N_("whoever decides or decided in a case leads no mediation about it."))
NOT_A_LEADER = reason("mediations.not_a_leader", N_("is not a dispute officer who may lead it"))
