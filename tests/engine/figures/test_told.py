"""What was told of figures is read again as it was counted; without closed needs it is what their readers are told."""

from __future__ import annotations

import json
from decimal import Decimal

from casework.engine.figures.counting import Figure, Row, without_needs
from casework.engine.figures.told import of_needs, read_figures
from casework.operations.oversight.figures import show_figure

FIGURES = {
    "funnel": Figure(
        rows=(
            Row(of={"step": "need_published"}, numerator=12, of_needs=True),
            Row(of={"step": "opened"}, numerator=3, denominator=12, among_needs=True, cases=("BJ-1", "BJ-2")),
        ),
        beside={"cases": 3},
    ),
    "time_in_step": Figure(
        rows=(
            Row(
                of={"step": "triage"},
                numerator=11,
                denominator=30,
                median=Decimal("2.5"),
                p90=Decimal(9),
                unripe=True,
                spread=(Decimal(1), Decimal(2), Decimal("2.5"), Decimal(8), Decimal(9)),
            ),
            Row(of={"step": "plan"}, numerator=30, denominator=11, share=False, parts={"open": 4}),
        ),
        unit="working_days",
    ),
    "loans": Figure(
        rows=(Row(of={"what": "paid"}, numerator=1, money={"CNY": Decimal("5.00")}, amount=Decimal("1.5")),)
    ),
    "mediations": Figure(rows=(Row(of={"what": "referred"}, numerator=0, under=5),)),
}


def kept(figures: dict[str, Figure]) -> dict[str, object]:
    told: dict[str, object] = json.loads(json.dumps({name: show_figure(one) for name, one in figures.items()}))
    return told


def test_what_is_read_again_tells_the_same() -> None:
    assert kept(read_figures(kept(FIGURES), of_needs(FIGURES))) == kept(FIGURES)


def test_it_knows_what_is_of_needs() -> None:
    marks = of_needs(FIGURES)
    assert marks == {"funnel": {"lines": [0], "among": [1]}}
    read = read_figures(kept(FIGURES), marks)["funnel"]
    assert kept({"funnel": without_needs(read)}) == kept({"funnel": without_needs(FIGURES["funnel"])})
    assert len(without_needs(read).rows) == 1
