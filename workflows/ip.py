"""The check of the intellectual property that a case is about: who owns it, whether it stands, what burdens it."""

from __future__ import annotations

from casework.engine.definition.forms import Choice, Date, Documents, Form, Many, Note, PartyField, Rights, Text, YesNo
from casework.engine.definition.grammar import EXCEPTION, RETURN, Final, State, Workflow, calendar_days, working_days
from casework.engine.roles import Role
from workflows.codes import TERRITORIES
from workflows.deal_guards import right_is_left_in_territories
from workflows.deal_terms import as_said
from workflows.own_limits import CHECK_HOLDS
from workflows.right_guards import (
    a_party_has_each_right,
    case_is_about_a_right,
    nothing_rests_on_the_check,
    register_was_looked_up,
    secrecy_is_told,
    something_rests_on_the_check,
)
from workflows.service_guards import (
    fees_are_paid,
    pledged_rights_have_consent,
    pledgee_knows_of_recheck,
    rights_are_confirmed,
    rights_are_in_force,
)

# --- forms -----------------------------------------------------------------------------------------------------------


class Gap(Form):
    """What the check could not find."""

    missing = Text(label="What is missing", max=1000)
    who = PartyField(label="Who brings it")


class Mended(Form):
    """What was brought."""

    items = Text(label="What was brought", max=1000)
    documents = Documents(label="Documents", required=False)


class Clearance(Form):
    """What the record cannot tell: status, fees, last day and owners of each right are worked out from it. Each kind is asked its own."""

    rights = Rights(label="Rights checked", prefill="case.rights")
    owner_seen = YesNo(
        label="The register names the technology owner, or whoever pledges it, as an owner of each right",
        required=False,
        help="Only where the record of a right does not say whose it is",
    )
    territories = Many(
        label="Territories that the deal is about", choices=TERRITORIES,
        prefill="|".join((as_said("territories"), as_said("venture_territories"), "confirm.territories")),
    )  # fmt: skip
    encumbrances_checked = YesNo(
        label="What the register shows of licences, pledges, transfers, seizures and requests for invalidation is on record",
        must=True, required=False, asked_if="register_is_asked",
    )  # fmt: skip
    #: Know-how stands in no register: it is worth what is kept of it.
    secrecy_kept = YesNo(label="The know-how is kept secret", must=True, required=False, asked_if="secrecy_is_asked")
    kept_secret = Text(
        label="How the know-how is kept secret", max=1000, when=("secrecy_kept", (True,)),
        help="The measures, such as promises of secrecy, locked papers, few readers",
    )  # fmt: skip
    kept_by = Text(label="Who keeps it", max=500, when=("secrecy_kept", (True,)))
    known_to = Text(label="Who has had access to it", max=1000, when=("secrecy_kept", (True,)))
    pledge = Choice(
        label="Pledge on a right",
        choices={"none": "No pledge", "consent_on_file": "Pledged, the pledgee's consent is on file"},
    )
    pledgee_consent = Documents(label="The pledgee's consent", when=("pledge", ("consent_on_file",)))
    checked_on = Date(label="Date of the check", past=True)
    pledgee_told = YesNo(
        label="The bank that holds a pledge was told of the new check",
        required=False,
        help="Only after a check that was repeated",
    )


class Recheck(Form):
    """Why the rights are looked at again before their day."""

    changed = Text(label="What changed", max=1000)


class NotClear(Form):
    """Why the rights cannot carry the deal."""

    reason = Note(label="Reason")


# --- the workflow ----------------------------------------------------------------------------------------------------


class Ip(Workflow):
    """An officer looks the rights up in their registers, and again when the answer is too old and something rests on it."""

    workflow = "ip"
    title = "Check of intellectual property"

    checking = State("Checking", queue=Role.OFFICER, due=working_days(10), step="Check", do="Check the rights")
    gaps = State("Gaps", queue=Role.OFFICER, due=working_days(20), step="Put right", do="Get what is missing")
    clear = State(
        "Clear", queue=Role.OFFICER, due=calendar_days(90, since="confirm.checked_on", shared=CHECK_HOLDS), step="Rights clear",
        do="Check the rights again",
    )  # fmt: skip
    ended = Final("Ended")
    not_clear = Final("Not clear")

    find_gap = checking.to(
        gaps, by=Role.OFFICER, kind=RETURN, form=Gap,
        do="Record what is missing", done="noted what is missing about the rights",
    )  # fmt: skip
    mended = gaps.to(
        checking, by=Role.OFFICER, kind=RETURN, form=Mended,
        do="Record what was brought", done="recorded what was brought about the rights",
    )  # fmt: skip
    confirm = checking.to(
        clear, by=Role.OFFICER, form=Clearance,
        guards=[
            case_is_about_a_right, rights_are_confirmed, rights_are_in_force, fees_are_paid, a_party_has_each_right,
            right_is_left_in_territories, register_was_looked_up, secrecy_is_told, pledged_rights_have_consent,
            pledgee_knows_of_recheck,
        ],
        do="Confirm that the rights are clear", done="confirmed that the rights are clear",
    )  # fmt: skip
    recheck = clear.to(
        checking, by=(Role.OFFICER, Role.SYSTEM), after=calendar_days(90, since="confirm.checked_on", shared=CHECK_HOLDS), kind=RETURN,
        form=Recheck, do="Check the rights again", done="asked for a new check of the rights",
    )  # fmt: skip
    fail = (checking | gaps).to(
        not_clear, by=Role.OFFICER, kind=EXCEPTION, form=NotClear,
        do="State that the rights are not clear", done="stated that the rights are not clear",
        consequence="The check ends. The deal then needs a waiver, another right, or an end.",
    )  # fmt: skip
    end = clear.to(ended, by=Role.OFFICER, do="Close the rights check", done="closed the rights check")
    lapse = (checking | gaps | clear).then(
        ended, guards=[nothing_rests_on_the_check], done="closed the rights check, on which nothing rests any more"
    )
    check_anew = ended.to(
        checking, by=Role.OFFICER, kind=RETURN, reopens=True, form=Recheck, guards=[something_rests_on_the_check],
        do="Check the rights once more", done="asked for a check of the rights once more",
    )  # fmt: skip

    milestones = {"clear": [clear]}
