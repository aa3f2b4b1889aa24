"""What may be asked of a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from casework.engine.state.effects_schema import Allocation
from casework.json_values import Answers
from casework.reasons import Why


@dataclass(frozen=True)
class Claim:
    """Take a task from its queue."""

    task: str


@dataclass(frozen=True)
class Release:
    """Give a task back to its queue."""

    task: str
    note: str | None = None


@dataclass(frozen=True)
class Relieve:
    """Take a task from a person whose role has ended, and put it back into its queue."""

    task: str
    person: str


@dataclass(frozen=True)
class Allocate:
    """Give a task to whom the rule of its queue leads; `allocation` is what `engine.tasks.allocation.written` keeps of it."""

    task: str
    person: str
    allocation: Allocation


@dataclass(frozen=True)
class Complete:
    """Finish a side task, or decide on a proposal."""

    task: str
    data: Answers = field(default_factory=dict)
    happened_on: str | None = None
    #: What was found against fields outside the log, by field.
    against: Mapping[str, Why] = field(default_factory=dict)


@dataclass(frozen=True)
class Exit:
    """End a side task that is not needed any more, without a result."""

    task: str
    reason: str


@dataclass(frozen=True)
class Start:
    """Begin to work on a task; whoever has not taken it takes it so."""

    task: str


@dataclass(frozen=True)
class Stop:
    """Stop working on a task for now, and keep it."""

    task: str


@dataclass(frozen=True)
class Suspend:
    """Let a task wait for somebody until a day; a clock wakes it."""

    task: str
    until: str
    waits_for: str
    reason: str


@dataclass(frozen=True)
class Resume:
    """Go on with a task that waits."""

    task: str


@dataclass(frozen=True)
class Skip:
    """Leave out a task that nothing waits for."""

    task: str
    reason: str


@dataclass(frozen=True)
class Delegate:
    """Give a task to another person, who gives it back when it is prepared."""

    task: str
    person: str
    note: str


@dataclass(frozen=True)
class Forward:
    """Give a task up for others, or for one person to take."""

    task: str
    note: str
    person: str | None = None


@dataclass(frozen=True)
class Assign:
    """Give a task to another person for good."""

    task: str
    person: str
    note: str


@dataclass(frozen=True)
class Fail:
    """End a task that cannot be done."""

    task: str
    reason: str


@dataclass(frozen=True)
class Activate:
    """Let a task begin before its day."""

    task: str


@dataclass(frozen=True)
class Nominate:
    """Let a task begin, with the person who does it; with none it is for its whole queue."""

    task: str
    note: str
    person: str | None = None


@dataclass(frozen=True)
class Modify:
    """Give a task another priority."""

    task: str
    priority: int
    reason: str


@dataclass(frozen=True)
class Tick:
    """Tick an item of a task's checklist, or take the tick away."""

    task: str
    item: str
    done: bool = True


@dataclass(frozen=True)
class AddItem:
    """Add an item of one's own to a task's checklist."""

    task: str
    words: str


@dataclass(frozen=True)
class AskReview:
    """Have another person look at a side task's form before it is finished."""

    task: str
    person: str
    data: Answers = field(default_factory=dict)
    #: What was found against fields outside the log, by field.
    against: Mapping[str, Why] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerReview:
    """Approve what was proposed, or ask for changes, which are said in the note."""

    task: str
    approve: bool
    note: str | None = None


@dataclass(frozen=True)
class HandBack:
    """Give a delegated task back to whoever delegated it, with what was prepared."""

    task: str
    data: Answers = field(default_factory=dict)
    note: str | None = None
    #: What was found against fields outside the log, by field.
    against: Mapping[str, Why] = field(default_factory=dict)


@dataclass(frozen=True)
class Add:
    """Add a task from the list that the workflow allows; for one person, and until a day, where they are named."""

    track: str
    task: str
    about: str | None = None
    due: str | None = None
    person: str | None = None
    note: str | None = None
