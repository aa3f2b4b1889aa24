"""By which search a case was found, what its records said then, and from which case it follows, as its opening says it."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict


class RecordThen(TypedDict):
    """A record of the catalogue as it was: the last event of its history, and that one's hash."""

    seq: int
    head: str


class SideSaid(TypedDict):
    """What a side of the match had said when the case was opened, and by which question."""

    request: str
    side: str
    says: str
    at: str


class RecordsThen(TypedDict):
    """Both records of a match as they were when its case was opened."""

    need: RecordThen
    technology: RecordThen


class FoundCase(RecordsThen):
    """The run on whose list the match of a case was found, and both records as they were when the case was opened."""

    run: str
    rank: int
    #: Of the run's evidence and list.
    digest: str


class FollowingCase(TypedDict):
    """A case that may follow from an earlier one: its technology goes to a further site."""

    #: The earlier case of the same programme, by its log.
    follows_from: NotRequired[str]


class AsOpened(TypedDict):
    """By what figures tell cases apart: as the need and the match said it when the case was opened. Codes alone, and no words."""

    #: The last event of the need's log by then.
    need: int
    #: As the programme's lists have them; None where the need said something else, or nothing.
    sector: str | None
    district: str | None
    #: Where the match came from; None where that is no code.
    source: str | None
    #: The number of WIPO's field of technology that the technology's first code is of; None where it is of none. Cases that were opened
    #: before it was asked say nothing.
    technology_field: NotRequired[str | None]
