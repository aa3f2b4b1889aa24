"""Who gets a task that becomes ready: how a queue allocates. Pure, and the same for the same candidates.

The candidates are those who may have the task: who is away, has a conflict, or did what another person must judge is
none of them. The history keeps them with the choice, so that the choice can be made again when it is verified.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from casework.engine.roles import INTAKE, Role
from casework.engine.state.case_values import Routed
from casework.engine.state.effects_schema import Allocation, AllocationCandidate

#: Nobody is chosen: people take tasks themselves.
NONE = "none"
#: In turn; to whoever has the fewest open tasks; to whoever has done most in the case, and where nobody has, in turn; to
#: whoever has most of the skills that the task asks for, of several to the one with the fewest open tasks.
ROUND_ROBIN, SHORTEST, FAMILIAR, SKILL = "round_robin", "shortest", "familiar", "skill"
STRATEGIES = (NONE, ROUND_ROBIN, SHORTEST, FAMILIAR, SKILL)
HIGHEST_CAP = 1000

#: Queues that may allocate. What is sealed is not among them: whoever leads a programme does not know of it.
IN_PROGRAMMES = (INTAKE, Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE)
IN_ORGANISATIONS = (Role.PROVIDER, Role.PROVIDER_LEAD)

#: Why it came to somebody; the words are the reader's.
ONLY_ONE, NEVER, TURN, FEWEST, FEWEST_TURN, KNOWS, HAS_ALL, HAS_MOST, OTHERS_FULL = (
    "only_one", "never", "turn", "fewest", "fewest_turn", "knows", "has_all", "has_most", "others_full",
)  # fmt: skip
#: The programme's table names this person; it names somebody who could not have it.
NAMED, NAMED_AWAY = "named", "named_away"
REASONS = (ONLY_ONE, NEVER, TURN, FEWEST, FEWEST_TURN, KNOWS, HAS_ALL, HAS_MOST, OTHERS_FULL, NAMED, NAMED_AWAY)
#: What a programme's table decides of a task; it names nobody: the rule of the queue chooses among all.
TO, ANYBODY = "to", "anybody"
#: Why it came to nobody.
NOBODY, ALL_FULL, UNSKILLED = "nobody", "all_full", "unskilled"


@dataclass(frozen=True, slots=True)
class Rule:
    """How a queue allocates: by which strategy, and to nobody who has `cap` open tasks already."""

    strategy: str
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may have the task."""

    person: str
    #: Open tasks that wait for this person.
    load: int
    #: The number of the queue's allocation that came to this person last; 0 for never.
    turn: int
    #: What the history of the case has from this person.
    actions: int = 0
    #: Of the skills that the task asks for, those that this person has.
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    person: str
    reasons: tuple[str, ...]


def choose(
    rule: Rule, candidates: Iterable[Candidate], asks: Collection[str] = (), wanted: Collection[str] = ()
) -> Choice | None:
    """Who gets it, and why; None where it stays in its queue, for the reason that `why_nobody` gives.

    `asks`: the skills that the task asks for; `wanted`: whom the programme's table names. One of these gets it if they may have it, of
    several by the rule; else it goes by the rule among all.
    """
    everybody = list(candidates)
    mine = [candidate for candidate in _free(rule, everybody) if candidate.person in wanted]
    if mine and rule.strategy != NONE:
        chosen = _first(rule, mine)
        return Choice(chosen.person, (NAMED, *(_reasons(rule, chosen, mine, mine, asks) if len(mine) > 1 else ())))
    free = _free(rule, everybody)
    if rule.strategy == NONE or why_nobody(rule, everybody, asks) is not None:
        return None
    chosen = _first(rule, free)
    return Choice(chosen.person, (*([NAMED_AWAY] if wanted else ()), *_reasons(rule, chosen, free, everybody, asks)))


def _first(rule: Rule, free: list[Candidate]) -> Candidate:
    """The one to whom a rule leads."""
    # Where all else is equal, by an order that means nothing and is always the same.
    in_turn = sorted(free, key=lambda candidate: (candidate.turn, candidate.person))
    chosen = in_turn[0]
    if rule.strategy == SHORTEST:
        chosen = min(in_turn, key=lambda candidate: candidate.load)
    if rule.strategy == FAMILIAR:
        chosen = max(in_turn, key=lambda candidate: candidate.actions)
    if rule.strategy == SKILL:
        chosen = min(in_turn, key=lambda candidate: (-len(candidate.skills), candidate.load))
    return chosen


def why_nobody(
    rule: Rule, candidates: Iterable[Candidate], asks: Collection[str] = (), wanted: Collection[str] = ()
) -> str | None:
    """Why a queue that allocates can give a task to nobody; None where it can."""
    everybody = list(candidates)
    free = _free(rule, everybody)
    if not everybody:
        return NOBODY
    if not free:
        return ALL_FULL
    if any(candidate.person in wanted for candidate in free):
        return None
    if rule.strategy == SKILL and asks and not any(candidate.skills for candidate in free):
        return ALL_FULL if any(candidate.skills for candidate in everybody) else UNSKILLED
    return None


def _free(rule: Rule, candidates: list[Candidate]) -> list[Candidate]:
    return [candidate for candidate in candidates if rule.cap is None or candidate.load < rule.cap]


def named_by(routed: Routed | None) -> frozenset[str]:
    """The people whom the rows name that hold; nobody where the rule of the queue chooses among all."""
    said = [one.get(TO) for one in routed["outputs"]] if routed is not None else []
    return frozenset(str(one) for one in said if one not in (None, ANYBODY))


def _reasons(
    rule: Rule, chosen: Candidate, free: list[Candidate], everybody: list[Candidate], asks: Collection[str]
) -> Iterable[str]:
    alike = free
    if rule.strategy == SKILL:
        alike = [candidate for candidate in free if len(candidate.skills) == len(chosen.skills)]
        if asks:
            yield HAS_ALL if len(chosen.skills) == len(asks) else HAS_MOST
    if len(everybody) == 1:
        yield ONLY_ONE
    elif len(alike) > 1 and rule.strategy in (SHORTEST, SKILL):
        yield FEWEST_TURN if sum(candidate.load == chosen.load for candidate in alike) > 1 else FEWEST
    elif len(free) > 1 and rule.strategy == FAMILIAR and chosen.actions > 0:
        yield KNOWS
    elif len(free) > 1 and rule.strategy != SKILL:
        yield NEVER if chosen.turn == 0 else TURN
    if len(free) < len(everybody):
        yield OTHERS_FULL


def written(
    rule: Rule,
    candidates: Iterable[Candidate],
    choice: Choice,
    asks: Collection[str] = (),
    routed: Routed | None = None,
) -> Allocation:
    """How the history keeps an allocation; of skills where the rule looks at them, and what the programme's table said where it has one."""
    kept: Allocation = {"strategy": rule.strategy, "cap": rule.cap, "reasons": list(choice.reasons), "among": []}
    skilled = rule.strategy == SKILL
    if skilled:
        kept["asks"] = sorted(asks)
    if routed is not None:
        kept["routed"] = routed
    for candidate in sorted(candidates, key=lambda candidate: candidate.person):
        among: AllocationCandidate = {
            "person": candidate.person,
            "load": candidate.load,
            "turn": candidate.turn,
            "actions": candidate.actions,
        }
        if skilled:
            among["skills"] = sorted(candidate.skills)
        kept["among"].append(among)
    return kept


def again(kept: Allocation) -> tuple[Rule, list[Candidate], Choice | None]:
    """The rule and the candidates of an allocation as it is kept, and whom they lead to."""
    rule = Rule(kept["strategy"], kept["cap"])
    among = [
        Candidate(
            candidate["person"],
            candidate["load"],
            candidate["turn"],
            candidate["actions"],
            frozenset(candidate.get("skills", ())),
        )
        for candidate in kept["among"]
    ]
    return rule, among, choose(rule, among, kept.get("asks", ()), named_by(kept.get("routed")))
