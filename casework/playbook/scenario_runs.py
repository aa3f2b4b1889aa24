"""Run scenarios against a library of definitions: what happened as it was told, and where it first did not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from casework.engine.definition import form_values
from casework.engine.definition.guard_facts import UNKNOWN, FormNeeded
from casework.engine.definition.registry import GUARDS
from casework.engine.execution.available_actions import offers
from casework.engine.execution.commands import Command, Fire
from casework.engine.execution.context import By, Library
from casework.engine.execution.guards import sound, told_to_actor
from casework.engine.execution.task_commands import Complete
from casework.engine.roles import PERSONAL_ROLES
from casework.engine.state.case import Task, Track
from casework.engine.state.events import FIRED, Event
from casework.errors import CaseworkError, InvalidForm, Refused
from casework.playbook.scenario_coverage import Seen
from casework.playbook.scenario_files import Scenario, ScenarioFault, Step
from casework.playbook.scenario_play import CALENDAR, Play, WrongTurn, by_name

Json = Any
#: What a file can say so wrongly that a form or a fact cannot be read.
MISREAD = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class Outcome:
    """How a scenario ended: passed where there is no difference."""

    name: str
    steps: int
    #: The step at which it was first otherwise than told, and how.
    step: int = 0
    difference: str = ""

    @property
    def passed(self) -> bool:
        return not self.difference


@dataclass(frozen=True)
class Happened:
    """What a step brought about, in the words in which a scenario tells it."""

    refused: tuple[str, ...]
    then: tuple[str, ...]
    moves: tuple[str, ...]
    tasks: tuple[str, ...]
    due: Any
    clocks: tuple[str, ...]


def run(library: Library, workflow: str, file: str, scenarios: Sequence[Scenario], seen: Seen) -> list[Outcome]:
    """Run each scenario from its beginning. Raises ScenarioFault with the place of what cannot be run at all."""
    runs = _Runs(library, workflow, file, {one.name: one for one in scenarios}, seen)
    return [runs.outcome(one) for one in scenarios]


def fired_in(
    library: Library, workflow: str, file: str, scenarios: Sequence[Scenario]
) -> dict[tuple[str, int], list[Event]]:
    """By scenario and number of a step which transitions of the own workflow were fired in it. Raises ScenarioFault also where it went
    otherwise than told."""
    runs = _Runs(library, workflow, file, {one.name: one for one in scenarios}, Seen())
    for one in scenarios:
        outcome = runs.outcome(one)
        if not outcome.passed:
            raise ScenarioFault(f"{file}: “{one.name}”, step {outcome.step}: {outcome.difference}")
    return runs.fired


class _Runs:
    """The scenarios of one file: what several of them begin with is run once."""

    def __init__(self, library: Library, workflow: str, file: str, named: Mapping[str, Scenario], seen: Seen) -> None:
        self.library, self.workflow, self.file, self.named, self.seen = library, workflow, file, named, seen
        self._ends: dict[str, tuple[Play, Outcome]] = {}
        #: What of the own workflow was fired, by scenario and step.
        self.fired: dict[tuple[str, int], list[Event]] = {}

    def outcome(self, scenario: Scenario) -> Outcome:
        """How a scenario ended; those that it follows were run before it."""
        line = [scenario]
        while line[0].follows and line[0].name not in self._ends:
            line.insert(0, self.named[line[0].follows])
        for one in line:
            if one.name not in self._ends:
                self._ends[one.name] = self._run(one)
        return self._ends[scenario.name][1]

    def _run(self, scenario: Scenario) -> tuple[Play, Outcome]:
        name, total = scenario.name, len(scenario.steps)
        try:
            play = self._beginning(scenario)
        except (CaseworkError, RuntimeError, *MISREAD) as error:
            raise ScenarioFault(f"{self.file}: “{name}”: it cannot begin: {_words(error)}") from error
        if scenario.follows and not self._ends[scenario.follows][1].passed:
            return play, Outcome(name, total, 0, f"“{scenario.follows}”, which it follows, failed")
        _note_state(play, self.seen)
        for step in scenario.steps:
            before = len(play.events)
            try:
                difference = _run_step(play, step, self.seen)
            except WrongTurn as turn:
                difference = str(turn)
            except (CaseworkError, RuntimeError, *MISREAD) as error:
                raise ScenarioFault(f"{self.file}: “{name}”, step {step.n}: {_words(error)}") from error
            if difference:
                return play, Outcome(name, total, step.n, difference)
            self.fired[name, step.n] = [event for event, _ in _own_fired(play, play.events[before:])]
        return play, Outcome(name, total)

    def _beginning(self, scenario: Scenario) -> Play:
        if not scenario.follows:
            return Play(self.library, self.workflow, scenario)
        play = self._ends[scenario.follows][0].fork()
        play.change_world(scenario.world)
        return play


def happened(play: Play, step: Step, seen: Seen) -> Happened:
    """Let a step happen, and look at what is there after it."""
    refused: tuple[str, ...] = ()
    clocks: list[str] = []
    before = len(play.events)
    if step.days:
        clocks = play.wait(step.days)
    elif step.world:
        play.change_world(step.world)
    elif step.paper:
        told = step.paper
        of = play.track(told["of"]) if "of" in told else None
        play.register(told.get("title", "A paper"), told.get("kind", "report"), told.get("party"), of)
    else:
        command, by = play.prepared(step)
        before = len(play.events)
        refused = _pressed(play, command, by, seen)
    new = play.events[before:]
    _note(play, new, seen)
    own = play.own
    return Happened(
        refused,
        own.states if own else (),
        tuple(_moves(play, new, step)),
        tuple(sorted(task.name for task in play.case.open_tasks() if task.type != "step")),
        _due(play, own),
        tuple(clocks),
    )


def _run_step(play: Play, step: Step, seen: Seen) -> str:
    """How it was otherwise than told; nothing where it was not."""
    found = happened(play, step, seen)
    if found.refused != (step.refused or ()):
        told = f"was to be refused by {_said(step.refused)}" if step.refused else "was to succeed"
        return f"it {told}, and " + (f"was refused by {_said(found.refused)}" if found.refused else "succeeded")
    for name in ("then", "moves", "tasks", "due", "clocks"):
        told = getattr(step, name)
        if told is not None and told != getattr(found, name):
            return f"{name}: told was {_said(told)}, and it is {_said(getattr(found, name))}"
    return _other_ways(play, step, seen)


def _other_ways(play: Play, step: Step, seen: Seen) -> str:
    """Where somebody may do something else than told, or may not do what is told."""
    if step.may is None and step.may_at_least is None:
        return ""
    # Of what is not told nothing was seen.
    allowed = ways(play, seen if step.may is not None else Seen())
    if step.may is not None:
        for role in sorted({*allowed, *step.may}):
            told, may = set(step.may.get(role, ())), set(allowed.get(role, ()))
            if told != may:
                more = [f"{role} may {name}, which is not told" for name in sorted(may - told)]
                return "; ".join([*more, *(f"{role} may not {name}, which is told" for name in sorted(told - may))])
    for role, names in (step.may_at_least or {}).items():
        if missing := sorted(set(names) - set(allowed.get(role, ()))):
            return "; ".join(f"{role} may not {name}, which is told" for name in missing)
    return ""


def ways(play: Play, seen: Seen) -> dict[str, list[str]]:
    """By role every transition that one of its people may fire now, of the own track by its name, of others behind theirs."""
    allowed: dict[str, list[str]] = {}
    for role in PERSONAL_ROLES:
        found: dict[str, None] = {}
        for n in (1, 2):
            by = by_name(f"{role} {n}")
            for offer in offers(play.library, play.case, play.context(by)):
                track = play.case.tracks[offer.track]
                if offer.fits_role:
                    _note_guards(play, track, _judge(play, track, offer.rule.guards, None, by=by), seen)
                if offer.allowed:
                    found[_name(play, track, offer.transition)] = None
        if found:
            allowed[str(role)] = list(found)
    return allowed


def _pressed(play: Play, command: Command, by: By, seen: Seen) -> tuple[str, ...]:
    """Let somebody do something; gives by which guards, or by what else, it was refused."""
    guards: tuple[str, ...] = ()
    track, data = None, {}
    task: Task | None = None
    if isinstance(command, Fire):
        track = play.case.tracks[command.track]
        found = play.library[track.edition].find(command.transition, track.states)
        if found is not None:
            pending = play.case.proposal_for(track.id, command.transition)
            guards, data = (
                found[0].guards,
                dict(pending.data) if pending else _facts(play, track, found[0].form, command.data),
            )
    elif isinstance(command, Complete):
        task = play.case.tasks[command.task]
        track = play.case.tracks[task.track]
        if task.type == "side":
            rule = play.library[task.edition].tasks[task.rule]
            guards, data = rule.guards, _facts(play, track, rule.form, command.data)
    judged = _judge(play, track, guards, data, by=by, task=task) if track is not None else {}
    try:
        play.do(command, by)
    except Refused as refused:
        _note_guards(play, track, judged, seen)
        against = [name for name, holds in judged.items() if not holds]
        codes = [getattr(why, "code", "") for why in refused.reasons]
        named = [code.rpartition(".guards.")[2] for code in codes if ".guards." in code]
        return tuple(dict.fromkeys([*against, *named])) or (_code(refused),)
    except InvalidForm as faulty:
        return tuple(f"form.{name}" for name in sorted(faulty.fields))
    except CaseworkError as error:
        return (_code(error),)
    _note_guards(play, track, judged, seen)
    return ()


def _code(error: CaseworkError) -> str:
    """What refused it, where no guard did: the code of its first reason, or the kind of the refusal."""
    reasons = getattr(error, "reasons", None) or [getattr(error, "reason", None)]
    return str(getattr(reasons[0], "code", "") or type(error).__name__)


def _facts(play: Play, track: Track, form: str | None, data: Mapping[str, Json]) -> dict[str, Json]:
    """What guards read of a form."""
    if form is None:
        return {}
    edition = play.library[track.edition]
    values, faults = form_values.judge(edition.model(form), edition.form(form), data, CALENDAR.local_date(play.now))
    return dict(form_values.split(edition.form(form), sound(values, faults))[0])


def _judge(
    play: Play,
    track: Track,
    guards: Iterable[str],
    data: Mapping[str, Json] | None,
    *,
    by: By,
    task: Task | None = None,
) -> dict[str, bool]:
    """Of each guard whether it holds; those that cannot tell without a form are left out."""
    builder = play.builder(by)
    facts = told_to_actor(builder, builder.facts(track, UNKNOWN if data is None else data, task))
    judged: dict[str, bool] = {}
    for name in guards:
        with suppress(FormNeeded):
            judged[name] = bool(GUARDS[name].holds(facts))
    return judged


def _note_guards(play: Play, track: Track | None, judged: Mapping[str, bool], seen: Seen) -> None:
    """How the guards were, where they are of the scenario's own workflow."""
    if track is not None and track.workflow == play.workflow:
        seen.guards.update(judged.items())


def _note(play: Play, new: Iterable[Event], seen: Seen) -> None:
    """What the new events and what stands after them show of the scenario's own workflow."""
    for event, track in _own_fired(play, new):
        name = event.effects["transition"]
        seen.transitions.add(name)
        seen.states.update(event.to)
        # What goes on by itself does so where its guards hold.
        rules = (rule for rule in play.library[track.edition].transitions if rule.name == name and rule.automatic)
        seen.guards.update((guard, True) for rule in rules for guard in rule.guards)
    _note_state(play, seen)
    for track in play.case.tracks.values():
        if track.workflow != play.workflow or not track.live:
            continue
        edition = play.library[track.edition]
        automatic = (rule for rule, place in edition.leaving(track.states) if rule.automatic)
        for rule in automatic:
            _note_guards(play, track, _judge(play, track, rule.guards, {}, by=By()), seen)


def _own_fired(play: Play, new: Iterable[Event]) -> Iterator[tuple[Event, Track]]:
    """What was fired in tracks of the scenario's own workflow."""
    for event in new:
        track = play.case.tracks.get(str(event.track))
        if event.kind == FIRED and track is not None and track.workflow == play.workflow:
            yield event, track


def _note_state(play: Play, seen: Seen) -> None:
    for track in play.case.tracks.values():
        if track.workflow == play.workflow:
            seen.states.update(track.states)


def _moves(play: Play, new: Iterable[Event], step: Step) -> list[str]:
    """What else was fired: by itself, by a clock, or because of the action."""
    fired = [event for event in new if event.kind == FIRED]
    names = [_name(play, play.case.tracks[str(event.track)], str(event.effects["transition"])) for event in fired]
    return names[1:] if step.does and fired and fired[0].effects["transition"] == step.does else names


def _name(play: Play, track: Track, transition: str) -> str:
    return transition if play.own is not None and track.id == play.own.id else f"{play.label(track)}.{transition}"


def _due(play: Play, own: Track | None) -> Any:
    """The day on which what is to be done in the track's state is due, if there is one."""
    dues = [task.due_at for task in play.case.step_tasks(own.id) if task.due_at is not None] if own else []
    return CALENDAR.local_date(min(dues)) if dues else None


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nothing"
    return "nothing" if value is None else str(value)


def _words(error: BaseException) -> str:
    return str(error).strip("'\"") or type(error).__name__
