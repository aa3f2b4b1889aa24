"""Several referrals of one kind side by side: how many results the case waits for, who is asked as well, and what if too few come."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.definition.consequences import Follows
from casework.engine.definition.forms import Choice, Note, Number, Providers
from casework.engine.definition.grammar import Form
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect, guard
from casework.engine.state.case import GIVEN_UP_JOIN, Join, Track
from casework.engine.state.join_count import SOME, asked_now, join_of, open_join, tally
from workflows.codes import OPEN_SERVICES, SERVICES

#: What counts as the result of a service before its referral is approved: of a loan, the offer.
RESULT_AT = {"pledge": "offered", "finance": "offered"}

RULES = {"first": "The first result", "all": "All results", "some": "A number of results"}
SIDE_BY_SIDE = {code: words for code, words in SERVICES.items() if code in OPEN_SERVICES}
AT_ONCE = "They get the same request at once. No provider learns of the others."
ENOUGH_IS = "What has no result by then is withdrawn; what has been delivered is still checked."


# --- forms -----------------------------------------------------------------------------------------------------------


class AskedBeside(Form):
    service = Choice(label="Service", choices=SIDE_BY_SIDE)
    beside = Providers(label="Other providers to ask", help=AT_ONCE)
    join = Choice(label="What the case waits for", choices=RULES, help=ENOUGH_IS)
    needed = Number(label="How many results", min="1", max="20", whole=True, when=("join", ("some",)))


class ChangedJoin(Form):
    service = Choice(label="Service", choices=SIDE_BY_SIDE)
    join = Choice(label="What the case waits for", choices=RULES, help=ENOUGH_IS)
    needed = Number(label="How many results", min="1", max="20", whole=True, when=("join", ("some",)))
    reason = Note(label="Why")


class TooFewResults(Form):
    go_on = Choice(
        label="What happens next",
        choices={"fewer": "Go on with the results there are", "none": "Go on without"},
        done={"fewer": "decided to go on with the results there are", "none": "decided to go on without results"},
        help="To ask another provider instead, choose “Ask another provider as well” on the page of the case; this task is done with that.",
    )
    note = Note(label="Note", required=False)


# --- who is asked, and what is waited for ----------------------------------------------------------------------------


def _kind(f: Facts) -> str:
    return f.track.kind if f.track.workflow == "referral" else str(f.data.get("service"))


def _named(f: Facts, kind: str) -> list[str]:
    """The referrals that belong together: those of the join that waits, or all that were sent, and this one."""
    join = open_join(f.case, kind)
    named = list(join.referrals) if join else [referral.id for referral in asked_now(f.case, kind)]
    if (
        f.track.workflow == "referral"
        and f.track.id not in named
        and (join is None or join_of(f.case, f.track) is None)
    ):
        named.append(f.track.id)
    return named


def _count(f: Facts, kind: str, fewest: int = 0) -> int:
    """How many results can come if what the form says is done."""
    join, beside = open_join(f.case, kind), len(f.data.get("beside") or ())
    if join is None:
        return len(_named(f, kind)) + beside
    counted = tally(f.case, join, f.milestones)
    own = f.track.workflow == "referral" and join_of(f.case, f.track) is None
    return len(counted.results) + len(counted.running) + beside + own


@effect()
def wait_for_results(f: Facts) -> Follows:
    """The referrals of the kind that run side by side, and how many of their results the case waits for.

    A request that is sent while others of its kind are waited for is waited for with them.
    """
    kind, rule = _kind(f), f.data.get("join")
    waiting = open_join(f.case, kind)
    if rule is None and (waiting is None or join_of(f.case, f.track) is not None):
        return {}
    named = _named(f, kind)
    if waiting is not None and rule is None:
        return {"join": replace(waiting, referrals=tuple(named)).written()}
    join = Join(
        waiting.id if waiting else named[-1],
        kind,
        str(rule),
        _number(f) if rule == SOME else None,
        RESULT_AT.get(kind),
        tuple(named),
    )
    return {"join": join.written()}


def _number(f: Facts) -> int:
    return int(f.data.get("needed") or 1)


@effect()
def go_on_with_fewer(f: Facts) -> Follows:
    """As many results as there are suffice; or nobody waits for any."""
    join = f.case.joins.get(str(f.task.about)) if f.task else None
    if join is None:
        return {}
    if f.data.get("go_on") == "none":
        return {"join": replace(join, state=GIVEN_UP_JOIN).written()}
    results = len(tally(f.case, join, f.milestones).results)
    return {"join": replace(join, rule=SOME, needed=results).written()}


# --- guards ----------------------------------------------------------------------------------------------------------


@guard(
    rule="A request for this service was sent and still runs.",
    refusal="No request for this service has been sent that still runs: write and send the first one, and name the others in it.",
    at=("service",),
)
def service_is_asked_for(f: Facts) -> bool:
    return bool(asked_now(f.case, str(f.data.get("service"))))


@guard(
    rule="A request was sent and still runs.",
    refusal="No request has been sent that still runs: write and send the first one, and name the others in it.",
)
def some_service_is_asked_for(f: Facts) -> bool:
    return any(asked_now(f.case, kind) for kind in SIDE_BY_SIDE)


@guard(
    rule="Referrals run side by side, and the case waits for their results.",
    refusal="No referrals run side by side of which the case waits for results.",
)
def some_join_waits(f: Facts) -> bool:
    return any(open_join(f.case, kind) for kind in SIDE_BY_SIDE)


@guard(
    rule="Referrals of this service run side by side, and the case waits for their results.",
    refusal="No referrals of this service run side by side of which the case waits for results.",
    at=("service",),
)
def service_is_joined(f: Facts) -> bool:
    return open_join(f.case, str(f.data.get("service"))) is not None


@guard(
    rule="As many results can still come as the case waits for.",
    refusal="So many results cannot come: wait for fewer, or name more providers to ask as well.",
    at=("needed",),
)
def results_can_come(f: Facts) -> bool:
    return f.data.get("join") != SOME or _number(f) <= _count(f, _kind(f))


@guard(
    rule="How many results the case waits for is said only where several providers are asked.",
    refusal="Only one provider is asked: name others to ask as well, or leave open what the case waits for.",
    at=("join",),
)
def several_are_asked(f: Facts) -> bool:
    return f.data.get("join") is None or open_join(f.case, _kind(f)) is not None or _count(f, _kind(f)) > 1


@guard(
    rule="Where others are asked as well, it is said how many results the case waits for.",
    refusal="Others are to be asked as well: say how many results the case waits for.",
    at=("join",),
)
def rule_is_said(f: Facts) -> bool:
    return not f.data.get("beside") or f.data.get("join") is not None


@guard(
    rule="Each provider to be asked as well is one that is not asked yet.",
    refusal="One of those to be asked as well is asked already.",
    at=("beside",),
)
def beside_are_others(f: Facts) -> bool:
    kind = _kind(f)
    asked = {referral.provider for referral in asked_now(f.case, kind)}
    if f.track.workflow == "referral":
        asked.add(str(f.data.get("provider") or f.track.provider))
    return not asked & set(f.data.get("beside") or ())


@guard(
    rule="There is a result to go on with.",
    refusal="There is no result to go on with yet.",
    at=("go_on",),
)
def results_are_there(f: Facts) -> bool:
    join = f.case.joins.get(str(f.task.about)) if f.task else None
    return f.data.get("go_on") != "fewer" or join is None or bool(tally(f.case, join, f.milestones).results)


# --- what counts -----------------------------------------------------------------------------------------------------


def services_that_count(f: Facts, kind: str) -> list[Track]:
    """Of referrals side by side the services of those with a result; else the service of the referral that counts."""
    join = f.join(kind)
    if join is None:
        service = f.service(kind)
        return [service] if service else []
    results = tally(f.case, join, f.milestones).results
    return [child for id in results for child in f.case.children(id) if not child.replaced]


def reached(f: Facts, kind: str, milestone: str) -> bool:
    """Whether the service has come so far: of referrals side by side, as many as the case waits for."""
    join = f.join(kind)
    there = [service for service in services_that_count(f, kind) if f.at_milestone(service, milestone)]
    return len(there) >= (tally(f.case, join, f.milestones).needed(join) if join else 1)
