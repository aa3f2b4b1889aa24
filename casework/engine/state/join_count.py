"""Referrals of one kind side by side, and how many of their results the case waits for: the first, all, or n of them.

What a join comes to follows from what has become of its referrals and not from the order in which that came: each has a
result, may still have one, or has come to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework.engine.parts import GIVES_RESULT
from casework.engine.state.case import OPEN_JOIN, Case, Join, Track

Milestones = Mapping[str, Mapping[str, frozenset[str]]]

FIRST, ALL, SOME = "first", "all", "some"
#: What a join comes to: as many results as it waits for, or fewer than can still come.
ENOUGH, SHORT = "enough", "short"


@dataclass(frozen=True, slots=True)
class Tally:
    """The referrals of a join: those with a result, and those that may still have one."""

    results: tuple[str, ...]
    running: tuple[str, ...]
    #: How many were asked in all.
    asked: int

    def needed(self, join: Join) -> int:
        """How many results it takes: of all, as many as can still come, but never none."""
        if join.rule == SOME:
            return join.needed or 1
        return 1 if join.rule == FIRST else max(1, len(self.results) + len(self.running))

    def verdict(self, join: Join) -> str | None:
        """What the join has come to; None while it waits."""
        needed = self.needed(join)
        if len(self.results) >= needed:
            return ENOUGH
        return SHORT if len(self.results) + len(self.running) < needed else None


def tally(case: Case, join: Join, milestones: Milestones) -> Tally:
    """Counts a join's referrals as they stand. A referral that has ended without a result is one fewer to wait for."""
    asked = members(case, join)
    results = [referral for referral in asked if has_result(case, join, referral, milestones)]
    running = [referral for referral in asked if referral.live and not referral.replaced and referral not in results]
    return Tally(tuple(result.id for result in results), tuple(referral.id for referral in running), len(asked))


def has_result(case: Case, join: Join, referral: Track, milestones: Milestones) -> bool:
    """Whether a referral was approved; or, where its service's milestone counts, has come there."""
    if referral.replaced:
        return False
    if GIVES_RESULT in referral.played:
        return True
    return join.at is not None and any(
        state in milestones.get(below.edition, {}).get(join.at, frozenset())
        for below in case.children(referral.id)
        if not below.replaced
        for state in below.states
    )


def asked_with(referral: Track) -> str | None:
    """The referral whose request this one repeats: of the one before in a panel, or of the first of several at once."""
    return referral.given.get("after") or referral.given.get("with")


def members(case: Case, join: Join) -> list[Track]:
    """The referrals of a join: those named in it, whoever was asked beside them, and whom a panel asked after those."""
    ids: set[str] = set()
    for track in case.tracks.values():
        if track.is_referral and track.kind == join.kind and (track.id in join.referrals or asked_with(track) in ids):
            ids.add(track.id)
    return [case.tracks[id] for id in case.tracks if id in ids]


def open_join(case: Case, kind: str) -> Join | None:
    """The join of a kind that still waits."""
    return next((join for join in case.joins.values() if join.kind == kind and join.state == OPEN_JOIN), None)


def join_of(case: Case, referral: Track) -> Join | None:
    """The join that still waits for this referral."""
    join = open_join(case, referral.kind)
    return join if join is not None and referral in members(case, join) else None


def asked_now(case: Case, kind: str) -> list[Track]:
    """The referrals of a kind that were sent and have not ended."""
    return [
        track
        for track in case.live_tracks()
        if track.is_referral and track.kind == kind and track.sent and not track.replaced
    ]


def request_to_repeat(case: Case, kind: str) -> Track | None:
    """Whose request others get as well: of the last that was asked and still works on it."""
    asked = asked_now(case, kind)
    return asked[-1] if asked else None
