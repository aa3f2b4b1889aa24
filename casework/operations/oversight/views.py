"""Breaches of case hygiene, jobs, and the prospect of a case as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.core.views import Named, TaskKey


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachedTask(TaskKey):
    """A task with which something is wrong."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """Something that is wrong with a case, and with which of its tasks."""

    #: What is wrong, as a code: no_owner, nobody_may, no_clock and so on.
    kind: str
    task: BreachedTask | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachingCase:
    """A case that breaks the rule."""

    number: str
    title: str | None
    owner: str | None
    breaches: list[Breach]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseHygieneDay:
    """What the nightly check of a day said."""

    day: str
    at: str
    #: Cases that were not closed.
    live: int
    #: Of these the ones that broke the rule.
    broken: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseHygiene:
    """Cases that break the rule now, and the figure of each day."""

    at: str
    #: Cases that break the rule; `items` names the first of them.
    count: int
    items: list[BreachingCase]
    #: What the nightly check found, the newest day first.
    days: list[CaseHygieneDay]


@dataclass(frozen=True, kw_only=True, slots=True)
class FailingJob:
    """A job that failed and is tried again."""

    id: str
    task: str
    tries: int
    running: bool
    #: Null: at once.
    next_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Delay:
    """Work of a kind that waits too long."""

    #: untold, unsent, unerased, failing, overdue_job or closed_roles.
    kind: str
    count: int
    since: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Jobs:
    """Workers that are alive, and jobs."""

    at: str
    #: That were heard of in the last seconds.
    workers: int
    heard_at: str | None
    waiting: int
    running: int
    #: To be tried again; `jobs` names the first of them.
    failing: int
    #: Running in a worker that is dead; another one takes them up.
    stalled: int
    jobs: list[FailingJob]
    late: list[Delay]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExcludedPerson:
    """Somebody who may not do what is left, and why."""

    id: str
    name: str
    #: did, interested or away.
    why: str
    #: Of four eyes: the key of what the person did, in the action's edition.
    did: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionLeft:
    """Something that is still to be done."""

    edition: str
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProspectObstacle:
    """What is in the way of the end of a case."""

    words: str
    #: Whether it is the case itself that cannot be finished.
    main: bool
    #: Whether another officer could, if the case were handed over.
    hand_over: bool
    actions: list[ActionLeft]
    people: list[ExcludedPerson]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseProspect:
    """How a case stands if nobody comes and nobody comes back."""

    possible: bool
    #: So many of the office may be away, whoever they are; at most 2 are counted.
    survives: int | None
    #: Without each of these it cannot be finished.
    needed: list[Named]
    obstacles: list[ProspectObstacle]


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachFound(Breach):
    """A breach wherever it is found in the installation."""

    #: Of the case; a sealed mediation has none.
    number: str | None
    #: Id of the case or the mediation.
    log: str
