"""The forms of an agreement, from its terms to the end of its monitoring."""

from __future__ import annotations

from casework.engine.definition.forms import (
    BurdenField,
    Choice,
    Date,
    Documents,
    Items,
    Listed,
    Note,
    RightField,
    Text,
    YesNo,
)
from casework.engine.definition.grammar import Form
from casework.engine.definition.list_names import CLOSING_REASONS
from workflows.codes import (
    BINDING,
    OUTCOMES,
    SUCCESSES,
)
from workflows.deal_terms import Subject, as_said
from workflows.signatories import AgreedSignatories


class _Kind(Form):
    agreed_on = Date(label="Terms agreed on", past=True, group="What was agreed")
    kind = Choice(label="Kind of agreement", choices=BINDING, prefill="agreement.propose.kind")


class _Days(Form):
    effective_on = Date(label="To take effect on", required=False, prefill=as_said("effective_on"))
    expires_on = Date(
        label="To expire on",
        required=False,
        prefill=as_said("expires_on"),
        help="Empty: without an end, or not agreed yet",
    )


class _Conditions(Form):
    conditions = Items(label="Conditions precedent", required=False, group="Conditions and papers")
    pledge_by = Date(
        label="Pledge loan is a condition, to be met by", required=False, future=True, asked_if="pledge_is_open",
        help="The loan is planned and has not been offered yet",
    )  # fmt: skip
    finance_by = Date(
        label="Green finance is a condition, to be met by", required=False, future=True, asked_if="finance_is_open",
        help="The finance is planned and has not been offered yet",
    )  # fmt: skip
    terms = Documents(label="Agreed terms", required=False)


class AgreedTerms(_Conditions, Subject, _Days, AgreedSignatories, _Kind):
    """What the parties have agreed, before it is signed; with no rights named it is about every one of the case."""


class AskedWaiver(Form):
    what = Choice(
        label="What is to be waived",
        choices={
            "ip": "The check of intellectual property",
            "pledge": "The pledge loan",
            "finance": "Green finance",
            "assessment_statement": "A valid statement of the assessment",
        },
    )
    reason = Note(label="Why")


class DecidedWaiver(Form):
    what = Choice(label="What was asked to be waived", choices=AskedWaiver.what.choices, prefill="ask_waiver.what")
    granted = YesNo(
        label="Is it waived?", consequence="The case may go on without it.",
        done={"yes": "granted the waiver", "no": "refused the waiver"},
        press={"yes": "Grant the waiver", "no": "Refuse the waiver"},
    )  # fmt: skip
    reason = Note(label="Why")


class PledgeeAnswer(Form):
    right = RightField(label="Pledged right")
    consented = YesNo(
        label="Does the pledgee consent?",
        done={"yes": "recorded the pledgee's consent", "no": "recorded that the pledgee does not consent"},
    )
    answered_on = Date(label="Answered on", past=True)
    answer = Documents(label="The pledgee's answer")


class HolderRelease(Form):
    """What the holder of something on a right says to what the case wants to sign."""

    right = RightField(label="Right")
    burden = BurdenField(label="What stands in the way on it")
    released = YesNo(
        label="Does its holder release the right for this agreement?",
        done={"yes": "recorded that the holder releases a right", "no": "recorded that the holder releases nothing"},
        consequence="It no longer stands in the way of this case.",
    )
    answered_on = Date(label="Answered on", past=True)
    document = Documents(label="Release", when=("released", (True,)))


class WorkBlocked(Form):
    since = Date(label="Blocked since", past=True)


class WorkUnblocked(Form):
    since = Date(label="Free since", past=True)


class AgreedDuties(Form):
    duties = Items(label="Duties agreed, each with its day")


class DutyDone(Form):
    done = YesNo(
        label="Has it been done?",
        done={"yes": "recorded that an agreed duty is done", "no": "recorded that an agreed duty is not done"},
    )
    done_on = Date(label="Done on", past=True, when=("done", (True,)))
    note = Note(label="Note", required=False)


class ComplianceGate(Form):
    result = Choice(
        label="Result", choices={"passed": "Passed", "refused": "Refused"},
        done={"passed": "passed the agreement through the compliance gate", "refused": "refused the agreement at the compliance gate"},
        press={"passed": "Pass the agreement", "refused": "Refuse the agreement"},
    )  # fmt: skip
    checked_on = Date(label="Checked on", past=True)
    finding = Note(label="Why it is refused", when=("result", ("refused",)))


class DisputeClause(Form):
    clause = Choice(
        label="Dispute clause",
        choices={
            "wipo_mediation": "WIPO mediation",
            "mediation_then_expedited_arbitration": "Mediation, then expedited arbitration",
            "other": "Another clause",
            "none": "None",
        },
        done={
            "wipo_mediation": "recorded the dispute clause: WIPO mediation",
            "mediation_then_expedited_arbitration": "recorded the dispute clause: mediation, then expedited arbitration",
            "other": "recorded another dispute clause",
            "none": "recorded that there is no dispute clause",
        },
    )
    wording = Note(label="Text of the clause", when=("clause", ("other",)))
    reason = Note(label="Why none", when=("clause", ("none",)))


class Signing(Form):
    """What is still to be met; what was signed stands with the agreement."""

    pledge_by = Date(label="Pledge loan is a condition until", required=False, prefill="ready_to_sign.pledge_by")
    finance_by = Date(label="Green finance is a condition until", required=False, prefill="ready_to_sign.finance_by")
    conditions = Items(label="Start conditions and milestones, each with its day", required=False)


class Condition(Form):
    met = YesNo(
        label="Is it met?",
        done={"yes": "recorded that a condition is met", "no": "recorded that a condition is not met"},
    )
    met_on = Date(label="Met on", past=True, when=("met", (True,)))
    note = Note(label="Note", required=False)


class SiteAcceptance(Form):
    accepted_on = Date(
        label="Accepted on", past=True, prefill="deployment.pass.accepted_on|deployment.pass_with_list.accepted_on"
    )
    signatories = Text(label="Who signed")
    operating_from = Date(label="In operation from")
    monitoring_plan = Documents(label="Monitoring plan")


class FailedSite(Form):
    reason = Listed(label="Main reason", catalogue=CLOSING_REASONS)
    note = Note(label="What happened")


class MonitoringEnd(Form):
    outcome = Choice(label="Proposed outcome", choices={code: OUTCOMES[code] for code in SUCCESSES})
    report = Choice(
        label="Monitoring report",
        choices={
            "on_file": "On file",
            "plant_stopped": "None: the plant stopped",
            "no_data": "None: the parties gave no data",
            "no_site": "None: there is no site",
        },
    )
    documents = Documents(label="Report", when=("report", ("on_file",)))
    note = Note(label="Note", required=False)
