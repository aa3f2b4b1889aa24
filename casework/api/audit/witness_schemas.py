"""The schemas of witnesses, and of what they have seen of the log of all events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Paged
from casework.api.protocol.schemas import Named
from casework.ledger.signed_notes import MOST_BYTES

AlarmKind = Literal["other_root", "longer"]


class NewWitness(Body):
    key: Annotated[
        str,
        Field(
            min_length=1, max_length=400, description="As the witness handed it out: name+id+key, of tlog-cosignature"
        ),
    ]


class WitnessNamed(Answer):
    id: str
    name: Annotated[str, Field(description="As its key says")]


class WitnessEnded(Answer):
    id: str
    ended: bool


class WitnessAlarmShown(Answer):
    kind: Annotated[
        AlarmKind, Field(description="Another root of as many leaves as here, or more leaves than there are")
    ]
    size: Annotated[int, Field(description="Leaves of the tree that it signed")]
    signed_by_log: Annotated[bool, Field(description="Whether a key of this log signed that tree, too")]
    found_at: str


class WitnessShown(Answer):
    id: str
    name: str
    key: str
    named_by: Named
    named_at: str
    ended_by: Named | None
    ended_at: str | None
    size: Annotated[int | None, Field(description="Leaves of the tree that it signed last")]
    signed_at: Annotated[str | None, Field(description="As the witness says")]
    alarms: list[WitnessAlarmShown]


class WitnessList(Answer):
    items: list[WitnessShown]


class CheckpointQuery(Paged):
    pass


class CheckpointSeenBy(Answer):
    witness: str
    name: str
    signed_at: str


class CheckpointShown(Answer):
    origin: Annotated[str, Field(description="What the log is called")]
    size: Annotated[int, Field(description="Leaves of the tree")]
    root: Annotated[str, Field(description="Base64")]
    made_at: Annotated[str, Field(description="The minute in which it was the last one")]
    witnesses: list[CheckpointSeenBy]


class CheckpointPage(Answer):
    items: list[CheckpointShown]
    next: str | None = None


class NewCosignature(Body):
    note: Annotated[
        str,
        Field(
            min_length=1, max_length=MOST_BYTES, description="The checkpoint with the signature of one witness below it"
        ),
    ]


class CosignatureTaken(Answer):
    witness: str
    name: str
    size: int
    taken: bool
    alarm: Annotated[AlarmKind | None, Field(description="Set where it is of another tree than the one that is here")]
