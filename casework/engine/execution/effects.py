"""What a deed opens, closes, lets see and moves: its effects, its tasks, the states it leaves and enters, its tracks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from casework.engine.deadlines.deadlines import (
    A_FORTNIGHT,
    Plan,
    Rule,
    moment_of,
    on_day,
    own_rungs,
    plan,
    rule_of,
    runs_out,
    usual,
)
from casework.engine.definition.editions import Edition, TaskRule, TransitionRule
from casework.engine.definition.facts import Facts
from casework.engine.definition.registry import EFFECTS
from casework.engine.execution.extensions import moves
from casework.engine.execution.timers import WAKE, Clockwork, due_of, is_wake
from casework.engine.parties import PARTIES
from casework.engine.roles import ORGANISATION_QUEUES, STANDS_FOR
from casework.engine.state.case import (
    CREATED,
    HELD,
    OBSOLETE,
    OPEN,
    PAUSED,
    READY,
    RUNNING,
    SUSPENDED,
    Case,
    Clock,
    Consent,
    Document,
    Grant,
    Task,
    Track,
)
from casework.engine.state.join_count import join_of, request_to_repeat
from casework.errors import NotFound

Json = Any

#: In a sealed mediation nobody of the programme but the dispute officer works.
SEALED_FOR = {"officer": "dispute_officer", "supervisor": "dispute_officer", "intake": "dispute_officer"}

#: The task by which a provider is asked what became of its copies, where the edition of referrals has it.
RETURN_PAPERS = "return_papers"

#: Effects that stand in the event as they are.
_PLAIN = ("owner", "team", "outcome", "reasons", "hold", "named", "given", "replaced", "provider", "rights", "join", "objection")
_LISTS = ("interest", "interest_ended", "barred")


def accepted(case: Case, roles: Iterable[str]) -> frozenset[str]:
    """The roles that an actor may have to do what is written for `roles`."""
    wanted = {SEALED_FOR.get(role, role) if case.kind == "mediation" else role for role in roles}
    stands = {role for role, for_whom in STANDS_FOR.items() if for_whom & wanted}
    return frozenset(wanted | stands)


class Draft(Clockwork):
    """What a deed opens, closes, lets see and moves, with the clocks and the event that it is written into."""

    # --- effects ---

    @staticmethod
    def effect_reads(name: str) -> tuple[str, ...]:
        return EFFECTS[name].reads

    def apply(self, effects: Iterable[str], facts: Facts) -> None:
        for name in effects:
            for key, value in EFFECTS[name].follows(facts).items():
                self._apply(key, value, facts)

    def _apply(self, key: str, value: Json, facts: Facts) -> None:
        if key in _PLAIN:
            self._effects[key] = value
        elif key in _LISTS:
            self._effects[key] = [*self._effects.get(key, []), *value]
            if key == "barred":
                self._let_go_within(facts.track, value)
            if key == "interest":
                for person in value:
                    self.let_go(person)
        elif key == "frozen":
            self._freeze(value)
        elif key == "consents":
            for one in value:
                self._consent(facts.track, one)
        elif key == "grant":
            self._grant(facts.track, value)
        elif key == "end_grants":
            self._end_grants(facts.track)
        elif key == "grants_returned":
            self._effects[key] = list(value)
        elif key == "pause":
            self._pause(value["keep"])
        elif key == "resume":
            self._resume()
        elif key == "extend":
            self._extend_all(value, facts)
        elif key == "replaced_tracks":
            self._effects["replaced_tracks"] = [*self._effects.get("replaced_tracks", []), *value]
        else:
            raise ValueError(f"no effect is called {key}")

    def _freeze(self, frozen: bool) -> None:
        """A stop: what waits at a provider's stands still at once, and goes on where it stood if the stop is refused."""
        self._effects["frozen"] = frozen
        for task in self.case.open_tasks():
            if task.queue not in ORGANISATION_QUEUES:
                continue
            if frozen and task.state != SUSPENDED:
                self.set_task(task, state=SUSPENDED)
            elif not frozen and task.state == SUSPENDED and task.wait is None:
                # What was to begin later begins at its day still.
                stays = task.holder is not None or task.before == CREATED
                self.set_task(task, state=(task.before or READY) if stays else READY)
        for clock in self.case.clocks.values():
            # The step that a track has stepped aside from has no open task, but its clock waits.
            worked = self.case.tasks.get(clock.task or "")
            outward = worked is not None and worked.queue in ORGANISATION_QUEUES
            if outward and frozen and clock.state == RUNNING:
                self.pause_clock(clock)
            # The clock of a step that the track has stepped aside from goes on only when it comes back.
            here = clock.of is None or clock.of in self.case.tracks[clock.track].states
            still = self.waits(clock) or self._rests(clock)
            if outward and not frozen and clock.state == PAUSED and here and not still:
                self.resume_clock(clock)

    def _extend_all(self, value: Json, facts: Facts) -> None:
        """A day for the step that the deed's track stands in; or {"tasks", "until"}, without a day their limits anew; or
        {"work"}: a day for a referral's step, with what it moves of its service."""
        if isinstance(value, Mapping) and "work" in value:
            context = self.context
            for one, day in moves(self.case, facts.track, value["work"], context.now, context.calendar):
                self._extend(one, day.isoformat(), self._limit_of(one))
            return
        if isinstance(value, str):
            value = {"tasks": [task.id for task in self.case.step_tasks(facts.track.id)], "until": value}
        for id in value["tasks"]:
            task = self.case.tasks.get(id)
            if task is not None and task.open:
                self._extend(task, value["until"], self._limit_of(task))

    def _limit_of(self, task: Task) -> tuple[Rule, Plan | None]:
        """How long a task has by its edition, and its own ladder where it has one."""
        edition, said = self.library[task.edition], self._said(self.facts(self.case.tracks[task.track], {}))
        if task.type == "step":
            state = edition.states[task.rule]
            limit = rule_of(state.due, said) if state.due else None
            return limit or A_FORTNIGHT, own_rungs(state.ladder, said) if state.ladder else None
        limit = rule_of(edition.tasks[task.rule].due, said) if task.type == "side" else None
        return limit or A_FORTNIGHT, None

    def _consent(self, track: Track, one: Mapping[str, Json]) -> None:
        id = self.context.new_id()
        self._add("consents", {"id": id} | dict(one))
        if one["expires_on"]:
            self._clock(self.case.main.id, "cd", [("expire", on_day(one["expires_on"]))], consent=id)

    def _grant(self, track: Track, documents: Iterable[str]) -> None:
        # Until when, the same deed may say that shares it.
        days = {**track.given, **self._effects.get("given", {})}.get("shared_until") or {}
        today = self.context.calendar.local_date(self.context.now).isoformat()
        for document in documents:
            kept, until = self.case.documents[document], days.get(document)
            if kept.withdrawn_at is not None or until is not None and until < today:
                continue
            under = self._consents_to(kept, track.provider)
            if under is None:
                continue
            id = self.context.new_id()
            told = {"id": id, "track": track.id, "document": document, "consents": under}
            self._add("grants", told | ({"until": until} if until else {}))
            if until is not None:
                self.let_expire(track.id, id, until)

    def _consents_to(self, document: Document, provider: str | None) -> list[str] | None:
        """A consent of each party that the document concerns, to this provider; None where one is missing."""
        by_party = (
            next((c.id for c in self.case.consents.values() if c.party == party and c.covers(document, provider)), None)
            for party in document.concerns
        )
        found = list(by_party)
        return None if None in found else [id for id in found if id is not None]

    def commit(self) -> int:
        self._ask_for_copies()
        return super().commit()

    def _ask_for_copies(self) -> None:
        """Whose access ends is asked at once what becomes of the copies; whose is given again is not asked any more."""
        given, ended = self._effects.get("grants", ()), set(self._effects.get("grants_ended", ()))
        touched = [*(one["track"] for one in given), *(self.case.grants[id].track for id in ended)]
        for id in sorted(set(touched)):
            mine = [one for one in self.case.grants.values() if one.track == id]
            seen = {one["document"] for one in given if one["track"] == id}
            seen |= {one.document for one in mine if one.ended_at is None and one.id not in ended}
            out = any(
                (one.ended_at is not None or one.id in ended) and one.returned_at is None and one.document not in seen for one in mine
            )
            track = self.case.tracks[id]
            asked = [one for one in self.case.open_tasks() if one.track == id and one.name == RETURN_PAPERS]
            rule = next((one for one in self.library[track.edition].tasks.values() if one.name == RETURN_PAPERS), None)
            if out and not asked and rule is not None:
                self.open_side_task(rule, track, self.facts(track, {}))
            elif not out:
                for task in asked:
                    self.close_task(task, OBSOLETE)

    def _end_grants(self, track: Track) -> None:
        above = self.case.referral_of(track)
        for grant in self.case.grants.values():
            if above is not None and grant.track == above.id and grant.ended_at is None:
                self.end_grant(grant)

    def end_grant(self, grant: Grant) -> None:
        self._add("grants_ended", grant.id)
        self.stop_clocks_of_grant(grant.id)

    def change_grant_day(self, grant: Grant, until: str | None) -> None:
        self._add("grant_days", {"id": grant.id, "until": until})
        self.stop_clocks_of_grant(grant.id)
        if until is not None:
            self.let_expire(grant.track, grant.id, until)

    def end_grants_to(self, document: str) -> None:
        """End whatever lets a provider see a document."""
        for grant in self.case.grants.values():
            if grant.document == document and grant.ended_at is None:
                self.end_grant(grant)

    def end_grants_of(self, consent: Consent) -> list[str]:
        """End the grants given under a consent; gives the referrals that had them."""
        hit: dict[str, None] = {}
        for grant in self.case.grants.values():
            if consent.id in grant.consents and grant.ended_at is None:
                self.end_grant(grant)
                hit[grant.track] = None
        # A referral sent but not accepted has no grants yet; it leans on the consent all the same.
        for track in self.case.live_tracks():
            leans = [self.case.documents[d] for d in track.given.get("documents", ()) if d in self.case.documents]
            if track.workflow == "referral" and any(consent.covers(d, track.provider) for d in leans):
                hit[track.id] = None
        return list(hit)

    # --- tasks ---

    def free(self, task: Task) -> None:
        """Nobody holds it any more; what stands still goes on standing still."""
        self.set_task(task, holder=None, **({"state": READY} if task.state in HELD else {}))

    def suspend_task(self, task: Task, wait: Mapping[str, Json]) -> None:
        """It waits until a day: its own clock stands still, and another one wakes it."""
        for clock in self.case.clocks.values():
            if clock.task == task.id and clock.state == RUNNING:
                self.pause_clock(clock)
        self.set_task(task, state=SUSPENDED, wait=dict(wait))
        self._clock(task.track, "cd", [(WAKE, on_day(wait["until"]))], task=task.id)

    def resume_task(self, task: Task) -> None:
        """It goes on where it stood; while its case is on hold, its clock goes on with the case."""
        self.set_task(task, wait=None)
        if not self._stands_still(task):
            self.set_task(task, state=(task.before or READY) if task.holder else READY)
        hold = self.case.hold
        for clock in self.case.clocks.values():
            if clock.task != task.id:
                continue
            if is_wake(clock):
                self.set_clock(clock, "stopped")
            elif clock.state == PAUSED and hold is not None and task.type != "step":
                self._effects["hold"] = dict(hold) | {"paused": [*hold.get("paused", ()), clock.id]}
            elif clock.state == PAUSED and not self._stands_still(task):
                self.resume_clock(clock)

    def _stands_still(self, task: Task) -> bool:
        return self.case.frozen and task.queue in ORGANISATION_QUEUES

    def awaken(self, task: Task) -> None:
        """It begins before its day; when it is due has been said."""
        for clock in self.case.clocks.values():
            if clock.task == task.id and clock.rungs[clock.next].what == "activate":
                self.set_clock(clock, clock.state, next=clock.next + 1, left=list(clock.left[1:]))

    def let_go(self, person: str) -> None:
        """What a person holds goes back to its queue, so that nothing waits for somebody who cannot do it."""
        ended = {one["id"] for one in self._effects.get("task_states", ()) if one.get("state", READY) not in OPEN}
        for task in self.case.open_tasks():
            if task.holder == person and task.id not in ended:
                self.free(task)

    def _let_go_within(self, referral: Track, people: Iterable[str]) -> None:
        """Whoever is shut out of a referral holds nothing of it any more; its own step ends with the move."""
        within, gone = {referral.id, *(one.id for one in self.case.children(referral.id))}, set(people)
        for task in self.case.open_tasks():
            if task.holder in gone and task.track in within and (task.track, task.type) != (referral.id, "step"):
                self.free(task)

    def close_task(
        self, task: Task, state: str, *, by: str | None = None, result: Mapping[str, Json] | None = None
    ) -> None:
        change: dict[str, Json] = {"state": state}
        if by is not None:
            change["by"] = by
        if result is not None:
            change["result"] = result
        self.set_task(task, **change)
        for clock in self.case.clocks.values():
            if clock.task == task.id:
                self.set_clock(clock, "stopped")

    def end_tasks(self, names: Iterable[str]) -> None:
        for task in self.case.open_tasks():
            if task.name in names:
                self.close_task(task, "Completed", by=self._header["actor"])

    def settle_proposals(self, track: Track, *, left: bool) -> None:
        """What was asked for and has not been decided lapses when the track moves on."""
        confirmed = tuple(self._effects.get("proposals_ended", ()))
        for one in self.case.proposals.values():
            if one.track != track.id:
                continue
            task = self.case.tasks[one.task]
            if one.id in confirmed:
                self.close_task(task, "Completed", by=self.by.person)
            elif left:
                self._add("proposals_ended", one.id)
                self.close_task(task, OBSOLETE)
                rule = next(r for r in self.library[track.edition].transitions if r.name == one.transition)
                self.apply(rule.refusal_effects, self.facts(track, one.data))

    def open_task(
        self, track: Track, *, task: str, name: str, rule: str, type: str, queue: str, due: Rule | str | None,
        of: str | None = None, about: str | None = None, aftercare: bool = False, activate: Rule | None = None,
        rungs: Plan | None = None, edition: str | None = None,
    ) -> None:  # fmt: skip
        """Open a task, and a clock that counts to its due moment; `due` as a moment is that of a clock that goes on.

        A side task of what has ended is aftercare, whatever its rule says: nothing closes it any more.
        """
        queue = SEALED_FOR.get(queue, queue) if self.case.kind == "mediation" else queue
        # While a stop is being decided, what is opened for a provider stands still from the beginning.
        state = SUSPENDED if self.case.frozen and queue in ORGANISATION_QUEUES else READY
        self._add("tasks", {
            "id": task, "track": track.id, "name": name, "edition": edition or track.edition, "rule": rule,
            "type": type, "queue": queue,
            "organisation": self._provider_of(track) if queue in ORGANISATION_QUEUES else None,
            "state": CREATED if activate else state, "due": due if isinstance(due, str) else None, "of": of, "about": about,
            "aftercare": aftercare or type == "side" and self._over(track),
        })  # fmt: skip
        if due is not None and not isinstance(due, str):
            unit = due["unit"]
            ladder = self.library[edition or track.edition].ladder
            planned = plan(due, usual(unit, ladder) if rungs is None else rungs, activate)
            made = self._clock(track.id, unit, planned, task=task, of=of if type == "step" else None)
            self._effects["tasks"][-1]["due"] = due_of(made)

    def _over(self, track: Track) -> bool:
        """Whether a track has ended: with this very event, or before it and has not been reopened."""
        mine = self._effects if self._header["track"] == track.id else {}
        return bool(mine.get("ended") or not track.live and not mine.get("reopened"))

    def _provider_of(self, track: Track) -> str | None:
        """Who works on a track: the provider that this very event names, where it names another."""
        if "provider" in self._effects and self._header["track"] in (track.id, track.parent):
            return cast("str | None", self._effects["provider"])
        return track.provider

    def open_side_task(
        self, rule: TaskRule, track: Track, facts: Facts, about: str | None = None, edition: str | None = None,
        due: Rule | None = None,
    ) -> bool:  # fmt: skip
        """Open a side task, or several; False where one is open already and one is enough. `due` replaces its limit."""
        edition = edition or track.edition
        track = self.case.main if rule.on == "main" and track.id in self.case.tracks else track
        if rule.unless_open and any(t.name == rule.name and t.about == about for t in self.case.open_tasks()):
            return False
        said = self._said(facts)
        activate = None
        if rule.after is not None:
            activate = rule_of(rule.after, said)
            if activate is None:
                return True
            if moment_of(activate, self.context.now, self.context.calendar) <= self.context.now:
                activate = None
        abouts: list[tuple[str | None, Rule | None]] = [(about, None)]
        if rule.per == "party" and about is None:
            abouts = [(party, None) for party in PARTIES]
        elif rule.per is not None and rule.per.startswith("items:"):
            items = self._header["body"].get(rule.per.removeprefix("items:")) or []
            abouts = [(str(n), on_day(item["by"])) for n, item in enumerate(items)]
        for about_one, own_due in abouts:
            if rule.unless_open and any(t.name == rule.name and t.about == about_one for t in self.case.open_tasks()):
                continue
            until = due or own_due or rule_of(rule.due, said) or A_FORTNIGHT
            self.open_task(
                track, task=self.context.new_id(), name=rule.name, rule=rule.key, type="side", queue=rule.queue, due=until,
                about=about_one, aftercare=rule.aftercare, activate=activate, edition=edition,
            )  # fmt: skip
        return True

    def open_named(self, name: str, about: str | None = None) -> None:
        """Open a task of the main track's workflow by its name, where the edition has one."""
        track = self.case.main
        for rule in self.library[track.edition].tasks.values():
            if rule.name == name:
                self.open_side_task(rule, track, self.facts(track, {}), about)
                return

    # --- leaving and entering states ---

    def leave(self, track: Track, rule: TransitionRule, place: str, to: tuple[str, ...]) -> None:
        """End the step task of what is left: done by whoever worked its queue, obsolete for the others."""
        edition = self.library[track.edition]
        gone = self._gone(track, place, to)
        for task in self.case.step_tasks(track.id):
            if task.of not in gone:
                continue
            if self._system or not self.works(task.queue):
                self.set_task(task, state=OBSOLETE)
            else:
                self.set_task(task, state="Completed", by=self.by.person)
        aside = rule.target != "=previous" and any(
            leaf in edition.side_states for leaf in to if leaf not in track.states
        )
        for clock in self.case.clocks.values():
            if is_wake(clock) and clock.task in {one["id"] for one in self._effects.get("task_states", ())}:
                self.set_clock(clock, "stopped")
            if clock.track != track.id or clock.of is None:
                continue
            if clock.of in gone:
                if aside and clock.state == RUNNING:
                    self.pause_clock(clock)
                elif not aside:
                    self.set_clock(clock, "stopped")
            elif clock.state == PAUSED and not aside and rule.target != "=previous":
                self.set_clock(clock, "stopped")
        if aside and track.workflow == "referral":
            self._rest_below(track)

    def _rest_below(self, referral: Track) -> None:
        """While a referral has stepped aside, the provider's clocks in its service stand still: nobody is late for it."""
        for clock in self._outward_below(referral):
            if clock.state == RUNNING:
                self.pause_clock(clock)

    def _go_on_below(self, referral: Track) -> None:
        """What stood still with the referral goes on with it; not what the service itself has stepped aside from."""
        for clock in self._outward_below(referral):
            here = clock.of is None or clock.of in self.case.tracks[clock.track].states
            if clock.state == PAUSED and here and not self.case.frozen and not self.waits(clock):
                self.resume_clock(clock)

    def _rests(self, clock: Clock) -> bool:
        """Whether the referral above a clock's track has stepped aside."""
        above = self.case.tracks.get(self.case.tracks[clock.track].parent or "")
        return above is not None and bool(set(above.states) & self.library[above.edition].side_states)

    def _outward_below(self, referral: Track) -> list[Clock]:
        below = {one.id for one in self.case.children(referral.id)}
        return [
            clock for clock in self.case.clocks.values()
            if clock.track in below and (task := self.case.tasks.get(clock.task or "")) is not None
            and not is_wake(clock) and task.queue in ORGANISATION_QUEUES
        ]  # fmt: skip

    @staticmethod
    def _gone(track: Track, place: str, to: tuple[str, ...]) -> set[str]:
        """The leaves that a move leaves; all below its place where it leads back into the same state."""
        if to == track.states:
            return {leaf for leaf in track.states if leaf == place or leaf.startswith(place + ".")}
        return set(track.states) - set(to)

    def enter(self, track: Track, rule: TransitionRule, place: str, to: tuple[str, ...], facts: Facts) -> None:
        gone = self._gone(track, place, to)
        fresh = [leaf for leaf in to if leaf not in track.states or leaf in gone]
        for leaf in fresh:
            self._stand_in(track, leaf, facts, back=rule.target == "=previous")
        if rule.target == "=previous" and track.workflow == "referral":
            self._go_on_below(track)

    def _stand_in(self, track: Track, leaf: str, facts: Facts, *, back: bool, activate: Rule | None = None) -> None:
        """Open the step task of a state and start its clocks, or let go on those that were paused when it was left."""
        edition = self.library[track.edition]
        state = edition.states[leaf]
        said = self._said(facts)
        paused = [
            clock for clock in self.case.clocks.values()
            if back and clock.track == track.id and clock.of == leaf and clock.state == PAUSED
        ]  # fmt: skip
        resumed_what: set[str] = set()
        if state.queue is not None:
            id = self.context.new_id()
            old = next((clock for clock in paused if clock.task is not None), None)
            due: Rule | str | None
            if old is not None:
                due, own = due_of(self.resume_clock(old, task=id)), None
            else:
                due = (rule_of(state.due, said) if state.due else None) or A_FORTNIGHT
                own = own_rungs(state.ladder, said) if state.ladder else None
            self.open_task(
                track, task=id, name=leaf, rule=leaf, type="step", queue=state.queue, due=due, of=leaf, rungs=own,
                activate=activate,
            )  # fmt: skip
        for clock in paused:
            if clock.task is None:
                self.resume_clock(clock)
                resumed_what |= {rung.what for rung in clock.rungs}
        for rule, _ in edition.leaving((leaf,)):
            what = f"fire:{rule.name}"
            counted = rule_of(rule.after, said) if rule.after is not None and what not in resumed_what else None
            if counted is not None:
                self._clock(track.id, counted["unit"], [(what, counted)], of=leaf)

    def end_track(self, track: Track) -> None:
        """Nothing of an ended track stays open, but for what is aftercare."""
        kept = set()
        for task in self.case.open_tasks():
            if task.track == track.id and task.type != "step":
                if task.aftercare:
                    kept.add(task.id)
                else:
                    self.close_task(task, OBSOLETE)
        for clock in self.case.clocks.values():
            if clock.track == track.id and clock.task not in kept and clock.consent is None and clock.grant is None:
                self.set_clock(clock, "stopped")
        above = self.case.referral_of(track)
        if above is not None:
            others = [one for one in (above, *self.case.children(above.id)) if one.id != track.id]
            if not any(one.live for one in others):
                self._end_grants(track)

    # --- opening ---

    def open_all(
        self, opens: Iterable[Mapping[str, Json]], track: Track, facts: Facts, edition: str | None = None
    ) -> None:
        """Open what a rule names; `edition` is whose rule it is, where that is not the track's own."""
        rules = self.library[edition or track.edition]
        for one in opens:
            match one["open"]:
                case "task":
                    self.open_side_task(rules.tasks[one["task"]], track, facts, edition=rules.fingerprint)
                case "track":
                    self._open_track(one["workflow"], fresh=one["fresh"])
                case "service_track":
                    if self.library.latest(track.kind) is not None:
                        self._start(track.kind, track.kind, parent=track.id, provider=self._provider_of(track))
                case "referral":
                    self._open_referral(one, facts)
                case "beside":
                    self._open_beside(track, facts)
                case "next_provider":
                    # A join says by itself when too few are left.
                    if not self._open_next(track) and join_of(self.case, track) is None:
                        self.open_side_task(rules.tasks[one["task"]], track, facts, edition=rules.fingerprint)

    def _open_track(self, workflow: str, *, fresh: bool) -> None:
        live = [t for t in self.case.live_tracks() if t.workflow == workflow and not t.replaced]
        if fresh or not live:
            self._start(workflow, workflow, parent=None, provider=None)

    def _open_referral(self, one: Mapping[str, Json], facts: Facts) -> None:
        service, provider = one["service"], None
        if one["planned"]:
            provider = self._planned(facts, service)
            if provider is None:
                return
        kept = facts.referral(service)
        if kept is not None and not one["fresh"] and (kept.provider == provider or not one["planned"]):
            return
        given: dict[str, Json] = {"question": one["question"]} if one["question"] else {}
        if one["due"]:
            moment = runs_out(one["due"], self.context.now, self.context.calendar, self._said(facts))
            given["wanted_on"] = self.context.calendar.local_date(moment).isoformat() if moment else None
        activate = rule_of(one["after"], self._said(facts)) if one["after"] else None
        self._start("referral", service, parent=None, provider=provider, given=given, activate=activate)

    def _open_next(self, referral: Track) -> bool:
        """A referral to the next provider of the panel; False where nobody is left to ask."""
        panel = list(referral.given.get("panel") or ())
        if not panel:
            return False
        given = {"after": referral.id, "panel": panel[1:]}
        self._start("referral", referral.kind, parent=None, provider=panel[0], given=given)
        return True

    def _open_beside(self, track: Track, facts: Facts) -> None:
        """A referral to each provider that the form names, beside this one, or beside the last of the service it names."""
        first = track if track.workflow == "referral" else request_to_repeat(self.case, facts.data.get("service", ""))
        if first is None:
            return
        for provider in facts.data.get("beside") or ():
            self._start("referral", first.kind, parent=None, provider=provider, given={"with": first.id})

    @staticmethod
    def _planned(facts: Facts, service: str) -> str | None:
        """Whom the plan in force names for a service: the form that changes it, else the newest of plan and changes."""
        if service in facts.data:
            return str(facts.data[service])
        plan, change = facts.result("service_plan"), facts.fired("amend_plan", facts.case.main)
        if change is not None and (plan is None or plan.closed_at is None or plan.closed_at < change.at):
            return change.data.get(service)
        return plan.result.get(service) if plan else None

    def _start(
        self,
        workflow: str,
        kind: str,
        *,
        parent: str | None,
        provider: str | None,
        given: Mapping[str, Json] | None = None,
        activate: Rule | None = None,
    ) -> None:
        edition = self.library.latest(workflow)
        if edition is None:
            raise NotFound("workflow")
        opened = {
            "id": self.context.new_id(), "workflow": workflow, "edition": edition.fingerprint, "kind": kind,
            "parent": parent, "provider": provider, "states": list(edition.initial), "given": dict(given or {}),
        }  # fmt: skip
        self._add("tracks", opened)
        self.start_track(opened, edition, activate)

    def start_track(self, opened: Mapping[str, Json], edition: Edition, activate: Rule | None = None) -> None:
        """Open what stands in the first state of a new track; its step appears when it is to be worked on."""
        track = Track(
            id=opened["id"], workflow=opened["workflow"], edition=opened["edition"], kind=opened["kind"],
            parent=opened["parent"], provider=opened["provider"], states=tuple(opened["states"]),
            entered_at=self.context.now, opened_at=self.context.now, given=opened.get("given", {}),
        )  # fmt: skip
        facts = self.facts(track, {})
        for leaf in track.states:
            self._stand_in(track, leaf, facts, back=False, activate=activate)
        self.open_all(edition.rules["opens"], track, facts)
