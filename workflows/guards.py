"""What must hold before a case or a referral moves on: named questions about the facts, each with its refusal.

Where a guard compares something that the form says, an unsaid answer passes: the form itself demands the field, and
a page that asks "may I?" has no form yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from casework.engine.definition.facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.state.case import CREATED, MET_JOIN, Task, Track
from workflows.codes import WORLD
from workflows.joins import reached, services_that_count

PARTIES = ("need_owner", "technology_owner")

#: States in which a track runs on after its case has closed. A test compares it with the definitions.
OUTLIVES: Mapping[str, frozenset[str]] = {
    "pledge": frozenset({"servicing", "overdue", "disposal", "deregistration"}),
    "agreement": frozenset({"in_force"}),
}

#: Kinds of agreement that bind nobody to the transfer itself.
PREPARATORY = frozenset({"nda", "mou", "loi"})
SCREENING_HOLDS = timedelta(days=90)
CONSENT_AGES = timedelta(days=365)
ROUNDS = 2


# --- what several guards ask -----------------------------------------------------------------------------------------


def _moment(f: Facts, *transitions: str) -> datetime | None:
    """When one of the transitions last fired on the case's main track."""
    times = [found.at for name in transitions if (found := f.fired(name, f.case.main))]
    return max(times, default=None)


def _since(task: Task | None, start: datetime | None) -> bool:
    """Whether the task was completed in the round that began at `start`."""
    return task is not None and (start is None or (task.closed_at or task.opened_at) >= start)


def _answer(f: Facts, name: str, start: datetime | None = None) -> Mapping[str, Any] | None:
    """The newest answer to a task of the name, if it was given in the round that began at `start`."""
    task = f.result(name)
    return task.result if task is not None and _since(task, start) else None


def _round(f: Facts) -> datetime | None:
    """When the present round of talks began: at a scaling up or a reopening; None in the first round."""
    return _moment(f, "scale_up", "reopen")


def _plan(f: Facts) -> Mapping[str, Any]:
    """The service plan that is in force: the newest plan or amendment."""
    task, amended = f.result("service_plan"), f.fired("amend_plan", f.case.main)
    if amended is not None and (task is None or amended.at >= (task.closed_at or task.opened_at)):
        return amended.data
    return task.result if task is not None else {}


def _waived(f: Facts, what: str) -> bool:
    """Whether a second person has granted, in this round, the waiver that somebody asked for."""
    start = _round(f)
    asked = [t for t in f.results("ask_waiver") if t.result.get("what") == what and _since(t, start)]
    for task in f.results("decide_waiver"):
        if task.result.get("what") != what or not _since(task, start):
            continue
        by_another = any(one.closed_by != task.closed_by for one in asked)
        return task.result.get("granted") is True and by_another
    return False


def _known_rights(f: Facts, wanted: Iterable[str] | None = None) -> list[Mapping[str, Any]]:
    rights = f.from_outside("rights")
    return [rights[one] for one in (f.case.rights if wanted is None else wanted) if one in rights]


def _stands(burden: Mapping[str, Any], today: date) -> bool:
    return burden.get("to") is None or str(burden["to"]) >= today.isoformat()


def _overlap(one: str | None, other: str | None) -> bool:
    """Whether two territories touch; an unsaid one is taken for the whole world."""
    return one == other or one in (None, WORLD) or other in (None, WORLD)


def _live(f: Facts, party: str) -> list[Any]:
    today = f.today.isoformat()
    return [
        one for one in f.case.consents.values()
        if one.party == party and one.ended_at is None and (one.expires_on is None or one.expires_on >= today)
    ]  # fmt: skip


def _covers(f: Facts, provider: str | None, document: str) -> bool:
    """Whether each party that the document concerns lets this provider see it."""
    known = f.case.documents.get(document)
    if known is None or provider is None:
        return False
    return all(any(one.covers(known, provider) for one in _live(f, party)) for party in known.concerns)


def _said_yes(f: Facts, party: str) -> bool:
    """Whether the party's newest answer, asked or renewed, was yes."""
    answers = [t for t in f.results("record_consent") if t.about == party]
    answers += [t for t in f.results("renew_consent") if t.result.get("party") == party]
    newest = max(answers, key=lambda t: (t.closed_at or t.opened_at, t.id), default=None)
    return newest is not None and newest.result.get("agreed") is True


def _verified(f: Facts) -> bool:
    """Whether a person has confirmed a statement of verification that is positive and still valid."""
    statement = f.from_outside("technology").get("verification")
    if not statement or statement.get("verdict") not in ("verified", "verified_with_limits"):
        return False
    return statement.get("valid_until") is None or str(statement["valid_until"]) >= f.today.isoformat()


def _runs_on(track: Track) -> bool:
    return bool(track.states) and set(track.states) <= OUTLIVES.get(track.workflow, frozenset())


# --- triage and consent ----------------------------------------------------------------------------------------------


@guard(
    rule="The person has declared no interest in this case.",
    refusal="You have declared an interest in this case.",
)
def no_declared_interest(f: Facts) -> bool:
    return f.actor not in f.case.interests


@guard(
    rule="The officer named has declared no interest in this case.",
    refusal="The officer named has declared an interest in this case.",
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
)
def triage_is_checked(f: Facts) -> bool:
    checked = _answer(f, "triage_check")
    return checked is not None and checked.get("interest") == "none"


@guard(
    rule="Both parties have agreed, with a consent that still stands.",
    refusal="Both parties must have agreed, with a consent that still stands.",
)
def interest_is_confirmed(f: Facts) -> bool:
    return all(_said_yes(f, party) and _live(f, party) for party in PARTIES)


# --- the plan --------------------------------------------------------------------------------------------------------


@guard(
    rule="The service plan is on file, and was handed in again if it was returned.",
    refusal="The service plan is not on file, or was returned and not handed in again.",
)
def plan_is_on_file(f: Facts) -> bool:
    plan = f.result("service_plan")
    if plan is None or not _since(plan, _moment(f, "confirm_interest", "reopen")):
        return False
    returned = f.result("decide_plan")
    return returned is None or (plan.closed_at or plan.opened_at) > (returned.closed_at or returned.opened_at)


@guard(
    rule="The non-disclosure agreement is signed, or a waiver of it was asked for.",
    refusal="The non-disclosure agreement is neither signed nor asked to be waived.",
)
def nda_is_signed_or_waived(f: Facts) -> bool:
    answer = _answer(f, "nda")
    return answer is not None and answer.get("status") in ("signed", "waiver_asked")


@guard(
    rule="Every party was screened with no hit at most 90 days ago.",
    refusal="Every party must be screened with no hit, at most 90 days ago.",
)
def parties_are_screened(f: Facts) -> bool:
    oldest = (f.today - SCREENING_HOLDS).isoformat()
    for party in PARTIES:
        found = f.result("screening", about=party)
        if found is None or found.result.get("result") != "clear":
            return False
        if str(found.result.get("checked_on", "")) < oldest:
            return False
    return True


@guard(
    rule="After a reopening, no consent is older than 12 months.",
    refusal="After a reopening each party must have renewed a consent that is older than 12 months.",
)
def consents_are_recent(f: Facts) -> bool:
    reopened = _moment(f, "reopen")
    if reopened is None:
        return True
    oldest = (f.calendar.local_date(reopened) - CONSENT_AGES).isoformat()
    return all(any(one.given_on >= oldest for one in _live(f, party)) for party in PARTIES)


@guard(
    rule="The service plan asks to skip the assessment.",
    refusal="The service plan does not ask to skip the assessment.",
)
def skipping_was_asked(f: Facts) -> bool:
    return _plan(f).get("skip_assessment") is True


@guard(
    rule="The technology has a confirmed statement of verification that is still valid, or another reason is given.",
    refusal="The technology has no confirmed statement of verification that is still valid.",
    reads=("technology",),
)
def statement_or_reason(f: Facts) -> bool:
    """Any other reason than a valid statement is a waiver, and the supervisor decides on it."""
    return f.data.get("reason") != "statement_valid" or _verified(f)


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
    return bool(tracks) and all(one.outcome != "not_verified" or f.fired("comments_in", one) is not None for one in tracks)


@guard(
    rule="The assessment ended as not verified or inconclusive.",
    refusal="The assessment did not end as not verified or inconclusive.",
)
def assessment_did_not_verify(f: Facts) -> bool:
    join = f.join("assessment")
    if join is not None and (join.state != MET_JOIN or reached(f, "assessment", "stated")):
        return False
    return any(one.outcome in ("not_verified", "inconclusive") for one in services_that_count(f, "assessment"))


# --- towards signing -------------------------------------------------------------------------------------------------


@guard(
    rule="The check of intellectual property is clear or waived.",
    refusal="The check of intellectual property is neither clear nor waived.",
)
def ip_is_clear_or_waived(f: Facts) -> bool:
    return f.at_milestone(f.current("ip"), "clear") or _waived(f, "ip")


@guard(
    rule="Each planned loan is offered, listed as a condition with a day, or waived.",
    refusal="A planned loan is neither offered, nor a condition with a day, nor waived.",
)
def loans_are_offered_listed_or_waived(f: Facts) -> bool:
    return all(
        reached(f, loan, "offered")
        or f.data.get(f"{loan}_by") is not None
        or f.said(f"ready_to_sign.{loan}_by") is not None
        or _waived(f, loan)
        for loan in ("pledge", "finance")
        if _plan(f).get(loan) or f.referral(loan)
    )


@guard(
    rule="Nobody has declared that work is blocked, or work goes on again.",
    refusal="Somebody has declared that work is blocked.",
)
def work_is_not_blocked(f: Facts) -> bool:
    blocked, free = f.result("work_blocked"), f.result("work_unblocked")
    if blocked is None:
        return True
    return free is not None and (free.closed_at or free.opened_at) > (blocked.closed_at or blocked.opened_at)


@guard(
    rule="Each right is confirmed, and no other case has its transfer or an exclusive licence in this territory.",
    refusal="A right is unconfirmed, transferred, or licensed exclusively in this territory by another case.",
    reads=("rights",),
)
def rights_are_free(f: Facts) -> bool:
    wanted = f.data.get("rights") or f.case.rights
    known = _known_rights(f, wanted)
    if len(known) != len(wanted) or not all(right.get("confirmed") for right in known):
        return False
    others = [
        burden for right in known for burden in right.get("encumbrances", ())
        if burden.get("case") != f.case.log and _stands(burden, f.today)
    ]  # fmt: skip
    if any(burden["kind"] == "transfer" for burden in others):
        return False
    return not any(
        burden["kind"] == "licence" and burden.get("exclusive") and _overlap(burden.get("territory"), f.data.get("territory"))
        for burden in others
    )


def _pledgee_agreed(f: Facts, right: str, since: str) -> bool:
    """Whether the pledgee of a right agreed after its pledge began: when asked, at the check of IP, or at signature."""
    asked = next((t.result for t in f.results("ask_pledgee") if t.result.get("right") == right), None)
    if asked is not None:
        return asked.get("consented") is True and str(asked.get("answered_on", "")) >= since
    checked, deal = f.current("ip"), f.current("agreement")
    found = f.fired("confirm", checked) if checked else None
    signed = (f.fired("sign_cross", deal) or f.fired("sign_local", deal)) if deal else None
    days = []
    if found is not None and found.data.get("pledge") == "consent_on_file":
        days.append(str(found.data.get("checked_on", "")))
    if signed is not None and signed.data.get("pledgee_consent") is True:
        days.append(str(signed.data.get("executed_on", "")))
    return any(day >= since for day in days)


@guard(
    rule="The pledgee's consent is on file for each right that is pledged.",
    refusal="A right is pledged and the pledgee's consent is not on file.",
    reads=("rights",),
)
def pledgees_agree(f: Facts) -> bool:
    """A consent answers for the pledge it was asked about: one that was given before the pledge began does not."""
    rights = f.from_outside("rights")
    for one in f.data.get("rights") or f.case.rights:
        if one not in rights or not rights[one].get("confirmed"):
            return False
        begun = [
            str(burden.get("from") or "") for burden in rights[one].get("encumbrances", ())
            if burden["kind"] == "pledge" and _stands(burden, f.today)
        ]  # fmt: skip
        if not all(_pledgee_agreed(f, one, since) for since in begun):
            return False
    return True


@guard(
    rule="An agreement of this round is in force that is more than an NDA, a memorandum or a letter of intent.",
    refusal="No agreement of this round is in force, or it is only an NDA, a memorandum or a letter of intent.",
)
def agreement_is_in_force(f: Facts) -> bool:
    track = f.current("agreement")
    proposed = f.fired("propose", track) if track else None
    return (
        f.at_milestone(track, "in_force")
        and proposed is not None
        and proposed.data.get("kind") not in PREPARATORY | {None}
    )


@guard(
    rule="The compliance gate of this round is passed.",
    refusal="The compliance gate of this round has not been passed.",
)
def compliance_gate_is_passed(f: Facts) -> bool:
    answer = _answer(f, "compliance_gate", _moment(f, "ready_to_sign", "renegotiate"))
    return answer is not None and answer.get("result") == "passed"


@guard(
    rule="The dispute clause of this round is chosen.",
    refusal="The dispute clause of this round has not been chosen.",
)
def dispute_clause_is_chosen(f: Facts) -> bool:
    answer = _answer(f, "dispute_clause_check", _moment(f, "ready_to_sign", "renegotiate"))
    return answer is not None and answer.get("clause") is not None


@guard(
    rule="The statement that the case relies on is still valid.",
    refusal="The statement that the case relies on has expired.",
    reads=("technology",),
)
def statement_is_still_valid(f: Facts) -> bool:
    """Only where the case relied on a statement: of its own assessment, or one that the technology had already."""
    main = f.case.main
    ways = {name: found for name in ("assessment_passed", "skip_assessment", "waive_assessment")
            if (found := f.fired(name, main))}  # fmt: skip
    if not ways or _waived(f, "assessment_statement"):
        return True
    last = max(ways, key=lambda name: ways[name].at)
    if last != "assessment_passed":
        return ways[last].data.get("reason") != "statement_valid" or _verified(f)
    track = f.service("assessment")
    issued = (f.fired("issue_pass", track) or f.fired("issue_limits", track)) if track else None
    if issued is None:
        return False
    renewed = next((t for t in f.results("renew_statement") if t.result.get("renewal") == "renewed"), None)
    newer = renewed is not None and _since(renewed, issued.at)
    ends = (renewed.result if newer and renewed is not None else issued.data).get("valid_until")
    return ends is not None and str(ends) >= f.today.isoformat()


# --- the site --------------------------------------------------------------------------------------------------------


@guard(
    rule="The baseline was recorded before commissioning ended.",
    refusal="No baseline was recorded before commissioning ended; it cannot be made up afterwards.",
)
def baseline_was_recorded(f: Facts) -> bool:
    site = f.current("deployment")
    tested = f.fired("ready_to_test", site) if site else None
    if site is None or tested is None:
        return False
    planned = f.fired("plan_set", site)
    if any(told is not None and told.data.get("baseline_recorded") is True for told in (planned, tested)):
        return True
    return any((t.closed_at or t.opened_at) < tested.at for t in f.results("record_baseline"))


@guard(
    rule="The site is accepted.",
    refusal="The site has not been accepted.",
)
def site_is_accepted(f: Facts) -> bool:
    site = f.current("deployment")
    return site is not None and site.outcome in ("accepted", "accepted_with_punch_list")


@guard(
    rule="The site was rejected for good or abandoned.",
    refusal="The site was neither rejected for good nor abandoned.",
)
def site_has_failed(f: Facts) -> bool:
    site = f.current("deployment")
    return site is not None and site.outcome in ("rejected_final", "abandoned")


# --- closing ---------------------------------------------------------------------------------------------------------


@guard(
    rule="Every task that must end before closing has ended.",
    refusal="A task is still open: finish it, or drop it.",
)
def tasks_have_ended(f: Facts) -> bool:
    """Aside: aftercare, the closing step itself, tasks of tracks that run on, and tasks that have not appeared yet."""
    main = f.case.main
    return not [
        t for t in f.case.open_tasks()
        if not t.aftercare
        and t.state != CREATED
        and not (t.track == main.id and t.type == "step")
        and not (t.track in f.case.tracks and _runs_on(f.case.tracks[t.track]))
    ]  # fmt: skip


@guard(
    rule="Every referral has ended.",
    refusal="A referral has not ended: wait for it, or cancel it.",
)
def referrals_have_ended(f: Facts) -> bool:
    return not any(t.workflow == "referral" and t.kind != "mediation" for t in f.case.live_tracks())


@guard(
    rule="Every track has ended, or may run on after closing.",
    refusal="A track has neither ended nor may it run on after closing: bring it to an end first.",
)
def tracks_have_ended_or_run_on(f: Facts) -> bool:
    return all(
        _runs_on(t) for t in f.case.live_tracks()
        if t.id != f.case.main.id and t.workflow not in ("referral", "mediation")
    )  # fmt: skip


@guard(
    rule="The outcome is a compliance stop if, and only if, compliance stopped the case.",
    refusal="A compliance stop stays the outcome, and only a stop makes it one.",
)
def outcome_respects_a_stop(f: Facts) -> bool:
    said = f.data.get("outcome")
    return said is None or (said == "compliance_stop") == (f.case.outcome == "compliance_stop")


@guard(
    rule="The case was not stopped by compliance.",
    refusal="The case was stopped by compliance.",
)
def not_stopped_by_compliance(f: Facts) -> bool:
    return f.case.outcome != "compliance_stop"


@guard(
    rule="The case was closed at most 24 months ago.",
    refusal="The case was closed more than 24 months ago.",
)
def closed_within_24_months(f: Facts) -> bool:
    if f.case.closed_at is None:
        return False
    closed = f.calendar.local_date(f.case.closed_at)
    # The 29th of February comes back on the 28th.
    last = closed.replace(year=closed.year + 2, day=28 if (closed.month, closed.day) == (2, 29) else closed.day)
    return f.today <= last


# --- referrals -------------------------------------------------------------------------------------------------------


@guard(
    rule="The service is the referral's.",
    refusal="This is another service than the referral's.",
)
def service_is_the_referrals(f: Facts) -> bool:
    return f.data.get("service") in (None, f.track.kind)


@guard(
    rule="A consent of each party concerned covers this provider and each of these documents.",
    refusal=(
        "No consent of the party concerned covers this provider and each of these documents. A paper of neither party concerns"
        " both, unless it was entered as the office's own."
    ),
)
def consent_covers_documents(f: Facts) -> bool:
    if f.track.kind == "mediation":
        return not f.data.get("documents")
    provider = f.data.get("provider") or f.track.provider
    return all(_covers(f, provider, one) for one in f.data.get("documents") or ())


@guard(
    rule="Consents still cover every shared document.",
    refusal="A shared document is no longer covered by a consent.",
)
def consent_covers_what_was_shared(f: Facts) -> bool:
    return all(_covers(f, f.track.provider, one) for one in f.track.given.get("documents") or ())


@guard(
    rule="The person named has declared no interest in this matter.",
    refusal="The person named has declared an interest in this matter.",
)
def person_is_not_barred(f: Facts) -> bool:
    person = f.data.get("person")
    return person is None or person not in f.track.barred | f.case.interests


@guard(
    rule="This person has not declared an interest in the case before.",
    refusal="This person has declared an interest in the case already.",
)
def person_is_not_out(f: Facts) -> bool:
    return (f.data.get("person") or f.actor) not in f.case.interests


@guard(
    rule="The provider has not started within 15 working days after accepting.",
    refusal="The provider still has working days left to start: 15 after accepting.",
)
def start_is_overdue(f: Facts) -> bool:
    accepted = f.fired("accept")
    return accepted is not None and f.now >= f.calendar.due(accepted.at, 15, "wd")


#: So many days may be added to what was planned at the least, and after a return, however short the time was.
EXTENSION_DAYS = timedelta(days=90)


def _last_extension(f: Facts) -> date:
    """The last day that may be asked for and granted: twice the time from acceptance to the planned day, or EXTENSION_DAYS
    after it or after a return."""
    accepted, returned, planned = f.fired("accept"), f.fired("return"), f.said("accept.planned_on")
    found = [f.calendar.local_date(returned.at) + EXTENSION_DAYS] if returned is not None else []
    if accepted is not None and planned is not None:
        start, day = f.calendar.local_date(accepted.at), date.fromisoformat(planned)
        found += [day + (day - start), day + EXTENSION_DAYS]
    return max(found, default=f.today + EXTENSION_DAYS)


def _wanted(f: Facts) -> date | None:
    """The day of an extension, as it is asked for or granted; None where no day is named."""
    day = f.data.get("new_date") or f.data.get("until_on")
    return date.fromisoformat(day) if isinstance(day, str) else None


@guard(
    rule="No earlier request for more time is being decided on.",
    refusal="More time was asked for already, and is being decided on.",
)
def no_extension_is_asked(f: Facts) -> bool:
    return not any(one.name == "decide_extension" and one.track == f.track.id for one in f.case.open_tasks())


@guard(
    rule="The new day is later than the day on which the work is due.",
    refusal="The new day must be later than the day on which the work is due.",
)
def extension_is_later(f: Facts) -> bool:
    day = _wanted(f)
    dues = [one.due_at for one in f.case.step_tasks(f.track.id) if one.due_at is not None]
    return day is None or all(day > f.calendar.local_date(one) for one in dues)


@guard(
    rule="The new day lies within twice the time that was planned, or within ninety days after the planned day or a return.",
    refusal="The new day lies too far away: at most twice the time that was planned from the acceptance, or ninety days more than"
    " planned or after a return. For more than that, the request is cancelled and made anew.",
)
def extension_is_bounded(f: Facts) -> bool:
    day = _wanted(f)
    return day is None or day <= _last_extension(f)


@guard(
    rule="The work on this service has ended.",
    refusal="The work on this service has not ended yet.",
)
def work_has_ended(f: Facts) -> bool:
    """A loan that has been paid out counts as delivered: its servicing goes on for years."""
    work = f.child
    if work is None or not work.live:
        return True
    return work.workflow == "pledge" and f.at_milestone(work, "paid")


@guard(
    rule="The referral is not a mediation.",
    refusal="A mediation has no such step.",
)
def not_a_mediation(f: Facts) -> bool:
    return f.track.kind != "mediation"


@guard(
    rule="It was returned fewer than two times.",
    refusal="It has been returned twice already.",
)
def rounds_are_left(f: Facts) -> bool:
    return f.count("return") < ROUNDS
