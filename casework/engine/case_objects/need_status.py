"""How a need stands by what its cases are: one runs for it, one came to something, or all ended without."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from casework.engine.case_objects.record_use import MATCHED, MET, PUBLISHED

#: How a case of a need stands.
RUNS, SUCCEEDED, IN_VAIN = "runs", "succeeded", "in_vain"
#: What its cases decide; that it is a draft, has expired or was taken back is said by people, and stays until they say otherwise.
BY_CASES = (PUBLISHED, MATCHED, MET)


def went(*, closed: bool, outcome: str | None, successes: Collection[str]) -> str:
    """How a case stands for its need; `successes` are the outcomes of those that came to something."""
    if not closed:
        return RUNS
    return SUCCEEDED if outcome in successes else IN_VAIN


def stands_by(said: str, cases: Iterable[str]) -> str:
    """How a need stands, of which it is `said` how it stood, by how its cases do: one that came to something outweighs one that runs."""
    if said not in BY_CASES:
        return said
    known = set(cases)
    if SUCCEEDED in known:
        return MET
    return MATCHED if RUNS in known else PUBLISHED


__all__ = ["BY_CASES", "IN_VAIN", "RUNS", "SUCCEEDED", "stands_by", "went"]
