"""Of what a line of a figure counts something that is no case, so that there is a list of it."""

from __future__ import annotations

from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.figures.activities import COLLECTED
from casework.engine.figures.counting import Row
from casework.engine.figures.endings import UNMET
from casework.engine.figures.funnel import MATCHES

MATCH, VISIT = "match", "visit"


def noun_behind(figure: str, row: Row) -> str | None:
    """What a line counts; None where it counts cases, or nothing of which there is a list."""
    what = row.of.get("what")
    match figure:
        case "funnel" if row.of_needs:
            return MATCH if what == MATCHES else NEED
        case "endings" if what == UNMET:
            return NEED
        case "data_quality":
            return TECHNOLOGY
        case "activities":
            return NEED if what == COLLECTED else VISIT
    return None
