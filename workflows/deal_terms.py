"""What an agreement says: what it gives of which rights, for how long, and for how much."""

from __future__ import annotations

from casework.engine.definition.forms import (
    Choice,
    Date,
    Documents,
    Form,
    Many,
    Money,
    Number,
    OrganisationField,
    Rights,
    Rows,
    YesNo,
)
from workflows.codes import (
    ABOUT_RIGHTS,
    AGREEMENTS,
    CONTRIBUTIONS,
    EXCLUSIVITY,
    INTO_COMPANY,
    LICENCES,
    LICENSED_INTO,
    NO_PRICE,
    NO_VALUE,
    PAYMENTS,
    PRICE_FORMS,
    PRICED,
    ROYALTIES,
    ROYALTY_BASES,
    TERRITORIES,
    USES,
)
from workflows.papers import SIGNED_AGREEMENT
from workflows.signatories import HOLDS_WHAT_GOES_IN, Signatories


def as_said(field: str) -> str:
    """What the agreement's own signature said, whichever of its ways it took; before it what the case did."""
    signed = (f"agreement.{name}.{field}" for name in ("sign_local", "sign_cross", "sign_to_licence"))
    return "|".join((*signed, f"ready_to_sign.{field}"))


def signed_price() -> dict[str, str]:
    """Where the price stands once an agreement is in effect, by whichever way it was signed."""
    fields = ("kind", "contract_value", "technology_value", "no_price", "no_value", "contribution")
    asked = {name: name for name in fields} | {"form": "price_form", "signed_on": "executed_on"}
    return {
        part: f"sign_local.{name}|sign_cross.{name}|sign_to_licence+licence_issued.{name}"
        for part, name in asked.items()
    }


class Subject(Form):
    """What an agreement gives of which rights, by its kind."""

    rights = Rights(
        label="Rights licensed or assigned", required=False, when=("kind", ABOUT_RIGHTS), group="What it gives of which rights",
        prefill=as_said("rights") + "|case.rights", help="A licence or an assignment names at least one",
    )  # fmt: skip
    licence = Choice(label="Kind of licence", choices=EXCLUSIVITY, when=("kind", LICENCES), prefill=as_said("licence"))
    contribution = Choice(
        label="Rights that go into the joint venture", choices=CONTRIBUTIONS, when=("kind", ("joint_venture",)),
        prefill=as_said("contribution"),
    )  # fmt: skip
    company = OrganisationField(
        label=HOLDS_WHAT_GOES_IN, required=False, when=("contribution", INTO_COMPANY),
        prefill=as_said("company") + "|agreement.propose.company",
        help="On record as an organisation; the agreement is signed with it, the terms may come before it",
    )  # fmt: skip
    venture_territories = Many(
        label="Territories of the company's licence", choices=TERRITORIES, when=("contribution", LICENSED_INTO),
        prefill=as_said("venture_territories"),
    )  # fmt: skip
    venture_uses = Many(
        label="Fields of use of the company's licence", choices=USES, required=False, when=("contribution", LICENSED_INTO),
        prefill=as_said("venture_uses"), help="None: for every use",
    )  # fmt: skip
    venture_sublicence = YesNo(
        label="May the company sublicense?", when=("contribution", LICENSED_INTO), prefill=as_said("venture_sublicence"),
    )  # fmt: skip
    territories = Many(
        label="Territories", choices=TERRITORIES, when=("kind", LICENCES), prefill=as_said("territories")
    )
    uses = Many(
        label="Fields of use", choices=USES, required=False, when=("kind", LICENCES), prefill=as_said("uses"),
        help="None: for every use",
    )  # fmt: skip
    sublicence = YesNo(label="May the licensee sublicense?", when=("kind", LICENCES), prefill=as_said("sublicence"))


class Payment(Form):
    """A part of the price."""

    part = Choice(label="Part", choices=PAYMENTS)
    amount = Money(label="Amount")
    due_on = Date(label="Due on", required=False)


class Price(Form):
    """What is paid for it, or why nothing is."""

    price_form = Choice(label="Form of the price", choices=PRICE_FORMS, group="Price")
    no_price = Choice(label="Why nothing is paid", choices=NO_PRICE, when=("price_form", ("none",)))
    value_said = YesNo(label="Does the agreement state its value?", when=("price_form", PRICED))
    no_value = Choice(label="Why no value is stated", choices=NO_VALUE, when=("value_said", (False,)))
    contract_value = Money(label="Contract value", when=("value_said", (True,)))
    technology_value = Money(
        label="Of which technology value", when=("value_said", (True,)),
        help="What is paid for technology: without equipment, parts and materials; it may be nothing",
    )  # fmt: skip
    payments = Rows(
        label="Payment schedule", row=Payment, fact=True, when=("price_form", ("fixed", "entry_and_royalty"))
    )
    royalty_base = Choice(label="Base of the royalty", choices=ROYALTY_BASES, when=("price_form", ROYALTIES))
    royalty_rate = Number(label="Royalty", unit="%", min="0", max="100", when=("price_form", ROYALTIES))
    first_base_on = Date(label="The first base of the royalty is set on", when=("price_form", ROYALTIES))


class _Copy(Form):
    signed_copy = Documents(label="Signed copy", kinds=(SIGNED_AGREEMENT.kind,), group="The signed copy")
    kind = Choice(label="Kind of agreement", choices=AGREEMENTS, prefill="propose.kind", settled=True)


class _Days(Form):
    executed_on = Date(label="Signed on", past=True)
    effective_on = Date(label="Takes effect on", prefill="ready_to_sign.effective_on", group="How long it holds")
    ends = YesNo(label="Does it end on a day?")
    expires_on = Date(label="Expires on", when=("ends", (True,)), prefill="ready_to_sign.expires_on")
    review_on = Date(label="Look at it again on", future=True, when=("ends", (False,)))


class _Consent(Form):
    pledgee_consent = Documents(
        label="The pledgee's consent", required=False, when=("kind", ABOUT_RIGHTS), asked_if="pledgee_is_asked",
        help="A right is pledged, and its pledgee's answer is not on record",
    )  # fmt: skip
    co_owner_consent = Documents(
        label="The co-owners' consent", required=False, when=("kind", ABOUT_RIGHTS), asked_if="co_owners_are_to_consent",
        help="A right is others' as well: an exclusive or sole licence and an assignment need all of them, unless they agreed otherwise",
    )  # fmt: skip


class Signature(Price, _Consent, Subject, _Days, Signatories, _Copy):
    """What the signed copy says: once, for the agreement and for the case."""

    company = OrganisationField(
        label=HOLDS_WHAT_GOES_IN, when=("contribution", INTO_COMPANY), prefill=as_said("company") + "|agreement.propose.company",
        help="On record as an organisation: where it is not yet, enter it there first",
    )  # fmt: skip


class SignatureToLicence(Signature):
    """The same where the agreement waits for a licence, which alone gives it its day."""

    effective_on = Date(
        label="Expected to take effect on", required=False, future=True, group="How long it holds",
        help="It takes effect on the day of the licence, which is recorded once it is there",
    )  # fmt: skip
