"""Publish a definition: its edition as data, with a digest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from casework.engine.deadlines.deadlines import ESCALATION, WrittenLimit
from casework.engine.definition import grammar
from casework.engine.definition.edition_schema import (
    WrittenField,
    WrittenOpening,
    WrittenRules,
    WrittenState,
    WrittenTask,
    WrittenTransition,
)
from casework.engine.definition.editions import GRAMMAR, Edition, workflow_name
from casework.engine.definition.forms import Date, Form
from casework.engine.definition.limits import GuardLimit, WrittenGuardLimit
from casework.engine.definition.registry import Guard
from casework.ledger.canonical_json import digest


def publish(definition: type[grammar.Workflow]) -> Edition:
    """The edition of a definition: rules as canonical JSON, texts beside them. Its faults are `faults`' to find."""
    rules, texts = _Publisher(definition).made()
    return Edition(rules, texts, digest(rules))


@dataclass(frozen=True, slots=True, order=True)
class Audited:
    """What an auditor asks for first: a transition, or a side task that is finished, perhaps with a value in its form."""

    question: str
    what: str
    name: str
    field: str = ""
    value: Any = None


def audited(definition: type[grammar.Workflow]) -> frozenset[Audited]:
    """What a definition says of its transitions and tasks to an auditor; no edition has it, and it holds of all of them."""
    publisher = _Publisher(definition)
    publisher.made()
    return frozenset(publisher.audited)


def _array(*parts: Any) -> Any:
    """Parts that belong together as JSON has them, and as they come back out of a file: a list."""
    return list(parts)


class _Publisher:
    def __init__(self, definition: type[grammar.Workflow]) -> None:
        self.definition = definition
        self.states: dict[str, WrittenState] = {}
        self.texts: dict[str, str] = {}
        self.forms: dict[str, list[WrittenField]] = {}
        self.form_classes: dict[str, type[Form]] = {}
        self.tasks: dict[str, WrittenTask] = {}
        self.paths: dict[int, str] = {}
        self.audited: set[Audited] = set()
        self.limits: dict[str, WrittenGuardLimit] = {}

    def made(self) -> tuple[WrittenRules, dict[str, str]]:
        definition = self.definition
        nodes = definition.nodes()
        self.texts["title"] = definition.title or definition.__name__
        self.texts["description"] = " ".join((definition.__doc__ or "").split())
        for name, node in nodes.items():
            self.node(name, node)
        transitions = [self.transition(transition) for transition in definition.transitions()]
        rules: WrittenRules = {
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
                {
                    "from": sorted(self.path(n) for n in states),
                    "by": [str(role) for role in roles],
                    "task": self.task(task),
                }
                for states, roles, task in definition.on_request
            ],
            "opens": self.openings(definition.opens),
            "tasks": self.tasks,
            "forms": self.forms,
        }
        if dict(definition.escalation) != ESCALATION:
            rules["escalation"] = dict(definition.escalation)
        if definition.part:
            rules["part"] = definition.part
        if definition.money:
            rules["money"] = dict(definition.money)
        if definition.price:
            rules["price"] = dict(definition.price)
        if self.limits:
            rules["limits"] = dict(sorted(self.limits.items()))
        if definition.sheets:
            rules["sheets"] = {service: sheet.written() for service, sheet in definition.sheets.items()}
        return rules, dict(sorted(self.texts.items()))

    def path(self, node: grammar.Node) -> str:
        return self.paths.get(id(node), f"?{node.name}")

    def node(self, path: str, node: grammar.Node) -> None:
        self.paths[id(node)] = path
        self.texts[f"states.{path}"] = node.label
        match node:
            case grammar.State():
                self.states[path] = {
                    "type": "state",
                    "queue": str(node.queue),
                    "due": self.limit(node.due),
                    "step": node.step,
                    "escalation": [_array(self.written(limit), what) for limit, what in node.escalation],
                }
                self.states[path] |= _said(
                    part=node.part, decides=node.decides, awaits=node.awaits, fhir=list(node.fhir)
                )
                if node.checklist:
                    self.states[path]["checklist"] = [
                        {"name": item.name, "required": item.required} for item in node.checklist
                    ]
                self.texts |= {f"states.{path}.items.{item.name}": item.text for item in node.checklist}
                self.texts[f"states.{path}.do"] = node.do or node.label
                if node.letter:
                    self.texts[f"states.{path}.letter"] = node.letter
            case grammar.Final():
                self.states[path] = {"type": "final", "step": node.step}
                self.states[path] |= _said(part=node.part, fhir=list(node.fhir))
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
            for one in form.fields().values():
                if isinstance(one, Date) and one.holds is not None:
                    self.guard_limit(one.holds)
            self.texts |= {f"forms.{name}.{key}": words for key, words in form.texts().items()}
        return name

    def task(self, task: grammar.Task) -> str:
        rule: WrittenTask = {
            "name": task.name,
            "queue": str(task.queue),
            "due": self.written(task.due),
            "form": self.form(task.form),
            "per": task.per,
            "after": self.limit(task.after),
            "on": task.on,
            "not_by": list(task.not_by),
            "effects": [effect.name for effect in task.effects],
            "guards": [guard.name for guard in task.guards],
            "opens": [],
            "opens_if": [],
            "aftercare": task.aftercare,
            "unless_open": task.unless_open,
        }
        rule |= _said(part=task.part, decides=task.decides, answers=task.answers, awaits=task.awaits)
        if task.by_link is not None:
            by = task.by_link
            rule["by_link"] = {"leaves": list(by.leaves)} | _said(
                party=by.party, name=by.name, day=by.day, files=by.files
            )
            if by.without:
                rule["by_link"]["without"] = {field: list(choices) for field, choices in by.without}
        rule["opens"] = self.openings(task.opens)
        rule["opens_if"] = [_array(name, value, self.openings(opens)) for name, value, opens in task.opens_if]
        if task.only_if is not None:
            rule["only_if"] = task.only_if.name
            self.guards((task.only_if,))
        if task.where is not None:
            rule["where"] = _array(task.where[0], list(task.where[1]))
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
        if task.press:
            self.texts[f"tasks.{key}.press"] = task.press
        if task.by_link is not None:
            self.texts[f"tasks.{key}.asks"] = task.by_link.asks
            self.texts |= {f"tasks.{key}.asks.{field}": words for field, words in task.by_link.labels}
        self.texts |= {f"tasks.{key}.items.{item.name}": item.text for item in task.checklist}
        self.guards(task.guards)
        return key

    def openings(self, opens: Any) -> list[WrittenOpening]:
        written: list[WrittenOpening] = []
        for opening in opens:
            match opening:
                case grammar.Task():
                    written.append({"open": "task", "task": self.task(opening)})
                case grammar.Again():
                    written.append({"open": "task", "task": opening.task})
                case grammar.Track():
                    written.append({"open": "track", "workflow": opening.workflow, "fresh": opening.fresh})
                case grammar.ServiceTrack():
                    written.append({"open": "service_track"})
                case grammar.NextProvider():
                    written.append({"open": "next_provider", "task": self.task(opening.otherwise)})
                case grammar.Beside():
                    written.append({"open": "beside"})
                case grammar.Referral():
                    written.append(
                        {
                            "open": "referral",
                            "service": opening.service,
                            "planned": opening.planned,
                            "fresh": opening.fresh,
                            "due": self.limit(opening.due),
                            "question": opening.question or None,
                            "after": self.limit(opening.after),
                        }
                    )
        return written

    def limit(self, limit: grammar.Limit | None) -> WrittenLimit | None:
        return self.written(limit) if limit is not None else None

    def written(self, limit: grammar.Limit) -> WrittenLimit:
        """A limit as the edition keeps it; the article that sets it is named among the texts."""
        if limit.law is not None:
            self.texts[f"laws.{limit.law.code}"] = limit.law.text
        if limit.shared is not None:
            self.guard_limit(limit.shared)
        return limit.rule()

    def guards(self, guards: Iterable[Guard]) -> None:
        for guard in guards:
            self.texts |= {f"guards.{guard.name}": guard.refusal, f"rules.{guard.name}": guard.rule}
            for limit in guard.limits:
                self.guard_limit(limit)

    def guard_limit(self, limit: GuardLimit) -> None:
        self.limits[limit.what] = limit.rule()
        self.texts[f"limits.{limit.name}"] = limit.label

    def transition(self, transition: grammar.Transition) -> WrittenTransition:
        self.texts[f"transitions.{transition.name}.do"] = (
            transition.do or transition.name.replace("_", " ").capitalize()
        )
        self.texts[f"transitions.{transition.name}.done"] = transition.done or transition.do
        if transition.audited:
            self.audited.add(Audited(transition.audited, "transition", transition.name))
        if transition.consequence:
            self.texts[f"transitions.{transition.name}.consequence"] = transition.consequence
        self.guards(transition.guards)
        self.texts |= {f"papers.{paper.kind}": paper.name for paper in transition.needs}
        rule: WrittenTransition = {
            "name": transition.name,
            "from": [self.path(node) for node in transition.sources],
            "to": transition.target.code
            if isinstance(transition.target, grammar.Target)
            else self.path(transition.target),
            "by": [str(role) for role in transition.by],
            "kind": transition.kind,
            "form": self.form(transition.form),
            "guards": [guard.name for guard in transition.guards],
            "effects": [effect.name for effect in transition.effects],
            "opens": self.openings(transition.opens),
            "ends": list(transition.ends),
            "also": [_array(also.where, also.transition) for also in transition.also],
            "not_by": list(transition.not_by),
            "confirm_by": [str(role) for role in transition.confirm_by],
            "proposal_effects": [effect.name for effect in transition.proposal_effects],
            "refusal_effects": [effect.name for effect in transition.refusal_effects],
            "after": self.limit(transition.after),
            "automatic": transition.automatic,
            "reopens": transition.reopens,
            "irreversible": bool(transition.consequence),
            "siblings": transition.siblings,
        }
        rule |= _said(
            part=transition.part,
            tells_provider=transition.tells_provider,
            tells_officers=transition.tells_officers,
            scope=transition.scope,
            decides=transition.decides,
            drops=list(transition.drops),
        )
        if transition.needs:
            rule["needs"] = [{"kind": paper.kind, "valid": paper.valid, "of": paper.of} for paper in transition.needs]
        return rule


def _said(**rules: Any) -> Any:
    """What a definition says only where it is so: an edition that says nothing of it stays what it is."""
    return {name: value for name, value in rules.items() if value}
