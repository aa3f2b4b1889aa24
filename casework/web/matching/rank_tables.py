"""How often candidates of each rank were accepted, as the tables of pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from casework.operations.matching.follow_up import OfRank, RanksTold
from casework.web.matching.desk_words import say_range


@dataclass(frozen=True, kw_only=True, slots=True)
class RankTables:
    """In all, and by the week in which lists were made."""

    rows: list[tuple[str, int, int, int, int]]
    columns: list[tuple[int, str, str]]
    weeks: list[tuple[str, dict[int, OfRank]]]


def rank_tables(told: RanksTold) -> RankTables:
    return RankTables(
        rows=[
            (say_range(one.low, one.high), one.listed, one.accepted, one.shortlisted, one.refused) for one in told.items
        ],
        columns=[
            (0, gettext("Week of"), "head"),
            *((one.low, gettext("Rank %(rank)s", rank=say_range(one.low, one.high)), "num") for one in told.items),
        ],
        weeks=[(one.week, {group.low: group for group in one.ranks}) for one in told.weeks],
    )


__all__ = ["RankTables", "rank_tables"]
