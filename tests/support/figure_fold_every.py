"""Every figure of a programme, and all beside them, folded once more from the stored events with nothing of the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from tests.support import figure_fold_beside as beside
from tests.support import figure_fold_deal as deal
from tests.support import figure_fold_more as more
from tests.support import figure_fold_result as result
from tests.support import figure_fold_steps as steps
from tests.support import figure_fold_way as way
from tests.support.figure_fold import Fold
from tests.support.figure_fold_rows import told


def every(fold: Fold) -> dict[str, list[dict[str, Any]]]:
    """By the names of the figures, each as rows of plain values."""
    return {
        "funnel": way.funnel(fold),
        "conversion": way.conversion(fold),
        "time_in_step": steps.time_in_step(fold),
        "discipline": way.discipline(fold),
        "follow_up": way.follow_up(fold),
        "referrals": deal.referrals(fold),
        "agreements": deal.agreements(fold),
        "deployments": result.deployments(fold),
        "effects": result.effects(fold),
        "endings": result.endings(fold),
        "mediations": beside.mediations(fold),
        "loans": more.loans(fold),
        "finance": more.finance(fold),
        "assessments": more.assessments(fold),
        "conflicts": more.conflicts(fold),
        "second_sites": more.second_sites(fold),
        "workload": more.workload(fold),
        "data_quality": beside.data_quality(fold),
        "activities": beside.activities(fold),
        "past_projects": beside.past_projects(fold),
    }


def differing(
    db: Connection, programme: str, until: datetime, ours: Mapping[str, Any]
) -> dict[str, tuple[list[str], list[str]]]:
    """Of figures as the API tells them those that are not what is folded here: the lines of ours alone, and those of this fold alone."""
    theirs = every(Fold(db, programme, until))
    found = {}
    for name in sorted({*ours, *theirs}):
        mine = Counter(told(ours[name]["rows"] if name in ours else []))
        other = Counter(told(theirs.get(name, [])))
        if mine != other:
            found[name] = [*(mine - other).elements()], [*(other - mine).elements()]
    return found
