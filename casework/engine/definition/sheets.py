"""What a definition tells of its cases beside their steps: where money and price are said, and what a provider reads of the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

#: What the records of a case hold: the need, its site and budget, the technology, the rights, and the records of the effect.
NEED, SITE, BUDGET, TECHNOLOGY, RIGHTS, EFFECT = "need", "site", "budget", "technology", "rights", "effect"
RECORD_PARTS = (NEED, SITE, BUDGET, TECHNOLOGY, RIGHTS, EFFECT)
#: What forms of the case hold: what the technology claims to do, who wants how much money, and what a dispute is about.
CLAIM, AMOUNTS, DISPUTE = "claim", "amounts", "dispute"
TOLD_PARTS = (CLAIM, AMOUNTS, DISPUTE)
#: Beside them, whose each is where an answer says it: "amounts=request.borrower".
WHOSE = "whose"
#: The homes of an answer: the form by which the provider was asked, and the track of its own service.
REQUEST, SERVICE = "request", "service"


@dataclass(frozen=True)
class Sheet:
    """What the provider of a service reads of the case.

    `records`: of RECORD_PARTS. By each other part the answers that it holds: "request.amount" is what the request says,
    "service.apply.amount" what an action of the service's own track did; with bars between several, the first that was
    said counts. Never another provider's track: nobody learns of others by a sheet.
    """

    records: tuple[str, ...] = ()
    claim: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    dispute: tuple[str, ...] = ()
    #: Where it is said whose consent a part, or one answer of it by its field, takes; else it is asked of whose the part is.
    whose: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> dict[str, list[str]]:
        told = {CLAIM: self.claim, AMOUNTS: self.amounts, DISPUTE: self.dispute}
        said = {WHOSE: tuple(f"{what}={where}" for what, where in self.whose.items())}
        return {"records": list(self.records)} | {
            part: list(answers) for part, answers in (told | said).items() if answers
        }


@dataclass(frozen=True, slots=True)
class KeptBack:
    """What the sheet of a referral does not tell its provider, who shall not find it in a form either."""

    #: By the action that said it, "request" for the one by which the provider was asked, and by its field.
    answers: frozenset[tuple[str, str]] = frozenset()
    rights: frozenset[str] = frozenset()
    #: Of RECORD_PARTS those that it does not tell, but for the rights, of which each is told by itself.
    records: frozenset[str] = frozenset()

    def told_of(self, rights: Iterable[str]) -> list[str]:
        """Those of some rights that it leaves."""
        return [right for right in rights if right not in self.rights]

    def told_as(self, said: Any) -> Any:
        """An answer without the rights that it names and this keeps back."""
        if isinstance(said, list | tuple):
            return [one for one in said if not (isinstance(one, str) and one in self.rights)]
        return None if isinstance(said, str) and said in self.rights else said

    def told_in(self, written: str) -> str:
        """Those of some places with bars between that it leaves."""
        return "|".join(where for where in written.split("|") if tuple(where.split(".")[-2:]) not in self.answers)


def place_of(where: str) -> tuple[str, str, str]:
    """Of a place in a price: the action that says it, the one that must have come after it (none: empty), and the field."""
    actions, _, field = where.partition(".")
    action, _, after = actions.partition("+")
    return action, after, field


#: To whoever sees a case whole.
NOTHING_KEPT = KeptBack()


class Telling:
    """What a definition says beside its states and transitions."""

    #: Where the amounts of its money and the price of its deal are said (`engine.case_objects`): {"wanted": "apply.amount"}.
    money: ClassVar[Mapping[str, str]] = {}
    price: ClassVar[Mapping[str, str]] = {}
    #: Of the workflow by which providers are asked: by service what its provider reads of the case.
    sheets: ClassVar[Mapping[str, Sheet]] = {}
