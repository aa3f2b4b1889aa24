"""The forms of a case: what an officer, supervisor or compliance officer is asked at each step."""

from __future__ import annotations

from casework.engine.definition.forms import (
    Choice,
    Date,
    Documents,
    Listed,
    ListedMany,
    Note,
    Number,
    PartyField,
    People,
    Person,
    Provider,
    Providers,
    Tasks,
    Text,
    YesNo,
)
from casework.engine.definition.grammar import Form
from casework.engine.definition.list_names import CLOSING_REASONS
from casework.engine.roles import Role
from workflows.codes import (
    DEPLOYED,
    HOLD_REASONS,
    ORDINARY_OUTCOMES,
    OUTCOMES,
    PAYERS,
    REASONS,
    UNSUCCESSFUL,
    WAITS_FOR,
    WITHOUT_ASSESSMENT,
)

#: What a party does with what is put to it, and of these what somebody has said.
COMMENTED = {"commented": "With comments", "no_comments": "No comments", "silent": "No answer by the due date"}
SAID = ("commented", "no_comments")

# --- triage and consent ----------------------------------------------------------------------------------------------


class Assignment(Form):
    officer = Person(label="Officer", role=Role.OFFICER)
    team = People(label="Team", role=Role.OFFICER, required=False)


class TriageCheck(Form):
    need_complete = YesNo(
        label="Is the need's record complete?", must=True, help="What is missing is entered in “Need”."
    )
    technology_complete = YesNo(
        label="Is the technology's record complete?", must=True, help="What is missing is entered in “Technology”.",
    )  # fmt: skip
    duplicate_checked = YesNo(
        label="Have you looked for a duplicate case?", must=True, help="Search “Cases” for the same two parties.",
    )  # fmt: skip
    rationale_fits = YesNo(
        label="Does the rationale say why the two fit?", must=True, help="It is corrected in “Match”."
    )
    interest = Choice(
        label="Your interest in this case", choices={"none": "None", "declared": "I have an interest"},
        help="With an interest you may do nothing more in this case; a supervisor hands it over.",
        done={"none": "checked the match", "declared": "checked the match and declared an interest in the case"},
    )  # fmt: skip


class Introduction(Form):
    """That the two parties were brought together, and nothing more is asked of the programme."""

    made_on = Date(
        label="Introduced on", past=True,
        help="The parties go on by themselves, and are asked after 6, 12 and 24 months what came of it. "
        "It can become a full case at any time.",
    )  # fmt: skip
    channel = Choice(
        label="How", choices={"meeting": "Meeting", "event": "Event", "email": "E-mail", "telephone": "Telephone"},
    )  # fmt: skip
    need_owner_agreed = YesNo(label="Does the need owner want the contact?", must=True)
    technology_owner_agreed = YesNo(label="Does the technology owner want the contact?", must=True)
    no_interest = YesNo(label="Have you no interest of your own in either party?", must=True)
    note = Note(label="Who was introduced to whom", required=False)


class IntroductionFollowUp(Form):
    """What the parties say came of their introduction."""

    contact = Choice(
        label="What came of it",
        choices={
            "talking": "They are talking", "agreed": "They have agreed on something", "ended": "Their talks have ended",
            "none": "They never spoke", "no_answer": "Neither of them answers",
        },
        done={
            "talking": "recorded that the parties are talking",
            "agreed": "recorded that the parties have agreed on something",
            "ended": "recorded that the parties' talks have ended",
            "none": "recorded that the parties never spoke",
            "no_answer": "recorded that neither party answers",
        },
        help="Where they have agreed, make it a full case: only a full case counts as an agreement or a deployment.",
    )  # fmt: skip
    told_by = PartyField(label="Who said so", when=("contact", ("talking", "agreed", "ended", "none")))
    told_on = Date(label="On which day", past=True)
    note = Note(label="Note", required=False)


class IntroductionEnd(Form):
    """What the introduction is counted as."""

    outcome = Choice(
        label="Outcome",
        choices={code: OUTCOMES[code] for code in ("introduced", "need_met_elsewhere", "no_agreement", "dormant", "duplicate")},
    )  # fmt: skip
    reason = Listed(label="Main reason", catalogue=CLOSING_REASONS, when=("outcome", ("no_agreement", "dormant")))
    note = Note(label="Closing note", required=False)


class Consent(Form):
    agreed = YesNo(
        label="Does the party agree?", consequence="Documents may be shared within this consent.",
        done={"yes": "recorded the party's consent", "no": "recorded that the party does not agree"},
    )  # fmt: skip
    person = Text(label="Who said so")
    given_on = Date(label="On which day", past=True)
    channel = Choice(
        label="How", choices={"letter": "Letter", "email": "E-mail", "meeting": "Meeting", "telephone": "Telephone"},
    )  # fmt: skip
    providers = Providers(
        label="Only for these providers", required=False, help="Empty: every planned provider.", when=("agreed", (True,)),
    )  # fmt: skip
    documents = Documents(
        label="Only for these documents", required=False, help="Empty: every document of the party.", when=("agreed", (True,)),
    )  # fmt: skip
    sheet = YesNo(
        label="Does it cover the case sheet?", when=("agreed", (True,)),
        help=(
            "A provider who has accepted a request reads on it what the record says of the party, as far as the service takes:"
            " the need with its site and figures, the technology, the rights with numbers and owners, the amounts wanted."
        ),
    )  # fmt: skip
    expires_on = Date(label="Until", required=False, future=True, when=("agreed", (True,)))
    evidence = Documents(label="The party's letter or mail", when=("channel", ("letter", "email")))


class ConsentAbroad(Consent):
    """The same where somebody is abroad: passing on abroad what names people takes a consent of its own (K2, K3)."""

    abroad = YesNo(
        label="May it go to providers outside China, with what is in it about people?", when=("agreed", (True,)),
        help=(
            "A consent of its own, by Articles 38 and 39 of the Personal Information Protection Law. Without it no provider abroad is"
            " given a document of the party or reads on the case sheet what is the party's; none is told why."
        ),
    )  # fmt: skip


class RenewedConsent(ConsentAbroad):
    party = PartyField(label="Which party")


# --- the plan --------------------------------------------------------------------------------------------------------


class KickOff(Form):
    held_on = Date(label="Held on", past=True)
    need_owner_present = YesNo(label="Was the need owner present?")
    technology_owner_present = YesNo(label="Was the technology owner present?")
    minutes = Documents(label="Minutes", required=False)
    note = Note(label="Note", required=False)


class Nda(Form):
    status = Choice(
        label="Non-disclosure agreement",
        choices={"signed": "Signed", "waiver_asked": "I ask the supervisor to waive it"},
        done={
            "signed": "recorded the signed non-disclosure agreement",
            "waiver_asked": "asked the supervisor to waive the non-disclosure agreement",
        },
    )  # fmt: skip
    signed_on = Date(label="Signed on", past=True, when=("status", ("signed",)))
    documents = Documents(label="Signed copy", required=False)
    reason = Note(label="Why none is needed", when=("status", ("waiver_asked",)))


class ServicePlan(Form):
    """Each service by its code: a provider where the service is planned, nothing where it is not."""

    assessment = Provider(label="Assessment by", service="assessment", required=False)
    assessment_on = Date(label="Assessment wanted by", required=False, future=True)
    pledge = Provider(label="Pledge loan by", service="pledge", required=False)
    pledge_on = Date(label="Pledge loan wanted by", required=False, future=True)
    finance = Provider(label="Green finance by", service="finance", required=False)
    finance_on = Date(label="Green finance wanted by", required=False, future=True)
    payer = Choice(label="Who pays", choices=PAYERS)
    skip_assessment = YesNo(label="Shall the assessment be skipped?")
    note = Note(label="Note", required=False)


class ReturnedPlan(Form):
    reason = Note(label="What is to be changed")


class AmendedPlan(ServicePlan):
    """The whole plan as it is from now on; a service left empty is dropped."""

    assessment = Provider(
        label="Assessment by", service="assessment", required=False, prefill="service_plan.assessment"
    )
    pledge = Provider(label="Pledge loan by", service="pledge", required=False, prefill="service_plan.pledge")
    finance = Provider(label="Green finance by", service="finance", required=False, prefill="service_plan.finance")
    payer = Choice(label="Who pays", choices=PAYERS, prefill="service_plan.payer")
    skip_assessment = YesNo(label="Shall the assessment be skipped?", prefill="service_plan.skip_assessment")
    reason = Note(label="What changes, and why")


class WithoutAssessment(Form):
    """Why the case goes on without one, whether it is skipped with the plan or waived later."""

    reason = Choice(label="Why no assessment is needed", choices=WITHOUT_ASSESSMENT)
    evidence = Documents(label="The party's acceptance of the risk", when=("reason", ("risk_accepted",)))
    note = Note(label="How this was established")


# --- assessment and structuring --------------------------------------------------------------------------------------


class FailedAssessment(Form):
    reason = Listed(label="Main reason", catalogue=CLOSING_REASONS)
    comments = Note(label="What the parties say")


class Change(Form):
    kind = Choice(
        label="What changed",
        choices={"variant": "Variant of the technology", "site": "Site", "statement_expired": "The statement expired",
                 "other": "Other"},
    )  # fmt: skip
    note = Note(label="Note", required=False)


class OpenPoint(Form):
    point = Note(label="Point not agreed")


class ScaleUp(Form):
    documents = Documents(label="Pilot's results")
    parties_wish = YesNo(label="Do both parties wish to go on?", must=True)
    note = Note(label="Note", required=False)


class Renegotiation(Form):
    reason = Choice(label="Main reason", choices=REASONS)
    wish = Note(label="What is to change, and why")


# --- closing, holding, reopening -------------------------------------------------------------------------------------


class ClosingProposal(Form):
    outcome = Choice(label="Proposed outcome", choices=ORDINARY_OUTCOMES)
    reason = Listed(label="Main reason", catalogue=CLOSING_REASONS)
    more_reasons = ListedMany(label="More reasons", catalogue=CLOSING_REASONS, required=False)
    statements = Note(label="What the parties say")


class Closing(Form):
    outcome = Choice(label="Outcome", choices=OUTCOMES, prefill="case.outcome")
    reason = Listed(
        label="Main reason", catalogue=CLOSING_REASONS, when=("outcome", UNSUCCESSFUL), prefill="case.reason"
    )
    more_reasons = ListedMany(
        label="More reasons", catalogue=CLOSING_REASONS, required=False, prefill="case.more_reasons"
    )
    report = Documents(label="Closing report", when=("outcome", DEPLOYED))
    note = Note(label="Closing note", required=False)


class Reason(Form):
    reason = Note(label="Why")


class AskedTime(Form):
    tasks = Tasks(label="Which tasks need more time")
    how = Choice(
        label="What is asked for", choices={"day": "A later day", "anew": "The whole time again, from the decision on"}
    )
    until_on = Date(label="The day", future=True, when=("how", ("day",)))
    reason = Note(label="Why")


class DecidedTime(Form):
    tasks = Tasks(label="Which tasks get more time", prefill="ask_more_time.tasks")
    granted = YesNo(
        label="Is it granted?", consequence="The tasks get another due date, and are reminded of anew.",
        done={"yes": "granted more time", "no": "refused more time"},
        press={"yes": "Grant more time", "no": "Refuse more time"},
    )  # fmt: skip
    how = Choice(
        label="What is granted", choices=AskedTime.how.choices, when=("granted", (True,)), prefill="ask_more_time.how"
    )
    until_on = Date(label="The day", future=True, when=("how", ("day",)), prefill="ask_more_time.until_on")
    reason = Note(label="Why")


class Hold(Form):
    reason = Choice(label="Why the case waits", choices=HOLD_REASONS)
    waits_for = Choice(label="Who is waited for", choices=WAITS_FOR)
    waits_until = Choice(label="Until", choices={"day": "A day", "event": "An event"})
    resume_by = Date(label="The day", future=True, when=("waits_until", ("day",)))
    event = Text(label="The event", when=("waits_until", ("event",)))
    keep = Tasks(label="Tasks whose clocks run on", required=False)


class HoldReview(Form):
    decision = Choice(
        label="What happens next",
        choices={"wait": "Wait on", "resume": "The officer shall resume", "close": "The officer shall propose closing"},
        done={
            "wait": "let the case wait on", "resume": "asked the officer to resume the case",
            "close": "asked the officer to propose closing",
        },
        press={
            "wait": "Let the case wait on", "resume": "Have the officer resume the case",
            "close": "Have the officer propose closing",
        },
    )  # fmt: skip
    note = Note(label="Note", required=False)


class Withdrawal(Form):
    party = PartyField(label="Who withdraws")
    withdrawn_on = Date(label="On which day", past=True)
    reason = Listed(label="Main reason", catalogue=CLOSING_REASONS)
    evidence = Documents(label="The party's written withdrawal")
    duties = Note(label="What still binds: secrecy, fees, return of papers")


class Stop(Form):
    reason = Choice(
        label="Rule", choices={"regulation": "Sanctions or other regulation", "export_control": "Export control"}
    )  # fmt: skip
    found_on = Date(label="Found on", past=True)
    source = Text(label="List or rule, with its version")
    finding = Note(label="Finding")


class Reopening(Form):
    requester = Choice(
        label="Who asks",
        choices={"need_owner": "The need owner", "technology_owner": "The technology owner",
                 "provider": "A provider", "programme": "The programme"},
    )  # fmt: skip
    reason = Note(label="Why, and what is new")


_TOLD = ("running", ("yes", "no"))


class FollowUp(Form):
    """What a party says came of it, who said so when; or that nobody answered, which is no answer."""

    running = Choice(
        label="Is the technology in use?",
        choices={"yes": "It is in use", "no": "It is not in use", "no_answer": "The party does not answer"},
        done={
            "yes": "recorded that the technology is in use", "no": "recorded that the technology is not in use",
            "no_answer": "recorded that the party does not answer",
        },
    )  # fmt: skip
    told_by = PartyField(label="Who said so", when=_TOLD)
    told_on = Date(label="On which day", past=True)
    effect = Choice(
        label="Effect compared with what was expected", when=_TOLD,
        choices={"as_expected": "As expected", "better": "Better", "worse": "Worse", "unknown": "Not known"},
    )  # fmt: skip
    further_sites = Number(label="Further sites", min="0", whole=True, when=_TOLD)
    evidence = Documents(
        label="On what evidence", required=False, when=_TOLD, help="The party's letter or mail, or its data"
    )
    note = Note(label="Note", required=False)


class PartyComment(Form):
    """What a party says to what was put to it."""

    answer = Choice(
        label="What the party says", choices=COMMENTED,
        done={
            "commented": "recorded the party's comments", "no_comments": "recorded that the party has no comments",
            "silent": "recorded that the party gave no answer",
        },
    )  # fmt: skip
    comment = Note(label="Its comments", when=("answer", ("commented",)))
    person = Text(label="Who said so", when=("answer", SAID))
    said_on = Date(label="On which day", past=True, when=("answer", SAID))
    papers = Documents(label="Papers that came with it", required=False)


class LostConsent(Form):
    decision = Choice(
        label="What happens next",
        choices={
            "renew": "The party is asked again",
            "without": "The referral goes on without these documents",
            "cancel": "The referral is cancelled",
        },
        done={
            "renew": "decided that the party is asked for a new consent",
            "without": "decided that the referral goes on without these documents",
            "cancel": "decided that the referral is cancelled",
        },
    )
    papers_returned = YesNo(label="Have the papers been returned or destroyed?")
    note = Note(label="Note", required=False)


class Superseded(Form):
    stands = YesNo(
        label="Does this case still stand, now that another technology was chosen for the same need?",
        done={"yes": "decided to keep the case", "no": "decided not to keep the case"},
    )
    note = Note(label="Why", required=False)
