"""Who signs an agreement: the two parties of the case, or another organisation in the place of one, such as a subsidiary; and who
takes what it gives: whoever signs for the need owner, or the company of a joint venture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.engine.analysis.contract_sums import JOINT_VENTURE
from casework.engine.definition.forms import Form, OrganisationField
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, guard

#: By party the field that names who signs in its place.
SIGNATORIES = {"technology_owner": "giver_signatory", "need_owner": "taker_signatory"}
#: What is read of the parties, and of whoever is named in the place of one.
READS = ("parties", "organisations")
_GIVER = "Signs in the place of the technology owner"
_TAKER = "Signs in the place of the need owner"
HOLDS_WHAT_GOES_IN = "Company that holds what goes in"
_HELP = "Where another organisation is party to the agreement, such as a subsidiary: whether technology crosses the border follows from it"


class ProposedSignatories(Form):
    """Who is to sign, where it is not the party itself."""

    giver_signatory = OrganisationField(label=_GIVER, required=False, help=_HELP)
    taker_signatory = OrganisationField(label=_TAKER, required=False, help=_HELP)
    company = OrganisationField(
        label=HOLDS_WHAT_GOES_IN, required=False, when=("kind", (JOINT_VENTURE,)),
        help="Whether technology crosses the border follows from it. None where it is not founded yet, or nothing goes in",
    )  # fmt: skip


class AgreedSignatories(Form):
    """The same of the terms, which may come before a draft."""

    giver_signatory = OrganisationField(
        label=_GIVER, required=False, help=_HELP, prefill="agreement.propose.giver_signatory"
    )
    taker_signatory = OrganisationField(
        label=_TAKER, required=False, help=_HELP, prefill="agreement.propose.taker_signatory"
    )


class Signatories(Form):
    """Who has signed: as it was proposed, of which the border was asked."""

    giver_signatory = OrganisationField(
        label=_GIVER,
        required=False,
        prefill="propose.giver_signatory",
        settled=True,
        asked_if="another_signs_for_owner",
    )
    taker_signatory = OrganisationField(
        label=_TAKER,
        required=False,
        prefill="propose.taker_signatory",
        settled=True,
        asked_if="another_signs_for_taker",
    )


def their_party(f: Facts, party: str) -> Mapping[str, Any]:
    """What the record of a party's organisation says."""
    return f.from_outside("parties").get(party) or {}


def signs(f: Facts, terms: Mapping[str, Any], party: str) -> Mapping[str, Any]:
    """The same of whoever signs for a party: another organisation where the terms name one."""
    named = terms.get(SIGNATORIES[party])
    return (f.from_outside("organisations").get(named) or {}) if named else their_party(f, party)


def standing(f: Facts, named: str | None) -> str | None:
    """The organisation that somebody named: of one that was merged since the one in its place."""
    return (f.from_outside("organisations").get(named) or {}).get("organisation", named) if named else None


def company_of(terms: Mapping[str, Any]) -> str | None:
    """The company that takes what goes into a joint venture, where these terms name one."""
    return terms.get("company") if terms.get("kind") == JOINT_VENTURE else None


def takes(f: Facts, terms: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the record says of whoever takes what these terms give: the company of a joint venture, else who signs for the need owner."""
    company = company_of(terms)
    return (f.from_outside("organisations").get(company) or {}) if company else signs(f, terms, "need_owner")


@guard(
    rule="The draft names who signs in the place of the technology owner.",
    refusal="By its draft the technology owner signs itself.",
)
def another_signs_for_owner(f: Facts) -> bool:
    return bool(f.said(f"propose.{SIGNATORIES['technology_owner']}"))


@guard(
    rule="The draft names who signs in the place of the need owner.",
    refusal="By its draft the need owner signs itself.",
)
def another_signs_for_taker(f: Facts) -> bool:
    return bool(f.said(f"propose.{SIGNATORIES['need_owner']}"))


@guard(
    rule="Where another organisation signs in the place of a party, it is none that signs for the other side.",
    refusal="The same organisation would sign for both sides. Name another, or none.",
    reads=READS,
    law=Law.CONSENT,
)
def two_organisations_sign(f: Facts) -> bool:
    if not any(f.data.get(field) for field in SIGNATORIES.values()):
        return True
    giver, taker = (signs(f, f.data, party).get("organisation") for party in SIGNATORIES)
    return giver is None or giver != taker


@guard(
    rule="Who signs is who was to sign by the draft, of which the border was asked.",
    refusal="Another organisation signs than was proposed. Send the agreement back to drafting, and propose who signs.",
    reads=READS,
    law=Law.BORDER,
)
def signatories_are_as_proposed(f: Facts) -> bool:
    return all(
        standing(f, f.data.get(field)) == standing(f, f.said(f"propose.{field}")) for field in SIGNATORIES.values()
    )
