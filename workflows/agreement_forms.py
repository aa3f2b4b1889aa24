"""The forms of an agreement, from its terms to the end of its monitoring."""

from __future__ import annotations

from casework.engine.definition.forms import (
    Choice,
    Date,
    Documents,
    Items,
    Note,
    Number,
    RightField,
    Rights,
    Text,
    YesNo,
)
from casework.engine.definition.grammar import Form
from workflows.codes import (
    OUTCOMES,
    REASONS,
    SUCCESSES,
    TERRITORIES,
)


class AgreedTerms(Form):
    agreed_on = Date(label="Terms agreed on", past=True)
    territory = Choice(label="Territory", choices=TERRITORIES)
    exclusive = YesNo(label="Exclusive?")
    rights = Rights(label="Rights concerned", required=False, help="Empty: every right of the case.")
    pledge_by = Date(
        label="Pledge loan is a condition, to be met by", required=False, future=True,
        help="Only where the loan has not been offered yet.",
    )  # fmt: skip
    finance_by = Date(label="Green finance is a condition, to be met by", required=False, future=True)
    conditions = Items(label="Other conditions precedent", required=False)
    terms = Documents(label="Agreed terms", required=False)


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
    evidence = Text(label="Where the answer is filed")


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


class Baseline(Form):
    indicator = Choice(
        label="Indicator",
        choices={"energy": "Energy used", "water": "Water used", "emissions": "Greenhouse gas emissions",
                 "material": "Material used", "waste": "Waste", "output": "Output", "other": "Other"},
    )  # fmt: skip
    period_from = Date(label="Measured from", past=True)
    period_to = Date(label="Measured to", past=True)
    value = Number(label="Value")
    unit = Text(label="Unit", max=40)
    method = Text(label="How it was measured")
    documents = Documents(label="Data", required=False)


class ComplianceGate(Form):
    result = Choice(
        label="Result", choices={"passed": "Passed", "refused": "Refused"},
        done={"passed": "passed the agreement through the compliance gate", "refused": "refused the agreement at the compliance gate"},
        press={"passed": "Pass the agreement", "refused": "Refuse the agreement"},
    )  # fmt: skip
    checked_on = Date(label="Checked on", past=True)
    crosses_border = YesNo(label="Does technology cross the border?")
    catalogue_class = Choice(
        label="Class in the catalogue",
        choices={"free": "Free", "restricted": "Restricted", "forbidden": "Forbidden"},
        when=("crosses_border", (True,)),
    )
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


def _as_signed(field: str) -> str:
    """What the agreement's own signature said, whichever of its two ways it took."""
    return f"agreement.sign_local.{field}|agreement.sign_cross.{field}"


class _Signing(Form):
    signed_on = Date(label="Signed on", past=True, prefill=_as_signed("executed_on"))
    effective_on = Date(label="Takes effect on", prefill=_as_signed("effective_on"))
    expires_on = Date(label="Expires on", required=False, prefill=_as_signed("expires_on"))
    territory = Choice(label="Territory", choices=TERRITORIES, prefill=_as_signed("territory"))
    exclusive = YesNo(label="Exclusive?", prefill=_as_signed("exclusive"))
    rights = Rights(
        label="Rights licensed or transferred", required=False, prefill=_as_signed("rights"),
        help="From here on other cases see these rights as licensed or transferred.",
    )  # fmt: skip


class Signing(_Signing):
    kind = Choice(
        label="Kind of agreement", prefill="agreement.propose.kind",
        choices={"licence": "Licence", "assignment": "Assignment", "sale": "Sale", "jv": "Joint venture",
                 "service": "Service", "pilot": "Pilot"},
    )  # fmt: skip
    pledge_by = Date(label="Pledge loan is a condition until", required=False, prefill="ready_to_sign.pledge_by")
    finance_by = Date(label="Green finance is a condition until", required=False, prefill="ready_to_sign.finance_by")
    conditions = Items(label="Start conditions and milestones, each with its day", required=False)


class SigningWithoutSite(_Signing):
    kind = Choice(
        label="Kind of agreement", prefill="agreement.propose.kind",
        choices={"licence": "Licence", "assignment": "Assignment", "sale": "Sale", "jv": "Joint venture"},
    )  # fmt: skip


class Condition(Form):
    met = YesNo(
        label="Is it met?",
        done={"yes": "recorded that a condition is met", "no": "recorded that a condition is not met"},
    )
    met_on = Date(label="Met on", past=True, when=("met", (True,)))
    note = Note(label="Note", required=False)


class SiteAcceptance(Form):
    certificate = Choice(
        label="Certificate",
        choices={"accepted": "Accepted", "accepted_with_punch_list": "Accepted with open items"},
    )  # fmt: skip
    accepted_on = Date(label="Accepted on", past=True)
    signatories = Text(label="Who signed")
    operating_from = Date(label="In operation from")
    monitoring_planned = YesNo(label="Is the monitoring plan with its baseline on file?", must=True)
    documents = Documents(label="Certificate and plan", required=False)


class Reading(Form):
    operating = YesNo(
        label="Is the plant in operation?",
        done={"yes": "recorded the parties' readings", "no": "recorded that the plant is not in operation"},
    )
    period_from = Date(label="From", past=True)
    period_to = Date(label="To", past=True)
    value = Number(label="Reading", when=("operating", (True,)))
    unit = Text(label="Unit", max=40, when=("operating", (True,)))
    note = Note(label="Note", required=False)


class FailedSite(Form):
    reason = Choice(label="Main reason", choices=REASONS)
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
