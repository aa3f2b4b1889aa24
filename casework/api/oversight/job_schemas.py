"""The schemas of jobs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Paged


class FailingJob(Answer):
    id: str
    task: str
    tries: int
    running: bool
    next_at: Annotated[str | None, Field(description="Null: at once")]


class LateWork(Answer):
    kind: Annotated[
        str,
        Field(description="untold, unsent, unerased, failing, overdue_job, closed_roles, no_backup or not_archived"),
    ]
    count: int
    since: str | None


class Jobs(Answer):
    at: str
    workers: Annotated[int, Field(description="That were heard of in the last seconds")]
    heard_at: str | None
    waiting: int
    running: int
    failing: Annotated[int, Field(description="To be tried again; `jobs` names the first of them")]
    stalled: Annotated[int, Field(description="Running in a worker that is dead; another one takes them up")]
    jobs: list[FailingJob]
    late: list[LateWork]
    backup_at: Annotated[str | None, Field(description="Of when the last good backup is; null: none is known of here")]
    archived_at: Annotated[str | None, Field(description="Until when all that was done is archived beside the backups")]


class MailQuery(Paged):
    state: Literal["queued", "sent", "failed", "cancelled"] | None = None


class MailTry(Answer):
    at: str
    what: str


class Mail(Answer):
    id: str
    kind: str
    state: Literal["queued", "sent", "failed", "cancelled"]
    name: str
    name_zh: str | None
    email: str
    made_at: str
    send_at: str
    ended_at: str | None
    tries: list[MailTry]


class MailPage(Answer):
    items: list[Mail]
    next: str | None = None
