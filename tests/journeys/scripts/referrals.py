"""Referrals: providers who decline, fall silent, have a conflict, ask, are late, and consents that go."""

from __future__ import annotations

from casework.errors import NotAllowed, NotFound, Refused, WrongState
from casework.playbook.steps import add, do, paper, wait, withdrawn
from casework.playbook.stretches import accepted, assessed, planned, sent, to_assessment, to_scoping
from tests.journeys.checks import due_in, has, has_not, refused, stands, that
from tests.journeys.journey import Check, Journey, Steps

SENT: Steps = (*to_assessment(), *sent("assessment", "institute"))
ACCEPTED: Steps = (*to_assessment(), *accepted("assessment", "institute", "assessor"))
STARTED: Steps = (*ACCEPTED, do("assessor", "assessment.admit"))
DELIVERED: Steps = (
    *ACCEPTED,
    *assessed("assessor"),
    do("assessor", "assessment.issue_pass"),
    do("assessor", "referral:assessment.deliver"),
)
SECRET: Steps = (
    *to_assessment(),
    paper("drawings", "technology_owner"),
    *accepted("assessment", "institute", "assessor", documents=["drawings"]),
)


def granted(journey: Journey) -> int:
    return sum(one.ended_at is None for one in journey.case.grants.values())


def remembered(kind: str, what: str) -> Steps:
    """The history holds an event of the kind, about this."""

    def found(journey: Journey) -> bool:
        return any(
            event.kind == kind and what in (event.effects.get("what"), event.effects.get("transition"))
            for event in journey.events()
        )

    return (that(found, f"nothing {kind} {what}"),)


def refuses_the_drawings() -> Steps:
    send = do("officer", "referral:assessment.send", documents=["drawings"])
    return (refused(send, Refused, "No consent of the party concerned covers this provider"),)


def asked(provider: str, *next_: str) -> Check:
    """The newest referral stands at a provider, and the panel would ask these after it."""

    def holds(journey: Journey) -> bool:
        track = journey.track("referral:assessment")
        return track.provider == journey.world[provider] and track.given.get("panel", []) == [
            journey.world[n] for n in next_
        ]

    return that(holds, f"{provider} is asked, then {', '.join(next_) or 'nobody'}")


SCRIPTS: dict[str, Steps] = {
    "provider declines": (
        *SENT,
        do("assessor", "referral:assessment.decline", reason="no_capacity"),
        stands("referral:assessment", "declined"),
        do("officer", "choose_other_provider", next="assessment"),
        stands("referral:assessment", "draft"),
        *accepted("assessment", "test_centre", "other_assessor"),
    ),
    "panel is asked in its order": (
        *to_assessment(),
        paper("drawings", "technology_owner"),
        *sent("assessment", "institute", panel=["test_centre", "laboratory"], documents=["drawings"]),
        do("assessor", "referral:assessment.decline", reason="no_capacity"),
        stands("referral:assessment", "sent"),
        asked("test_centre", "laboratory"),
        has_not("choose_other_provider"),
        # Nobody answers either: the last one is asked, with the drawings and the same time to answer.
        wait(15),
        stands("referral:assessment", "sent"),
        asked("laboratory"),
        do("third_assessor", "referral:assessment.accept"),
        that(lambda j: granted(j) == 1, "the drawings come with the acceptance"),
    ),
    "panel comes to its end": (
        *to_assessment(),
        *sent("assessment", "institute", panel=["test_centre"]),
        do("assessor", "referral:assessment.decline", reason="price"),
        do("other_assessor", "referral:assessment.decline", reason="no_capability"),
        has("choose_other_provider", queue="officer"),
    ),
    "panel passes over a conflict": (
        *to_assessment(),
        *sent("assessment", "institute", panel=["test_centre"]),
        do("assessor", "referral:assessment.declare_conflict", nature="competitor"),
        do("supervisor", "referral:assessment.uphold_conflict"),
        stands("referral:assessment", "sent"),
        asked("test_centre"),
    ),
    "panel waits for a consent": (
        *to_scoping(providers=["institute"]),
        *planned(assessment="institute"),
        do("supervisor", "case.approve_plan"),
        paper("drawings", "technology_owner"),
        *sent("assessment", "institute", panel=["test_centre"], documents=["drawings"]),
        do("assessor", "referral:assessment.decline", reason="price"),
        stands("referral:assessment", "draft"),
        has("draft", queue="officer"),
        *refuses_the_drawings(),
        do("officer", "referral:assessment.send"),
    ),
    "provider is silent": (
        *SENT,
        # Monday the 2nd: two reminders within a week, told to officer and supervisor after seven working days.
        wait(8),
        *remembered("timer_fired", "remind"),
        that(lambda j: len(j.steps_of("remind", "sent")) == 2, "two reminders come first"),
        that(lambda j: not j.steps_of("escalate", "sent"), "and no escalation yet"),
        wait(2),
        that(lambda j: len(j.steps_of("escalate", "sent")) == 1, "then it is escalated"),
        stands("referral:assessment", "sent"),
        wait(5),
        stands("referral:assessment", "no_answer"),
        has("choose_other_provider", queue="officer"),
        do("officer", "choose_other_provider", next="none"),
    ),
    "conflict is waived": (
        *SENT,
        do("assessor", "referral:assessment.declare_conflict", nature="family"),
        refused(do("assessor", "referral:assessment.accept"), NotFound),
        has("conflict", queue="supervisor"),
        do("supervisor", "referral:assessment.waive_conflict"),
        stands("referral:assessment", "sent"),
        do("assessor", "referral:assessment.accept"),
    ),
    "another person is named for a conflict": (
        *ACCEPTED,
        do("assessor", "referral:assessment.declare_conflict", nature="financial"),
        refused(do("assessor2", "referral:assessment.name_other_person"), NotAllowed, "is for: provider_lead"),
        refused(
            do("assessor_lead", "referral:assessment.name_other_person", person="assessor"),
            Refused,
            "has declared an interest",
        ),
        do("assessor_lead", "referral:assessment.name_other_person", person="assessor2"),
        stands("referral:assessment", "accepted"),
        refused(do("assessor", "assessment.admit"), NotFound),
        do("assessor2", "assessment.admit"),
    ),
    "conflict is upheld": (
        *STARTED,
        do("assessor", "referral:assessment.declare_conflict", nature="earlier_work"),
        do("supervisor", "referral:assessment.uphold_conflict"),
        stands("referral:assessment", "cancelled"),
        stands("assessment", "replaced"),
        has("choose_other_provider"),
    ),
    "information is asked and supplied": (
        *SENT,
        do("assessor", "referral:assessment.ask_info"),
        refused(do("assessor", "referral:assessment.accept"), WrongState, "Information asked"),
        paper("data", "technology_owner"),
        do("officer", "referral:assessment.supply_info", documents=["data"]),
        stands("referral:assessment", "sent"),
        do("assessor", "referral:assessment.accept"),
        that(lambda j: granted(j) == 1, "what was supplied is shared"),
    ),
    "information never comes": (
        *ACCEPTED,
        do("assessor", "referral:assessment.ask_info"),
        wait(30),
        stands("referral:assessment", "info_asked"),
        has("decide", queue="supervisor"),
        do("supervisor", "decide", decision="other_provider"),
        has("choose_other_provider"),
    ),
    "work does not start": (
        *ACCEPTED,
        refused(do("supervisor", "referral:assessment.not_started"), Refused, "still has time to start"),
        wait(22),
        do("supervisor", "referral:assessment.not_started"),
        stands("referral:assessment", "cancelled"),
        stands("assessment", "replaced"),
        do("officer", "choose_other_provider", next="assessment"),
        stands("referral:assessment", "draft"),
    ),
    "deadline is missed and extended": (
        *SENT,
        do("assessor", "referral:assessment.accept", planned_on=30),
        do("assessor", "assessment.admit"),
        has("in_progress", flagged=False, queue="provider"),
        wait(45),
        has("in_progress", flagged=True),
        do("assessor", "referral:assessment.ask_extension", new_date=20),
        has("decide_extension", queue="officer"),
        do("officer", "decide_extension", until_on=20),
        has("in_progress", flagged=False),
        due_in("in_progress", 20),
        do("assessor", "referral:assessment.deliver_part", part="The first half"),
        wait(40),
        has("in_progress", flagged=True),
    ),
    "deadline is missed by the officer": (
        *to_scoping(),
        wait(45),
        has("service_plan", flagged=True, queue="officer"),
        that(lambda j: j.case.owner == j.world["officer"], "the case keeps its owner"),
        that(lambda j: len(j.steps_of("escalate", "service_plan")) == 1, "the supervisor was told"),
        do("officer", "service_plan"),
    ),
    "person in charge changes": (
        *STARTED,
        do("assessor_lead", "referral:assessment.change_person", person="assessor2"),
        refused(do("assessor", "assessment.engage"), NotFound),
        do("assessor2", "assessment.engage"),
    ),
    "delivery is returned twice and then rejected": (
        *DELIVERED,
        refused(do("assessor", "referral:assessment.approve"), NotAllowed, "is for: officer"),
        do("officer", "referral:assessment.return"),
        do("assessor", "referral:assessment.redeliver"),
        do("officer", "referral:assessment.return"),
        do("assessor", "referral:assessment.redeliver"),
        refused(do("officer", "referral:assessment.return"), Refused, "may be returned: 2 times"),
        refused(do("officer", "referral:assessment.reject"), NotAllowed, "is for: supervisor"),
        do("supervisor", "referral:assessment.reject"),
        stands("referral:assessment", "failed"),
        refused(do("officer", "case.assessment_passed"), Refused, "has not stated a result"),
        do("officer", "choose_other_provider", next="assessment"),
    ),
    "provider gives up": (
        *STARTED,
        do("assessor", "referral:assessment.give_up"),
        stands("referral:assessment", "failed"),
        stands("assessment", "replaced"),
        has("decide", queue="supervisor"),
        do("supervisor", "decide", decision="without"),
        has_not("choose_other_provider"),
    ),
    "work is started by hand and the request cancelled": (
        *ACCEPTED,
        do("assessor", "referral:assessment.start"),
        stands("referral:assessment", "in_progress"),
        refused(do("assessor", "referral:assessment.deliver"), Refused, "has not ended yet"),
        do("officer", "referral:assessment.suspend", reason="fee"),
        refused(do("assessor", "referral:assessment.deliver"), WrongState, "Suspended"),
        do("officer", "referral:assessment.cancel", reason="provider_failed"),
        stands("assessment", "replaced"),
    ),
    "no document leaves without consent": (
        *to_scoping(providers=["institute"]),
        *planned(assessment="institute"),
        paper("drawings", "technology_owner"),
        do("supervisor", "case.approve_plan"),
        refused(
            do("officer", "referral:assessment.send", provider="test_centre", documents=["drawings"]),
            Refused,
            "No consent of the party concerned covers this provider",
        ),
        *sent("assessment", "institute", documents=["drawings"]),
        refused(do("other_assessor", "referral:assessment.accept"), NotFound),
        do("assessor", "referral:assessment.accept"),
        that(lambda j: granted(j) == 1, "and is granted to that provider"),
    ),
    "consent is withdrawn": (
        *SECRET,
        do("assessor", "assessment.admit"),
        that(lambda j: granted(j) == 1, "the drawings are shared"),
        withdrawn("technology_owner"),
        that(lambda j: granted(j) == 0, "the grants end"),
        stands("referral:assessment", "suspended"),
        that(lambda j: j.together("consent_ended", "suspend"), "in the same transaction"),
        has("consent_lost", queue="officer"),
        stands("case", "assessment"),
        do("officer", "consent_lost", decision="renew"),
        refused(do("officer", "referral:assessment.continue"), Refused, "no longer covered by a consent"),
        add("officer", "case.renew_consent"),
        do("officer", "renew_consent", party="technology_owner"),
        do("officer", "referral:assessment.continue"),
        stands("referral:assessment", "in_progress"),
        that(lambda j: granted(j) == 1, "the drawings are shared again"),
        do("assessor", "assessment.engage"),
    ),
    "consent expires": (
        *to_scoping(expires_on=60),
        *planned(assessment="institute"),
        do("supervisor", "case.approve_plan"),
        paper("drawings", "technology_owner"),
        *accepted("assessment", "institute", "assessor", documents=["drawings"]),
        wait(62),
        that(lambda j: granted(j) == 0, "the grants end"),
        stands("referral:assessment", "suspended"),
        has("consent_lost"),
        stands("case", "assessment"),
    ),
    "deputy decides on a conflict": (
        # The supervisor's deputy decides in the supervisor's name, and the history shows both.
        *SENT,
        do("assessor", "referral:assessment.declare_conflict", nature="family"),
        do("deputy", "referral:assessment.waive_conflict"),
        that(
            lambda j: j.track("referral").fired["waive_conflict"].acting_for == j.world["supervisor"],
            "the history shows both names",
        ),
    ),
}
