"""Editions: what `publish` makes of a definition; canonical JSON with a fingerprint, and its parsed form at work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from casework.engine.deadlines.deadlines import ESCALATION, WrittenLimit
from casework.engine.definition import grammar
from casework.engine.definition.edition_schema import WrittenByLink, WrittenField, WrittenOpening, WrittenRules
from casework.engine.definition.form_values import build_model
from casework.engine.definition.limits import WrittenGuardLimit
from casework.engine.roles import QUEUE_ROLES, Role
from casework.ledger.canonical_json import digest
from casework.reasons import Text

#: The version of the grammar; an edition names the one that it is written in.
GRAMMAR = 1


@dataclass(frozen=True)
class StateRule:
    """A state as an edition holds it; `path` is dotted where it is nested."""

    path: str
    type: str
    queue: str | None = None
    due: WrittenLimit | None = None
    escalation: tuple[tuple[WrittenLimit, str], ...] = ()
    step: str | None = None
    #: Items of its step task's checklist, as of a side task.
    checklist: tuple[tuple[str, bool], ...] = ()
    part: str = ""
    decides: str = ""
    fhir: tuple[str, ...] = ()
    #: Which body outside has the next word; nothing where it is the queue itself.
    awaits: str = ""

    @property
    def final(self) -> bool:
        return self.type == "final"


@dataclass(frozen=True)
class PaperRule:
    """A paper that a transition asks for, as an edition holds it."""

    kind: str
    valid: bool
    of: str | None


@dataclass(frozen=True)
class TransitionRule:
    """A transition as an edition holds it; `index` is its place in the edition."""

    index: int
    name: str
    sources: tuple[str, ...]
    target: str
    by: tuple[Role, ...]
    kind: str
    form: str | None
    guards: tuple[str, ...]
    effects: tuple[str, ...]
    opens: tuple[WrittenOpening, ...]
    ends: tuple[str, ...]
    also: tuple[tuple[str, str], ...]
    not_by: tuple[str, ...]
    confirm_by: tuple[Role, ...]
    proposal_effects: tuple[str, ...]
    refusal_effects: tuple[str, ...]
    after: WrittenLimit | None
    automatic: bool
    reopens: bool
    siblings: bool
    needs: tuple[PaperRule, ...] = ()
    part: str = ""
    tells_provider: str = ""
    tells_officers: str = ""
    scope: str = ""
    decides: str = ""
    drops: tuple[str, ...] = ()

    @property
    def by_people(self) -> tuple[Role, ...]:
        return tuple(role for role in self.by if role != Role.SYSTEM)


@dataclass(frozen=True)
class TaskRule:
    """A side task as an edition holds it; `key` tells apart two of one name."""

    key: str
    name: str
    queue: str
    due: WrittenLimit
    form: str | None
    per: str | None
    after: WrittenLimit | None
    on: str
    not_by: tuple[str, ...]
    effects: tuple[str, ...]
    guards: tuple[str, ...]
    opens: tuple[WrittenOpening, ...]
    opens_if: tuple[tuple[str, Any, tuple[WrittenOpening, ...]], ...]
    aftercare: bool
    unless_open: bool
    #: Items of its checklist in their order, and whether the task is finished only with them ticked.
    checklist: tuple[tuple[str, bool], ...] = ()
    part: str = ""
    decides: str = ""
    answers: bool = False
    #: A field of the form that opens it, and the answers with which it does.
    where: tuple[str, tuple[Any, ...]] | None = None
    #: The guard without which it is not opened.
    only_if: str = ""
    by_link: WrittenByLink | None = None
    awaits: str = ""


#: So many answers to one kind of question are remembered of an edition, which is frozen.
REMEMBERED = 10_000


@dataclass(frozen=True)
class Edition:
    """A published, frozen workflow. Rules count into the fingerprint, texts have a digest of their own."""

    rules: WrittenRules
    texts: Mapping[str, str]
    fingerprint: str
    _models: dict[str, type[BaseModel]] = field(default_factory=dict, compare=False, repr=False)
    #: Moves that its machine was asked for already, with the markings they led to.
    moves: dict[Any, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    #: The same of what leads out of markings.
    _ways: dict[tuple[str, ...], tuple[tuple[TransitionRule, str], ...]] = field(
        default_factory=dict, compare=False, repr=False
    )
    #: The same of the outside facts that are read there: of every transition, and of those that need nobody's action.
    reads: dict[tuple[tuple[str, ...], bool], frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def workflow(self) -> str:
        return str(self.rules["workflow"])

    @property
    def part(self) -> str:
        """What the workflow is to the engine, of `engine.parts`; most are nothing."""
        return str(self.rules.get("part", ""))

    @property
    def number(self) -> int:
        return int(self.rules["edition"])

    @cached_property
    def states(self) -> dict[str, StateRule]:
        return {
            path: StateRule(
                path,
                written["type"],
                written.get("queue"),
                written.get("due"),
                tuple((limit, what) for limit, what in written.get("escalation", ())),
                written.get("step"),
                tuple((item["name"], item["required"]) for item in written.get("checklist", ())),
                **_told(written, "part", "decides", "awaits"),
                fhir=tuple(written.get("fhir", ())),
            )
            for path in self.rules["order"]
            for written in (self.rules["states"][path],)
        }

    @cached_property
    def transitions(self) -> tuple[TransitionRule, ...]:
        return tuple(
            TransitionRule(
                index,
                written["name"],
                tuple(written["from"]),
                written["to"],
                tuple(map(Role, written["by"])),
                written["kind"],
                written["form"],
                tuple(written["guards"]),
                tuple(written["effects"]),
                tuple(written["opens"]),
                tuple(written["ends"]),
                tuple((where, name) for where, name in written["also"]),
                tuple(written["not_by"]),
                tuple(map(Role, written["confirm_by"])),
                tuple(written["proposal_effects"]),
                tuple(written["refusal_effects"]),
                written["after"],
                written["automatic"],
                written["reopens"],
                written["siblings"],
                tuple(PaperRule(need["kind"], need["valid"], need["of"]) for need in written.get("needs", ())),
                **_told(written, "part", "tells_provider", "tells_officers", "scope", "decides"),
                drops=tuple(written.get("drops", ())),
            )
            for index, written in enumerate(self.rules["transitions"])
        )

    @cached_property
    def tasks(self) -> dict[str, TaskRule]:
        return {
            key: TaskRule(
                key,
                written["name"],
                written["queue"],
                written["due"],
                written["form"],
                written["per"],
                written["after"],
                written["on"],
                tuple(written["not_by"]),
                tuple(written["effects"]),
                tuple(written["guards"]),
                tuple(written["opens"]),
                tuple((name, value, tuple(opens)) for name, value, opens in written["opens_if"]),
                written["aftercare"],
                written["unless_open"],
                tuple((item["name"], item["required"]) for item in written.get("checklist", ())),
                **_told(written, "part", "decides", "answers", "by_link", "only_if", "awaits"),
                where=(written["where"][0], tuple(written["where"][1])) if "where" in written else None,
            )
            for key, written in self.rules["tasks"].items()
        }

    @cached_property
    def initial(self) -> tuple[str, ...]:
        return self.entered(self.rules["initial"] or "")

    @cached_property
    def milestones(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(states) for name, states in self.rules["milestones"].items()}

    @property
    def money(self) -> Mapping[str, str]:
        """Where the amounts of its money are said, by what they are."""
        return self.rules.get("money", {})

    @property
    def price(self) -> Mapping[str, str]:
        """Where the price of a deal is said, by what it is."""
        return self.rules.get("price", {})

    @property
    def guard_limits(self) -> Mapping[str, WrittenGuardLimit]:
        """What its guards compare with and a programme may set, by what settings call it."""
        return self.rules.get("limits", {})

    @property
    def sheets(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """By service what its provider reads of the case (`engine.definition.sheets`)."""
        return self.rules.get("sheets", {})

    @property
    def escalation(self) -> Mapping[str, int]:
        """When a task without an escalation of its own is reminded of, escalated and flagged."""
        marks: Mapping[str, int] = self.rules.get("escalation", ESCALATION)
        return marks

    @cached_property
    def outlives(self) -> frozenset[str]:
        return frozenset(self.rules["outlives"])

    @cached_property
    def side_states(self) -> frozenset[str]:
        """States that one comes back from: some transition leads from them to "=previous"."""
        return frozenset(s for rule in self.transitions if rule.target == "=previous" for s in rule.sources)

    @cached_property
    def sibling_transitions(self) -> frozenset[str]:
        """Transitions that the other cases of the need are told of."""
        return frozenset(rule.name for rule in self.transitions if rule.siblings)

    @cached_property
    def four_eyes(self) -> frozenset[str]:
        """Transitions and tasks whose actor may not do something later."""
        named = [*(rule.not_by for rule in self.transitions), *(rule.not_by for rule in self.tasks.values())]
        return frozenset(name for names in named for name in names)

    @cached_property
    def has_automatic(self) -> bool:
        return any(rule.automatic for rule in self.transitions)

    @cached_property
    def _from(self) -> dict[str, list[TransitionRule]]:
        by_source: dict[str, list[TransitionRule]] = {}
        for rule in self.transitions:
            for source in rule.sources:
                by_source.setdefault(source, []).append(rule)
        return by_source

    def leaving(self, states: tuple[str, ...]) -> tuple[tuple[TransitionRule, str], ...]:
        """Every transition out of a marking, with the part of the marking that it leaves; innermost first."""
        known = self._ways.get(states)
        if known is None:
            if len(self._ways) >= REMEMBERED:
                self._ways.clear()
            known = self._ways[states] = tuple(self._leaving(states))
        return known

    def _leaving(self, states: tuple[str, ...]) -> Iterator[tuple[TransitionRule, str]]:
        seen: set[tuple[int, str]] = set()
        for leaf in states:
            for place in ancestors(leaf):
                for rule in self._from.get(place, ()):
                    if (rule.index, place) not in seen:
                        seen.add((rule.index, place))
                        yield rule, place

    def find(self, name: str, states: tuple[str, ...]) -> tuple[TransitionRule, str] | None:
        return next(((rule, place) for rule, place in self.leaving(states) if rule.name == name), None)

    def find_part(self, part: str, states: tuple[str, ...]) -> tuple[TransitionRule, str] | None:
        """The transition of a part that leads out of a marking, with the part of the marking that it leaves."""
        return next(((rule, place) for rule, place in self.leaving(states) if rule.part == part), None)

    def task_of(self, part: str) -> TaskRule | None:
        """The task of a part, where the edition has one."""
        return next((rule for rule in self.tasks.values() if rule.part == part), None)

    def asked_before_opening(self, rule: TransitionRule) -> Iterator[str]:
        """The guards on which the tasks hang that a transition opens."""
        keys = (opening["task"] for opening in rule.opens if opening["open"] == "task")
        return (self.tasks[key].only_if for key in keys if self.tasks[key].only_if)

    def came_to(self, states: tuple[str, ...]) -> str:
        """The part of the state in which a track has ended, where it plays one."""
        return self.states[states[0]].part if len(states) == 1 else ""

    def stands(self, part: str, states: Iterable[str]) -> bool:
        """Whether a marking stands in a state of a part."""
        return any(self.states[leaf].part == part for leaf in states)

    def plays(self, name: str, part: str) -> bool:
        """Whether a transition of that name plays a part."""
        return any(rule.part == part for rule in self.transitions if rule.name == name)

    def has(self, name: str) -> bool:
        return any(rule.name == name for rule in self.transitions)

    def entered(self, path: str) -> tuple[str, ...]:
        """The leaves in which one stands on entering a node."""
        match self.states[path].type:
            case "stage":
                return self.entered(self.rules["states"][path]["initial"] or "")
            case "parallel":
                return tuple(leaf for region in self.rules["states"][path]["regions"] for leaf in self.entered(region))
            case _:
                return (path,)

    def ended(self, states: tuple[str, ...]) -> bool:
        return all(self.states[leaf].final and "." not in leaf for leaf in states)

    def place_ended(self, place: str, states: tuple[str, ...]) -> bool:
        """Whether a stage or parallel has ended: every leaf below it is final. A plain state never 'ends'."""
        below = [leaf for leaf in states if leaf == place or leaf.startswith(place + ".")]
        return bool(below) and all(self.states[leaf].final for leaf in below)

    def form(self, name: str | None) -> list[WrittenField]:
        return list(self.rules["forms"][name]) if name else []

    def form_shown(self, name: str | None) -> list[dict[str, Any]]:
        """A form's fields with their words: label, help, and the words of each choice."""
        return [{**field} | self._field_words(f"forms.{name}.{field['name']}", field) for field in self.form(name)]

    def _field_words(self, key: str, field: WrittenField) -> dict[str, Any]:
        words: dict[str, Any] = {"label": self.text(f"{key}.label")}
        for more in ("help", "consequence"):
            if (wording := self.texts.get(f"{key}.{more}")) is not None:
                words[more] = wording
        if "choices" in field:
            words["choice_labels"] = {code: self.text(f"{key}.choices.{code}") for code in field["choices"]}
        if "fields" in field:
            words["fields"] = [{**one} | self._field_words(f"{key}.{one['name']}", one) for one in field["fields"]]
        return words

    def model(self, name: str) -> type[BaseModel]:
        if name not in self._models:
            self._models[name] = build_model(name, self.form(name))
        return self._models[name]

    def text(self, key: str) -> str:
        return self.texts.get(key, key.rsplit(".", 1)[-1].replace("_", " "))

    def codes_of(self, field: str) -> dict[str, str]:
        """The codes that forms offer for a field of this name, each with the key of its text."""
        keys = sorted(key for key in self.texts if f".{field}.choices." in key)
        return {key.rsplit(".", 1)[1]: key for key in reversed(keys)}

    def as_reason(self, key: str) -> Text:
        """The same as what a refusal carries: why a guard refuses, what an action is called."""
        return Text(f"{self.workflow}.{key}", self.text(key))

    def as_file(self) -> dict[str, Any]:
        """What `workflows/published/` holds."""
        return {
            "fingerprint": self.fingerprint,
            "rules": self.rules,
            "texts": self.texts,
            "texts_digest": digest(self.texts),
        }


def _told(rule: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """What a rule says of what most rules say nothing of."""
    return {name: rule[name] for name in names if name in rule}


def do_key(type: str, rule: str) -> str:
    """Where the words for what a task asks for stand among the texts of its edition."""
    return {"step": f"states.{rule}.do", "side": f"tasks.{rule}", "decision": f"transitions.{rule}.do"}[type]


def ancestors(path: str) -> list[str]:
    """A leaf, then what it lies in: "checks.lab.running" gives itself, "checks.lab", "checks"."""
    parts = path.split(".")
    return [".".join(parts[:n]) for n in range(len(parts), 0, -1)]


def load(kept: Mapping[str, Any]) -> Edition:
    """An edition from what was kept of it; refuses one whose fingerprint does not fit its rules."""
    edition = Edition(kept["rules"], kept["texts"], kept["fingerprint"])
    if digest(edition.rules) != edition.fingerprint:
        raise ValueError(f"the edition {edition.workflow} {edition.number} does not fit its fingerprint")
    return edition


def workflow_name(definition: type[grammar.Workflow]) -> str:
    return definition.workflow or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", definition.__name__).lower()


def works(queue: str, role: str) -> bool:
    """Whether a role works a queue."""
    return role in QUEUE_ROLES.get(queue, frozenset())
