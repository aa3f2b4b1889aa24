"""Whether a transition was open, led where the edition says, and its guards held."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.guard_facts import NotGiven
from casework.engine.definition.required_documents import THERE, papers_for
from casework.engine.execution import corrections
from casework.engine.execution.checklists import steps_unticked
from casework.engine.execution.context import By
from casework.engine.execution.entered_states import move
from casework.engine.execution.guards import duty_reasons
from casework.engine.execution.sequential_requests import asked_by, same_request
from casework.engine.parts import RESTS, SENDS, TAKES_BACK, UNSENT
from casework.engine.roles import QUEUE_ROLES, role_of
from casework.engine.state.case import HELD, MET_JOIN, OPEN_JOIN, Case, Join, Track
from casework.engine.state.events import (
    COMPLETED,
    CONSENT_ENDED,
    FIRED,
    JOINED,
    SYSTEM_ACTOR,
    Event,
)
from casework.engine.state.join_count import ENOUGH, Tally, members, tally
from casework.operations.verification.authorization.actors import queue_not_worked, role_not_among
from casework.operations.verification.authorization.evidence import (
    EarlierEvent,
    Evidence,
    Reasons,
    is_due,
    listed,
    plain,
)
from casework.operations.verification.authorization.facts import (
    edition_of,
    facts_of,
    follows,
    guards_against,
    told_to_actor,
    unlisted,
)
from casework.permissions.actors import PROVIDER_ROLES


def new_tracks_against(evidence: Evidence, programme: str, event: Event) -> Reasons:
    for opened in event.effects.get("tracks", ()):
        edition = evidence.library.editions.get(opened["edition"])
        if edition is None:
            yield f"it opens a track by the edition {opened['edition'][:12]}, which is unknown"
        elif edition.workflow != opened["workflow"]:
            yield f"it opens a track of {opened['workflow']} by an edition of {edition.workflow}"
        elif opened["part"] != edition.part:
            yield f"it opens a track of {opened['workflow']} in another part than it plays"
        elif tuple(opened["states"]) != edition.initial:
            yield f"it opens a track of {opened['workflow']} elsewhere than at its beginning"
        elif not _chosen(evidence, programme, edition, event):
            yield f"it opens a track of {opened['workflow']} by another edition than the programme had chosen"


def _chosen(evidence: Evidence, programme: str, edition: Edition, event: Event) -> bool:
    """Whether it begins by the edition that its programme had named; one that is not installed any more begins nothing."""
    named = evidence.past.begins_by(programme, edition.workflow, event.at)
    return (
        not named or edition.number in named or not named <= evidence.library.offered.get(edition.workflow, {}).keys()
    )


def judge_transition(evidence: Evidence, before: Case, event: Event) -> Reasons:
    track = before.tracks[event.track or ""]
    edition, name = edition_of(evidence, track), event.effects["transition"]
    match = edition.find(name, track.states)
    if match is None:
        yield f"{edition.workflow} has no transition “{name}” from {listed(track.states)}"
        return
    rule, place = match
    yield from _target(before, track, edition, rule, place, event=event)
    data = event.effects.get("data", {})
    yield from _papers(evidence, before, track, rule, event)
    provider = data.get("provider") or track.provider
    if rule.part == SENDS and provider and not evidence.past.asks(before.programme, provider, event.at):
        yield "it asks a provider that the programme did not ask then"
    if event.actor == SYSTEM_ACTOR:
        yield from _by_itself(evidence, before, track, edition, rule, place=place, event=event)
    elif "proposed" in event.effects:
        yield from _confirmed(evidence, before, track, rule, event)
    elif event.because is not None:
        yield from _first_step(evidence, before, track, rule, event)
    else:
        yield from _by_person(evidence, before, track, rule, event)
        if rule.confirm_by:
            yield f"“{name}” needs a second person's word"
    # The person whose action drew this one with it is not told here, and some effects name that person.
    if event.actor != SYSTEM_ACTOR:
        yield from follows(rule.effects, facts_of(evidence, before, track, event, data), event)


def _papers(evidence: Evidence, before: Case, track: Track, rule: TransitionRule, event: Event) -> Reasons:
    """Every paper that it asks for was on file, and it rests on those."""
    try:
        papers = papers_for(facts_of(evidence, before, track, event, event.effects.get("data", {})), rule)
    except NotGiven as missing:
        yield f"it does not keep the facts by which papers count: {missing}"
        return
    for paper in papers:
        if paper.state != THERE:
            yield f"a paper that it asks for was {paper.state}: {paper.rule.kind}"
    if event.effects.get("papers", {}) != {paper.rule.kind: paper.document for paper in papers}:
        yield "it rests on other papers than those that count"


def _target(before: Case, track: Track, edition: Edition, rule: TransitionRule, place: str, *, event: Event) -> Reasons:
    back_to = track.came_from.get(place, ()) if rule.target == "=previous" else ()
    try:
        to = move(edition, track.states, rule, place, back_to)
    except Exception as fault:  # whatever the machine says, it says no
        yield f"“{rule.name}” cannot leave {listed(track.states)}: {fault}"
        return
    if event.to != to:
        yield f"“{rule.name}” leads to {listed(to)}, not to {listed(event.to)}"
    ends = edition.ended(to) and track.live and to != track.states
    ended = (to[0] if len(to) == 1 else "ended") if ends else None
    if event.effects.get("ended") != ended:
        yield f"“{rule.name}” {'ends the track' if ended else 'does not end the track'}"
    if event.effects.get("part", "") != rule.part or event.effects.get("came_to", "") != (
        edition.came_to(to) if ended else ""
    ):
        yield f"“{rule.name}” plays another part than it says"
    main = track.id == before.main.id
    closed = False if rule.reopens and main else True if ended and main else None
    if event.effects.get("closed") is not closed:
        yield f"“{rule.name}” does not close or reopen the case as it says"
    if bool(event.effects.get("reopened")) != rule.reopens:
        yield f"“{rule.name}” does not reopen the track as it says"
    if bool(event.effects.get("entered")) == rule.target.startswith("="):
        yield f"“{rule.name}” does not enter a state as it says"


def _by_person(evidence: Evidence, before: Case, track: Track, rule: TransitionRule, event: Event) -> Reasons:
    yield from role_not_among(before, event, rule.by_people)
    yield from map(str, duty_reasons(before, rule.not_by, {event.actor, event.acting_for}, track))
    if before.frozen and event.role in PROVIDER_ROLES:
        yield "the case stood still while a stop was being decided"
    if rule.target != "=same":
        for task in before.step_tasks(track.id):
            left = any(task.of == place or str(task.of).startswith(place + ".") for place in rule.sources)
            same_queue = event.role in QUEUE_ROLES.get(task.queue, frozenset())
            if left and same_queue and task.state in HELD and task.holder != event.actor:
                yield "somebody else held the step's task"
    data = event.effects.get("data", {})
    if rule.form is not None:
        yield from unlisted(evidence, before, event, edition_of(evidence, track).form(rule.form), data)
    facts = facts_of(evidence, before, track, event, data)
    yield from guards_against(rule.guards, told_to_actor(evidence, event, facts))
    yield from _ticked(evidence, before, track, rule)


def _ticked(evidence: Evidence, before: Case, track: Track, rule: TransitionRule) -> Reasons:
    if steps_unticked(edition_of(evidence, track), before, track, rule):
        yield "something that its step's checklist requires was not ticked"


def _confirmed(evidence: Evidence, before: Case, track: Track, rule: TransitionRule, event: Event) -> Reasons:
    pending = before.proposal_for(track.id, rule.name)
    if pending is None or pending.id not in event.effects.get("proposals_ended", ()):
        yield f"nobody had proposed “{rule.name}”"
        return
    yield from role_not_among(before, event, rule.confirm_by)
    if {pending.actor, pending.acting_for} & ({event.actor, event.acting_for} - {None}):
        yield "the person who proposed it also confirmed it"
    if event.effects.get("data", {}) != pending.data:
        yield "it confirms something else than what was proposed"
    facts = facts_of(evidence, before, track, event, pending.data)
    yield from guards_against(rule.guards, told_to_actor(evidence, event, facts))
    yield from _ticked(evidence, before, track, rule)


def _first_step(evidence: Evidence, before: Case, track: Track, rule: TransitionRule, event: Event) -> Reasons:
    """The first step of a service starts its referral, in the name of the same person."""
    cause = evidence.earlier.get(event.because or 0)
    below = before.tracks.get(cause.track or "") if cause else None
    drawn = cause is not None and below is not None and cause.kind == FIRED and below.parent == track.id
    if not (drawn and _begins(evidence, below, rule) and cause and cause.actor == event.actor):
        yield "what it names as its cause did not bring it about"


def _begins(evidence: Evidence, below: Track | None, rule: TransitionRule) -> bool:
    return below is not None and edition_of(evidence, below).rules["first_step_fires"] == rule.name


def _by_itself(
    evidence: Evidence, before: Case, track: Track, edition: Edition, rule: TransitionRule, *, place: str, event: Event
) -> Reasons:
    if event.because is None:
        stopped = {change["id"] for change in event.effects.get("clock_states", ()) if change["state"] == "stopped"}
        if rule.after is None or not any(
            clock.track == track.id and clock.id in stopped and is_due(clock, event, f"fire:{rule.name}")
            for clock in before.clocks.values()
        ):
            yield f"no clock was due for “{rule.name}”"
        return
    if rule.automatic:
        whole = edition.states[place].type in ("stage", "parallel")
        if whole and not edition.place_ended(place, track.states):
            yield f"“{place}” had not ended"
        yield from guards_against(rule.guards, facts_of(evidence, before, track, event, {}))
        return
    cause = evidence.earlier.get(event.because)
    if cause is not None and (asked := _asked_with(before, track, rule, cause)) is not None:
        yield from _asked_next(evidence, before, asked, track, rule, event=event)
    elif cause is None or not _drawn(evidence, before, track, rule, cause):
        yield f"what it names as its cause did not bring “{rule.name}” about"


def _asked_with(before: Case, track: Track, rule: TransitionRule, cause: EarlierEvent) -> Track | None:
    """Whose request this one gets, where its cause is that the next of a panel, or others beside, are asked."""
    at = before.tracks.get(cause.track or "")
    if at is None or cause.rule is None:
        return None
    return next(
        (
            asked
            for asked, following in asked_by(before, at, cause.rule)
            if following.id == track.id and rule.part == SENDS
        ),
        None,
    )


def _asked_next(
    evidence: Evidence, before: Case, asked: Track, track: Track, rule: TransitionRule, *, event: Event
) -> Reasons:
    """The next provider of a panel, or one beside, gets the request of the one before, under the same guards."""
    data = event.effects.get("data", {})
    sent, calendar = asked.last_fired(SENDS), evidence.past.calendar(before.programme, event.at)
    if sent is None:
        yield "nobody had been asked before"
        return
    days = calendar.local_date(event.at), calendar.local_date(sent.at)
    if data != same_request(asked, track, sent.data, *days):
        yield "it asks the next provider for something else than the one before"
    yield from guards_against(rule.guards, facts_of(evidence, before, track, event, data))


def _drawn(evidence: Evidence, before: Case, track: Track, rule: TransitionRule, cause: EarlierEvent) -> bool:
    if cause.kind == CONSENT_ENDED:
        return rule.part == RESTS
    if cause.kind == JOINED:
        met = [join for join in before.joins.values() if (join.kind, join.state) == (cause.what, MET_JOIN)]
        return rule.part == TAKES_BACK and any(
            track in members(before, join) and track.id not in join.by for join in met
        )
    if cause.rule is None or cause.track is None:
        return False
    source = before.tracks[cause.track]
    related = {
        "child": track.parent == source.id,
        "parent": source.parent == track.id,
        "referrals": track.is_referral,
        "unsent": track.is_referral and track.live and edition_of(evidence, track).stands(UNSENT, track.states),
        "replaced": track.replaced and track.workflow == source.workflow,
    }
    return any(name == rule.name and related.get(where, False) for where, name in cause.rule.also)


def judge_proposed(evidence: Evidence, before: Case, event: Event) -> Reasons:
    track = before.tracks[event.track or ""]
    edition, name = edition_of(evidence, track), event.effects["transition"]
    match = edition.find(name, track.states)
    if match is None or not match[0].confirm_by:
        yield f"{edition.workflow} asks for no second person for “{name}” at {listed(track.states)}"
        return
    if before.proposal_for(track.id, name) is not None:
        yield f"“{name}” had been proposed already"
    yield from _by_person(evidence, before, track, match[0], event)
    facts = facts_of(evidence, before, track, event, event.effects.get("data", {}))
    yield from follows(match[0].proposal_effects, facts, event)


def judge_refused(evidence: Evidence, before: Case, event: Event) -> Reasons:
    pending = before.proposal_for(event.track or "", event.effects["transition"])
    if pending is None or pending.id not in event.effects.get("proposals_ended", ()):
        yield f"nobody had proposed “{event.effects['transition']}”"
        return
    if {pending.actor, pending.acting_for} & ({event.actor, event.acting_for} - {None}):
        yield "the person who proposed it also decided on it"
    yield from queue_not_worked(event, before.tasks[pending.task])


def tally_of(evidence: Evidence, before: Case, join: Join) -> Tally:
    editions = {track.edition for track in before.tracks.values()} & set(evidence.library.editions)
    return tally(before, join, {edition: evidence.library[edition].milestones for edition in editions})


def judge_joined(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """By itself, once, when exactly these results were there and sufficed."""
    stated = Join.read(event.effects["join"])
    join = before.joins.get(stated.id)
    if join is None or join.state != OPEN_JOIN:
        yield "nothing waited for these results"
        return
    counted = tally_of(evidence, before, join)
    if counted.verdict(join) != ENOUGH:
        yield f"of the results {len(counted.results)} were there and {counted.needed(join)} were waited for"
    if stated != replace(join, state=MET_JOIN, by=counted.results):
        yield "it counts other results than there were"


def judge_timer(evidence: Evidence, before: Case, event: Event) -> Reasons:
    if event.actor != SYSTEM_ACTOR:
        yield "clocks fire by themselves"
    clock, what = before.clocks.get(event.effects["clock"]), event.effects["what"]
    if what == "stopped" and clock is not None and clock.fires_at is not None:
        what = clock.steps[clock.next][1]
    if clock is None or not is_due(clock, event, what):
        yield f"no clock was due for “{what}”"


def judge_recounted(evidence: Evidence, before: Case, event: Event) -> Reasons:
    if event.actor != SYSTEM_ACTOR:
        yield "clocks are counted again by themselves"
    if not evidence.past.knows_calendar(before.programme, event.effects["calendar"], event.at):
        yield "the programme had no such calendar"
    if set(event.effects) - {"calendar", "clock_states", "task_states"}:
        yield "it did more than count clocks again"


def judge_corrected(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """Another answer in the place of one that stood, from which nothing else had followed."""
    effects, cause = event.effects, evidence.earlier.get(event.because or 0)
    if (
        cause is None
        or cause.kind not in (FIRED, COMPLETED)
        or cause.track != event.track
        or effects["of"] != event.because
    ):
        yield "it corrects no answer that was given there"
    by = By(event.actor, role_of(event.role), event.organisation, event.acting_for)
    yield from corrections.faults_of(
        evidence.library.editions,
        before,
        str(event.track),
        effects,
        by,
        facts=lambda answer, data: facts_of(evidence, before, answer.track, event, data, task=answer.task),
    )
    answer = corrections.answer_of(
        evidence.library.editions, before, str(event.track), effects.get("transition"), effects.get("task")
    )
    if answer is not None:
        changed = {name: value for name, value in effects["data"].items() if answer.data.get(name) != value}
        yield from unlisted(evidence, before, event, answer.edition.form(str(answer.rule.form)), changed)
    task = effects.get("task")
    wanted = [{"id": task, "result": dict(effects["data"])}] if task else []
    if plain(effects.get("task_states", [])) != plain(wanted):
        yield "it changes something else than the answer"
    if set(effects) - {"of", "before", "data", "facts", "transition", "task", "name", "task_states"}:
        yield "it did more than correct an answer"
