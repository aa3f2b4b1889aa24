"""What lies on IP rights, where it stands in the way of an agreement."""

from __future__ import annotations

from dataclasses import dataclass

from casework.reasons.base import N_, Reason, Template, Terms, reason, template

_LYING = Terms({
    "exclusive": N_("exclusive licence"), "sole": N_("sole licence"), "plain": N_("plain licence"), "licence": N_("licence"),
    "assignment": N_("assignment, not registered"), "transfer": N_("transfer"),
    "seizure": N_("seizure"), "pledge": N_("pledge"), "pledge_registration": N_("registration of a pledge"),
    "invalidation": N_("request for invalidation"), "open_licence": N_("open licence"),
})  # fmt: skip
_KINDS = Terms({
    "invention": N_("invention patent"), "utility_model": N_("utility model"), "design": N_("design"),
    "software": N_("software"), "trade_secret": N_("trade secret"), "know_how": N_("know-how"),
    "plant_variety": N_("plant variety"), "application": N_("pending application"), "other": N_("other right"),
})  # fmt: skip
_STATUSES = Terms({
    "lapsed": N_("lapsed"), "expired": N_("expired"), "invalid": N_("declared invalid"), "disclosed": N_("disclosed"),
    "refused": N_("refused"), "withdrawn": N_("withdrawn"),
    "in_force": N_("in force"), "kept": N_("kept secret"), "pending": N_("application pending"),
})  # fmt: skip

UNNUMBERED = template("rights.unnumbered", N_("%(kind)s without a number"), kind=_KINDS)
EVERYWHERE = reason("rights.everywhere", N_("every country"))
EVERY_USE = reason("rights.every_use", N_("every use"))
UNTIL = template("rights.until", N_("until %(day)s"))
NO_END = reason("rights.no_end", N_("without an end"))
IN_THE_WAY = template(
    "rights.in_the_way",
    N_("%(right)s: %(what)s since %(since)s (%(where)s; %(uses)s; %(until)s), held by %(holder)s."),
    what=_LYING,
    where=Terms({}),
    uses=Terms({}),
)
NOT_THEIRS = template("rights.not_theirs", N_("%(right)s: by its record neither owned nor licensed."))
ONLY_LICENSED = template("rights.only_licensed", N_("%(right)s: who has a licence of it cannot assign it."))
NO_SUBLICENCE = template("rights.no_sublicence", N_("%(right)s: the licence since %(since)s allows no sublicence."))
_WIDER_BY = Terms({
    "licence": N_("kind of licence"), "territories": N_("territories"), "uses": N_("fields of use"), "first": N_("first day"),
    "last": N_("last day"),
})  # fmt: skip
WIDER = template(
    "rights.wider",
    N_("%(right)s: the sublicence is wider than the licence since %(since)s, by its %(what)s."),
    what=_WIDER_BY,
)
HAS_ENDED = template("rights.has_ended", N_("%(right)s is on record as %(status)s."), status=_STATUSES)
RAN_OUT = template("rights.ran_out", N_("%(right)s ended on %(day)s."))
RUNS_OUT = template("rights.runs_out", N_("%(right)s ends on %(day)s."))
#: What the record of a right tells of one question about it.
_OWNERS = Terms({
    "need_owner": N_("need owner"), "technology_owner": N_("technology owner"), "others": N_("somebody beside the parties"),
})  # fmt: skip
OF = template("rights.of", N_("%(right)s: %(what)s."))
DENIED = reason("rights.denied", N_("the record of every right says that this is in order"))
CONFIRMED = reason("rights.confirmed", N_("confirmed by a person"))
NOT_CONFIRMED = reason("rights.not_confirmed", N_("nobody has confirmed the record yet"))
STATUS = template("rights.status", N_("status: %(status)s"), status=_STATUSES)
NO_STATUS = reason("rights.no_status", N_("no status is on record"))
ENDED_ON = template("rights.ended_on", N_("ended on %(day)s"))
FEE_UNTIL = template("rights.fee_until", N_("fee paid until %(day)s"))
FEE_UNTOLD = reason("rights.fee_untold", N_("until when the fee is paid is not on record"))
NO_FEES = reason("rights.no_fees", N_("a right of this kind has no fee"))
KIND = template("rights.kind", N_("kind: %(kind)s"), kind=_KINDS)
HOLDS_IN = template("rights.holds_in", N_("by its office it holds in one country alone: %(country)s"))
GIVES_NOTHING = template(
    "rights.gives_nothing",
    N_("by its office it holds in one country alone: %(country)s; of it the terms give nothing in: %(where)s"),
    where=Terms({}),
)
LASTS_UNTIL = template("rights.lasts_until", N_("last day: %(day)s"))
LASTS_BY_FILING = template(
    "rights.lasts_by_filing", N_("no last day is on record; by its filing it lasts until %(day)s")
)
NO_LAST_DAY = reason("rights.no_last_day", N_("no last day is on record"))
OWNED_BY = template("rights.owned_by", N_("owners on record: %(who)s"), who=_OWNERS)
SUBLICENSED_BY = template("rights.sublicensed_by", N_("licensed, with sublicences allowed, to: %(who)s"), who=_OWNERS)
NO_OWNER = reason("rights.no_owner", N_("the record names no owner"))
ONE_OWNER = reason("rights.one_owner", N_("one owner is on record"))
OWNERS = template("rights.owners", N_("owners on record: %(number)s"))
TWIN = template("rights.twin", N_("twin on record: %(number)s"))
TWIN_UNTOLD = reason("rights.twin_untold", N_("no twin is on record; whether there is one is asked"))
NEVER_TWIN = reason("rights.never_twin", N_("a right of this kind has no twin"))
LIES = template("rights.lies", N_("%(what)s since %(since)s"), what=_LYING)
LYING = template("rights.lying", N_("on record: %(each)s"), each=Terms({}, joint=N_(", ")))
NOTHING_LIES = reason("rights.nothing_lies", N_("nothing of this kind is on record"))
OUTSIDER = reason("rights.outsider", N_("somebody who is not on record"))


@dataclass(frozen=True, slots=True)
class Holder(Reason):
    """Whoever holds it, or signs: another case, or what the template says, until whoever hears it may know the organisation's name."""

    template: Template = reason("rights.another_case", N_("another case")).template
    organisation: str = ""
    case: str = ""
