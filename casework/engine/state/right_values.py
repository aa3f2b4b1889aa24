"""What lies on an IP right: as a case's action says it, and as the right's own log does; and what other records are."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict


class Amount(TypedDict):
    """Money, as forms take it."""

    amount: str
    currency: str


#: What lies on an IP right: a pledge, a licence, an assignment that is not registered yet, a transfer.
Burden = TypedDict(
    "Burden",
    {
        "kind": str,
        "holder": NotRequired[str | None],
        # Of a licence: exclusive, sole or plain; where and for which uses (none said: everywhere, every use); its last day.
        "licence": NotRequired[str | None],
        "territories": NotRequired[list[str]],
        "fields": NotRequired[list[str]],
        "from": str | None,
        "until": NotRequired[str | None],
        # Only where its holder may give licences of it itself.
        "sublicence": NotRequired[bool],
        # Of a pledge: what it secures.
        "amount": NotRequired[Amount | None],
        # The track of the case that lays it: tells two of one kind and day apart.
        "track": NotRequired[str],
    },
)
#: Of burdens what those have in common that end.
BurdenEnded = TypedDict("BurdenEnded", {"kind": str, "from": str | None, "track": NotRequired[str]})


#: Of burdens of which an office has made a record: which ones, on which day, and in which answer of the action its number stands.
BurdenInscribed = TypedDict(
    "BurdenInscribed", {"kind": str, "from": str | None, "track": NotRequired[str], "on": str, "number_in": str}
)


#: Of burdens of which the register says something else now: since which day, and what of them it says.
BurdenChanged = TypedDict(
    "BurdenChanged",
    {
        "kind": str,
        "from": str | None,
        "track": NotRequired[str],
        "on": str,
        "amount": NotRequired[Amount],
        "until": NotRequired[str],
    },
)


class FeePaid(TypedDict):
    """Up to which day the fee of a right was found to be paid."""

    paid_to: str


class RightChange(TypedDict):
    """What the case's action means for an IP right: it is told in the right's own log."""

    right: str
    add: NotRequired[Burden]
    end: NotRequired[BurdenEnded]
    #: The day on which it ended, where the action says one; else the day of the action.
    ended_on: NotRequired[str]
    inscribe: NotRequired[BurdenInscribed]
    change: NotRequired[BurdenChanged]
    fee: NotRequired[FeePaid]


#: What lies on an IP right, by which case (none: it came of no case here), from when and, once it has ended, until when.
Encumbrance = TypedDict(
    "Encumbrance",
    {
        "id": str,
        "case": str | None,
        "kind": NotRequired[str],
        "holder": str | None,
        "licence": str | None,
        "territories": list[str],
        "fields": list[str],
        # Of a licence, and only where its holder may give licences of it itself.
        "sublicence": NotRequired[bool],
        "from": NotRequired[str | None],
        # Its last day as agreed, and the day on which it was recorded to have ended.
        "until": str | None,
        "to": str | None,
        # Of a pledge: what it secures, where that is known.
        "amount": NotRequired[Amount | None],
        # Of what a case recorded: on which of its tracks.
        "track": NotRequired[str],
        # Under which number it stands in its register, and of what a case recorded since which day.
        "number": NotRequired[str | None],
        "inscribed_on": NotRequired[str | None],
        # The day of the newest change of that record.
        "changed_on": NotRequired[str],
    },
)


class Cause(TypedDict):
    """The event of a case from which one of a right follows; or of a programme's import, from which one of a record does."""

    log: str
    seq: int


class FiledEvidence(TypedDict):
    """A paper that shows an entry of a register: what of the log it is about; its file is beside it."""

    id: str
    about: str
    kind: str


class OwnerOfRight(TypedDict):
    """An organisation that an IP right belongs to, and its share in per cent where it is known."""

    organisation: str
    share: str | None


class RecordedRight(TypedDict):
    """What an IP right is; the rest is in the body."""

    programme: NotRequired[str]
    kind: str
    technologies: list[str]
    owners: NotRequired[list[OwnerOfRight]]
    confirmed: bool


class RecordedRecord(TypedDict):
    """Whose a need or a technology is; the rest is in the body."""

    programme: str
