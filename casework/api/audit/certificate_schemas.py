"""What a certificate is asked for with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Query
from casework.operations.verification.certificates import Claim


class CertificateQuery(Query):
    event: Annotated[int, Field(ge=1, le=2**53, description="The number of the entry")]
    claim: Annotated[
        Claim | None,
        Field(description="What is certified; where nothing is said, the fields that are named, or else the event"),
    ] = None
    field: Annotated[
        str | None,
        Field(max_length=1000, description="What was written: the names of its fields, with commas between them"),
    ] = None
    size: Annotated[
        int | None,
        Field(
            ge=1,
            le=2**53,
            description="Proved by the checkpoint that was published of so many entries of the log of all events, so that the file is the"
            " same each time; the newest where nothing is said",
        ),
    ] = None
    effects: Annotated[bool, Field(description="What followed from it whole, in the place of its digest")] = False
