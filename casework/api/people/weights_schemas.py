"""The schemas of the weights of a programme's ranked lists."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, Line, SomeWords, Words
from casework.api.protocol.schemas import Named


class NewWeights(Body):
    values: Annotated[
        dict[Code, Line],
        Field(
            max_length=20,
            description="By name what each would be, as decimals; what is left out stays as it is in force",
        ),
    ]
    reason: SomeWords
    seen: Annotated[int | None, Field(description="`version` of the weights that were seen")] = None


class WeightsDecision(Body):
    agree: Annotated[bool, Field(description="False: not agreed, or taken back by who proposed them")]
    note: Annotated[Words, Field(description="Why; needed where it is not agreed")] = ""
    seen: Annotated[int, Field(description="`version` of the weights that were seen: nobody agrees to something else")]


class WeightsMoved(Answer):
    id: str
    version: int
    state: Annotated[str, Field(description="`asked`, `agreed` or `refused`")]


class WeightShown(Answer):
    name: str
    value: Annotated[str, Field(description="What is in force")]
    shipped: Annotated[str, Field(description="What the product begins with")]
    least: str
    most: str


class WeightChanged(Answer):
    name: str
    before: str
    after: str


class WeightsVersion(Answer):
    number: int
    values: dict[str, str]
    changes: Annotated[list[WeightChanged], Field(description="Of the version before")]
    since: Annotated[str | None, Field(description="Null of the first one, which the product brings")]
    proposed_by: Named | None
    agreed_by: Named | None
    reason: str | None


class ProposedWeights(Answer):
    values: dict[str, str]
    changes: list[WeightChanged]
    proposed_by: Named
    at: str
    reason: str | None
    decides: Annotated[bool, Field(description="You may agree to them")]
    own: Annotated[bool, Field(description="You proposed them, and may take them back")]


class ProgrammeWeights(Answer):
    id: str
    version: Annotated[int, Field(description="What a proposal or a decision sends back as `seen`")]
    number: Annotated[int, Field(description="The version that is in force")]
    weights: list[WeightShown]
    versions: Annotated[list[WeightsVersion], Field(description="The newest first")]
    proposed: Annotated[ProposedWeights | None, Field(description="What waits for a second person")]
    mine: Annotated[bool, Field(description="You may propose others")]
