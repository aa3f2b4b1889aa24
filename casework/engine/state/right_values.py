"""What lies on an IP right: as a case's action says it, and as the right's own log does."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

#: What lies on an IP right: a pledge, a licence, a transfer.
Burden = TypedDict(
    "Burden",
    {
        "kind": str,
        "holder": NotRequired[str | None],
        "territory": NotRequired[str | None],
        "exclusive": NotRequired[bool],
        "from": str | None,
        "to": NotRequired[str | None],
    },
)
#: Of burdens what those have in common that end.
BurdenEnded = TypedDict("BurdenEnded", {"kind": str, "from": str | None})


class RightChange(TypedDict):
    """What the case's action means for an IP right: it is told in the right's own log."""

    right: str
    add: NotRequired[Burden]
    end: NotRequired[BurdenEnded]


#: What lies on an IP right, by which case, from when and, once it has ended, until when.
Encumbrance = TypedDict(
    "Encumbrance",
    {
        "id": str,
        "case": str,
        "kind": NotRequired[str],
        "holder": str | None,
        "territory": str | None,
        "exclusive": bool | None,
        "from": NotRequired[str | None],
        "to": str | None,
    },
)


class Cause(TypedDict):
    """The event of a case from which one of a right follows."""

    log: str
    seq: int


class RecordedRight(TypedDict):
    """What an IP right is; the rest is in the body."""

    programme: NotRequired[str]
    kind: str
    technology: str | None
    confirmed: bool
