"""What would become of records that are merged into others, as it is handed out before anybody does it."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonObject
from casework.operations.core.views import NamedInBoth
from casework.reasons import Why


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordDouble(NamedInBoth):
    """A need or a technology that may be the same as another one, by its titles."""

    #: Id of the organisation.
    owner: str | None
    source: str
    external_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordMergePreview:
    """What would become of a need or a technology that is merged into another one."""

    #: Matches that would become that one's, each called by its other side.
    matches: list[NamedInBoth]
    #: Those that stay, for that one is matched with the same other side.
    doubles: list[NamedInBoth]
    rights: list[JsonObject]
    #: The cases that were opened with it, by number; each keeps it and shows the one in its place.
    cases: list[NamedInBoth]
    #: How many statements of assessors there are of it.
    statements: int
    #: What the one that stays would take over.
    taken: JsonObject
    #: Of what they say differently, by field: of these one chooses.
    differing: list[str]
    #: What speaks against it.
    refused: list[Why]


@dataclass(frozen=True, kw_only=True, slots=True)
class MergePreview:
    """What would become of an organisation that is merged into another one."""

    needs: list[NamedInBoth]
    technologies: list[NamedInBoth]
    #: Each by id, kind, office and number.
    rights: list[JsonObject]
    #: Their numbers.
    cases: list[str]
    #: How many are about its needs and technologies.
    matches: int
    #: What they are called.
    contacts: list[str]
    owners: list[str]
    screenings: int
    #: By field what the one that stays takes over, as it says nothing there.
    taken: JsonObject
    #: Why it cannot be done; empty where it can.
    refused: list[Why]
