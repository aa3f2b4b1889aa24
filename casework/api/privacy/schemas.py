"""The schemas of erasures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id, Line, Said
from casework.api.protocol.schemas import Named
from casework.operations.privacy.erasure_requests import LONGEST
from casework.operations.privacy.personal_data import MOST_WORDS

Basis = Literal["request", "withdrawn", "needless", "order"]
State = Literal["asked", "agreed", "done", "refused"]


class NewErasure(Body):
    programme: Annotated[
        Id, Field(description="Whose administrator you are, and whose compliance officer or manager agrees")
    ]
    person: Annotated[Id | None, Field(description="Whose account; leave it out for somebody without one")] = None
    words: Annotated[
        list[Line],
        Field(max_length=MOST_WORDS, description="What else names the person: other spellings, telephone numbers"),
    ] = []
    basis: Annotated[
        Basis, Field(description="The person asked; consent was withdrawn; no longer needed; an authority ordered it")
    ]
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST)]


class ErasureDecision(Body):
    agree: bool
    note: Annotated[str, Field(max_length=LONGEST, description="Why not; required to refuse")] = ""


class ErasureMade(Answer):
    id: str
    state: State


class Erasure(Answer):
    id: str
    programme: str
    person: Named | None
    basis: Basis
    state: State
    asked_by: Named | None
    asked_at: str
    decided_by: Named | None
    decided_at: str | None
    done_at: str | None
    archived: Annotated[
        int | None,
        Field(description="How many sealed files of the archive name the person still; null until it is done"),
    ]
    due_at: Annotated[str | None, Field(description="When it is carried out at the latest")]


class ErasureDetails(Erasure):
    words: Annotated[list[str] | None, Field(description="Null once done")]
    reason: Annotated[str | None, Field(description="Null once done, where it named the person")]
    decides: Annotated[bool, Field(description="Whether you may decide on it now")]
    texts: Annotated[int | None, Field(description="How many texts of the history name the person; null once decided")]
    kept: Annotated[list[Said], Field(description="What stands against it now, and until when")]


class ErasurePage(Answer):
    items: list[Erasure]
    next: str | None = None
