"""The schemas of a programme's retention classes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, Line, SomeWords, Words
from casework.api.protocol.schemas import Named


class NewRetentionClass(Body):
    code: Code
    name: Line
    name_zh: Line
    years: Annotated[int | None, Field(description="After closing; null: for good")] = None
    kinds: Annotated[
        list[Code],
        Field(max_length=40, description="It takes a case in which one of these services or workflows began"),
    ] = []
    outcomes: Annotated[
        list[Code],
        Field(max_length=40, description="It takes a case that ended so; with `kinds`, both must hold"),
    ] = []
    fate: Annotated[
        Literal["removed", "archived"],
        Field(description="What becomes of the contents of its cases when their years are over"),
    ] = "removed"


class NewRetention(Body):
    classes: Annotated[
        list[NewRetentionClass],
        Field(max_length=20, description="All classes as they would be; `other` takes what no other class does"),
    ]
    reason: SomeWords
    seen: Annotated[int | None, Field(description="`version` of the classes that were seen")] = None


class RetentionDecision(Body):
    agree: Annotated[bool, Field(description="False: not agreed, or taken back by who proposed them")]
    note: Annotated[Words, Field(description="Why; needed where it is not agreed")] = ""
    seen: Annotated[int, Field(description="`version` of the classes that were seen: nobody agrees to something else")]


class RetentionMoved(Answer):
    id: str
    version: int
    state: Annotated[str, Field(description="`asked`, `agreed` or `refused`")]


class ClassShown(Answer):
    code: str
    name: str
    name_zh: str
    years: Annotated[int | None, Field(description="After closing; null: for good")]
    kinds: Annotated[list[str], Field(description="Services and workflows of which one began in the case")]
    outcomes: Annotated[list[str], Field(description="How the case ended; with `kinds`, both hold")]
    fate: Annotated[
        str, Field(description="`removed` or `archived`: what becomes of its cases when their years are over")
    ]


class ClassChanged(Answer):
    code: str
    before: ClassShown | None
    after: ClassShown | None


class RetentionVersion(Answer):
    number: int
    changes: Annotated[list[ClassChanged], Field(description="Of the version before")]
    since: Annotated[str | None, Field(description="Null of the first one, which the product brings")]
    proposed_by: Named | None
    agreed_by: Named | None
    reason: str | None


class ProposedRetention(Answer):
    classes: list[ClassShown]
    changes: list[ClassChanged]
    proposed_by: Named
    at: str
    reason: str | None
    decides: Annotated[bool, Field(description="You may agree to them")]
    own: Annotated[bool, Field(description="You proposed them, and may take them back")]


class ProgrammeRetention(Answer):
    id: str
    version: Annotated[int, Field(description="What a proposal or a decision sends back as `seen`")]
    number: Annotated[int, Field(description="The version that is in force")]
    classes: list[ClassShown]
    versions: Annotated[list[RetentionVersion], Field(description="The newest first")]
    proposed: Annotated[ProposedRetention | None, Field(description="What waits for a second person")]
    kinds: Annotated[list[str], Field(description="Services and workflows that a class may name")]
    outcomes: Annotated[list[str], Field(description="Outcomes that a class may name")]
    mine: Annotated[bool, Field(description="You may propose others")]
