"""The schemas of one-time links."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id, Line, Moment
from casework.engine.case_objects.party_links import DAYS, MOST_DAYS, MOST_NAMED

Party = Literal["need_owner", "technology_owner"]
Spoken = Literal["en", "zh-Hans"]


class NewLink(Body):
    party: Party
    language: Annotated[Spoken, Field(description="In which its page begins")]
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="Until it ends")] = DAYS
    documents: Annotated[
        list[Id],
        Field(max_length=MOST_NAMED, strict=False, description="That its page shows: of the party, or of the office"),
    ] = []
    providers: Annotated[
        list[Id],
        Field(
            max_length=MOST_NAMED, strict=False, description="That a consent is asked about; none: every planned one"
        ),
    ] = []
    code: Annotated[bool, Field(description="Its page asks for a code, which you tell by telephone or in person")] = (
        True
    )
    address: Annotated[Line | None, Field(description="Where it is mailed; none: you hand it over")] = None
    name: Annotated[Line | None, Field(description="Who it is for")] = None


class LinkParty(Answer):
    """An organisation, as links name it."""

    id: str
    name: str
    name_zh: str | None = None


class LinkPerson(Answer):
    id: str
    name: str | None = None


class TaskLink(Answer):
    id: str
    party: Party
    organisation: LinkParty
    given_by: LinkPerson
    given_at: Moment
    until: Moment
    state: Literal["open", "used", "revoked", "over", "former"]
    mail: Annotated[bool, Field(description="Whether it went by mail")]
    code: Annotated[bool, Field(description="Whether its page asks for a code")]
    address: Annotated[str | None, Field(description="Where it was mailed; null: it was not, or that is erased")] = None
    mailed: Annotated[str | None, Field(description="What became of its mail: queued, sent, failed or cancelled")] = (
        None
    )
    answered_at: Moment | None = None
    answered_by: Annotated[str | None, Field(description="Who answered, as typed; null where that is erased")] = None
    answered_as: str | None = None


class Askable(Answer):
    party: Party
    organisation: LinkParty
    language: Spoken


class TaskLinks(Answer):
    items: Annotated[list[TaskLink], Field(description="The newest first; what was answered is the task's result")]
    possible: Annotated[list[Askable], Field(description="Whom you may ask now")]
    why: Annotated[str | None, Field(description="Why nobody can be asked now")] = None
    next: str | None = None


class LinkGiven(Answer):
    id: str
    state: Literal["open"]
    code: Annotated[str | None, Field(description="To be told; in the first answer only")] = None
    path: Annotated[str | None, Field(description="Of a link that is not mailed; in the first answer only")] = None


class LinkRevoked(Answer):
    id: str
    state: Literal["revoked"]
    task: str
