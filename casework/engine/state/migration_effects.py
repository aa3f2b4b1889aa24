"""What the event of a move to another edition tells: the plan, and of each thing that moved what it was and is."""

from __future__ import annotations

from typing import NotRequired, TypeAlias

from typing_extensions import TypedDict


class MigrationMapping(TypedDict, total=False):
    """What a plan says by hand, by the names of the earlier edition; all else goes by its name."""

    states: dict[str, str]
    tasks: dict[str, str]


#: By state those from which it was last entered.
CameFrom: TypeAlias = dict[str, list[str]]


class WayBack(TypedDict):
    """By which states those are left that one comes back from, before the move and after it."""

    was: CameFrom
    now: CameFrom


class TaskPlace(TypedDict):
    """What a task is in an edition: its rule there, its name, and the state or proposal that it belongs to."""

    rule: str
    name: str
    of: str | None


class MovedTrack(TypedDict):
    """A track that runs by another edition from here on."""

    id: str
    was: list[str]
    states: list[str]
    came_from: NotRequired[WayBack]


class MovedTask(TypedDict):
    """An open task that is another edition's from here on."""

    id: str
    was: TaskPlace
    now: TaskPlace


class MovedClock(TypedDict):
    """A clock that belongs to a state of another name; its moments stay."""

    id: str
    was: str
    of: str


#: A plan that was carried out in a case; `back` is the number of the event that is taken back, and `batch` that of the decision of two
#: persons in the programme's log by which the worker did it.
Migration = TypedDict(
    "Migration",
    {
        "workflow": str,
        "from": str,
        "to": str,
        "mapping": MigrationMapping,
        "plan": str,
        "tracks": list[MovedTrack],
        "tasks": list[MovedTask],
        "clocks": list[MovedClock],
        "back": NotRequired[int],
        "batch": NotRequired[int],
    },
)


class ToldMove(TypedDict):
    """Where two persons move a case, and once they have: by which ways one comes there, each of whose guards of law held."""

    to: str
    over: NotRequired[list[str]]
    #: It went back to where the move before it had taken it from.
    back: NotRequired[bool]


class MigrationEffects(TypedDict, total=False):
    """Keys of an event's effects that tell of a move, to another edition or to a state."""

    migration: Migration
    move: ToldMove


__all__ = [
    "CameFrom",
    "Migration",
    "MigrationEffects",
    "MigrationMapping",
    "MovedClock",
    "MovedTask",
    "MovedTrack",
    "TaskPlace",
    "ToldMove",
    "WayBack",
]
