"""What a record gains on a list beside what it says: a little, where it was deployed and an assessor has verified what that saves.

A bonus is a share of the score, so that it never lifts a record over one that fits clearly better, and counts once however many sites
there are. How much it is is one of the weights (`weights.py`), which are kept with each run.
"""

from __future__ import annotations


def bonus_of(score: float, *, verified: int, share: float) -> float:
    """What a record gains of its score that was deployed and verified so often."""
    return score * share if verified else 0.0
