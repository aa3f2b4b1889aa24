"""What must hold before a case moves on: named questions about the facts, each with its refusal.

Where a guard compares something that the form says, an unsaid answer passes: the form itself demands the field, and
a page that asks "may I?" has no form yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.engine.deadlines.deadlines import months_after
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, guard
from casework.engine.state.case import CREATED, MET_JOIN, Task, Track
from workflows.joins import reached, services_that_count
from workflows.own_limits import CONSENT_HOLDS, RECORD_HOLDS, REOPENING, SCREENING_HOLDS
from workflows.screening import newest

PARTIES = ("need_owner", "technology_owner")

#: States in which a track runs on after its case has closed. A test compares it with the definitions.
OUTLIVES: Mapping[str, frozenset[str]] = {
    "pledge": frozenset({"servicing", "overdue", "disposal", "deregistration"}),
    "agreement": frozenset({"in_force"}),
}


# --- what several guards ask -----------------------------------------------------------------------------------------


def moment_of(f: Facts, *transitions: str) -> datetime | None:
    """When one of the transitions last fired on the case's main track."""
    times = [fired.at for name in transitions if (fired := f.fired(name, f.case.main))]
    return max(times, default=None)


def completed_since(task: Task | None, start: datetime | None) -> bool:
    """Whether the task was completed in the round that began at `start`."""
    return task is not None and (start is None or (task.closed_at or task.opened_at) >= start)


def answer_of(f: Facts, name: str, start: datetime | None = None) -> Mapping[str, Any] | None:
    """The newest answer to a task of the name, if it was given in the round that began at `start`."""
    task = f.result(name)
    return task.result if task is not None and completed_since(task, start) else None


def plan_of(f: Facts) -> Mapping[str, Any]:
    """The service plan that is in force: the newest plan or amendment."""
    task, amended = f.result("service_plan"), f.fired("amend_plan", f.case.main)
    if amended is not None and (task is None or amended.at >= (task.closed_at or task.opened_at)):
        return amended.data
    return task.result if task is not None else {}


def live_tracks(f: Facts, party: str) -> list[Any]:
    today = f.today.isoformat()
    return [
        consent
        for consent in f.case.consents.values()
        if consent.party == party
        and consent.ended_at is None
        and (consent.expires_on is None or consent.expires_on >= today)
    ]


def _said_yes(f: Facts, party: str) -> bool:
    """Whether the party's newest answer, asked or renewed, was yes."""
    answers = [t for t in f.results("record_consent") if t.about == party]
    answers += [t for t in f.results("renew_consent") if t.result.get("party") == party]
    newest = max(answers, key=lambda t: (t.closed_at or t.opened_at, t.id), default=None)
    return newest is not None and newest.result.get("agreed") is True


def verified(f: Facts) -> bool:
    """Whether a statement on the technology is positive and still valid: of an assessment in some case, or one that a person
    has confirmed."""
    known = f.from_outside("technology")
    statements = [*known.get("statements", ()), known.get("verification")]
    return any(
        statement
        and statement.get("verdict") in ("verified", "verified_with_limits")
        and (statement.get("valid_until") is None or str(statement["valid_until"]) >= f.today.isoformat())
        for statement in statements
    )


#: Where a referral has been sent to nobody yet: it is cancelled with the case. A test compares it with the definitions.
UNSENT = frozenset({"draft"})


def _is_unsent(track: Track) -> bool:
    return track.workflow == "referral" and bool(track.states) and set(track.states) <= UNSENT


def _runs_on(track: Track) -> bool:
    return bool(track.states) and set(track.states) <= OUTLIVES.get(track.workflow, frozenset())


# --- triage and consent ----------------------------------------------------------------------------------------------


@guard(
    rule="The person has declared no interest in this case.",
    refusal="You have declared an interest in this case.",
    law=Law.INTEREST,
)
def no_declared_interest(f: Facts) -> bool:
    return f.actor not in f.case.interests


@guard(
    rule="The officer named has declared no interest in this case.",
    refusal="The officer named has declared an interest in this case.",
    law=Law.INTEREST,
)
def officer_has_no_interest(f: Facts) -> bool:
    people = {f.data.get("officer"), *(f.data.get("team") or ())}
    return not people & f.case.interests


@guard(
    rule="The records of the need and of the technology are on file.",
    refusal="The record of the need or of the technology is missing.",
)
def records_on_file(f: Facts) -> bool:
    return bool(f.case.need and f.case.technology)


@guard(
    rule="The match has a source and a rationale.",
    refusal="The match has no source or no rationale.",
    reads=("match",),
)
def match_is_explained(f: Facts) -> bool:
    match = f.from_outside("match")
    return bool(match.get("rationale") and match.get("source"))


@guard(
    rule="The triage check is done by a person who declared no interest.",
    refusal="The triage check is open, or whoever made it declared an interest.",
    law=Law.INTEREST,
)
def triage_is_checked(f: Facts) -> bool:
    checked = answer_of(f, "triage_check")
    return checked is not None and checked.get("interest") == "none"


def _is_abroad(f: Facts) -> bool:
    """Whether a party is abroad by its record, or a provider that the plan names."""
    abroad = f.outside.get("abroad")
    # Of a case that is closed nothing is read: whoever is asked anew is asked this too.
    if abroad is None:
        return True
    planned = {name for name in plan_of(f).values() if isinstance(name, str)}
    return bool(abroad["parties"] or planned & set(abroad["providers"]))


@guard(
    rule="A party, or a provider that is planned, is abroad.",
    refusal="No party and no planned provider is abroad.",
    reads=("abroad",),
)
def somebody_is_abroad(f: Facts) -> bool:
    return _is_abroad(f)


@guard(
    rule="No party, and no provider that is planned, is abroad.",
    refusal="A party or a planned provider is abroad.",
    reads=("abroad",),
)
def nobody_is_abroad(f: Facts) -> bool:
    return not _is_abroad(f)


@guard(
    rule="Both parties have agreed, with a consent that still stands.",
    refusal="Both parties must have agreed, with a consent that still stands.",
    law=Law.CONSENT,
)
def interest_is_confirmed(f: Facts) -> bool:
    return all(_said_yes(f, party) and live_tracks(f, party) for party in PARTIES)


# --- the plan --------------------------------------------------------------------------------------------------------


@guard(
    rule="The service plan is on file, and was handed in again if it was returned.",
    refusal="The service plan is not on file, or was returned and not handed in again.",
)
def plan_is_on_file(f: Facts) -> bool:
    plan = f.result("service_plan")
    if plan is None or not completed_since(plan, moment_of(f, "confirm_interest", "reopen")):
        return False
    returned = f.result("decide_plan")
    return returned is None or (plan.closed_at or plan.opened_at) > (returned.closed_at or returned.opened_at)


@guard(
    rule="The non-disclosure agreement is signed, or a waiver of it was asked for.",
    refusal="The non-disclosure agreement is neither signed nor asked to be waived.",
    law=Law.SECRECY,
)
def nda_is_signed_or_waived(f: Facts) -> bool:
    answer = answer_of(f, "nda")
    return answer is not None and answer.get("status") in ("signed", "waiver_asked")


def _holds(f: Facts, party: str) -> bool:
    """Whether the newest screening of a party counts."""
    record = (f.outside.get("screenings") or {}).get(party)
    looked = newest(f, record, f.result("screening", about=party))
    return looked is not None and looked.holds(f.today)


@guard(
    rule="Every party has a screening with no hit that still holds: one on its organisation's record, or one of this case.",
    refusal="Every party must be screened with no hit: on its organisation's record, still valid, or in this case, not too long ago.",
    reads=("screenings",),
    limits=(SCREENING_HOLDS, RECORD_HOLDS),
    law=Law.COMPLIANCE,
)
def parties_are_screened(f: Facts) -> bool:
    return all(_holds(f, party) for party in PARTIES)


@guard(
    rule="The party has no screening on its organisation's record that is still valid.",
    refusal="The party's organisation has a screening on record that is still valid.",
    reads=("screenings",),
    limits=(SCREENING_HOLDS, RECORD_HOLDS),
)
def screening_is_not_on_record(f: Facts) -> bool:
    """Asked before the task of a party is opened; a screening of this case is no reason not to ask again."""
    record = (f.outside.get("screenings") or {}).get(f.about or "")
    return record is None or not _holds(f, str(f.about))


@guard(
    rule="After a reopening, no consent is older than a consent holds.",
    refusal="After a reopening each party must have renewed a consent that is too old.",
    limits=(CONSENT_HOLDS,),
    law=Law.CONSENT,
)
def consents_are_recent(f: Facts) -> bool:
    reopened = moment_of(f, "reopen")
    if reopened is None:
        return True
    oldest = months_after(f.calendar.local_date(reopened), -f.limit(CONSENT_HOLDS)).isoformat()
    return all(any(track.given_on >= oldest for track in live_tracks(f, party)) for party in PARTIES)


@guard(
    rule="The plan names who assesses, or asks to skip the assessment, not both.",
    refusal="The plan names who assesses and asks to skip the assessment. Leave out one of the two.",
    at=("skip_assessment",),
)
def assessed_or_skipped(f: Facts) -> bool:
    return not (f.data.get("assessment") and f.data.get("skip_assessment") is True)


@guard(
    rule="The service plan asks to skip the assessment.",
    refusal="The service plan does not ask to skip the assessment.",
)
def skipping_was_asked(f: Facts) -> bool:
    return plan_of(f).get("skip_assessment") is True


@guard(
    rule="The technology has a confirmed statement of verification that is still valid, or another reason is given.",
    refusal="The technology has no confirmed statement of verification that is still valid.",
    reads=("technology",),
    at=("reason",),
)
def statement_or_reason(f: Facts) -> bool:
    """Any other reason than a valid statement is a waiver, and the supervisor decides on it."""
    return f.data.get("reason") != "statement_valid" or verified(f)


# --- assessment ------------------------------------------------------------------------------------------------------


@guard(
    rule="The assessment has stated a result, and its referral is approved.",
    refusal="The assessment has not stated a result, or its referral has not been approved.",
)
def assessment_is_stated(f: Facts) -> bool:
    join, referral = f.join("assessment"), f.referral("assessment")
    approved = join.state == MET_JOIN if join else referral is not None and referral.outcome == "completed"
    return approved and reached(f, "assessment", "stated")


@guard(
    rule="The parties' comments on the report are in.",
    refusal="The parties' comments on the report are not in.",
)
def parties_have_commented(f: Facts) -> bool:
    tracks = services_that_count(f, "assessment")
    return bool(tracks) and all(f.fired("comments_in", track) is not None for track in tracks)


@guard(
    rule="A report that does not verify the technology was put to the parties, and their comments on it are in.",
    refusal="The assessment's report is not verified, and the parties' comments on it are not in.",
)
def parties_have_answered(f: Facts) -> bool:
    """A report with a negative result has been put to the parties; an assessment that broke off has no report."""
    tracks = services_that_count(f, "assessment")
    return bool(tracks) and all(
        track.outcome != "not_verified" or f.fired("comments_in", track) is not None for track in tracks
    )


@guard(
    rule="The assessment ended as not verified or inconclusive.",
    refusal="The assessment did not end as not verified or inconclusive.",
)
def assessment_did_not_verify(f: Facts) -> bool:
    join = f.join("assessment")
    if join is not None and (join.state != MET_JOIN or reached(f, "assessment", "stated")):
        return False
    return any(service.outcome in ("not_verified", "inconclusive") for service in services_that_count(f, "assessment"))


# --- closing ---------------------------------------------------------------------------------------------------------


@guard(
    rule="Every task that must end before closing has ended.",
    refusal="A task is still open: finish it, or drop it.",
)
def tasks_have_ended(f: Facts) -> bool:
    """Aside: aftercare, the closing step itself, tasks of tracks that run on or end with the case, and tasks that have not appeared yet."""
    main = f.case.main
    beside = {track.id for track in f.case.tracks.values() if _runs_on(track) or _is_unsent(track)}
    return not [
        t
        for t in f.case.open_tasks()
        if not t.aftercare
        and t.state != CREATED
        and not (t.track == main.id and t.type == "step")
        and t.track not in beside
    ]


@guard(
    rule="No task is open but to ask what came of the introduction.",
    refusal="Another task is still open: finish it, or drop it.",
)
def only_follow_ups_are_open(f: Facts) -> bool:
    """Of the introduction: what has not appeared yet ends with it."""
    main = f.case.main
    return not [
        t
        for t in f.case.open_tasks()
        if t.state != CREATED
        and t.name != "introduction_follow_up"
        and not t.aftercare
        and not (t.track == main.id and t.type == "step")
    ]


@guard(
    rule="Every referral that was sent has ended.",
    refusal="A referral has not ended: wait for it, or cancel it.",
)
def referrals_have_ended(f: Facts) -> bool:
    return not any(
        t.workflow == "referral" and t.kind != "mediation" and not _is_unsent(t) for t in f.case.live_tracks()
    )


@guard(
    rule="Every track has ended, or may run on after closing.",
    refusal="A track has neither ended nor may it run on after closing: bring it to an end first.",
)
def tracks_have_ended_or_run_on(f: Facts) -> bool:
    return all(
        _runs_on(t)
        for t in f.case.live_tracks()
        if t.id != f.case.main.id and t.workflow not in ("referral", "mediation")
    )


@guard(
    rule="The outcome is a compliance stop if, and only if, compliance stopped the case.",
    refusal="A compliance stop stays the outcome, and only a stop makes it one.",
    at=("outcome",),
    law=Law.COMPLIANCE,
)
def outcome_respects_a_stop(f: Facts) -> bool:
    said = f.data.get("outcome")
    return said is None or (said == "compliance_stop") == (f.case.outcome == "compliance_stop")


@guard(
    rule="The case was not stopped by compliance.",
    refusal="The case was stopped by compliance.",
    law=Law.COMPLIANCE,
)
def not_stopped_by_compliance(f: Facts) -> bool:
    return f.case.outcome != "compliance_stop"


@guard(
    rule="The case was closed no longer ago than a case may be reopened.",
    refusal="The case was closed too long ago to be reopened.",
    limits=(REOPENING,),
)
def closed_not_too_long_ago(f: Facts) -> bool:
    if f.case.closed_at is None:
        return False
    return f.today <= months_after(f.calendar.local_date(f.case.closed_at), f.limit(REOPENING))
