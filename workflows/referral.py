"""The referral: a provider is asked for a service, answers, works, delivers, and is rated."""

from __future__ import annotations

from casework.engine import parts
from casework.engine.analysis.notification_rules import CANCELLATION, DELIVERY, MOVED, OFFER, QUESTION
from casework.engine.analysis.notification_rules import RETURN as RETURNED
from casework.engine.definition.grammar import (
    EXCEPTION,
    EXTENSION,
    PREVIOUS_STEP,
    RETURN,
    WAIVER,
    Also,
    Beside,
    Final,
    NextProvider,
    ServiceTrack,
    Sheet,
    State,
    Task,
    Workflow,
    any_of,
    calendar_days,
    previous,
    same,
    until,
    working_days,
)
from casework.engine.definition.grammar import Referral as Another
from casework.engine.roles import Role
from workflows import effects, impact, joins, referral_guards
from workflows import referral_forms as forms

#: On the case's main track, because the referral has ended. A mediation is asked for anew by case number.
choose_other_provider = Task(
    "choose_other_provider", "Choose another provider, or go on without", Role.OFFICER, working_days(5), forms.NextProvider,
    on="main",
    opens_if=tuple(
        ("next", service, (Another(service),)) for service in ("assessment", "pledge", "finance", "verification")
    ),
)  # fmt: skip
decide = Task(
    "decide", "Decide how the service goes on", Role.SUPERVISOR, working_days(5), forms.Decision, on="main",
    opens_if=(("decision", "other_provider", (choose_other_provider,)),),
)  # fmt: skip
#: Whom the panel names next is asked by itself; with nobody left, the officer chooses.
ask_another = NextProvider(choose_other_provider)
decide_extension = Task(
    "decide_extension", "Decide on the extension", Role.OFFICER, working_days(5), forms.DecidedExtension, unless_open=True,
    effects=(effects.extend_work,), guards=(referral_guards.extension_is_bounded,), audited=EXTENSION, answers=True,
    part=parts.GRANTS_TIME,
)  # fmt: skip
#: Opened by the engine when one side objects to an action of the other; whoever objected does not decide.
decide_objection = Task(
    "decide_objection", "Decide on the objection", Role.SUPERVISOR, working_days(10), forms.DecidedObjection,
    effects=(effects.decide_objection,), part=parts.SETTLES_OBJECTION, answers=True,
)  # fmt: skip

#: Opened by the engine when the provider's access to something ends; it stays when the referral, or the case, is over.
return_papers = Task(
    "return_papers", "Return or destroy the copies", Role.PROVIDER, working_days(10), forms.Returned,
    effects=(effects.copies_are_back,), aftercare=True, part=parts.RETURNS_COPIES,
)  # fmt: skip

#: The service below ends as replaced; one that has ended by itself is passed over.
REPLACE = (Also("child", "replace"),)


class Referral(Workflow):
    """A provider is asked for one service in a case, sees only what is shared for it, and answers for the result."""

    edition = 2
    part = parts.REFERRAL
    title = "Referral"

    draft = State(
        "Draft",
        Role.OFFICER,
        working_days(5),
        "Request",
        do="Write and send the request",
        part=parts.UNSENT,
        fhir=("draft",),
    )
    sent = State(
        "Sent", Role.PROVIDER, working_days(5), "Answer", do="Answer the request",
        escalation=((working_days(3), "remind"), (working_days(5), "remind"), (working_days(7), "escalate")),
        part=parts.ASKED, fhir=("requested", "2.0"),
    )  # fmt: skip
    info_asked = State(
        "Information asked",
        Role.OFFICER,
        working_days(5),
        PREVIOUS_STEP,
        do="Supply what is missing",
        fhir=("on-hold", "2.0", "3.0"),
    )
    conflict = State(
        "Conflict of interest",
        Role.SUPERVISOR,
        working_days(5),
        PREVIOUS_STEP,
        do="Decide on the conflict",
        decides="conflicts",
        fhir=("on-hold", "2.0", "3.0"),
    )
    accepted = State(
        "Accepted",
        Role.PROVIDER,
        working_days(5),
        "Start",
        do="Start the work",
        part=parts.TAKEN_ON,
        fhir=("accepted", "3.0"),
    )
    in_progress = State(
        "In progress",
        Role.PROVIDER,
        until("accept.planned_on"),
        "Work",
        do="Deliver the service",
        part=parts.AT_WORK,
        fhir=("in-progress", "5.1.1"),
    )
    suspended = State(
        "Suspended",
        Role.OFFICER,
        calendar_days(30),
        PREVIOUS_STEP,
        do="Resume or cancel the referral",
        fhir=("on-hold", "5.1.1"),
    )
    delivered = State(
        "Delivered",
        Role.OFFICER,
        working_days(10),
        "Check",
        do="Check the delivery",
        part=parts.HANDED_IN,
        fhir=("in-progress", "5.1.4"),
    )
    rework = State(
        "Rework",
        Role.PROVIDER,
        working_days(10),
        "Check",
        do="Correct and deliver again",
        part=parts.BETTERS,
        fhir=("in-progress", "5.1.1"),
    )
    completed = Final("Completed", part=parts.GIVES_RESULT, fhir=("completed", "7.0"))
    declined = Final("Declined", part=parts.TURNED_DOWN, fhir=("rejected", "4.0"))
    no_answer = Final("No answer", part=parts.UNANSWERED, fhir=("failed", "4.0"))
    cancelled = Final("Cancelled", part=parts.CALLED_OFF, fhir=("cancelled", "6.0"))
    failed = Final("Failed", part=parts.FAILED, fhir=("failed", "6.0"))

    # --- asking and answering ---

    send = draft.to(
        sent, by=Role.OFFICER, do="Send the request", done="sent the request", form=forms.Request,
        guards=[
            referral_guards.service_is_the_referrals, referral_guards.consent_covers_documents, referral_guards.consent_is_for_abroad,
            joins.rule_is_said, joins.several_are_asked, joins.results_can_come, joins.beside_are_others,
        ],
        effects=[effects.send_referral, joins.wait_for_results], opens=[Beside()],
        part=parts.SENDS, tells_provider=OFFER,
    )  # fmt: skip
    ask_info = any_of(sent, accepted, in_progress, rework).to(
        info_asked, by=Role.PROVIDER, kind=RETURN, do="Ask for information", done="asked for information",
        form=forms.WantedItems, tells_officers=QUESTION, scope=parts.ASKING,
    )  # fmt: skip
    supply_info = info_asked.to(
        previous(), by=Role.OFFICER, kind=RETURN, do="Supply the information", done="supplied the information",
        form=forms.SuppliedItems, guards=[referral_guards.consent_covers_documents, referral_guards.consent_is_for_abroad],
        effects=[effects.supply_documents],
        tells_provider=MOVED,
    )  # fmt: skip
    info_overdue = info_asked.after(
        working_days(20), same(), kind=EXCEPTION, do="Note that the information is overdue",
        done="noted that the information is overdue", opens=[decide],
    )  # fmt: skip
    accept = sent.to(
        accepted, by=Role.PROVIDER, do="Accept the request", done="accepted the request", form=forms.Acceptance,
        guards=[
            referral_guards.service_is_the_referrals, referral_guards.person_is_not_barred, referral_guards.consent_covers_what_was_shared,
            referral_guards.consent_is_for_abroad,
        ],
        effects=[effects.accept_referral],
        opens=[ServiceTrack()], part=parts.ACCEPTS, scope=parts.ANSWERING,
    )  # fmt: skip
    decline = sent.to(
        declined, by=Role.PROVIDER, kind=EXCEPTION, do="Decline the request", done="declined the request",
        form=forms.Refusal, opens=[ask_another], part=parts.TURNS_DOWN, scope=parts.ANSWERING,
    )  # fmt: skip
    lapse = sent.after(
        working_days(10), no_answer, kind=EXCEPTION, do="Note that no answer came", done="noted that no answer came",
        opens=[ask_another],
    )  # fmt: skip

    # --- conflicts of interest ---

    declare_conflict = any_of(sent, accepted, in_progress, rework).to(
        conflict, by=Role.PROVIDER, kind=EXCEPTION, do="Declare a conflict of interest",
        done="declared a conflict of interest", form=forms.DeclaredConflict,
        guards=[referral_guards.person_is_not_out], effects=[effects.bar_person],
        scope=parts.PEOPLE_ONLY,
    )  # fmt: skip
    waive_conflict = conflict.to(
        previous(), by=Role.SUPERVISOR, kind=RETURN, do="Waive the conflict", done="waived the conflict",
        form=forms.WaivedConflict, effects=[effects.admit_person], not_by=("declare_conflict",), audited=WAIVER,
        tells_provider=MOVED,
    )  # fmt: skip
    name_other_person = conflict.to(
        previous(), by=Role.PROVIDER_LEAD, kind=RETURN, do="Name another person", done="named another person",
        form=forms.OtherPerson, guards=[referral_guards.person_is_not_barred], effects=[effects.name_person],
        scope=parts.PEOPLE_ONLY,
    )  # fmt: skip
    uphold_conflict = conflict.to(
        cancelled, by=Role.SUPERVISOR, kind=EXCEPTION, do="Uphold the conflict and cancel", done="upheld the conflict",
        form=forms.Reason, opens=[ask_another], also=REPLACE,
        not_by=("declare_conflict",), tells_provider=CANCELLATION, consequence="The referral and the service below it end.",
    )  # fmt: skip

    # --- working ---

    start = accepted.to(in_progress, by=Role.PROVIDER, do="Start the work", done="started the work")
    deliver_part = in_progress.to(
        same(),
        by=Role.PROVIDER,
        do="Deliver part of the result",
        done="delivered part of the result",
        form=forms.PartDelivery,
        tells_officers=DELIVERY,
    )
    ask_extension = any_of(accepted, in_progress, rework).to(
        same(), by=Role.PROVIDER, kind=EXCEPTION, do="Ask for more time", done="asked for more time",
        form=forms.AskedExtension, opens=[decide_extension], audited=EXTENSION, scope=parts.ASKING,
        guards=[referral_guards.no_extension_is_asked, referral_guards.extension_is_later, referral_guards.extension_is_bounded],
    )  # fmt: skip
    change_person = any_of(in_progress, rework).to(
        same(), by=Role.PROVIDER_LEAD, kind=EXCEPTION, do="Name another person", done="named another person",
        form=forms.OtherPerson, guards=[referral_guards.person_is_not_barred], effects=[effects.name_person],
        scope=parts.PEOPLE_ONLY,
    )  # fmt: skip
    not_started = accepted.to(
        cancelled, by=Role.SUPERVISOR, kind=EXCEPTION, do="Cancel: the work has not started",
        done="cancelled the referral because the work had not started", guards=[referral_guards.start_is_overdue],
        opens=[choose_other_provider], also=REPLACE, tells_provider=CANCELLATION,
        consequence="The referral and the service below it end.",
    )  # fmt: skip
    suspend = any_of(sent, accepted, in_progress, rework).to(
        suspended, by=(Role.OFFICER, Role.SYSTEM), kind=EXCEPTION, do="Pause the referral", done="paused the referral",
        form=forms.Suspension, part=parts.RESTS, tells_provider=MOVED,
    )  # fmt: skip
    continue_ = suspended.to(
        previous(), by=Role.OFFICER, kind=RETURN, do="Resume the referral", done="resumed the referral",
        guards=[referral_guards.consent_covers_what_was_shared, referral_guards.consent_is_for_abroad],
        effects=[effects.grant_again], name="continue",
        tells_provider=MOVED,
    )  # fmt: skip

    # --- delivering and checking ---

    deliver = in_progress.to(
        delivered, by=Role.PROVIDER, do="Deliver the result", done="delivered the result", form=forms.Delivery,
        guards=[referral_guards.service_is_the_referrals, referral_guards.work_has_ended, *impact.FIGURE_GUARDS],
        tells_officers=DELIVERY,
    )  # fmt: skip
    return_ = delivered.to(
        rework, by=Role.OFFICER, kind=RETURN, do="Return for correction", done="returned it for correction",
        form=forms.PointsToCorrect, guards=[referral_guards.not_a_mediation, referral_guards.rounds_are_left], name="return",
        part=parts.GIVES_BACK, tells_provider=RETURNED,
    )  # fmt: skip
    redeliver = rework.to(
        delivered, by=Role.PROVIDER, kind=RETURN, do="Deliver the corrected result", done="delivered the corrected result",
        form=forms.Delivery, guards=[referral_guards.service_is_the_referrals, *impact.FIGURE_GUARDS], tells_officers=DELIVERY,
    )  # fmt: skip
    approve = delivered.to(
        completed, by=Role.OFFICER, do="Approve the delivery", done="approved the delivery", form=forms.Approval,
        guards=[referral_guards.service_is_the_referrals, impact.delivered_figures_have_baselines],
        effects=[impact.record_verified_effect],
        part=parts.TAKES_RESULT, tells_provider=MOVED,
    )  # fmt: skip
    reject = delivered.to(
        failed, by=Role.SUPERVISOR, kind=EXCEPTION, do="Reject the delivery", done="rejected the delivery",
        form=forms.Reason, guards=[referral_guards.not_a_mediation],
        effects=[effects.no_longer_counts], opens=[choose_other_provider], also=REPLACE,
        tells_provider=MOVED, consequence="The result no longer counts.",
    )  # fmt: skip

    # --- ending early ---

    give_up = any_of(in_progress, suspended, rework).to(
        failed, by=Role.PROVIDER, kind=EXCEPTION, do="Give up the referral", done="gave up the referral", form=forms.Reason,
        opens=[decide], also=REPLACE,
        consequence="The referral and the service below it end.",
    )  # fmt: skip
    cancel = any_of(draft, sent, info_asked, accepted, in_progress, suspended, conflict, rework).to(
        cancelled, by=Role.OFFICER, kind=EXCEPTION, do="Cancel the referral", done="cancelled the referral",
        form=forms.Cancellation, also=REPLACE, tells_provider=CANCELLATION,
        consequence="The referral and the service below it end; documents go back.",
    )  # fmt: skip
    #: Drawn by a join: others have given as many results as the case waited for.
    release = any_of(draft, sent, info_asked, accepted, in_progress, suspended, conflict, rework).to(
        cancelled, by=Role.SYSTEM, kind=EXCEPTION, done="withdrew the request, for its result is no longer needed",
        also=REPLACE, part=parts.TAKES_BACK,
    )  # fmt: skip

    #: What each provider reads of the case after accepting: its case sheet.
    sheets = {
        "assessment": Sheet(
            ("need", "site", "technology", "rights"), claim=("service.fix_plan.claim|service.admit.claim|request.claim",)
        ),
        "pledge": Sheet(
            ("budget", "technology", "rights"),
            amounts=(
                "service.apply.amount|request.amount", "service.apply.lender", "service.apply.borrower|request.borrower",
                "service.eligible.pledgor|request.pledgor", "service.apply.term_months",
                "service.valued.value",
            ),
            # Who borrows need not be who needs the plant, nor who pledges.
            whose={
                "amounts": "service.apply.borrower|request.borrower", "value": "service.eligible.pledgor|request.pledgor",
            },
        ),
        "finance": Sheet(
            ("need", "site", "budget", "technology", "rights"),
            amounts=(
                "service.ready.amount|request.amount", "service.ready.instrument",
                "service.ready.stage", "service.green.item",
            ),
        ),
        "verification": Sheet(("need", "site", "technology", "effect")),
        "mediation": Sheet(
            dispute=(
                "service.open_options.contract", "service.open_options.difference", "service.open_options.stage",
                "service.open_options.urgent", "service.open_options.work_goes_on", "service.open_options.clause_found",
            )
        ),
    }  # fmt: skip

    #: Nobody adds these by hand: the one is opened when the provider's access to a document ends, the other with an objection.
    on_request = (((in_progress,), (), return_papers), ((in_progress,), (), decide_objection))
