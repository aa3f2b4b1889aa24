"""How a workflow is written: states, transitions, and what they open. `publish` turns it into an edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, TypeVar

from casework.engine.deadlines.deadlines import ESCALATION
from casework.engine.definition.by_link import ByLink as ByLink
from casework.engine.definition.forms import Form
from casework.engine.definition.limits import Law, Limit, calendar_days, months, until, working_days
from casework.engine.definition.registry import Effect, Guard
from casework.engine.definition.sheets import Sheet as Sheet
from casework.engine.definition.sheets import Telling
from casework.engine.parties import AUTHORITY, PARTY, REGISTER
from casework.engine.roles import Role

MAIN, RETURN, EXCEPTION = "main", "return", "exception"
#: What an auditor asks for first. It is said of a transition or a task beside its rules, for no rule reads it: so it holds of
#: every edition, however long ago that was published.
WAIVER, EXTENSION, STOP = "waivers", "extensions", "stops"
#: The step bar stays where it was.
PREVIOUS_STEP = "=previous"


class Node:
    """Something a track can stand in; named by the attribute it is assigned to."""

    label: str
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __or__(self, other: Node | AnyOf) -> AnyOf:
        return AnyOf([self, *(other.nodes if isinstance(other, AnyOf) else [other])])

    def to(self, target: Node | Target, **how: Any) -> Transition:
        return AnyOf([self]).to(target, **how)

    def then(self, target: Node | Target, **how: Any) -> Transition:
        return AnyOf([self]).then(target, **how)

    def after(self, limit: Limit, target: Node | Target, **how: Any) -> Transition:
        return AnyOf([self]).after(limit, target, **how)


@dataclass(eq=False)
class State(Node):
    """A condition in which somebody works: `queue` says who, `due` until when, `step` where on the step bar.

    `escalation` replaces the usual escalation: pairs of a limit and "remind", "due", "escalate" or "flag".
    `do` names the step task; without it the task bears the state's label. `checklist`: what whoever works it ticks off;
    the workflow's main way goes on only with what is required ticked. `part`: what it is to the engine, of `engine.parts`;
    `decides`: the subject of the decision that is taken there; `fhir`: as what other systems know it, the status of a Task,
    its business status, and that after the request was accepted. `letter`: what a letter tells a party of where the case stands.
    `awaits`: which of the bodies outside has the next word, while the queue follows it.
    """

    label: str
    queue: str
    due: Limit | None
    step: str
    do: str = ""
    escalation: Sequence[tuple[Limit, str]] = ()
    checklist: Sequence[Item] = ()
    part: str = ""
    decides: str = ""
    fhir: tuple[str, ...] = ()
    letter: str = ""
    awaits: str = ""
    name: str = ""


@dataclass(eq=False)
class Final(Node):
    """A condition in which a track has ended; its name is the outcome."""

    label: str
    step: str | None = None
    part: str = ""
    fhir: tuple[str, ...] = ()
    name: str = ""


_Child = TypeVar("_Child", bound=Node)


class _Container(Node, Generic[_Child]):
    """A node that holds others, given by name; `checks["lab"]` is the child called lab."""

    def __init__(self, label: str, **children: _Child) -> None:
        self.label = label
        self.children = children
        for name, child in children.items():
            child.name = name

    def __getitem__(self, name: str) -> _Child:
        return self.children[name]


class Stage(_Container[Node]):
    """States nested in one; the first is where it starts, its finals are where it has ended."""


class Parallel(_Container[Stage]):
    """Regions side by side, each a `Stage`; it has ended when every region has."""


@dataclass(frozen=True)
class Target:
    """ "=same" (the act is recorded, the state stays) or "=previous" (back to where a side state was entered from)."""

    code: str


def same() -> Target:
    return Target("=same")


def previous() -> Target:
    return Target("=previous")


@dataclass(frozen=True)
class Item:
    """An item of a task's checklist; a required one must be ticked before the task is finished, or its step goes on."""

    name: str
    text: str
    required: bool = True


@dataclass(frozen=True)
class Task:
    """A side task: its own queue, limit and form; its result is a fact for guards.

    `per`: "party" opens one for each party, "items:<field>" one for each item of the form's list field, or
    for each row of a table of facts with a day `by`.
    `where`: it is opened only where a field of the form that opens it has one of these values, `only_if` where this guard holds.
    `after`: it appears only then (state Created until). `on`: "track", or "main" for the case's main track.
    `not_by`: names of transitions or tasks whose actor may not do it. `opens`/`opens_if`: what follows its completion,
    always or where a field of its form has a value. `effects`: as of a transition. `aftercare`: may stay open when
    the case closes. `unless_open`: not opened while one of its name is open. `checklist`: what whoever works it ticks off.
    `audited`: what its being finished is to an auditor, always or where a field of its form has a value.
    `part`: what it is to the engine; `decides`: the subject of its decision; `answers`: a provider hears of its result.
    `by_link`: a party may answer it by a one-time link. `awaits`: which of the bodies outside has the next word.
    """

    name: str
    do: str
    queue: str
    due: Limit
    form: type[Form] | None = None
    per: str | None = None
    where: tuple[str, tuple[Any, ...]] | None = None
    only_if: Guard | None = None
    after: Limit | None = None
    on: str = "track"
    not_by: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    opens: tuple[Opening, ...] = ()
    opens_if: tuple[tuple[str, Any, tuple[Opening, ...]], ...] = ()
    aftercare: bool = False
    unless_open: bool = False
    guards: tuple[Guard, ...] = ()
    checklist: tuple[Item, ...] = ()
    audited: str | tuple[str, str, Any] = ""
    #: What the history says of whoever completed it ("asked for a waiver"), where its form's answers say nothing else.
    done: str = ""
    #: What the button says that finishes it, where actions that end it are the other answers ("Return the plan").
    press: str = ""
    part: str = ""
    decides: str = ""
    answers: bool = False
    by_link: ByLink | None = None
    awaits: str = ""


@dataclass(frozen=True)
class Track:
    """A track of another workflow beside this one. A live one of this round is kept unless `fresh`."""

    workflow: str
    fresh: bool = False


@dataclass(frozen=True)
class ServiceTrack:
    """In a referral: the track of the service that the referral is about, if that service has a workflow."""


@dataclass(frozen=True)
class Referral:
    """A referral draft of a kind of service; `planned` opens one only where the service plan names a provider.

    A live one of the kind is kept unless `fresh`. `question` prefills what is asked, `due` is when the answer is wanted.
    """

    service: str
    planned: bool = False
    fresh: bool = False
    question: str = ""
    due: Limit | None = None
    #: Its first step appears only then: a request that is to be sent in a year is nobody's work today.
    after: Limit | None = None


@dataclass(frozen=True)
class NextProvider:
    """In a referral: the same request is sent to the next provider of its panel; with none left, `otherwise`."""

    otherwise: Task


@dataclass(frozen=True)
class Beside:
    """The same request is sent at once to every provider that the field `beside` of the form names."""


@dataclass(frozen=True)
class Again:
    """A task of this workflow once more, by name: what a returned plan opens."""

    task: str


Opening = Task | Track | ServiceTrack | Referral | NextProvider | Beside | Again


@dataclass(frozen=True)
class Also:
    """Another transition that fires with this one, as an event of its own.

    `where`: "child" (tracks below this one), "parent" (the referral above), "referrals" (every referral of the case),
    "unsent" (those that were sent to nobody yet), "replaced" (tracks of the same workflow that count no longer). Tracks from
    whose state it cannot fire are passed over.
    """

    where: str
    transition: str


@dataclass(frozen=True)
class Paper:
    """A document that must be on file before a transition: of a kind, with the name by which people know it.

    Where `valid`, one whose last day has passed does not count. `of` names the service whose provider must have handed it
    in, with a referral that still counts. On the track of a service only papers of its own referral count.
    """

    kind: str
    name: str
    valid: bool = False
    of: str | None = None


@dataclass(eq=False)
class Transition:
    """A way from one state to another. Written with `to`, `then` and `after`."""

    sources: list[Node]
    target: Node | Target
    by: tuple[Role, ...]
    do: str = ""
    done: str = ""
    kind: str = MAIN
    form: type[Form] | None = None
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    opens: tuple[Opening, ...] = ()
    #: Side tasks that this action completes (a decision task, say).
    ends: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    #: Names of transitions or tasks: whoever did one of them may not do this.
    not_by: tuple[str, ...] = ()
    #: Roles of the second person: the first one's form is kept as a proposal, the second one's confirmation fires it.
    confirm_by: tuple[Role, ...] = ()
    #: What a proposal brings about at once, and its refusal takes back.
    proposal_effects: tuple[Effect, ...] = ()
    refusal_effects: tuple[Effect, ...] = ()
    after: Limit | None = None
    automatic: bool = False
    #: Leaves a final state on purpose.
    reopens: bool = False
    #: Irreversible: pages ask once more, naming this.
    consequence: str = ""
    #: Touches the other cases of the same need; their logs are locked with this one.
    siblings: bool = False
    #: What must be on file.
    needs: tuple[Paper, ...] = ()
    #: What it is to an auditor: WAIVER, EXTENSION or STOP.
    audited: str = ""
    #: What it is to the engine, of `engine.parts`.
    part: str = ""
    #: Of a referral's: the kinds of notice of it. A provider hears of no other transition; officers hear that the referral moved.
    tells_provider: str = ""
    tells_officers: str = ""
    #: What a provider's own system must be let do to fire it; PEOPLE_ONLY where it may not.
    scope: str = ""
    #: The subject of the second person's decision.
    decides: str = ""
    name: str = ""
    #: Side tasks of its track that are not needed any more: nobody has done them.
    drops: tuple[str, ...] = ()

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name


def _tuple(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


class AnyOf:
    """Several states that one transition leaves."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = list(nodes)

    def __or__(self, other: Node | AnyOf) -> AnyOf:
        return AnyOf([*self.nodes, *(other.nodes if isinstance(other, AnyOf) else [other])])

    def to(
        self,
        target: Node | Target,
        *,
        by: Role | Sequence[Role],
        do: str = "",
        done: str = "",
        kind: str = MAIN,
        form: type[Form] | None = None,
        guards: Sequence[Guard] = (),
        effects: Sequence[Effect] = (),
        opens: Sequence[Opening] = (),
        ends: Sequence[str] = (),
        also: Sequence[Also] = (),
        not_by: Sequence[str] = (),
        confirm_by: Role | Sequence[Role] = (),
        proposal_effects: Sequence[Effect] = (),
        refusal_effects: Sequence[Effect] = (),
        after: Limit | None = None,
        reopens: bool = False,
        consequence: str = "",
        siblings: bool = False,
        needs: Sequence[Paper] = (),
        audited: str = "",
        part: str = "",
        tells_provider: str = "",
        tells_officers: str = "",
        scope: str = "",
        decides: str = "",
        name: str = "",
        drops: Sequence[str] = (),
    ) -> Transition:
        """A person's transition; `by` may name the system as well, for a clock (`after`) or a rule (`Also`)."""
        return Transition(
            self.nodes,
            target,
            _tuple(by),
            do,
            done,
            kind,
            form,
            _tuple(guards),
            _tuple(effects),
            _tuple(opens),
            _tuple(ends),
            _tuple(also),
            _tuple(not_by),
            _tuple(confirm_by),
            _tuple(proposal_effects),
            _tuple(refusal_effects),
            after,
            False,
            reopens,
            consequence,
            siblings,
            _tuple(needs),
            audited,
            part,
            tells_provider,
            tells_officers,
            scope,
            decides,
            name,
            _tuple(drops),
        )

    def then(self, target: Node | Target, *, guards: Sequence[Guard] = (), done: str = "", **how: Any) -> Transition:
        """By itself: when what it leaves has ended (stage, parallel), or when the guards come true (state)."""
        transition = self.to(target, by=Role.SYSTEM, guards=guards, done=done, **how)
        return replace(transition, automatic=True)

    def after(self, limit: Limit, target: Node | Target, *, done: str = "", **how: Any) -> Transition:
        """By the clock."""
        return self.to(target, by=Role.SYSTEM, after=limit, done=done, **how)


def any_of(*nodes: Node | AnyOf) -> AnyOf:
    return AnyOf([one for node in nodes for one in (node.nodes if isinstance(node, AnyOf) else [node])])


class Workflow(Telling):
    """A definition: subclass it, and write states and transitions as class attributes."""

    workflow: ClassVar[str] = ""
    title: ClassVar[str] = ""
    edition: ClassVar[int] = 1
    #: What it is to the engine: MAIN, REFERRAL or nothing.
    part: ClassVar[str] = ""
    #: "referral" when a provider works on it inside a referral.
    inside: ClassVar[str | None] = None
    #: The transition of the track above that the first step of this one fires.
    first_step_fires: ClassVar[str | None] = None
    #: name: states in which it has been reached.
    milestones: ClassVar[Mapping[str, Sequence[Node]]] = {}
    #: States in which a track runs on after its case has closed.
    outlives: ClassVar[Sequence[Node]] = ()
    #: Reminded of in percent of its time, escalated and flagged in working days after it is due; a state may have its own.
    escalation: ClassVar[Mapping[str, int]] = ESCALATION
    #: Side tasks that a person may add: (states in which, roles who may, task).
    on_request: ClassVar[Sequence[tuple[Sequence[Node], Sequence[Role], Task]]] = ()
    #: Side tasks that every new track of this workflow opens.
    opens: ClassVar[Sequence[Opening]] = ()

    @classmethod
    def nodes(cls) -> dict[str, Node]:
        return {name: value for name, value in vars(cls).items() if isinstance(value, Node)}

    @classmethod
    def transitions(cls) -> list[Transition]:
        return [value for value in vars(cls).values() if isinstance(value, Transition)]


__all__ = [
    "AUTHORITY", "EXCEPTION", "EXTENSION", "MAIN", "PARTY", "PREVIOUS_STEP", "REGISTER", "RETURN", "STOP", "WAIVER", "Again", "Also",
    "AnyOf", "Beside", "Final", "Form", "Item", "Law", "Limit", "Node", "Opening", "Paper", "Parallel", "Referral", "ServiceTrack",
    "Stage", "State", "Target", "Task", "Track", "Transition", "Workflow", "any_of", "calendar_days", "field", "months", "previous",
    "same", "until", "working_days",
]  # fmt: skip
