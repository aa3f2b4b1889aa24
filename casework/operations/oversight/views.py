"""Breaches of case hygiene, jobs, the prospect of a case, its forecast, and stage reports and figures by mail as they are handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casework.engine.figures.counting import Figure
from casework.json_values import JsonObject
from casework.operations.cases.views import SavedView
from casework.operations.core.views import Named, NamedPerson, TaskKey
from casework.reasons import Why


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
class HygieneNights:
    """The nightly checks of a programme."""

    programme: str
    #: Per cent of the live cases that broke no rule, to one digit, each night counting the same; None where no case was live.
    mean: str | None
    #: The newest first.
    days: list[CaseHygieneDay]


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

    #: untold, unsent, unerased, failing, overdue_job, closed_roles, no_backup or not_archived; unsequenced
    #: to whoever is told of sealed mediations too.
    kind: str
    #: Of no_backup those that were made since the last good one and are not good; of not_archived minutes.
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
    #: Of when the last good backup is; None where there is none, or none is known of here.
    backup_at: str | None
    #: Until when all that was done is archived beside the backups; None where nothing is, or nothing is known of it here.
    archived_at: str | None


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


@dataclass(frozen=True, kw_only=True, slots=True)
class StepNamed:
    """A step of a workflow."""

    workflow: str
    states: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class DaysBetween:
    """From a day to another one, both among them."""

    first: str
    #: Null: it may come later than all that is known.
    last: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LikelyEnd:
    """When something is likely to end, or why that is not told."""

    #: Where it stands.
    step: StepNamed
    #: One time in two, and four times in five, it ends within these days.
    half: DaysBetween | None
    most: DaysBetween | None
    #: What that rests on: stays in this step that ended, and the cases behind all steps to come.
    ended: int
    cases: int
    #: thin, outlasted or no_other.
    why_not: str | None
    #: The step of which too little is known.
    of: StepNamed | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestForecast:
    """When a live request of a case is likely to end."""

    track: str
    service: str
    provider: str | None
    end: LikelyEnd


@dataclass(frozen=True, kw_only=True, slots=True)
class PastForecasts:
    """What the same way of telling would have told earlier, and how often it came true."""

    #: Those whose wider days have passed by now.
    forecasts: int
    half: int
    most: int
    #: How often the wider days held; null of fewer than ten.
    percent: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseForecast:
    """When a case, its step and its requests are likely to end."""

    number: str
    title: str | None
    programme: str
    #: What it was told by: the same again tells the same.
    at: str
    calendar: str
    definitions: int
    #: As if this provider did nothing more.
    without: NamedPerson | None
    #: Null once the case has ended.
    case: LikelyEnd | None
    step: LikelyEnd | None
    requests: list[RequestForecast]
    past_cases: PastForecasts
    past_steps: PastForecasts
    past_requests: PastForecasts
    #: Whom the programme's cases ever lay with.
    providers: list[NamedPerson]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportStep:
    """That a stage report was frozen, agreed to or published: by whom, and when."""

    kind: str
    at: datetime
    by: Named
    #: For whom a deputy did it.
    acting_for: Named | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedReport:
    """A stage report in the list of its programme's."""

    id: str
    number: int
    #: draft, agreed or published.
    state: str
    #: Up to when its figures were counted.
    as_of: datetime
    #: The SHA-256 of what was frozen.
    digest: str
    steps: tuple[ReportStep, ...]
    #: Its own words by what they are of, the digest of these, and how often they were written.
    words: Mapping[str, str] = field(default_factory=dict)
    words_digest: str = ""
    worded: int = 0
    #: Of which cases alone it is: of a phase, or of those that were opened in a period.
    among: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownReport:
    """A stage report with what was frozen, as far as its reader may know of it."""

    report: ListedReport
    programme: str
    #: As they were counted inside, and what they tell anew of the months of the report before.
    inside: Mapping[str, Figure]
    restated: tuple[JsonObject, ...]
    #: As they are told outside: the figures, and as of when.
    outside: JsonObject
    #: What was frozen, whole; of whoever reads no closed needs it is kept back.
    content: JsonObject | None
    #: The number of the report whose months it tells anew.
    before: int | None
    #: Whether the reader may write its words.
    writes: bool
    #: What the reader may do with it next, and otherwise why not.
    next: str | None
    why_not: Why | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpRung:
    """How many of the closed cases were to be asked so many days after their closing, and answered."""

    days: int
    #: Whose last day has come, or who have answered before it.
    due: int
    in_time: int
    #: In time or later.
    answered: int
    #: Asked now, and of these whose last day has passed.
    waiting: int
    late: int
    #: Up to when, where any of it was counted ahead.
    counted_at: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LastLink:
    """The last link by which a party was asked."""

    party: str
    #: open, used, revoked, or over: by its day, or because the task was done otherwise.
    state: str
    until: str
    mail: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """A question to the parties of a closed case, and how it stands."""

    task: str
    number: str
    title: str | None
    days: int
    due_at: str
    late: bool
    owner: Named | None
    link: LastLink | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureMail:
    """What somebody is mailed: the figures of which view, and how often."""

    id: str
    view: SavedView
    #: Of which programme.
    programme: str
    #: weekly, monthly or quarterly.
    rhythm: str
    #: Of a weekly one, Monday as 1.
    weekday: int | None
    #: When the next one goes, as the calendar stands.
    next_at: str
