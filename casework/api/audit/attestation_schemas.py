"""The schemas of attestations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from casework.api.protocol.fields import Answer
from casework.api.protocol.schemas import Named


class AttestedCheckpoint(Answer):
    origin: Annotated[str, Field(description="The name of the log of all events")]
    size: Annotated[int, Field(description="So many events it signs")]
    root: Annotated[str, Field(description="The root over them, in base64")]


class Attestation(Answer):
    programme: str
    number: Annotated[int, Field(description="In the programme, from 1")]
    event: Annotated[int, Field(description="seq in the log of the programme")]
    signed_at: str
    signed_by: Named
    since: Annotated[
        str | None, Field(description="The first day that was examined; null once erased, as what follows")
    ]
    until: Annotated[str | None, Field(description="The last one")]
    cases: Annotated[int | None, Field(description="So many cases were examined")]
    not_closed: Annotated[int | None, Field(description="So many findings about them were not closed")]
    wrong: Annotated[int | None, Field(description="In so many histories verification had found something wrong")]
    checkpoint: Annotated[AttestedCheckpoint, Field(description="On which it rests")]
    supersedes: Annotated[int | None, Field(description="The earlier one in whose place it stands")]
    superseded_by: Annotated[int | None, Field(description="The later one that stands in its place")]


class Attestations(Answer):
    items: list[Attestation]


class AttestationShown(Attestation):
    words: Annotated[str | None, Field(description="What the auditor says; null once erased")]
    statement: Annotated[dict[str, Any] | None, Field(description="What was examined and found, as it was signed")]
    hash: Annotated[str, Field(description="Of its event")]
