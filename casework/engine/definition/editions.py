"""Editions: what `publish` makes of a definition; canonical JSON with a fingerprint, and its parsed form at work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from casework.engine.deadlines.deadlines import LADDER
from casework.engine.definition import grammar
from casework.engine.definition.forms import Form, build_model
from casework.engine.definition.registry import Guard
from casework.engine.roles import QUEUE_ROLES
from casework.ledger.canonical_json import digest

#: The version of the grammar; an edition names the one that it is written in.
GRAMMAR = 1

Json = Any


@dataclass(frozen=True)
class StateRule:
    """A state as an edition holds it; `path` is dotted where it is nested."""

    path: str
    type: str
    queue: str | None = None
    due: Mapping[str, Json] | None = None
    ladder: tuple[tuple[Mapping[str, Json], str], ...] = ()
    step: str | None = None
    #: Items of its step task's checklist, as of a side task.
    checklist: tuple[tuple[str, bool], ...] = ()

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
    by: tuple[str, ...]
    kind: str
    form: str | None
    guards: tuple[str, ...]
    effects: tuple[str, ...]
    opens: tuple[Mapping[str, Json], ...]
    ends: tuple[str, ...]
    also: tuple[tuple[str, str], ...]
    not_by: tuple[str, ...]
    confirm_by: tuple[str, ...]
    proposal_effects: tuple[str, ...]
    refusal_effects: tuple[str, ...]
    after: Mapping[str, Json] | None
    automatic: bool
    reopens: bool
    siblings: bool
    needs: tuple[PaperRule, ...] = ()

    @property
    def by_people(self) -> tuple[str, ...]:
        return tuple(role for role in self.by if role != "system")


@dataclass(frozen=True)
class TaskRule:
    """A side task as an edition holds it; `key` tells apart two of one name."""

    key: str
    name: str
    queue: str
    due: Mapping[str, Json]
    form: str | None
    per: str | None
    after: Mapping[str, Json] | None
    on: str
    not_by: tuple[str, ...]
    effects: tuple[str, ...]
    guards: tuple[str, ...]
    opens: tuple[Mapping[str, Json], ...]
    opens_if: tuple[tuple[str, Json, tuple[Mapping[str, Json], ...]], ...]
    aftercare: bool
    unless_open: bool
    #: Items of its checklist in their order, and whether the task is finished only with them ticked.
    checklist: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Edition:
    """A published, frozen workflow. Rules count into the fingerprint, texts have a digest of their own."""

    rules: Mapping[str, Json]
    texts: Mapping[str, str]
    fingerprint: str
    _models: dict[str, type[BaseModel]] = field(default_factory=dict, compare=False, repr=False)
    #: Moves that its machine was asked for already, with the markings they led to.
    moves: dict[Any, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def workflow(self) -> str:
        return str(self.rules["workflow"])

    @property
    def number(self) -> int:
        return int(self.rules["edition"])

    @cached_property
    def states(self) -> dict[str, StateRule]:
        return {
            path: StateRule(
                path, one["type"], one.get("queue"), one.get("due"),
                tuple((limit, what) for limit, what in one.get("ladder", ())), one.get("step"),
                tuple((item["name"], item["required"]) for item in one.get("checklist", ())),
            )
            for path in self.rules["order"]
            for one in (self.rules["states"][path],)
        }  # fmt: skip

    @cached_property
    def transitions(self) -> tuple[TransitionRule, ...]:
        return tuple(
            TransitionRule(
                index, one["name"], tuple(one["from"]), one["to"], tuple(one["by"]), one["kind"], one["form"],
                tuple(one["guards"]), tuple(one["effects"]), tuple(one["opens"]), tuple(one["ends"]),
                tuple((where, name) for where, name in one["also"]), tuple(one["not_by"]), tuple(one["confirm_by"]),
                tuple(one["proposal_effects"]), tuple(one["refusal_effects"]), one["after"], one["automatic"],
                one["reopens"], one["siblings"],
                tuple(PaperRule(need["kind"], need["valid"], need["of"]) for need in one.get("needs", ())),
            )
            for index, one in enumerate(self.rules["transitions"])
        )  # fmt: skip

    @cached_property
    def tasks(self) -> dict[str, TaskRule]:
        return {
            key: TaskRule(
                key, one["name"], one["queue"], one["due"], one["form"], one["per"], one["after"], one["on"],
                tuple(one["not_by"]), tuple(one["effects"]), tuple(one["guards"]), tuple(one["opens"]),
                tuple((name, value, tuple(opens)) for name, value, opens in one["opens_if"]),
                one["aftercare"], one["unless_open"],
                tuple((item["name"], item["required"]) for item in one.get("checklist", ())),
            )
            for key, one in self.rules["tasks"].items()
        }  # fmt: skip

    @cached_property
    def initial(self) -> tuple[str, ...]:
        return self.entered(self.rules["initial"])

    @cached_property
    def milestones(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(states) for name, states in self.rules["milestones"].items()}

    @property
    def ladder(self) -> Mapping[str, int]:
        """When a task without a ladder of its own is reminded of, escalated and flagged."""
        made: Mapping[str, int] = self.rules.get("ladder", LADDER)
        return made

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
        found: dict[str, list[TransitionRule]] = {}
        for rule in self.transitions:
            for source in rule.sources:
                found.setdefault(source, []).append(rule)
        return found

    def leaving(self, states: tuple[str, ...]) -> Iterator[tuple[TransitionRule, str]]:
        """Every transition out of a marking, with the part of the marking that it leaves; innermost first."""
        seen: set[tuple[int, str]] = set()
        for leaf in states:
            for place in ancestors(leaf):
                for rule in self._from.get(place, ()):
                    if (rule.index, place) not in seen:
                        seen.add((rule.index, place))
                        yield rule, place

    def find(self, name: str, states: tuple[str, ...]) -> tuple[TransitionRule, str] | None:
        return next(((rule, place) for rule, place in self.leaving(states) if rule.name == name), None)

    def has(self, name: str) -> bool:
        return any(rule.name == name for rule in self.transitions)

    def entered(self, path: str) -> tuple[str, ...]:
        """The leaves in which one stands on entering a node."""
        match self.states[path].type:
            case "stage":
                return self.entered(self.rules["states"][path]["initial"])
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

    def form(self, name: str | None) -> list[dict[str, Json]]:
        return list(self.rules["forms"][name]) if name else []

    def form_shown(self, name: str | None) -> list[dict[str, Json]]:
        """A form's fields with their words: label, help, and the words of each choice."""
        return [field | self._field_words(f"forms.{name}.{field['name']}", field) for field in self.form(name)]

    def _field_words(self, key: str, field: Mapping[str, Json]) -> dict[str, Json]:
        words: dict[str, Json] = {"label": self.text(f"{key}.label")}
        for more in ("help", "consequence"):
            if (found := self.texts.get(f"{key}.{more}")) is not None:
                words[more] = found
        if "choices" in field:
            words["choice_labels"] = {code: self.text(f"{key}.choices.{code}") for code in field["choices"]}
        return words

    def model(self, name: str) -> type[BaseModel]:
        if name not in self._models:
            self._models[name] = build_model(name, self.form(name))
        return self._models[name]

    def text(self, key: str) -> str:
        return self.texts.get(key, key.rsplit(".", 1)[-1].replace("_", " "))

    def as_file(self) -> dict[str, Json]:
        """What `workflows/published/` holds."""
        return {
            "fingerprint": self.fingerprint,
            "rules": self.rules,
            "texts": self.texts,
            "texts_digest": digest(self.texts),
        }


def ancestors(path: str) -> list[str]:
    """A leaf, then what it lies in: "checks.lab.running" gives itself, "checks.lab", "checks"."""
    parts = path.split(".")
    return [".".join(parts[:n]) for n in range(len(parts), 0, -1)]


def load(kept: Mapping[str, Json]) -> Edition:
    """An edition from what was kept of it; refuses one whose fingerprint does not fit its rules."""
    edition = Edition(kept["rules"], kept["texts"], kept["fingerprint"])
    if digest(edition.rules) != edition.fingerprint:
        raise ValueError(f"the edition {edition.workflow} {edition.number} does not fit its fingerprint")
    return edition


# --- publishing ------------------------------------------------------------------------------------------------------


def publish(definition: type[grammar.Workflow]) -> Edition:
    """The edition of a definition: rules as canonical JSON, texts beside them. Its faults are `faults`' to find."""
    made = _Publisher(definition).made()
    return Edition(made[0], made[1], digest(made[0]))


@dataclass(frozen=True, slots=True, order=True)
class Audited:
    """What an auditor asks for first: a transition, or a side task that is finished, perhaps with a value in its form."""

    question: str
    what: str
    name: str
    field: str = ""
    value: Json = None


def audited(definition: type[grammar.Workflow]) -> frozenset[Audited]:
    """What a definition says of its transitions and tasks to an auditor; no edition has it, and it holds of all of them."""
    publisher = _Publisher(definition)
    publisher.made()
    return frozenset(publisher.audited)


def workflow_name(definition: type[grammar.Workflow]) -> str:
    return definition.workflow or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", definition.__name__).lower()


class _Publisher:
    def __init__(self, definition: type[grammar.Workflow]) -> None:
        self.definition = definition
        self.states: dict[str, dict[str, Json]] = {}
        self.texts: dict[str, str] = {}
        self.forms: dict[str, list[dict[str, Json]]] = {}
        self.form_classes: dict[str, type[Form]] = {}
        self.tasks: dict[str, dict[str, Json]] = {}
        self.paths: dict[int, str] = {}
        self.audited: set[Audited] = set()

    def made(self) -> tuple[dict[str, Json], dict[str, str]]:
        definition = self.definition
        nodes = definition.nodes()
        self.texts["title"] = definition.title or definition.__name__
        self.texts["description"] = " ".join((definition.__doc__ or "").split())
        for name, node in nodes.items():
            self.node(name, node)
        transitions = [self.transition(one) for one in definition.transitions()]
        rules = {
            "grammar": GRAMMAR,
            "workflow": workflow_name(definition),
            "edition": definition.edition,
            "inside": definition.inside,
            "first_step_fires": definition.first_step_fires,
            "initial": next(iter(nodes), None),
            "states": self.states,
            # Kept apart: JSON's objects have no order, and the step bar follows that of the definition.
            "order": list(self.states),
            "transitions": transitions,
            "milestones": {k: sorted(self.path(n) for n in v) for k, v in definition.milestones.items()},
            "outlives": sorted(self.path(node) for node in definition.outlives),
            "on_request": [
                {"from": sorted(self.path(n) for n in states), "by": list(roles), "task": self.task(task)}
                for states, roles, task in definition.on_request
            ],
            "opens": self.openings(definition.opens),
            "tasks": self.tasks,
            "forms": self.forms,
            **({"ladder": dict(definition.ladder)} if dict(definition.ladder) != LADDER else {}),
        }
        return rules, dict(sorted(self.texts.items()))

    def path(self, node: grammar.Node) -> str:
        return self.paths.get(id(node), f"?{node.name}")

    def node(self, path: str, node: grammar.Node) -> None:
        self.paths[id(node)] = path
        self.texts[f"states.{path}"] = node.label
        match node:
            case grammar.State():
                self.states[path] = {
                    "type": "state", "queue": node.queue, "due": node.due.rule() if node.due else None,
                    "step": node.step, "ladder": [[limit.rule(), what] for limit, what in node.ladder],
                }  # fmt: skip
                if node.checklist:
                    self.states[path]["checklist"] = [{"name": item.name, "required": item.required} for item in node.checklist]
                self.texts |= {f"states.{path}.items.{item.name}": item.text for item in node.checklist}
                self.texts[f"states.{path}.do"] = node.do or node.label
            case grammar.Final():
                self.states[path] = {"type": "final", "step": node.step}
            case grammar.Stage():
                children = [f"{path}.{name}" for name in node.children]
                self.states[path] = {
                    "type": "stage",
                    "initial": children[0] if children else None,
                    "children": children,
                }
                for name, child in node.children.items():
                    self.node(f"{path}.{name}", child)
            case grammar.Parallel():
                self.states[path] = {"type": "parallel", "regions": [f"{path}.{name}" for name in node.children]}
                for name, child in node.children.items():
                    self.node(f"{path}.{name}", child)

    def form(self, form: type[Form] | None) -> str | None:
        if form is None:
            return None
        name = form.__name__
        if self.form_classes.setdefault(name, form) is not form:
            raise ValueError(f"two forms of {self.definition.__name__} are called {name}")
        if name not in self.forms:
            self.forms[name] = form.rule()
            self.texts |= {f"forms.{name}.{key}": words for key, words in form.texts().items()}
        return name

    def task(self, task: grammar.Task) -> str:
        rule: dict[str, Json] = {
            "name": task.name, "queue": task.queue, "due": task.due.rule(), "form": self.form(task.form), "per": task.per,
            "after": task.after.rule() if task.after else None, "on": task.on, "not_by": list(task.not_by),
            "effects": [one.name for one in task.effects], "guards": [one.name for one in task.guards],
            "opens": [], "opens_if": [], "aftercare": task.aftercare, "unless_open": task.unless_open,
        }  # fmt: skip
        rule["opens"] = self.openings(task.opens)
        rule["opens_if"] = [[name, value, self.openings(opens)] for name, value, opens in task.opens_if]
        if task.checklist:
            rule["checklist"] = [{"name": item.name, "required": item.required} for item in task.checklist]
        key, n = task.name, 1
        while key in self.tasks and self.tasks[key] != rule:
            n += 1
            key = f"{task.name}~{n}"
        self.tasks[key] = rule
        if task.audited:
            question, *when = (task.audited,) if isinstance(task.audited, str) else task.audited
            self.audited.add(Audited(question, "task", task.name, *when))
        self.texts[f"tasks.{key}"] = task.do
        if task.done:
            self.texts[f"tasks.{key}.done"] = task.done
        self.texts |= {f"tasks.{key}.items.{item.name}": item.text for item in task.checklist}
        self.guards(task.guards)
        return key

    def openings(self, opens: Any) -> list[dict[str, Json]]:
        made: list[dict[str, Json]] = []
        for one in opens:
            match one:
                case grammar.Task():
                    made.append({"open": "task", "task": self.task(one)})
                case grammar.Again():
                    made.append({"open": "task", "task": one.task})
                case grammar.Track():
                    made.append({"open": "track", "workflow": one.workflow, "fresh": one.fresh})
                case grammar.ServiceTrack():
                    made.append({"open": "service_track"})
                case grammar.NextProvider():
                    made.append({"open": "next_provider", "task": self.task(one.otherwise), "transition": one.transition})
                case grammar.Beside():
                    made.append({"open": "beside", "transition": one.transition})
                case grammar.Referral():
                    made.append({
                        "open": "referral", "service": one.service, "planned": one.planned, "fresh": one.fresh,
                        "due": one.due.rule() if one.due else None, "question": one.question or None,
                        "after": one.after.rule() if one.after else None,
                    })  # fmt: skip
        return made

    def guards(self, guards: Iterable[Guard]) -> None:
        for one in guards:
            self.texts |= {f"guards.{one.name}": one.refusal, f"rules.{one.name}": one.rule}

    def transition(self, one: grammar.Transition) -> dict[str, Json]:
        self.texts[f"transitions.{one.name}.do"] = one.do or one.name.replace("_", " ").capitalize()
        self.texts[f"transitions.{one.name}.done"] = one.done or one.do
        if one.audited:
            self.audited.add(Audited(one.audited, "transition", one.name))
        if one.consequence:
            self.texts[f"transitions.{one.name}.consequence"] = one.consequence
        self.guards(one.guards)
        self.texts |= {f"papers.{paper.kind}": paper.name for paper in one.needs}
        return {
            "name": one.name,
            "from": [self.path(node) for node in one.sources],
            "to": one.target.code if isinstance(one.target, grammar.Target) else self.path(one.target),
            "by": list(one.by),
            "kind": one.kind,
            "form": self.form(one.form),
            "guards": [guard.name for guard in one.guards],
            "effects": [effect.name for effect in one.effects],
            "opens": self.openings(one.opens),
            "ends": list(one.ends),
            "also": [[also.where, also.transition] for also in one.also],
            "not_by": list(one.not_by),
            "confirm_by": list(one.confirm_by),
            "proposal_effects": [effect.name for effect in one.proposal_effects],
            "refusal_effects": [effect.name for effect in one.refusal_effects],
            "after": one.after.rule() if one.after else None,
            "automatic": one.automatic,
            "reopens": one.reopens,
            "irreversible": bool(one.consequence),
            "siblings": one.siblings,
            # Told only where some are asked for, so that other editions stay what they are.
            **({"needs": [{"kind": p.kind, "valid": p.valid, "of": p.of} for p in one.needs]} if one.needs else {}),
        }


def works(queue: str, role: str) -> bool:
    """Whether a role works a queue."""
    return role in QUEUE_ROLES.get(queue, frozenset())
