"""What a record gains on a list beside what it says: a little, where it was deployed and an assessor has verified what that saves.

A bonus is a share of the score, so that it never lifts a record over one that fits clearly better, and counts once however many sites
there are. Which setting held is kept with each run, so that its list stays what it was when another one is agreed on.
"""

from __future__ import annotations

from collections.abc import Mapping

#: The setting that holds: another one has a higher version.
VERSION = 1
#: By version what share of its score a record gains whose effect was verified at a site.
VERIFIED_AT_A_SITE: Mapping[int, float] = {1: 0.03}


def bonus_of(score: float, *, verified: int, version: int | None) -> float:
    """What a record gains that was deployed and verified so often; nothing in a run that was made before there was a bonus."""
    return score * VERIFIED_AT_A_SITE[version] if version is not None and verified else 0.0
