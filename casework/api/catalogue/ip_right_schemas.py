"""The schemas of rights."""

from __future__ import annotations

from casework.api.protocol.fields import Answer, Body, Code, Day, Id, Line, Paged


class RecordQuery(Paged):
    programme: Id | None = None


class RightQuery(RecordQuery):
    technology: Id | None = None


class RightFields(Body):
    office: Line | None = None
    number: Line | None = None
    owner: Line | None = None
    in_force: bool | None = None
    expires_on: Day | None = None
    fee_paid_to: Day | None = None


class NewRight(RightFields):
    programme: Id
    technology: Id | None = None
    kind: Code
    checked_on: Day | None = None


class CheckedRight(RightFields):
    checked_on: Day


class ConfirmedField(Body):
    field: Code


class Owner(Body):
    organisation: Id


class Record(Answer):
    """A need, a technology or a right, field by field."""

    id: str
    programme: str


class RecordPage(Answer):
    items: list[Record]
    next: str | None = None
