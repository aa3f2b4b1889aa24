"""How a case stands after so many of its events: its tracks, tasks, clocks, consents, documents and proposals, as the history tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework_verify.replay.counting import moment
from casework_verify.replay.small_changes import about_of, handed_on, link_of, object_to, record, ticked
from casework_verify.replay.things import (
    HELD,
    OPEN,
    PARTIES,
    PARTY,
    SYSTEM,
    Clock,
    Event,
    Fired,
    Proposal,
    Step,
    Task,
    Track,
    steps_of,
)

#: Among what fired on a track: a move that one person asks for, and the one that was made last.
ASKED, MADE = "=move_asked", "=moved"


class Case:
    """What a history adds up to, event by event."""

    def __init__(self, event: Event) -> None:
        about = event.effects["case"]
        self.log: str = event.log
        self.kind: str = about["kind"]
        self.programme: str = about["programme"]
        self.number: str | None = about.get("number")
        self.opened_at = event.at
        #: What it was opened about, by the columns of its row, and what of it tells cases apart.
        self.about: Mapping[str, str | None] = about_of(about)
        self.as_opened: Mapping[str, Any] = about.get("as_opened") or {}
        self.revision = 0
        self.parties: Mapping[str, str] = about.get("parties") or {}
        self.rights: list[str] = list(about.get("rights") or ())
        self.owner: str | None = about.get("owner")
        self.team: list[str] = list(about.get("team") or ())
        self.title: Mapping[str, Any] | None = event.body.get("title")
        self.title_gone = False
        self.tracks: dict[str, Track] = {}
        self.tasks: dict[str, Task] = {}
        self.clocks: dict[str, Clock] = {}
        self.proposals: dict[str, Proposal] = {}
        self.consents: dict[str, dict[str, Any]] = {}
        self.documents: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, int] = {}
        #: By document and version.
        self.files: dict[tuple[str, int], dict[str, Any]] = {}
        #: What was recorded of its effect, and stated of its technology.
        self.impacts: dict[str, dict[str, Any]] = {}
        self.statements: dict[str, dict[str, Any]] = {}
        self.grants: dict[str, dict[str, Any]] = {}
        #: Readers for a time.
        self.openings: dict[str, dict[str, Any]] = {}
        self.links: dict[str, dict[str, Any]] = {}
        self.joins: dict[str, Mapping[str, Any]] = {}
        #: Links to other cases.
        self.related: dict[str, Mapping[str, Any]] = {}
        self.interests: set[str] = set()
        self.hold: Mapping[str, Any] | None = None
        self.frozen = False
        self.outcome: str | None = None
        self.reasons: list[str] = []
        self.closed_at: datetime | None = None
        self.removed_at: datetime | None = None
        self.archived_as: str | None = None
        #: The open tasks of each track, so that none need be looked for among all.
        self.open_on: dict[str, dict[str, Task]] = {}

    @property
    def sealed(self) -> bool:
        return self.kind == "mediation"

    @property
    def main(self) -> Track:
        return next(iter(self.tracks.values()))

    def referral_of(self, track: Track | None) -> Track | None:
        """The referral to a provider that a track is, or lies below."""
        if track is None or track.is_request:
            return track
        return self.tracks.get(track.parent) if track.parent else None

    def proposal(self, track: str, transition: str) -> Proposal | None:
        same = (one for one in self.proposals.values() if (one.track, one.transition) == (track, transition))
        return next(same, None)

    # --- what an event changes ---

    def take(self, event: Event) -> None:
        """The case after an event."""
        effects = event.effects
        if event.track is None and event.kind in _TURNS or "owner" in effects or "team" in effects:
            self.revision += 1
        if event.track is not None:
            self._move(self.tracks[event.track], event)
        for key, change in _CHANGES.items():
            if key in effects:
                change(self, effects[key], event)

    def _move(self, track: Track, event: Event) -> None:
        effects = event.effects
        track.revision += event.kind in _TURNS
        if event.kind == "fired":
            self._fire(track, event)
        elif event.kind in ("move_asked", "move_refused", "moved"):
            self._move_by_two(track, event)
        elif event.kind == "corrected" and "transition" in effects:
            track.fired[effects["transition"]].data = effects["data"]
        track.named = effects.get("named", track.named)
        track.provider = effects.get("provider", track.provider)
        track.replaced = effects.get("replaced", track.replaced)
        track.given |= effects.get("given", {})
        track.barred |= set(effects.get("barred", ()))
        received = effects.get("received", {})
        track.received |= {name: {"count": count, "at": event.written_at} for name, count in received.items()}
        if "objection" in effects:
            object_to(track.objections, effects["objection"], event)

    def _fire(self, track: Track, event: Event) -> None:
        effects, name = event.effects, event.effects["transition"]
        times = track.fired[name].count if name in track.fired else 0
        data = effects.get("data", {})
        track.fired[name] = Fired(times + 1, event.at, event.written_at, event.actor, event.acting_for, data)
        if "part" in effects:
            track.played[effects["part"]] = name
        if "came_to" in effects:
            track.played[effects["came_to"]] = effects["ended"]
        if effects.get("entered"):
            track.came_from |= {leaf: event.frm for leaf in event.to if leaf not in event.frm}
        if event.to != event.frm:
            track.states, track.entered_at = event.to, event.at
            track.fired.pop(ASKED, None)
        if "ended" in effects:
            track.ended_at, track.outcome = event.at, effects["ended"]
        if effects.get("reopened"):
            track.ended_at = track.outcome = None
            track.played = {part: by for part, by in track.played.items() if part not in _FINAL_PARTS}

    def _move_by_two(self, track: Track, event: Event) -> None:
        """What waits for the second person, and what became of it."""
        if event.kind == "move_asked":
            data = {"seq": event.seq, "to": event.effects["move"]["to"]}
            track.fired[ASKED] = Fired(1, event.at, event.written_at, event.actor, event.acting_for, data)
            return
        track.fired.pop(ASKED, None)
        if event.kind == "moved":
            times = track.fired[MADE].count if MADE in track.fired else 0
            back = {"back": True} if event.effects["move"].get("back") else {}
            data = {"from": list(event.frm), **back}
            track.fired[MADE] = Fired(times + 1, event.at, event.written_at, event.actor, event.acting_for, data)
            track.came_from |= {leaf: event.frm for leaf in event.to if leaf not in event.frm}
            track.states, track.entered_at = event.to, event.at

    def _tracks(self, opened: list[dict[str, Any]], event: Event) -> None:
        for one in opened:
            self.tracks[one["id"]] = Track(
                one["id"],
                one["workflow"],
                one["edition"],
                one["kind"],
                one["part"],
                one["parent"],
                one["provider"],
                tuple(one["states"]),
                event.at,
                event.at,
                dict(one.get("given") or {}),
            )

    def _replaced(self, ids: list[str], event: Event) -> None:
        for id in ids:
            self.tracks[id].replaced = True

    def _provider(self, provider: str | None, event: Event) -> None:
        for track in self.tracks.values():
            if track.parent == event.track and event.track is not None:
                track.provider = provider

    def _tasks(self, opened: list[dict[str, Any]], event: Event) -> None:
        asked_by = event.actor if event.kind == "added" and not event.by_itself else None
        for one in opened:
            task = self.tasks[one["id"]] = Task(
                one["id"],
                one["track"],
                one["name"],
                one["edition"],
                one["rule"],
                one["type"],
                one["queue"],
                one["organisation"],
                one["state"],
                event.at,
                one["due"] and moment(one["due"]),
                one["of"],
                one["about"],
                one["aftercare"],
                asked_by,
                awaits=one.get("awaits"),
            )
            self.open_on.setdefault(task.track, {})[task.id] = task

    def _task_states(self, changes: list[dict[str, Any]], event: Event) -> None:
        for change in changes:
            self._task_state(self.tasks[change["id"]], change, event)

    def _task_state(self, task: Task, change: Mapping[str, Any], event: Event) -> None:
        if "to" in change:
            task.handed = handed_on(task.handed, change["to"], event)
        elif "holder" in change and (task.handed is None or change["holder"] != task.handed["to"]):
            task.handed = None
        if "item" in change:
            task.ticks[change["item"]] = ticked(task.ticks.get(change["item"]), event)
        if "wait" in change:
            task.wait = change["wait"] and {**change["wait"], "seq": event.seq}
        if "due" in change:
            task.due = change["due"] and moment(change["due"])
        state = change.get("state")
        if state == "Suspended":
            task.before = change.get("before", task.state)
        elif state is not None:
            task.before = task.wait = None
        for name in ("state", "holder", "flagged", "result", "priority"):
            if name in change:
                setattr(task, name, change[name])
        if state is not None and state not in OPEN:
            task.closed_at, task.closed_by, task.acted_for = event.at, change.get("by", event.actor), event.acting_for
            self.open_on.get(task.track, {}).pop(task.id, None)

    def _clocks(self, started: list[dict[str, Any]], event: Event) -> None:
        for one in started:
            self.clocks[one["id"]] = Clock(
                one["id"],
                one["track"],
                one["unit"],
                steps_of(one["steps"]),
                moment(one["start"]),
                one["calendar"],
                one.get("task"),
                one.get("consent"),
                one.get("grant"),
                one.get("of"),
            )

    def _clock_states(self, changes: list[dict[str, Any]], event: Event) -> None:
        for change in changes:
            clock = self.clocks[change["id"]]
            clock.state, clock.left = change["state"], tuple(change.get("left", ()))
            if "steps" in change:
                clock.steps = steps_of(change["steps"])
            if "start" in change:
                clock.start = moment(change["start"])
            for name in ("next", "task", "calendar"):
                if name in change:
                    setattr(clock, name, change[name])
            if clock.state == "stopped":
                del self.clocks[clock.id]

    def _proposal(self, one: dict[str, Any], event: Event) -> None:
        data = event.effects.get("data", {})
        self.proposals[one["id"]] = Proposal(
            one["id"],
            str(event.track),
            one["transition"],
            event.actor,
            event.acting_for,
            event.seq,
            data,
            one["task"],
        )

    def _proposals_ended(self, ids: list[str], event: Event) -> None:
        for id in ids:
            self.proposals.pop(id, None)

    def _consents(self, given: list[dict[str, Any]], event: Event) -> None:
        self.consents |= {one["id"]: dict(one) for one in given}

    def _consents_ended(self, endings: list[dict[str, Any]], event: Event) -> None:
        for one in endings:
            self.consents[one["id"]] |= {"ended_at": event.at, "how": one["how"]}

    def _documents(self, registered: list[dict[str, Any]], event: Event) -> None:
        given = {"track": event.track, "registered_at": event.at}
        for n, one in enumerate(registered):
            words = event.body if n == 0 and event.kind in _WITH_WORDS else {}
            self.documents[one["id"]] = {**one, **given, "body": words}

    def _documents_withdrawn(self, ids: list[str], event: Event) -> None:
        for id in ids:
            self.documents[id]["withdrawn_at"] = event.at

    def _dispatched(self, out: list[dict[str, Any]], event: Event) -> None:
        for one in out:
            self.documents[one["id"]] |= {"dispatched_how": one["how"], "dispatched_on": one["on"]}

    def _files(self, filed: list[dict[str, Any]], event: Event) -> None:
        for one in filed:
            self.versions[one["document"]] = one["version"]
            self.files[one["document"], one["version"]] = {
                **one,
                "filed_at": event.at,
                "filed_by": event.actor,
                "body": event.body,
            }

    def _impacts(self, given: list[dict[str, Any]], event: Event) -> None:
        for n, one in enumerate(given):
            record(self.impacts, "impact", n, one, event)

    def _statement(self, given: dict[str, Any], event: Event) -> None:
        record(self.statements, "statement", 0, given, event)

    def _grants(self, given: list[dict[str, Any]], event: Event) -> None:
        self.grants |= {one["id"]: {**one, "given_at": event.at} for one in given}

    def _grants_ended(self, ids: list[str], event: Event) -> None:
        for id in ids:
            self.grants[id]["ended_at"] = event.at

    def _grant_days(self, days: list[dict[str, Any]], event: Event) -> None:
        for one in days:
            self.grants[one["id"]]["until"] = one["until"]

    def _grants_returned(self, ids: list[str], event: Event) -> None:
        for id in ids:
            self.grants[id]["returned_at"] = event.at

    def _openings(self, asked: list[dict[str, Any]], event: Event) -> None:
        for one in asked:
            until = one["until"] and moment(one["until"])
            told = {
                "asker": event.actor,
                "asked_at": event.at,
                "until": until,
                "decided_at": event.at if until else None,
            }
            self.openings[one["id"]] = {**one, **told}

    def _opening_states(self, changes: list[dict[str, Any]], event: Event) -> None:
        for change in changes:
            opening = self.openings[change["id"]]
            opening |= {name: change[name] for name in ("state", "told_on") if name in change}
            if change.get("state") in ("open", "refused"):
                opening["decided_at"] = event.at
            if change.get("state") == "ended":
                opening["ended_at"] = event.at
            if "until" in change:
                opening["until"] = moment(change["until"])

    def _links(self, given: list[dict[str, Any]], event: Event) -> None:
        told = {"state": "open", "given_by": event.actor, "given_at": event.at}
        self.links |= {one["id"]: {**one, **told, "until": moment(one["until"])} for one in given}

    def _link_states(self, changes: list[dict[str, Any]], event: Event) -> None:
        for one in changes:
            self.links[one["id"]] |= {"state": one["state"], "ended_at": event.at}

    def _join(self, join: dict[str, Any], event: Event) -> None:
        self.joins[join["id"]] = join

    def _interest(self, people: list[str], event: Event) -> None:
        self.interests |= set(people)

    def _interest_ended(self, people: list[str], event: Event) -> None:
        self.interests -= set(people)

    def _closed(self, closes: bool, event: Event) -> None:
        self.closed_at = event.at if closes else None

    def _migration(self, migration: dict[str, Any], event: Event) -> None:
        for one in migration["tracks"]:
            track = self.tracks[one["id"]]
            track.edition, track.states = migration["to"], tuple(one["states"])
            track.revision += 1
            if "came_from" in one:
                track.came_from = {state: tuple(before) for state, before in one["came_from"]["now"].items()}
        for one in migration["tasks"]:
            task = self.tasks[one["id"]]
            task.edition, task.rule, task.name, task.of = (
                migration["to"],
                *(one["now"][key] for key in ("rule", "name", "of")),
            )
        for one in migration["clocks"]:
            self.clocks[one["id"]].of = one["of"]

    def _related(self, told: Mapping[str, Any], event: Event) -> None:
        self.related[told["id"]] = link_of(told)

    def _related_ended(self, told: Mapping[str, Any], event: Event) -> None:
        self.related.pop(told["id"], None)

    def _erased(self, erased: dict[str, Any], event: Event) -> None:
        self.title_gone |= bool(erased["title"])

    def _removal(self, removal: dict[str, Any], event: Event) -> None:
        self.removed_at, self.title_gone = event.at, True
        if "sealed" in removal:
            self.archived_as = removal["sealed"]["file"]


#: What makes a form stale that was shown before it.
_TURNS = frozenset({
    "opened", "fired", "proposed", "refused", "consent_ended", "rights_changed", "migrated", "move_asked", "move_refused", "moved",
    "handed_over", "cases_linked", "cases_unlinked",
})  # fmt: skip
#: What enters a document together with its title.
_WITH_WORDS = frozenset({"document_registered", "letter_sent"})
#: What counts no longer once a track goes on after its end.
_FINAL_PARTS = frozenset({"gives_result", "turned_down", "unanswered", "called_off", "went_wrong"})


def _set(name: str) -> Any:
    return lambda case, value, event: setattr(case, name, value)


#: In this order: what is changed may have been opened by the same event.
_CHANGES: Mapping[str, Any] = {
    "tracks": Case._tracks, "replaced_tracks": Case._replaced, "provider": Case._provider, "tasks": Case._tasks,
    "clocks": Case._clocks, "proposal": Case._proposal, "proposals_ended": Case._proposals_ended, "consents": Case._consents,
    "consents_ended": Case._consents_ended, "documents": Case._documents, "documents_withdrawn": Case._documents_withdrawn,
    "dispatched": Case._dispatched, "files": Case._files, "impacts": Case._impacts, "statement": Case._statement,
    "grants": Case._grants, "grant_days": Case._grant_days, "grants_ended": Case._grants_ended, "grants_returned": Case._grants_returned,
    "openings": Case._openings, "opening_states": Case._opening_states,
    "related": Case._related, "related_ended": Case._related_ended,
    "links": Case._links, "link_states": Case._link_states, "join": Case._join, "interest": Case._interest,
    "interest_ended": Case._interest_ended, "closed": Case._closed, "erased": Case._erased, "removal": Case._removal,
    "migration": Case._migration,
    "task_states": Case._task_states,
    "clock_states": Case._clock_states, "owner": _set("owner"), "team": _set("team"), "case_rights": _set("rights"),
    "hold": _set("hold"), "frozen": _set("frozen"), "outcome": _set("outcome"), "reasons": _set("reasons"),
}  # fmt: skip
#: The effects that change how a case stands.
CHANGED_BY = frozenset(_CHANGES)

__all__ = [
    "CHANGED_BY", "HELD", "OPEN", "PARTIES", "PARTY", "SYSTEM", "Case", "Clock", "Event", "Fired", "Proposal", "Step", "Task", "Track",
    "steps_of",
]  # fmt: skip
