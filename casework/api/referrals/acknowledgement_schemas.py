"""The schemas of the contract of a referral."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, SomeWords


class NewObjection(Body):
    to: Annotated[Code, Field(description="The transition that the other side has fired")]
    words: SomeWords


class ObjectionAnswer(Body):
    words: SomeWords


class Signed(Answer):
    referral: str
    objection: str | None = None
    state: Annotated[str | None, Field(description="raised, answered or settled")] = None


class SideAction(Answer):
    transition: str
    done: str


class StatementShown(Answer):
    at: str
    side: Annotated[str, Field(description="provider or office")]
    what: Annotated[str, Field(description="raised, answered, settled, upheld or dismissed")]
    words: str | None


class ObjectionShown(Answer):
    id: str
    what: Annotated[str, Field(description="raised, answered, settled, upheld or dismissed")]
    settled: Annotated[bool, Field(description="Settled by whoever raised it, or decided")]
    due_at: Annotated[str | None, Field(description="By when it is decided")]
    side: Annotated[str, Field(description="provider or office: whose objection it is")]
    mine: bool
    to: SideAction
    said: Annotated[
        list[StatementShown], Field(description="What was said, the first first; words are null once erased")
    ]


class ContractShown(Answer):
    may_sign: Annotated[bool, Field(description="Whether something has come that you have not signed for")]
    may_object: bool
    mine: Annotated[str, Field(description="Your side: provider or office")]
    to_sign: Annotated[list[SideAction], Field(description="What the other side has done since your side signed")]
    not_signed: Annotated[list[SideAction], Field(description="What your side has done since the other one signed")]
    signed: Annotated[dict[str, str | None], Field(description="When each side signed last, by side")]
    actions: Annotated[list[SideAction], Field(description="What the other side has done: what you may object to")]
    objections: list[ObjectionShown]


class FhirTask(Answer):
    """A Task of HL7 FHIR R5; business status by the guide for bidirectional services eReferral."""

    resourceType: str
    id: str
    status: Annotated[
        str,
        Field(
            description="draft, requested, received, accepted, rejected, in-progress, on-hold, failed, completed or cancelled"
        ),
    ]
    intent: str
    authoredOn: str
    lastModified: str
