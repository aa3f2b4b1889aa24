"""What lies on IP rights, where it stands in the way of an agreement."""

from __future__ import annotations

from dataclasses import dataclass

from casework.reasons.base import N_, Reason, Template, Terms, reason, template

_LYING = Terms({
    "exclusive": N_("exclusive licence"), "sole": N_("sole licence"), "plain": N_("plain licence"), "licence": N_("licence"),
    "assignment": N_("assignment, not registered"), "transfer": N_("transfer"),
    "seizure": N_("seizure"),
})  # fmt: skip
_KINDS = Terms({
    "invention": N_("invention patent"), "utility_model": N_("utility model"), "design": N_("design"),
    "software": N_("software"), "trade_secret": N_("trade secret"), "know_how": N_("know-how"),
})  # fmt: skip
_STATUSES = Terms({
    "lapsed": N_("lapsed"), "expired": N_("expired"), "invalid": N_("declared invalid"), "disclosed": N_("disclosed"),
    "refused": N_("refused"), "withdrawn": N_("withdrawn"),
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
HAS_ENDED = template("rights.has_ended", N_("%(right)s is on record as %(status)s."), status=_STATUSES)
RAN_OUT = template("rights.ran_out", N_("%(right)s ended on %(day)s."))
RUNS_OUT = template("rights.runs_out", N_("%(right)s ends on %(day)s."))
OUTSIDER = reason("rights.outsider", N_("somebody who is not on record"))


@dataclass(frozen=True, slots=True)
class Holder(Reason):
    """Whoever holds it: another case, until whoever hears it may know the organisation's name; of no case it is an outsider."""

    template: Template = reason("rights.another_case", N_("another case")).template
    organisation: str = ""
    case: str = ""
