"""What lies on IP rights, where it stands in the way of an agreement."""

from __future__ import annotations

from dataclasses import dataclass

from casework.reasons.base import N_, Reason, Template, Terms, reason, template

_LYING = Terms({
    "exclusive": N_("exclusive licence"), "sole": N_("sole licence"), "plain": N_("plain licence"), "licence": N_("licence"),
    "assignment": N_("assignment, not registered"), "transfer": N_("transfer"),
})  # fmt: skip
_KINDS = Terms({
    "invention": N_("invention patent"), "utility_model": N_("utility model"), "design": N_("design"),
    "software": N_("software"), "trade_secret": N_("trade secret"), "know_how": N_("know-how"),
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


@dataclass(frozen=True, slots=True)
class Holder(Reason):
    """Whoever holds it: another case, until whoever hears it may know the organisation's name."""

    template: Template = reason("rights.another_case", N_("another case")).template
    organisation: str = ""
    case: str = ""
