"""What a script is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from casework.playbook.hand import Do
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.party_hand import answer_by_link
from casework.playbook.record_hand import expire, merge, merge_two_rights, screen_organisation

#: What else people do in a case, by operations.
Action = Callable[[OperationsHand], object]


@dataclass(frozen=True)
class Wait:
    """So many days pass before the next step."""

    days: float


@dataclass(frozen=True)
class Until:
    """The next step is so many days before today; on exactly that day, a holiday or not, where it must be."""

    days: float
    exactly: bool = False


Step = Do | Wait | Until | Action
Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Script:
    """A case from its match on: when it begins, and what happens, a step every `pace` days."""

    name: str
    #: The need's and the technology's external ids.
    match: tuple[str, str]
    #: Days before today.
    begins: float
    steps: Steps
    pace: float = 2.0
    #: Who the script calls so.
    cast: Mapping[str, str] = field(default_factory=dict)
    #: The match of an earlier case, of which this one is a further site where that is open by then.
    follows: tuple[str, str] | None = None
    #: The match of a case to which this one is linked where that is open by then.
    linked: tuple[str, str] | None = None


def do(who: str, what: str, about: str | None = None, /, **data: object) -> Do:
    return Do(who, what, data, about)


def screen(who: str, party: str, **data: object) -> Do:
    """Somebody screens a party, unless the record of its organisation has answered that."""
    return Do(who, "screening", data, party, where_asked=True)


def add(who: str, what: str, about: str | None = None) -> Do:
    """Somebody adds a task that the workflow offers: `track.task`."""
    return Do(who, f"+{what}", {}, about)


def presses(*steps: Step) -> list[Do]:
    """Of a stretch what any hand can press, in a case that is open."""
    return [step for step in steps if isinstance(step, Do)]


def wait(days: float) -> Wait:
    return Wait(days)


def begin(match: str = "main", who: str = "officer") -> Action:
    """Somebody opens the case of a match; what follows happens in it."""
    return lambda hand: hand.open(match, who)


def dispute(who: str = "dispute_officer") -> Action:
    """A dispute officer opens a sealed mediation about the case; what follows happens in it."""
    return lambda hand: hand.open_dispute(who)


def turn_to(name: str) -> Action:
    """What follows happens in another case, or in `dispute`, the sealed mediation."""
    return lambda hand: hand.turn_to(name)


def link(kind: str, who: str = "officer") -> Action:
    """Somebody links the case to the one that its script names, which is of this kind to it."""
    return lambda hand: hand.link(who, "linked", kind)


def claim(who: str, task: str) -> Action:
    """Somebody takes a task, and has it on the desk."""
    return lambda hand: hand.claim(who, task)


def drop(who: str, *tasks: str) -> Action:
    """Somebody ends tasks that nobody needs any more."""

    def drop_all(hand: OperationsHand) -> None:
        for task in tasks:
            hand.drop(who, task)

    return drop_all


def finish(who: str, task: str, **data: object) -> Action:
    """Somebody completes every task of the name that is open, if there is one."""
    return lambda hand: hand.finish(who, task, data)


def paper(title: str, party: str | None = None) -> Action:
    """A paper of a party, or of neither, is registered under its title."""
    return lambda hand: hand.register(title, party)


def by_link(task: str, party: str, /, **data: object) -> Action:
    """The officer gives a party a link for a task, and the party answers by it."""
    return lambda hand: answer_by_link(hand, "officer", task, party, data)


def withdrawn(party: str, who: str = "officer") -> Action:
    """A party takes its newest consent back."""
    return lambda hand: hand.take_back(who, party)


def interest(who: str, nature: str = "A relative works for the need owner.") -> Action:
    return lambda hand: hand.declare_interest(who, nature)


def hand_over(who: str, to: str, *team: str, note: str = "See the file.") -> Action:
    """A case goes to another officer."""
    return lambda hand: hand.hand_over(who, to, team, note)


def enter_right(kind: str, who: str = "officer", **fields: object) -> Action:
    """Somebody enters a right of the case's technology, for the case that is about it already."""
    return lambda hand: hand.enter_right(who, kind, fields)


def rights_are(who: str = "officer", **fields: object) -> Action:
    """Somebody has looked the case's rights up in their register, and this is what it says now."""
    return lambda hand: hand.look_up(who, fields)


def lay(right: str, kind: str, who: str = "officer", **values: object) -> Action:
    """Somebody enters what lies on a right and came of no case here; days are said as numbers from today, a holder by name."""
    return lambda hand: hand.lay(who, right, kind, values)


def lift(right: str, kind: str, who: str = "officer") -> Action:
    """Somebody records that it has ended."""
    return lambda hand: hand.lift(who, right, kind)


def take_in(right: str, who: str = "officer") -> Action:
    """The case is about one more right, say a company's own patent that it pledges."""
    return lambda hand: hand.take_in(who, right)


def belongs(right: str, *owners: str, who: str = "officer") -> Action:
    """Somebody records the organisations whose a right is."""
    return lambda hand: hand.belongs(who, right, owners)


def screened(organisation: str, who: str = "compliance", result: str = "clear") -> Action:
    """Somebody screens an organisation on its own page, such as one that signs in the place of a party."""
    return lambda hand: screen_organisation(hand, who, hand.id(organisation), result)


def right_merged(gone: str, kept: str, *chosen: str, who: str = "officer") -> Action:
    """Somebody makes one of two records of the same right; a case that knows it by the one that went goes on with the other."""
    return lambda hand: merge_two_rights(
        hand, who, gone, kept, chosen=chosen, reason="Both have one number in the register."
    )


def merged(gone: str, kept: str, who: str = "officer", reason: str = "Both have one licence.") -> Action:
    """Somebody makes one of two organisations that are the same company; cases of both show the one that stays."""
    return lambda hand: merge(hand, who, gone, kept, reason)


def expired(organisation: str, who: str = "officer", reason: str = "It was wound up.") -> Action:
    """Somebody says that the record of an organisation has expired; a case that named it goes on with it."""
    return lambda hand: expire(hand, who, organisation, reason)
