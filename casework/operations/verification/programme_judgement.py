"""Whether what a programme's log says of its settings was set as it may be; and all else that is judged of that log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from casework.engine.case_objects.letterheads import COPIED, LETTERHEAD_SET, REASON
from casework.engine.case_objects.programme_editions import EDITIONS_SET
from casework.engine.case_objects.programme_lists import (
    AT_FIRST,
    FIRST_VERSION,
    LIST_SET,
    LIST_SETTERS,
    LISTS,
    key_of,
    offered_after,
    setters_of,
)
from casework.engine.case_objects.programme_providers import PROVIDERS_SET, Asked, only_adds
from casework.engine.case_objects.public_catalogues import CATALOGUE_SET
from casework.engine.case_objects.ranking_weights import (
    OF_WEIGHTS,
    VERSION,
    WEIGHTS_SET,
    fold,
    why_not_agreed,
)
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.own_limits import OF_CATALOGUE, limits_of
from casework.engine.execution.context import Library
from casework.engine.parties import PARTIES
from casework.engine.roles import Role
from casework.engine.state.events import ERASED, PARTY_ACTOR, SYSTEM_ACTOR, RegisterEvent
from casework.engine.tasks import routing_tables
from casework.engine.tasks.routing_tables import OF_ROUTING, ROUTING_SET
from casework.ledger.redactable_bodies import Erased
from casework.matching.weights import FIRST
from casework.operations.core.register_log import GRANTED, REGISTERED
from casework.operations.history.point_in_time import Past
from casework.operations.results.consent_links import CONSENTED
from casework.operations.results.public_figures import FIGURES_PUBLISHED
from casework.operations.results.stories import LET_OUT, PICTURED, PUBLISHERS, WRITTEN
from casework.operations.verification.assessment_judgement import assessment_faults
from casework.operations.verification.attestation_judgement import attestation_faults
from casework.operations.verification.batch_judgement import batch_faults
from casework.operations.verification.hold_judgement import hold_faults
from casework.operations.verification.removal_judgement import removal_faults
from casework.operations.verification.report_judgement import report_faults
from casework.operations.verification.retention_judgement import retention_faults
from casework.operations.verification.sample_judgement import sample_faults
from casework.operations.verification.setting_judgement import decided_against, set_against
from casework.records.register_entries import MARK, name_of


def programme_faults(past: Past, programme: str, events: Collection[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What in a programme's log could not have been done so: of its settings, assessments, reports, retention classes, legal holds,
    attestations, removals and batches."""
    yield from settings_faults(past, programme, events)
    yield from assessment_faults(events)
    yield from report_faults(past, programme, events)
    yield from retention_faults(past, programme, events)
    yield from hold_faults(past, programme, events)
    yield from sample_faults(past, programme, events)
    yield from attestation_faults(past, programme, events)
    yield from removal_faults(past, programme, events)
    yield from batch_faults(past, programme, events)


def settings_faults(past: Past, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What of its settings could not have been set so: the number of the event, and why."""
    set_before, begun = set[str](), False
    offers = AT_FIRST
    known = {(name, key) for name, keys in AT_FIRST.items() for key in keys}
    numbers: dict[str, int | None] = dict.fromkeys(LISTS, FIRST_VERSION)
    calendar: Calendar | None = None
    events = list(events)
    yield from _asked_against(past, programme, events)
    yield from _weighed_against(past, programme, events)
    yield from _routed_against(past, programme, events)
    yield from _shown_against(past, programme, events)
    yield from _consented_against(events)
    for event in events:
        if event.kind == COPIED:
            yield from ((event.seq, why) for why in _copied_against(past, event))
            if begun:
                yield event.seq, "a programme gets the settings of another as it begins, and not later"
        elif event.kind in (LETTERHEAD_SET, CATALOGUE_SET):
            yield from ((event.seq, why) for why in set_against(past, programme, event))
            if event.kind in set_before and REASON not in event.body:
                yield event.seq, "it changes what was set before, and does not say why"
        elif event.kind == LIST_SET:
            yield from ((event.seq, why) for why in set_against(past, programme, event, _setters(event)))
        if "lists" in event.effects or event.kind == LIST_SET:
            yield from ((event.seq, why) for why in _listed_against(event, known))
            yield from ((event.seq, why) for why in _numbered_against(event, numbers))
            for change in event.effects.get("lists", ()):
                offers = offered_after(change, offers) if change["list"] in offers else offers
        if (refusal := event.effects.get("refusal")) is not None and refusal not in offers["match_refusals"]:
            yield event.seq, f"the programme did not offer “{refusal}” then"
        if "calendar" in event.effects:
            version = Calendar.from_json(event.effects["calendar"])
            if calendar is not None:
                yield from ((event.seq, why) for why in _limits_against(past, programme, event, (calendar, version)))
            calendar = version
        # Whoever makes it gets a role before.
        begun = begun or event.kind not in (REGISTERED, GRANTED) or event.seq > 2
        copied = event.kind == COPIED and any(name.startswith(f"letterheads{MARK}") for name in event.body)
        set_before |= {event.kind, LETTERHEAD_SET} if copied else {event.kind}


def _asked_against(past: Past, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """Whom it asks, and by which editions it begins, is set as other settings are; with a reason unless providers are only added."""
    asked: Asked = None
    for event in events:
        if event.kind == PROVIDERS_SET:
            yield from ((event.seq, why) for why in set_against(past, programme, event))
            if REASON not in event.body and not only_adds(asked, event.effects.get("providers")):
                yield event.seq, "it changes whom the programme asks, and does not say why"
        elif "providers" in event.effects and event.kind != COPIED:
            yield event.seq, "it changes whom the programme asks, which is set by an event of its own"
        if event.kind == EDITIONS_SET:
            yield from ((event.seq, why) for why in set_against(past, programme, event))
            if REASON not in event.body:
                yield event.seq, "it changes by which editions the programme begins, and does not say why"
        elif "editions" in event.effects and event.kind != COPIED:
            yield event.seq, "it changes by which editions the programme begins, which is set by an event of its own"
        asked = event.effects.get("providers", asked)


def _weighed_against(past: Past, programme: str, events: Collection[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """Weights of ranked lists are proposed by one person with a reason, and set once a second one agrees."""
    number, before = FIRST, list[RegisterEvent]()
    for event in events:
        if event.kind not in OF_WEIGHTS:
            if "weights" in event.effects:
                yield event.seq, "it sets weights of ranked lists, which are set by an event of their own"
            continue
        against = decided_against(past, programme, event, OF_WEIGHTS, "weights of ranked lists, or refuses them")
        yield from ((event.seq, why) for why in against)
        if event.kind == WEIGHTS_SET:
            if (why := why_not_agreed(next(reversed(fold(before)), None), number, event)) is not None:
                yield event.seq, why
            number = (event.effects.get("weights") or {}).get(VERSION, number)
        before.append(event)


def _routed_against(past: Past, programme: str, events: Collection[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """A routing table is proposed by one person with a reason, and set once a second one agrees."""
    number, before = routing_tables.FIRST_VERSION, list[RegisterEvent]()
    for event in events:
        if event.kind not in OF_ROUTING:
            if "routing" in event.effects:
                yield event.seq, "it sets a routing table, which is set by an event of its own"
            continue
        against = decided_against(past, programme, event, OF_ROUTING, "a routing table, or refuses it")
        yield from ((event.seq, why) for why in against)
        if event.kind == ROUTING_SET:
            waiting = next(reversed(routing_tables.fold(before)), None)
            if (why := routing_tables.why_not_agreed(waiting, number, event)) is not None:
                yield event.seq, why
            number = (event.effects.get("routing") or {}).get("version", number)
        before.append(event)


def _shown_against(past: Past, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What everybody reads is published by a supervisor, and a story by none who has written of it."""
    writers: dict[str, set[str]] = {}
    for event in events:
        stories = [name for name in event.body if name.startswith(f"success_stories{MARK}")]
        if event.kind in (WRITTEN, PICTURED):
            for one in stories:
                writers.setdefault(one, set()).add(event.actor)
        if event.kind not in (LET_OUT, FIGURES_PUBLISHED):
            continue
        if event.role not in PUBLISHERS:
            yield event.seq, f"it is done by {' or '.join(PUBLISHERS)}, not by {event.role}"
        elif not past.held(programme, event.actor, Role(event.role), None, event.at, any_deputy=True):
            yield event.seq, f"its actor did not hold the role {event.role} at that moment"
        if any(event.actor in writers.get(one, ()) for one in stories):
            yield event.seq, "it publishes a story of which its actor has written"


def _consented_against(events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """A story is published while both of its parties consent, which they say themselves, and is not changed while one does."""
    events, stands = list(events), dict[str, dict[str, str]]()
    # What a consent is about never changes; where one event of it was erased another one says it.
    about = {
        name: (name_of("success_stories", str(row["story_id"])), str(row["side"]))
        for event in events
        for name, row in event.body.items()
        if name.startswith(f"story_consents{MARK}") and isinstance(row, Mapping)
    }
    for event in events:
        # An erasure says anew what stands in a row, and not what a party says.
        for name in event.body.keys() & about.keys() if event.kind != ERASED else ():
            story, side = about[name]
            given = stands.setdefault(story, {})
            given.pop(name, None)
            if event.kind == CONSENTED:
                given[name] = side
                if event.actor != PARTY_ACTOR:
                    yield event.seq, "it consents in the place of a party"
        for story in (name for name in event.body if name.startswith(f"success_stories{MARK}")):
            sides = set(stands.get(story, {}).values())
            if event.kind == LET_OUT and sides != {*PARTIES}:
                yield event.seq, "it publishes a story to which not both parties consented then"
            if event.kind in (WRITTEN, PICTURED) and sides:
                yield event.seq, "it changes a story to which a party consents"


def _listed_against(event: RegisterEvent, known: set[tuple[str, str]]) -> Iterator[str]:
    """What it says is offered is what its rows say; of an entry that was there before it says why."""
    said = {
        (change["list"], key): offered
        for change in event.effects.get("lists", ())
        for key, offered in change["offered"].items()
    }
    if any(name not in LISTS for name, _ in said):
        yield "it names a list that no programme has"
    rows = [row for name, row in event.body.items() if name.startswith(f"list_entries{MARK}")]
    if not any(isinstance(row, Erased) for row in rows):
        stand = {(row["list"], key_of(row["code"], row["version"])): not row["retired"] for row in rows if row}
        if stand != said:
            yield "its rows say of its entries something else than it does"
    if event.kind == LIST_SET and REASON not in event.body and known & said.keys():
        yield "it says something else of an entry that was there before, and does not say why"
    known |= said.keys()


def _setters(event: RegisterEvent) -> tuple[Role, ...]:
    """Who may change the lists that an event changes: whoever may change each of them."""
    said = {change["list"] for change in event.effects.get("lists", ())}
    return setters_of(said.pop()) if len(said) == 1 else LIST_SETTERS


def _numbered_against(event: RegisterEvent, numbers: dict[str, int | None]) -> Iterator[str]:
    """Each change of a list makes its next version; a programme that begins with the lists of another goes on from their versions."""
    rows = [row for name, row in event.body.items() if name.startswith(f"list_entries{MARK}")]
    erased = any(not isinstance(row, Mapping) for row in rows)
    for name in {change["list"] for change in event.effects.get("lists", ())} & numbers.keys():
        said = {row["since"] for row in rows if isinstance(row, Mapping) and row["list"] == name}
        before = numbers[name]
        if event.kind == LIST_SET:
            numbers[name] = None if before is None else before + 1
            if numbers[name] is not None and not said <= {numbers[name]}:
                yield f"it makes another version of the list “{name}” than the next one"
        else:
            # What was erased of it may have been the newest.
            numbers[name] = None if erased else max(said, default=FIRST_VERSION)


def _copied_against(past: Past, event: RegisterEvent) -> Iterator[str]:
    """A programme is begun with the settings of another by an administrator of that one, or on the command line."""
    if event.actor == SYSTEM_ACTOR:
        return
    source = event.effects.get("copied_from")
    if source is None or not past.held(source, event.actor, Role.ADMINISTRATOR, None, event.at, any_deputy=True):
        yield "its actor did not administer the programme whose settings were taken"


def _limits_against(
    past: Past, programme: str, event: RegisterEvent, versions: tuple[Calendar, Calendar]
) -> Iterator[str]:
    """A version of the calendar has the limits of the one before, but for those that its event says were set."""
    before, after = versions
    told = event.effects.get("limits", {})
    changed = {
        what: [before.limits.get(what), after.limits.get(what)]
        for what in before.limits.keys() | after.limits.keys()
        if before.limits.get(what) != after.limits.get(what)
    }
    if changed != told:
        yield "the limits of its calendar are others than it says were set"
    if not told:
        return
    yield from set_against(past, programme, event)
    if replace(after, version=before.version, limits=before.limits).digest != before.digest:
        yield "it sets limits, and changes when people work with them"
    if REASON not in event.body:
        yield "it sets a limit, and does not say why"
    yield from (
        f"{what} is no limit that a programme sets so"
        for what in told
        if not _may_be_set(past.library, what, after.limits.get(what))
    )


def _may_be_set(library: Library, what: str, n: int | None) -> bool:
    """Whether some edition or the catalogue has this limit, and it was the programme's to set, to so many; None: as that says."""
    editions = (one for one in library.editions.values() if one.workflow == what.partition(".")[0])
    return any(
        limit.what == what and limit.settable and (n is None or limit.least <= n <= limit.most)
        for limit in (*OF_CATALOGUE, *(limit for edition in editions for limit in limits_of(edition)))
    )
