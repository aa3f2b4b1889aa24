"""A question of a form as answers show it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from casework.api.protocol.fields import Answer


class FormField(Answer):
    """One question of a form: what its value must look like is told by its type."""

    name: str
    type: Annotated[
        str,
        Field(
            description="text, note, number, money, date, choice, many, yes_no, party, owner, organisation, burden, right, rights, impact, "
            "person, people, provider, providers, panel, documents, tasks, listed, listed_many, items or rows. "
            'Decimals travel as strings, days as YYYY-MM-DD, money as {"amount", '
            '"currency"}, items as [{"what", "by"}], rows as objects with the answers to `fields`; what names a thing '
            "is its id, of an entry of a list of the programme its key. A fault of a row is named by its number, from 0, and the "
            "field: claim.0.value"
        ),
    ]
    required: bool
    fact: bool
    label: str
    help: str | None = None
    consequence: Annotated[str | None, Field(description="Of yes_no: what yes brings about")] = None
    choice_labels: Annotated[dict[str, str] | None, Field(description="The words of each choice")] = None
    choices: list[str] | None = None
    when: Annotated[list[Any] | None, Field(description="[other field, [values with which this one is asked]]")] = None
    prefill: Annotated[str | None, Field(description="Where the value known already comes from")] = None
    settled: Annotated[
        bool | None, Field(description="Known for good once it is filled from there: it is told, and sent as it is")
    ] = None
    asked_if: Annotated[
        str | None, Field(description="The guard that says whether it is asked: only what the record leaves open is")
    ] = None
    max: Annotated[
        int | str | None, Field(description="Of a text: the most characters; of a number: the highest value")
    ] = None
    min: str | None = None
    unit: str | None = None
    whole: Annotated[bool | None, Field(description="Of a number: no decimals")] = None
    past: Annotated[bool | None, Field(description="Of a day: today at the latest")] = None
    future: Annotated[bool | None, Field(description="Of a day: today at the earliest")] = None
    holds: Annotated[
        str | None,
        Field(description="Of a day on which something ends: the limit that says for how long it holds at most"),
    ] = None
    catalogue: Annotated[
        str | None, Field(description="Of an item of a catalogue: which list of the programme offers it")
    ] = None
    kinds: Annotated[list[str] | None, Field(description="Of documents: only those of these kinds")] = None
    valid: Annotated[bool | None, Field(description="Of documents: none that has expired")] = None
    must: Annotated[bool | None, Field(description="Of yes_no: the only answer that is accepted")] = None
    role: Annotated[str | None, Field(description="Of a person: the role that the person must have")] = None
    service: Annotated[
        str | None, Field(description="Of a provider: the service that it must offer; unless told, the referral's")
    ] = None
    fields: Annotated[list[FormField] | None, Field(description="Of rows: what each row asks for")] = None
    most: Annotated[int | None, Field(description="Of rows: how many there may be")] = None
