"""What the rules of an edition are as JSON: the declared form of `workflows/published/*.json`, and of what is published anew.

A key that is told only where it says something is not required, so that editions from before stay what they are.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from casework.engine.deadlines.deadlines import WrittenLimit
from casework.engine.definition.limits import WrittenGuardLimit


class WrittenItem(TypedDict):
    """An item of a checklist."""

    name: str
    required: bool


class WrittenState(TypedDict):
    """A state, final, stage or parallel."""

    type: Literal["state", "final", "stage", "parallel"]
    queue: NotRequired[str | None]
    due: NotRequired[WrittenLimit | None]
    step: NotRequired[str | None]
    #: Each limit with what happens then; in JSON an array of two.
    escalation: NotRequired[list[tuple[WrittenLimit, str]]]
    checklist: NotRequired[list[WrittenItem]]
    #: Of a stage where it begins and what lies in it, of a parallel its regions.
    initial: NotRequired[str | None]
    children: NotRequired[list[str]]
    regions: NotRequired[list[str]]
    #: What it is to the engine and to others, only where it is said.
    part: NotRequired[str]
    decides: NotRequired[str]
    #: Which body outside has the next word.
    awaits: NotRequired[str]
    fhir: NotRequired[list[str]]


class WrittenOpening(TypedDict, total=False):
    """What a transition, a task or the beginning opens: `open` says of which kind it is and what else it says."""

    open: Literal["task", "track", "service_track", "next_provider", "beside", "referral"]
    #: Of a task its key; of the next provider that of the task where nobody is left.
    task: str
    workflow: str
    #: What sends it.
    transition: str
    fresh: bool
    service: str
    #: Whether the plan names the provider.
    planned: bool
    due: WrittenLimit | None
    question: str | None
    after: WrittenLimit | None


class WrittenPaper(TypedDict):
    """A paper that a transition needs."""

    kind: str
    valid: bool
    of: str | None


WrittenTransition = TypedDict(
    "WrittenTransition",
    {
        "name": str,
        "from": list[str],
        "to": str,
        "by": list[str],
        "kind": str,
        "form": str | None,
        "guards": list[str],
        "effects": list[str],
        "opens": list[WrittenOpening],
        "ends": list[str],
        #: Where else, and what fires there; in JSON an array of two.
        "also": list[tuple[str, str]],
        "not_by": list[str],
        "confirm_by": list[str],
        "proposal_effects": list[str],
        "refusal_effects": list[str],
        "after": WrittenLimit | None,
        "automatic": bool,
        "reopens": bool,
        "irreversible": bool,
        "siblings": bool,
        "needs": NotRequired[list[WrittenPaper]],
        "part": NotRequired[str],
        "tells_provider": NotRequired[str],
        "tells_officers": NotRequired[str],
        "scope": NotRequired[str],
        "decides": NotRequired[str],
        "drops": NotRequired[list[str]],
    },
)


class WrittenByLink(TypedDict):
    """How a party answers a task by a one-time link: the fields that the link fills in, and those that it does not ask."""

    party: NotRequired[str]
    name: NotRequired[str]
    day: NotRequired[str]
    files: NotRequired[str]
    leaves: list[str]
    #: By field, the answers that are not offered to the party.
    without: NotRequired[dict[str, list[str]]]


class WrittenTask(TypedDict):
    """A side task."""

    name: str
    queue: str
    due: WrittenLimit
    form: str | None
    per: str | None
    after: WrittenLimit | None
    on: str
    not_by: list[str]
    effects: list[str]
    guards: list[str]
    opens: list[WrittenOpening]
    #: A field of its form, an answer, and what it opens then; in JSON an array of three.
    opens_if: list[tuple[str, Any, list[WrittenOpening]]]
    aftercare: bool
    unless_open: bool
    checklist: NotRequired[list[WrittenItem]]
    part: NotRequired[str]
    decides: NotRequired[str]
    answers: NotRequired[bool]
    awaits: NotRequired[str]
    #: A field of the form that opens it, and the answers with which it does; in JSON an array of two.
    where: NotRequired[tuple[str, list[Any]]]
    #: The guard without which it is not opened.
    only_if: NotRequired[str]
    by_link: NotRequired[WrittenByLink]


class WrittenField(TypedDict):
    """A question of a form; what limits the answer follows from its type."""

    name: str
    type: str
    required: bool
    fact: bool
    #: Another field, and the answers with which this one is asked; in JSON an array of two.
    when: NotRequired[tuple[str, list[Any]]]
    prefill: NotRequired[str]
    #: Known for good where it is filled from there.
    settled: NotRequired[bool]
    #: The guard that says whether the record leaves it to be asked.
    asked_if: NotRequired[str]
    min: NotRequired[str | None]
    max: NotRequired[Any]
    whole: NotRequired[bool]
    unit: NotRequired[str]
    past: NotRequired[bool]
    future: NotRequired[bool]
    #: Of the day on which something ends: the limit that says for how long it holds at most.
    holds: NotRequired[str]
    choices: NotRequired[list[str]]
    must: NotRequired[bool | None]
    role: NotRequired[str | None]
    service: NotRequired[str | None]
    #: Of what is chosen from a list of the programme: which one.
    catalogue: NotRequired[str]
    kinds: NotRequired[list[str]]
    valid: NotRequired[bool]
    #: Of rows: what each of them asks for, and how many there may be.
    fields: NotRequired[list[WrittenField]]
    most: NotRequired[int]


#: A task that people may ask for: in which states, and by the codes of which roles.
WrittenOffer = TypedDict("WrittenOffer", {"from": list[str], "by": list[str], "task": str})


class WrittenRules(TypedDict):
    """The rules of an edition, which its fingerprint covers."""

    grammar: int
    workflow: str
    edition: int
    inside: str | None
    first_step_fires: str | None
    initial: str | None
    states: dict[str, WrittenState]
    #: The states in the definition's order: JSON's objects have none.
    order: list[str]
    transitions: list[WrittenTransition]
    milestones: dict[str, list[str]]
    outlives: list[str]
    on_request: list[WrittenOffer]
    opens: list[WrittenOpening]
    tasks: dict[str, WrittenTask]
    forms: dict[str, list[WrittenField]]
    escalation: NotRequired[dict[str, int]]
    #: What the workflow is to the engine.
    part: NotRequired[str]
    #: Where the amounts of its money are said.
    money: NotRequired[dict[str, str]]
    #: Where the price of a deal is said.
    price: NotRequired[dict[str, str]]
    #: What guards compare with and a programme may set, by what settings call it.
    limits: NotRequired[dict[str, WrittenGuardLimit]]
    #: By service what its provider reads of the case: parts of the records, and by every other part the answers that it holds.
    sheets: NotRequired[dict[str, dict[str, list[str]]]]
