"""Referrals that run side by side, as whoever reads the whole case is told of them. Reads only."""

from __future__ import annotations

from casework.engine.execution.context import Library
from casework.engine.state.case import OPEN_JOIN, Case
from casework.engine.state.join_count import SHORT, members, tally
from casework.operations.cases.views import JoinView


def show_joins(case: Case, library: Library) -> list[JoinView]:
    """How many results of each service the case waits for, or waited for, and how many there are."""
    milestones = {track.edition: library[track.edition].milestones for track in case.tracks.values()}
    shown = []
    for join in case.joins.values():
        counted = tally(case, join, milestones)
        shown.append(
            JoinView(
                id=join.id,
                service=join.kind,
                rule=join.rule,
                state=join.state,
                needed=counted.needed(join),
                results=len(counted.results),
                running=len(counted.running),
                asked=counted.asked,
                short=join.state == OPEN_JOIN and counted.verdict(join) == SHORT,
                referrals=[member.id for member in members(case, join)],
            )
        )
    return shown
