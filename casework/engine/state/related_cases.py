"""Links of a case to others of its programme: how an event tells of one, and what it makes of those that there are.

The log of each of the two tells it from its own side. What has ended is in the history alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import TypedDict


class WrittenLink(TypedDict):
    """A link as it is kept of a case."""

    id: str
    #: The log of the other case, and its number.
    case: str
    number: str
    #: What the other case is to this one, of `engine.case_objects.case_links`.
    kind: str


class ToldLink(WrittenLink):
    """The same as an event tells it."""

    #: The log of the case in which it was done.
    done_in: str


class LinkEffects(TypedDict, total=False):
    """Keys of an event's effects that tell of a link between two cases."""

    related: ToldLink
    related_ended: ToldLink


@dataclass(frozen=True, slots=True)
class RelatedCase:
    """Another case to which one is linked."""

    id: str
    case: str
    number: str
    kind: str

    def written(self) -> WrittenLink:
        return {"id": self.id, "case": self.case, "number": self.number, "kind": self.kind}

    @classmethod
    def read(cls, written: WrittenLink | ToldLink) -> RelatedCase:
        return cls(written["id"], written["case"], written["number"], written["kind"])


__all__ = ["LinkEffects", "RelatedCase", "ToldLink", "WrittenLink"]
