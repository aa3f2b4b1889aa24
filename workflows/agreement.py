"""An agreement between the two parties, from the draft to its end."""

from __future__ import annotations

from casework.engine.definition.forms import Choice, Date, Documents, Form, Many, Note, Rights, Text, YesNo
from casework.engine.definition.grammar import (
    EXCEPTION,
    RETURN,
    Final,
    Item,
    State,
    Task,
    Workflow,
    calendar_days,
    until,
    working_days,
)
from casework.engine.roles import Role
from workflows.codes import TERRITORIES
from workflows.papers import SIGNED_AGREEMENT
from workflows.service_effects import agreement_burdens_rights, agreement_frees_rights
from workflows.service_guards import (
    agreement_dates_in_order,
    catalogue_lets_it_pass,
    cleared_for_the_border,
    no_exclusive_licence_elsewhere,
    pledgees_have_consented,
    rights_are_confirmed,
    rights_are_named,
    stays_inside_the_border,
)

# --- forms -----------------------------------------------------------------------------------------------------------


class Proposal(Form):
    """A first draft, and what kind of agreement it is."""

    kind = Choice(
        label="Kind of agreement",
        choices={
            "nda": "Non-disclosure agreement", "mou": "Memorandum of understanding",
            "loi": "Letter of intent", "pilot": "Pilot", "licence": "Licence", "sale": "Sale",
            "service": "Service", "jv": "Joint venture", "assignment": "Assignment",
        },
    )  # fmt: skip
    draft = Documents(label="Draft")
    checklist = Many(
        label="Points of the licensing checklist that the draft answers",
        choices={
            "subject_matter": "Technology and rights", "use": "How they may be used",
            "money": "Price and payment", "other_terms": "Other terms",
            "joint_development": "Joint development",
        },
    )  # fmt: skip


class OpenPoints(Form):
    """What is not agreed yet."""

    points = Text(label="Open points", max=1000)


class AgreedText(Form):
    """The text on which both parties agree."""

    text = Documents(label="Agreed text")


class Clearance(Form):
    """Who may sign, and whether the technology may cross the border."""

    signing_powers = YesNo(label="Both signatories may sign for their parties", must=True)
    crosses_border = YesNo(
        label="Technology crosses the border",
        consequence="The contract must be registered within 60 days of taking effect.",
    )
    catalogue_class = Choice(
        label="Class in the catalogue of technologies for import and export",
        choices={"free": "Free", "restricted": "Restricted", "prohibited": "Prohibited"},
        when=("crosses_border", (True,)),
    )
    licence_letter = YesNo(label="The licence letter is on file", when=("catalogue_class", ("restricted",)))


class Signature(Form):
    """What the signed copy says."""

    signed_copy = Documents(label="Signed copy", kinds=(SIGNED_AGREEMENT.kind,))
    executed_on = Date(label="Signed on", past=True)
    effective_on = Date(label="Takes effect on")
    expires_on = Date(label="Expires on", help="Without an end: the day on which to look at it again")
    territory = Choice(label="Territory", choices=TERRITORIES, prefill="ready_to_sign.territory")
    exclusive = YesNo(label="Exclusive", prefill="ready_to_sign.exclusive")
    price_form = Choice(
        label="Form of the price",
        choices={
            "none": "No price", "fixed": "Fixed sum", "royalty": "Running royalty",
            "fixed_and_royalty": "Fixed sum and royalty", "shares": "Shares", "other": "Other",
        },
    )  # fmt: skip
    rights = Rights(
        label="Rights that are licensed or transferred", required=False, prefill="ready_to_sign.rights",
        help="A licence, sale, assignment or joint venture names at least one",
    )  # fmt: skip
    pledgee_consent = YesNo(
        label="The pledgee's consent is on file", required=False,
        help="Only if a right is pledged and the pledgee's answer is not on record yet",
    )  # fmt: skip


class End(Form):
    """How the agreement came to its end."""

    reason = Choice(
        label="Why it ends",
        choices={
            "expired": "Expired", "performed": "Performed", "terminated": "Terminated",
            "replaced": "Replaced by another",
        },
    )  # fmt: skip
    ended_on = Date(label="Ended on", past=True)


class Abandonment(Form):
    """Why there will be no agreement."""

    reason = Note(label="Reason")


class Registration(Form):
    """The registration of a technology import or export contract."""

    certificate = Text(label="Number of the registration certificate", max=100)
    registered_on = Date(label="Registered on", past=True)


class Expiry(Form):
    """What becomes of an agreement that runs out."""

    decision = Choice(
        label="What the parties do",
        choices={"extend": "They extend it", "replace": "They replace it", "let_end": "They let it end"},
        done={
            "extend": "recorded that the parties extend the agreement",
            "replace": "recorded that the parties replace the agreement",
            "let_end": "recorded that the parties let the agreement end",
        },
    )


EXPIRY = "Ask the parties about the expiring agreement"
EXPIRY_WARNINGS = (
    Task(
        "agreement_expiry", EXPIRY, queue=Role.OFFICER, due=calendar_days(45), form=Expiry,
        after=calendar_days(-90, since="expires_on"), on="main", aftercare=True,
    ),
    Task(
        "agreement_expiry", EXPIRY, queue=Role.OFFICER, due=calendar_days(20), form=Expiry,
        after=calendar_days(-30, since="expires_on"), on="main", aftercare=True,
    ),
)  # fmt: skip
#: Order 3 (2009) of the Ministry of Commerce: within 60 days of taking effect. Payment abroad needs the certificate.
CONTRACT_REGISTRATION = Task(
    "contract_registration", "Get the technology contract registered", queue=Role.OFFICER,
    due=calendar_days(60, since="effective_on"), form=Registration, done="recorded the registration of the technology contract",
    checklist=(
        Item("asked_in_time", "It was asked for within 60 days of taking effect; for running royalties, of the first base"),
        Item("paid_after", "Whoever pays abroad has the certificate: the bank asks for it"),
        Item("next_base", "Running royalties: a day is set to amend it with the next base", required=False),
    ),
)  # fmt: skip


# --- the workflow ----------------------------------------------------------------------------------------------------


class Agreement(Workflow):
    """The parties write down what they will do, sign it, and keep to it until it ends."""

    workflow = "agreement"
    title = "Agreement"

    drafting = State("Drafting", queue=Role.OFFICER, due=working_days(20), step="Draft", do="Get a draft")
    negotiating = State(
        "Negotiating", queue=Role.OFFICER, due=calendar_days(60), step="Negotiate", do="Record the agreed text"
    )
    internal_ok = State(
        "Internal approval", queue=Role.OFFICER, due=working_days(20), step="Clear", do="Clear the text for signing"
    )
    signing = State("Signing", queue=Role.OFFICER, due=working_days(15), step="Sign", do="Get the signatures")
    in_force = State(
        "In force", queue=Role.OFFICER, due=until("sign_local.expires_on|sign_cross.expires_on"), step="In force",
        do="Follow the agreement",
    )  # fmt: skip
    ended = Final("Ended")
    abandoned = Final("Abandoned")

    propose = drafting.to(negotiating, by=Role.OFFICER, form=Proposal, do="Propose the draft", done="proposed a draft")
    redraft = (negotiating | internal_ok).to(
        drafting, by=Role.OFFICER, kind=RETURN, form=OpenPoints,
        do="Send back to drafting", done="sent the agreement back to drafting",
    )  # fmt: skip
    agree = negotiating.to(
        internal_ok, by=Role.OFFICER, form=AgreedText,
        do="Record the agreed text", done="recorded the agreed text",
    )  # fmt: skip
    cleared = internal_ok.to(
        signing, by=Role.OFFICER, form=Clearance, guards=[catalogue_lets_it_pass],
        do="Clear for signing", done="cleared the agreement for signing",
    )  # fmt: skip
    sign_local = signing.to(
        in_force, by=Role.OFFICER, form=Signature,
        guards=[
            stays_inside_the_border, agreement_dates_in_order, rights_are_named, rights_are_confirmed,
            no_exclusive_licence_elsewhere, pledgees_have_consented,
        ],
        needs=[SIGNED_AGREEMENT], effects=[agreement_burdens_rights], opens=EXPIRY_WARNINGS,
        do="Record the signing", done="recorded the signing of the agreement",
        consequence="The agreement is in force and stands on the rights that it names.",
    )  # fmt: skip
    sign_cross = signing.to(
        in_force, by=Role.OFFICER, form=Signature,
        guards=[
            cleared_for_the_border, agreement_dates_in_order, rights_are_named, rights_are_confirmed,
            no_exclusive_licence_elsewhere, pledgees_have_consented,
        ],
        needs=[SIGNED_AGREEMENT], effects=[agreement_burdens_rights], opens=[*EXPIRY_WARNINGS, CONTRACT_REGISTRATION],
        do="Record the signing across the border", done="recorded the signing of a cross-border agreement",
        consequence="The agreement is in force, stands on the rights that it names, and must be registered.",
    )  # fmt: skip
    end = in_force.to(
        ended, by=Role.OFFICER, form=End, effects=[agreement_frees_rights],
        do="End the agreement", done="recorded the end of the agreement",
        consequence="A licence that stands on the rights named ends with it.",
    )  # fmt: skip
    abandon = (drafting | negotiating | internal_ok | signing).to(
        abandoned, by=Role.OFFICER, kind=EXCEPTION, form=Abandonment,
        do="Abandon the agreement", done="abandoned the agreement",
        consequence="There will be no agreement of this draft.",
    )  # fmt: skip

    milestones = {"in_force": [in_force]}
    outlives = (in_force,)
