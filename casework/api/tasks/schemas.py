"""The schemas of tasks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.case_schemas import PlacedTask, Task
from casework.api.protocol.fields import Answer, Body, Code, Day, Id, Knowingly, Line, Paged, Query, SomeWords, Words
from casework.api.protocol.schemas import Refusal
from casework.json_values import JsonObject
from casework.operations.core.paging import MOST, PAGE


class TaskQuery(Paged):
    view: Literal["mine", "queue", "done"] = "mine"
    queue: Code | None = None
    sort: Annotated[
        Literal["turn", "due", "opened"],
        Field(
            description="Of the view queue: in turn, what is due first, or what has waited longest; those that stay fast for you"
        ),
    ] = "turn"


class AgendaQuery(Query):
    whose: Annotated[
        Literal["own", "team", "waiting"],
        Field(description="Yours, all of your programmes' offices, or what others must do in the cases that you own"),
    ] = "own"
    from_: Annotated[Day | None, Field(alias="from", description="The first day; this Monday unless told")] = None
    to: Annotated[Day | None, Field(description="The last day; the seventh unless told")] = None
    limit: Annotated[int | None, Field(ge=1, le=MOST, description=f"Most tasks; {PAGE} unless told")] = None


class Releasing(Body):
    note: Words | None = None


class ManyTasks(Body):
    tasks: Annotated[list[Id], Field(min_length=1, max_length=50)]
    operation: Literal["claim", "release", "complete", "assign", "suspend", "modify"]
    person: Annotated[Id | None, Field(description="For assign")] = None
    note: Annotated[Words | None, Field(description="For assign")] = None
    until: Annotated[Day | None, Field(description="For suspend")] = None
    waits_for: Literal["need_owner", "technology_owner", "provider", "authority", "other"] | None = None
    reason: Annotated[Words | None, Field(description="For suspend and modify")] = None
    priority: Annotated[Literal["high", "normal", "low"] | None, Field(description="For modify")] = None
    dry_run: Annotated[bool, Field(description="Say what would become of each, and do nothing")] = False


class Waiting(Body):
    until: Annotated[
        Day, Field(description="The last day of waiting; the task wakes by itself at its close of business")
    ]
    waits_for: Literal["need_owner", "technology_owner", "provider", "authority", "other"]
    reason: SomeWords


class Handing(Body):
    person: Annotated[Id, Field(description="Who has the task next; must work its queue in this case")]
    note: Annotated[SomeWords, Field(description="What the next one must know; shown on the task and in their work")]


class Offering(Body):
    person: Annotated[
        Id | None, Field(description="Whom one has in mind; null offers it to everybody of the queue")
    ] = None
    note: Annotated[SomeWords, Field(description="What the next one must know; shown on the task and in their work")]


class Ranking(Body):
    priority: Literal["high", "normal", "low"]
    reason: SomeWords


class AskingReview(Body):
    person: Annotated[Id, Field(description="Who looks at it; must work its queue in this case, and be somebody else")]
    data: Annotated[JsonObject, Field(description="The form as it is proposed, by the names that the task lists")] = {}


class AnsweringReview(Body):
    approve: Annotated[bool, Field(description="False asks for changes, which the note says")]
    note: Words | None = None


class NewItem(Body):
    words: Line


class Ticking(Body):
    done: Annotated[bool, Field(description="False takes the tick away")] = True


class Completing(Body):
    data: Annotated[JsonObject, Field(description="The form, by the names that the task lists")] = {}
    happened_on: Day | None = None
    note: Annotated[Words | None, Field(description="Of a delegated step: what whoever delegated it should know")] = (
        None
    )
    sure: Knowingly = False


class TaskOutcome(Answer):
    task: str
    done: bool
    why: Annotated[str | None, Field(description="What refuses it")]
    refusal: Annotated[Refusal | None, Field(description="The same with its code and values")] = None


class TaskOutcomes(Answer):
    items: list[TaskOutcome]
    done: int
    dry_run: bool


class FindingToAnswer(Answer):
    id: str
    number: Annotated[str, Field(description="Of the case")]
    title: str | None
    words: Annotated[str | None, Field(description="Null once erased")]
    due_at: str | None
    late: Annotated[bool, Field(description="Open though its day has passed")]


class TaskPage(Answer):
    items: list[Task]
    next: str | None = None
    findings: Annotated[
        list[FindingToAnswer],
        Field(
            description="With the first part of what you hold: the findings of the audit that you are to answer, what is due first before"
            " the rest; answer one at /findings/{finding}/answer"
        ),
    ]


class AgendaDay(Answer):
    day: Day
    kind: Annotated[str, Field(description="working, make_up, weekend or holiday")]
    name: Annotated[dict[str, str], Field(description="Of a holiday or a day of make-up work, by language")]
    due: Annotated[int, Field(description="How many tasks are due on it")]


class AgendaTask(PlacedTask):
    day: Annotated[Day, Field(description="On which it is due where the programme is")]


class Agenda(Answer):
    whose: str
    zone: Annotated[str, Field(description="In which days begin and end")]
    today: Day
    days: list[AgendaDay]
    items: list[AgendaTask]
    more: Annotated[bool, Field(description="Whether there are more tasks than the limit")]


class TaskPerson(Answer):
    id: str
    name: str
    holds: Annotated[int, Field(description="How many tasks of the case the person holds")]


class TaskPeople(Answer):
    items: Annotated[list[TaskPerson], Field(description="To whom you may give it")]
    reviewers: Annotated[list[TaskPerson], Field(description="Whom you may ask to review it before you finish it")]


class NextTask(Answer):
    id: Annotated[str | None, Field(description="Null where nothing is left to take")]
    state: str | None
    holder: str | None


class TaskDone(Answer):
    id: str
    state: str
    holder: str | None = None
