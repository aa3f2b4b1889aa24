"""What an event says of a screening: JSON as it is stored."""

from __future__ import annotations

from typing_extensions import TypedDict


class ScreenedParty(TypedDict):
    """How a party's organisation was looked for in lists of sanctions, and each owner of it by id: for its record."""

    party: str
    organisation: str
    result: str
    checked_on: str
    valid_until: str
    owners: dict[str, str]
    #: By what the record calls them, the fields of the event's body that hold the words.
    words: dict[str, str]
