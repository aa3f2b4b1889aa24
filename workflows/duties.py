"""What the parties owe to offices once an agreement is signed: tasks with an owner, a limit and a paper."""

from __future__ import annotations

from casework.engine.definition.forms import Choice, Date, Documents, Form, Money, Note, Rights, Text, YesNo
from casework.engine.definition.grammar import REGISTER, Again, Item, Task, calendar_days, months, working_days
from casework.engine.roles import Role
from workflows import laws
from workflows.deal_effects import assignment_stands, licence_is_recorded
from workflows.deal_guards import registered_after_signing
from workflows.deal_terms import as_said
from workflows.duty_guards import (
    appraisal_is_due,
    export_papers_come_first,
    patent_here_is_assigned,
    patent_here_is_licensed,
    registered_patents_were_assigned,
    registered_varieties_were_assigned,
    right_of_another_office_is_assigned,
    rights_entered_elsewhere_were_assigned,
    technology_contract_is_of_this_country,
    transfer_goes_through_an_exchange,
    variety_here_is_assigned,
)
from workflows.papers import (
    APPRAISAL,
    ASSIGNMENT_NOTICE,
    CONTRACT_CERTIFICATE,
    EXCHANGE_CERTIFICATE,
    LICENCE_RECORD,
    TECHNOLOGY_CONTRACT_CERTIFICATE,
)

# --- forms -----------------------------------------------------------------------------------------------------------


class Filing(Form):
    """That an office was asked, from which day on its answer is awaited."""

    filed_on = Date(label="Application filed on", past=True)


class Registration(Form):
    """The registration of a technology import or export contract."""

    certificate = Text(label="Number of the registration certificate", max=100)
    registered_on = Date(label="Registered on", past=True)
    paper = Documents(label="Registration certificate", kinds=(CONTRACT_CERTIFICATE.kind,))


class RegisteredAssignment(Form):
    """The entry of an assignment in a register, and of which rights it is: each register has its own, under a number of its own."""

    rights = Rights(
        label="Rights that are registered under this number", prefill=as_said("rights"),
        help="Only those of the notice: the task comes again for what is left, and another office has a task of its own",
    )  # fmt: skip
    number = Text(label="Number of the registration", max=100)
    registered_on = Date(label="Registered on", past=True)
    notice = Documents(label="Notice of the registration", kinds=(ASSIGNMENT_NOTICE.kind,))


class RecordedLicence(Form):
    """The entry of a licence in the patent office's record of licences."""

    number = Text(label="Number of the record", max=100)
    registered_on = Date(label="Recorded on", past=True)
    notice = Documents(label="Notice of the record", kinds=(LICENCE_RECORD.kind,))


class TechnologyContract(Form):
    """Whether the seller asks for the registration: it is a choice, and the tax reliefs rest on it."""

    asked = YesNo(label="Does the seller ask for it?")
    accepted_on = Date(label="The registry accepted the application on", past=True, when=("asked", (True,)))
    reason = Note(label="Why not", when=("asked", (False,)))


class TechnologyContractDecision(Form):
    """What the registry of technology contracts has decided."""

    recognised = YesNo(label="Was the contract registered?")
    number = Text(label="Number of the registration", max=100, when=("recognised", (True,)))
    registered_on = Date(label="Registered on", past=True, when=("recognised", (True,)))
    value = Money(label="Technology value that was recognised", when=("recognised", (True,)))
    certificate = Documents(
        label="Certificate", kinds=(TECHNOLOGY_CONTRACT_CERTIFICATE.kind,), when=("recognised", (True,))
    )
    reason = Note(label="Reason of the refusal", when=("recognised", (False,)))


class AppraisalFiling(Form):
    """How the appraisal of what a state-owned party gives or takes over was put before its supervisor."""

    way = Choice(
        label="What became of the appraisal",
        choices={"filed": "Filed", "approved": "Approved", "not_needed": "None is needed"},
    )
    authority = Text(label="Filed with, or approved by", max=200, when=("way", ("filed", "approved")))
    number = Text(label="Number", max=100, when=("way", ("filed", "approved")))
    filed_on = Date(label="Filed or approved on", past=True, when=("way", ("filed", "approved")))
    value = Money(label="Value by the appraisal", when=("way", ("filed", "approved")))
    report = Documents(label="Appraisal report", kinds=(APPRAISAL.kind,), when=("way", ("filed", "approved")))
    reason = Note(label="Why none is needed", when=("way", ("not_needed",)))


class TransactionVerification(Form):
    """The exchange's word on a transfer from or to a state-owned party."""

    way = Choice(
        label="How the price came about",
        choices={"exchange": "Through an exchange", "agreed": "Agreed, with price and technology made known"},
    )
    exchange = Text(label="Exchange", max=200, when=("way", ("exchange",)))
    number = Text(label="Number of the verification", max=100, when=("way", ("exchange",)))
    verified_on = Date(label="Verified on", past=True, when=("way", ("exchange",)))
    certificate = Documents(label="Verification", kinds=(EXCHANGE_CERTIFICATE.kind,), when=("way", ("exchange",)))
    reason = Note(label="By which rule", when=("way", ("agreed",)))


# --- tasks -----------------------------------------------------------------------------------------------------------

#: What an office is asked for is ours to file; from then on its word is awaited. For how long is ours, but of the certificate of a
#: contract: three working days (C8).
CONTRACT_REGISTRATION = Task(
    "contract_registration", "Get the technology contract registered", queue=Role.OFFICER, awaits=REGISTER,
    due=working_days(3, since="filed_on", law=laws.CONTRACT_CERTIFICATE), form=Registration,
    done="recorded the registration of the technology contract",
    checklist=(
        Item("paid_after", "Whoever pays abroad has the certificate: the bank asks for it"),
        Item("next_base", "Running royalties: a day is set to amend it with the next base", required=False),
    ),
)  # fmt: skip
#: Order 3 (2009) of the Ministry of Commerce: within 60 days of taking effect, with running royalties of their first base.
#: Payment abroad needs the certificate.
CONTRACT_FILING = Task(
    "contract_filing", "File the technology contract for registration", queue=Role.OFFICER,
    due=calendar_days(60, since="first_base_on|effective_on", law=laws.CONTRACT_REGISTRATION), form=Filing,
    opens=(CONTRACT_REGISTRATION,), done="recorded that the technology contract was filed for registration",
    checklist=(
        Item(
            "asked_in_time", "It was asked for within 60 days of taking effect; for running royalties, of the first base",
        ),
    ),
)  # fmt: skip
#: By whichever signing: what is left of several rights is asked for again.
SIGNED_ON = "executed_on|sign_local.executed_on|sign_cross.executed_on|sign_to_licence.executed_on"
#: So long after it was filed, or where one of several is left, after the entry of the others.
ENTERED = calendar_days(60, since="filed_on|registered_on")
#: Patent Law Art. 10: an assignment takes effect on the day of its registration.
ASSIGNMENT_REGISTRATION = Task(
    "assignment_registration", "Get the assignment registered with the patent office", queue=Role.OFFICER, awaits=REGISTER,
    due=ENTERED, form=RegisteredAssignment,
    guards=(registered_after_signing, registered_patents_were_assigned),
    effects=(assignment_stands,), only_if=patent_here_is_assigned, aftercare=True, opens=(Again("assignment_registration"),),
    done="recorded the registration of the assignment",
)  # fmt: skip
ASSIGNMENT_FILING = Task(
    "assignment_filing", "File the assignment with the patent office", queue=Role.OFFICER,
    due=calendar_days(60, since=SIGNED_ON), form=Filing, guards=(export_papers_come_first,),
    only_if=patent_here_is_assigned, aftercare=True, opens=(ASSIGNMENT_REGISTRATION,),
    done="recorded that the assignment was filed with the patent office",
)  # fmt: skip
#: Plant Variety Regulations Art. 9: registered with the authority that has granted it.
VARIETY_REGISTRATION = Task(
    "variety_registration", "Get the assignment registered with the authority for plant varieties", queue=Role.OFFICER, awaits=REGISTER,
    due=ENTERED, form=RegisteredAssignment,
    guards=(registered_after_signing, registered_varieties_were_assigned),
    effects=(assignment_stands,), only_if=variety_here_is_assigned, aftercare=True, opens=(Again("variety_registration"),),
    done="recorded the registration of the assignment of a plant variety",
)  # fmt: skip
VARIETY_FILING = Task(
    "variety_filing", "File the assignment with the authority for plant varieties", queue=Role.OFFICER,
    due=calendar_days(60, since=SIGNED_ON), form=Filing,
    only_if=variety_here_is_assigned, aftercare=True, opens=(VARIETY_REGISTRATION,),
    done="recorded that the assignment was filed with the authority for plant varieties",
)  # fmt: skip
ENTRY_ELSEWHERE = Task(
    "entry_elsewhere", "Get the assignment entered in the registers of other offices", queue=Role.OFFICER, awaits=REGISTER,
    due=ENTERED, form=RegisteredAssignment,
    guards=(registered_after_signing, rights_entered_elsewhere_were_assigned),
    effects=(assignment_stands,), only_if=right_of_another_office_is_assigned, aftercare=True, opens=(Again("entry_elsewhere"),),
    done="recorded the entry of the assignment in another register",
)  # fmt: skip
FILING_ELSEWHERE = Task(
    "filing_elsewhere", "File the assignment with other offices", queue=Role.OFFICER,
    due=calendar_days(60, since=SIGNED_ON), form=Filing,
    only_if=right_of_another_office_is_assigned, aftercare=True, opens=(ENTRY_ELSEWHERE,),
    done="recorded that the assignment was filed with other offices",
)  # fmt: skip
FILINGS = (ASSIGNMENT_FILING, VARIETY_FILING, FILING_ELSEWHERE)
REGISTRATIONS = (ASSIGNMENT_REGISTRATION, VARIETY_REGISTRATION, ENTRY_ELSEWHERE)
LICENCE_RECORDING = Task(
    "licence_recording", "Get the licence recorded with the patent office", queue=Role.OFFICER, awaits=REGISTER,
    due=calendar_days(60, since="filed_on"), form=RecordedLicence, guards=(registered_after_signing,),
    effects=(licence_is_recorded,), aftercare=True,
    done="recorded that the patent office has recorded the licence",
)  # fmt: skip
#: Implementing Rules Art. 15: within three months of taking effect.
LICENCE_FILING = Task(
    "licence_filing", "File the licence with the patent office", queue=Role.OFFICER,
    due=months(3, since="effective_on|issued_on", law=laws.LICENCE_RECORDING), form=Filing,
    only_if=patent_here_is_licensed, aftercare=True, opens=(LICENCE_RECORDING,),
    done="recorded that the licence was filed with the patent office",
)  # fmt: skip
#: Beijing's regulations, Art. 22: the registry decides within 30 days of accepting the application.
TECHNOLOGY_CONTRACT_DECISION = Task(
    "technology_contract_decision", "Get the registry's decision on the technology contract", queue=Role.OFFICER, awaits=REGISTER,
    due=calendar_days(30, since="accepted_on", law=laws.TECHNOLOGY_CONTRACT), form=TechnologyContractDecision, aftercare=True,
    done="recorded the registry's decision on the technology contract",
)  # fmt: skip
TECHNOLOGY_CONTRACT = Task(
    "technology_contract", "Ask the seller to have the technology contract registered", queue=Role.OFFICER,
    due=calendar_days(30, since="effective_on"), form=TechnologyContract,
    only_if=technology_contract_is_of_this_country, aftercare=True,
    opens_if=(("asked", True, (TECHNOLOGY_CONTRACT_DECISION,)),),
    done="recorded whether the seller has the technology contract registered",
)  # fmt: skip
#: For how long an appraisal is filed after was found nowhere: the limit is ours.
APPRAISAL_FILING = Task(
    "appraisal_filing", "Get the appraisal of the rights filed", queue=Role.OFFICER,
    due=calendar_days(30, since="executed_on|sign_to_licence.executed_on"), form=AppraisalFiling, only_if=appraisal_is_due, aftercare=True,
    done="recorded the filing of the appraisal",
)  # fmt: skip
#: That it is needed was found nowhere either: whoever knows another rule names it.
TRANSACTION_VERIFICATION = Task(
    "transaction_verification", "Get the transfer verified by the exchange", queue=Role.OFFICER,
    due=calendar_days(30, since="executed_on|sign_to_licence.executed_on"), form=TransactionVerification,
    only_if=transfer_goes_through_an_exchange, aftercare=True,
    done="recorded the verification of the transfer",
)  # fmt: skip
