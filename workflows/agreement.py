"""An agreement between the two parties, from the draft to its end."""

from __future__ import annotations

from casework.engine.definition.forms import Choice, Date, Documents, Form, Many, Note, Text, YesNo
from casework.engine.definition.grammar import (
    AUTHORITY,
    EXCEPTION,
    RETURN,
    Final,
    State,
    Task,
    Workflow,
    calendar_days,
    until,
    working_days,
)
from casework.engine.roles import Role
from workflows import border_forms, border_guards, duties, laws
from workflows.codes import AGREEMENTS
from workflows.comments import comment_on_terms
from workflows.deal_effects import (
    agreement_burdens_rights,
    agreement_frees_rights,
    agreement_holds_rights,
    agreement_lets_go_of_rights,
    licensed_agreement_burdens_rights,
)
from workflows.deal_guards import (
    agreement_dates_in_order,
    agreement_only_prepares,
    kind_is_as_proposed,
    licence_follows_the_signing,
    nothing_bars_the_terms,
    rights_are_named,
    rights_fit_the_kind,
    rights_of_terms_are_confirmed,
)
from workflows.deal_terms import Signature, SignatureToLicence, signed_price
from workflows.papers import LETTER_OF_INTENT, SIGNED_AGREEMENT, TRADE_LICENCE
from workflows.price_guards import payments_make_the_value, price_has_one_currency, technology_value_is_part
from workflows.renegotiation import GIVES_WAY, agreement_replaces_another
from workflows.right_guards import (
    check_of_rights_is_fresh,
    co_owners_have_consented,
    giver_may_give_each_right,
    licence_ends_with_its_rights,
    rights_named_were_checked,
    rights_of_terms_have_not_ended,
)
from workflows.screening import whoever_signs_is_screened
from workflows.service_guards import (
    pledgees_have_consented,
)
from workflows.signatories import ProposedSignatories, signatories_are_as_proposed, two_organisations_sign

# --- forms -----------------------------------------------------------------------------------------------------------


class _Draft(Form):
    draft = Documents(label="Draft")
    checklist = Many(
        label="Points of the licensing checklist that the draft answers",
        choices={
            "subject_matter": "Technology and rights", "use": "How they may be used",
            "money": "Price and payment", "other_terms": "Other terms",
            "joint_development": "Joint development",
        },
    )  # fmt: skip


class _Kind(Form):
    kind = Choice(label="Kind of agreement", choices=AGREEMENTS)


class Proposal(_Draft, ProposedSignatories, _Kind):
    """A first draft, what kind of agreement it is, and who is to sign it."""


class OpenPoints(Form):
    """What is not agreed yet."""

    points = Text(label="Open points", max=1000)


class AgreedText(Form):
    """The text on which both parties agree."""

    text = Documents(label="Agreed text")


class Clearance(Form):
    """Who may sign."""

    signing_powers = YesNo(label="Both signatories may sign for their parties", must=True)


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


#: What the signed copy says of rights, days and money must fit together, and leave to others what is theirs.
TERMS_FIT = (
    kind_is_as_proposed, signatories_are_as_proposed, border_guards.company_is_as_proposed,
    agreement_dates_in_order, rights_are_named, rights_fit_the_kind, rights_of_terms_are_confirmed,
    check_of_rights_is_fresh, rights_named_were_checked, giver_may_give_each_right, co_owners_have_consented,
    rights_of_terms_have_not_ended,
    licence_ends_with_its_rights, nothing_bars_the_terms, pledgees_have_consented,
    price_has_one_currency, technology_value_is_part, payments_make_the_value, whoever_signs_is_screened,
)  # fmt: skip
#: What was asked about terms that are signed now.
TALKS = (comment_on_terms.name,)
EXPIRY = "Ask the parties about the expiring agreement"
#: By the signing that counts: the latest, whatever its copy leaves unsaid.
EXPIRES = "sign_local.expires_on|sign_cross.expires_on|sign_to_licence.expires_on"
EXPIRY_WARNINGS = (
    Task(
        "agreement_expiry", EXPIRY, queue=Role.OFFICER, due=calendar_days(45), form=Expiry,
        after=calendar_days(-90, since=EXPIRES), on="main", aftercare=True,
    ),
    Task(
        "agreement_expiry", EXPIRY, queue=Role.OFFICER, due=calendar_days(20), form=Expiry,
        after=calendar_days(-30, since=EXPIRES), on="main", aftercare=True,
    ),
)  # fmt: skip
#: What may follow from any signing; each opens only where it is called for.
DUTIES = (
    *duties.FILINGS, duties.LICENCE_FILING, duties.APPRAISAL_FILING, duties.TRANSACTION_VERIFICATION,
)  # fmt: skip


# --- the workflow ----------------------------------------------------------------------------------------------------


class Agreement(Workflow):
    """The parties write down what they will do, sign it, and keep to it until it ends."""

    workflow = "agreement"
    title = "Agreement"

    drafting = State("Drafting", queue=Role.OFFICER, due=working_days(20), step="Draft", do="Get a draft")
    #: Passed by itself where nothing crosses the border, or what is agreed is no technology.
    classification = State(
        "Classification",
        queue=Role.COMPLIANCE,
        due=working_days(10),
        step="Class",
        do="Record the class of the technology",
    )
    letter_due = State(
        "Letter of intent to be asked for", queue=Role.OFFICER, due=working_days(10), step="Class",
        do="Apply for the letter of intent",
    )  # fmt: skip
    letter_awaited = State(
        "Waiting for the letter of intent", queue=Role.OFFICER, step="Class",
        due=working_days(30, since="filed_on", law=laws.RESTRICTED_TRADE), do="Get the authority's decision", awaits=AUTHORITY,
    )  # fmt: skip
    negotiating = State(
        "Negotiating", queue=Role.OFFICER, due=calendar_days(60), step="Negotiate", do="Record the agreed text"
    )
    internal_ok = State(
        "Internal approval", queue=Role.OFFICER, due=working_days(20), step="Clearance", do="Clear the text for signing"
    )
    signing = State("Signing", queue=Role.OFFICER, due=working_days(15), step="Sign", do="Get the signatures")
    #: What needs a licence takes effect on its day, and not before.
    licence_due = State(
        "Signed, not in effect", queue=Role.OFFICER, due=working_days(10), step="Sign", do="Apply for the licence"
    )
    licence_awaited = State(
        "Waiting for the export licence", queue=Role.OFFICER, step="Sign",
        due=working_days(15, since="filed_on", law=laws.EXPORT_LICENCE), do="Get the export licence", awaits=AUTHORITY,
    )  # fmt: skip
    import_licence = State(
        "Waiting for the import licence", queue=Role.OFFICER, step="Sign",
        due=working_days(10, since="filed_on", law=laws.IMPORT_LICENCE), do="Get the import licence", awaits=AUTHORITY,
    )  # fmt: skip
    import_at_once = State(
        "Waiting for letter and licence", queue=Role.OFFICER, step="Sign",
        due=working_days(40, since="filed_on", law=laws.IMPORT_AT_ONCE), do="Get the letter and the licence", awaits=AUTHORITY,
    )  # fmt: skip
    dual_use_licence = State(
        "Waiting for the dual-use licence", queue=Role.OFFICER, step="Sign",
        due=working_days(45, since="filed_on", law=laws.DUAL_USE_LICENCE), do="Get the dual-use licence", awaits=AUTHORITY,
    )  # fmt: skip
    in_force = State(
        "In force", queue=Role.OFFICER, step="In force",
        due=until(
            "sign_cross.expires_on|sign_cross.review_on|sign_to_licence.expires_on|sign_to_licence.review_on"
            "|sign_local.expires_on|sign_local.review_on"
        ),
        do="Follow the agreement",
    )  # fmt: skip
    ended = Final("Ended")
    abandoned = Final("Abandoned")
    prohibited = Final("Prohibited")
    not_permitted = Final("Not permitted by the authority")

    propose = drafting.to(
        classification, by=Role.OFFICER, form=Proposal,
        guards=[two_organisations_sign, border_guards.need_owner_has_a_country, border_guards.technology_owner_has_a_country],
        do="Propose the draft", done="proposed a draft",
    )  # fmt: skip
    needs_no_class = classification.then(
        negotiating, guards=[border_guards.no_class_is_needed], done="went on without a class: no technology crosses the border",
    )  # fmt: skip
    class_free = classification.to(
        negotiating, by=Role.COMPLIANCE, form=border_forms.Classed,
        guards=[border_guards.technology_crosses_the_border, border_guards.class_is_outside_the_catalogue],
        do="Class it as free", done="classed the technology as free",
    )  # fmt: skip
    class_restricted = classification.to(
        letter_due, by=Role.COMPLIANCE, form=border_forms.Classed,
        guards=[border_guards.technology_crosses_the_border, border_guards.class_is_from_the_catalogue],
        do="Class it as restricted", done="classed the technology as restricted",
        consequence="The talks go on, and the contract is signed, only with the authority's letter of intent.",
    )  # fmt: skip
    class_dual_use = classification.to(
        negotiating, by=Role.COMPLIANCE, form=border_forms.Classed, guards=[border_guards.technology_is_exported],
        do="Class it as dual use", done="classed the technology as dual use",
        consequence="Nothing takes effect before the licence of export control.",
    )  # fmt: skip
    class_prohibited = classification.to(
        prohibited, by=Role.COMPLIANCE, kind=EXCEPTION, form=border_forms.Classed,
        guards=[border_guards.technology_crosses_the_border, border_guards.class_is_from_the_catalogue],
        do="Class it as prohibited", done="classed the technology as prohibited",
        consequence="There is no way on: the agreement track ends, and the case can only close.",
    )  # fmt: skip
    apply_for_letter = letter_due.to(
        letter_awaited, by=Role.OFFICER, form=border_forms.LetterApplication,
        do="Record the application for the letter", done="recorded the application for the letter of intent",
    )  # fmt: skip
    #: Of an import alone: an export has no talks before its letter.
    sign_first = letter_due.to(
        negotiating, by=Role.OFFICER, guards=[border_guards.technology_is_imported],
        do="Sign first, then apply for both", done="chose to apply for letter and licence at once, with the signed contract",
        consequence="The talks begin without a letter of intent. Once the contract is signed, letter and licence are applied for"
        " together; if they are refused, the contract never takes effect.",
    )  # fmt: skip
    letter_issued = letter_awaited.to(
        negotiating, by=Role.OFFICER, form=border_forms.LetterOfIntent, guards=[border_guards.letter_ends_in_time],
        needs=[LETTER_OF_INTENT], do="Record the letter of intent", done="recorded the letter of intent",
    )  # fmt: skip
    ask_licence = licence_due.to(
        licence_awaited, by=Role.OFFICER, form=border_forms.LicenceApplication,
        guards=[border_guards.technology_is_exported, border_guards.class_is_restricted, licence_follows_the_signing],
        do="Record the application for the export licence", done="recorded the application for the export licence",
    )  # fmt: skip
    ask_import_licence = licence_due.to(
        import_licence, by=Role.OFFICER, form=border_forms.LicenceApplication,
        guards=[
            border_guards.technology_is_imported, border_guards.class_is_restricted, border_guards.letter_came_first,
            licence_follows_the_signing,
        ],
        do="Record the application for the import licence", done="recorded the application for the import licence",
    )  # fmt: skip
    ask_import_at_once = licence_due.to(
        import_at_once, by=Role.OFFICER, form=border_forms.ImportApplication,
        guards=[
            border_guards.technology_is_imported, border_guards.class_is_restricted, border_guards.both_are_asked_at_once,
            licence_follows_the_signing,
        ],
        do="Record the application for letter and licence", done="recorded the application for letter and licence of the import",
    )  # fmt: skip
    ask_dual_use_licence = licence_due.to(
        dual_use_licence, by=Role.OFFICER, form=border_forms.LicenceApplication,
        guards=[border_guards.class_is_dual_use, licence_follows_the_signing],
        do="Record the application for the dual-use licence", done="recorded the application for the dual-use licence",
    )  # fmt: skip
    licence_issued = (licence_awaited | import_licence | import_at_once | dual_use_licence).to(
        in_force, by=Role.OFFICER, form=border_forms.TradeLicence,
        guards=[
            border_guards.class_fits_the_way, border_guards.gate_has_not_refused, licence_follows_the_signing,
            giver_may_give_each_right, co_owners_have_consented, rights_of_terms_have_not_ended, nothing_bars_the_terms,
            pledgees_have_consented,
        ],
        needs=[TRADE_LICENCE],
        effects=[licensed_agreement_burdens_rights, agreement_replaces_another], also=[GIVES_WAY],
        opens=[*EXPIRY_WARNINGS, *DUTIES],
        do="Record the licence", done="recorded the licence, with which the agreement takes effect",
        consequence="The agreement is in force from the day of the licence, and stands on the rights that it names.",
    )  # fmt: skip
    refused_by_authority = (letter_awaited | licence_awaited | import_licence | import_at_once | dual_use_licence).to(
        not_permitted, by=Role.OFFICER, kind=EXCEPTION, form=border_forms.AuthorityRefusal,
        effects=[agreement_lets_go_of_rights],
        do="Record the authority's refusal", done="recorded the authority's refusal",
        consequence="The agreement track ends, and the case can only close.",
    )  # fmt: skip
    redraft = (
        letter_due | letter_awaited | negotiating | internal_ok | signing | licence_due | licence_awaited | import_licence
        | import_at_once | dual_use_licence
    ).to(
        drafting, by=Role.OFFICER, kind=RETURN, form=OpenPoints, effects=[agreement_lets_go_of_rights],
        do="Send back to drafting", done="sent the agreement back to drafting",
    )  # fmt: skip
    agree = negotiating.to(
        internal_ok, by=Role.OFFICER, form=AgreedText,
        do="Record the agreed text", done="recorded the agreed text",
    )  # fmt: skip
    cleared = internal_ok.to(
        signing, by=Role.OFFICER, form=Clearance,
        do="Clear for signing", done="cleared the agreement for signing",
    )  # fmt: skip
    sign_local = signing.to(
        in_force, by=Role.OFFICER, form=Signature,
        guards=[
            border_guards.need_owner_has_a_country, border_guards.technology_owner_has_a_country,
            border_guards.agreement_stays_inside_the_border, border_guards.class_fits_the_way, border_guards.gate_has_not_refused,
            *TERMS_FIT,
        ],
        needs=[SIGNED_AGREEMENT], effects=[agreement_burdens_rights, agreement_replaces_another], also=[GIVES_WAY],
        opens=[*EXPIRY_WARNINGS, *DUTIES, duties.TECHNOLOGY_CONTRACT], drops=TALKS,
        do="Record the signing", done="recorded the signing of the agreement",
        consequence="The agreement is in force and stands on the rights that it names; what an office enters passes with its registration.",
    )  # fmt: skip
    sign_cross = signing.to(
        in_force, by=Role.OFFICER, form=Signature,
        guards=[
            border_guards.need_owner_has_a_country, border_guards.technology_owner_has_a_country,
            border_guards.technology_crosses_the_border, border_guards.class_fits_the_way, border_guards.no_licence_is_needed,
            border_guards.gate_has_not_refused, *TERMS_FIT,
        ],
        needs=[SIGNED_AGREEMENT], effects=[agreement_burdens_rights, agreement_replaces_another], also=[GIVES_WAY],
        opens=[*EXPIRY_WARNINGS, duties.CONTRACT_FILING, *DUTIES], drops=TALKS,
        do="Record the signing across the border", done="recorded the signing of a cross-border agreement",
        consequence="The agreement is in force, stands on the rights that it names, and must be registered.",
    )  # fmt: skip
    sign_to_licence = signing.to(
        licence_due, by=Role.OFFICER, form=SignatureToLicence,
        guards=[
            border_guards.need_owner_has_a_country, border_guards.technology_owner_has_a_country,
            border_guards.technology_crosses_the_border, border_guards.class_fits_the_way, border_guards.licence_is_needed,
            border_guards.letter_is_still_valid, border_guards.gate_has_not_refused, *TERMS_FIT,
        ],
        needs=[SIGNED_AGREEMENT], effects=[agreement_holds_rights], drops=TALKS,
        do="Record the signing that waits for its licence", done="recorded the signing of an agreement that waits for its licence",
        consequence="The agreement is signed and not in effect: it takes effect on the day of the licence, which is asked for next."
        " The rights that it names are held for it until then.",
    )  # fmt: skip
    follow = in_force.to(
        drafting, by=Role.OFFICER, kind=RETURN, guards=[agreement_only_prepares],
        do="Draft the agreement that follows", done="began to draft the agreement that follows",
    )  # fmt: skip
    end = in_force.to(
        ended, by=Role.OFFICER, form=End, effects=[agreement_frees_rights],
        drops=[task.name for task in (*duties.FILINGS, *duties.REGISTRATIONS)],
        do="End the agreement", done="recorded the end of the agreement",
        consequence="A licence that stands on the rights named ends with it, and so does an assignment that waits for its registration.",
    )  # fmt: skip
    give_way = in_force.to(
        ended, by=Role.SYSTEM, effects=[agreement_frees_rights],
        done="ended the agreement: the one that was renegotiated takes its place",
    )  # fmt: skip
    abandon = (
        drafting | classification | letter_due | letter_awaited | negotiating | internal_ok | signing | licence_due
        | licence_awaited | import_licence | import_at_once | dual_use_licence
    ).to(
        abandoned, by=Role.OFFICER, kind=EXCEPTION, form=Abandonment, effects=[agreement_lets_go_of_rights],
        do="Abandon the agreement", done="abandoned the agreement",
        consequence="There will be no agreement of this draft.",
    )  # fmt: skip

    #: Not before the draft has its class, and what is restricted its letter of intent.
    on_request = (((negotiating, internal_ok, signing), (Role.OFFICER,), comment_on_terms),)
    milestones = {"in_force": [in_force]}
    price = signed_price()
    outlives = (in_force,)
