"""What adds up between figures, and within one, by what they count: whoever is told all of them reads the same number in many places.

The cases with a plan are a line of the funnel, what a branch is among, and where one line of the conversion begins: hidden in one of these,
they are hidden in all. Approved requests are among those delivered, loans among the requests of their service: what is left of one beside
the other is a number too, and none of them is less than the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from casework.engine.figures.counting import DENOMINATOR, NUMERATOR, Figure, Row

#: A cell: the figure, the place of the row, and what of the row it is.
Cell = tuple[str, int, str]
#: Cells that are printed nowhere: what is left of one beside those that are parts of it. Of `REST` nobody is to find out how many it is; of
#: `ROOM` only that it is not less than nought.
REST, ROOM = "rest", "room"
#: Who fewer than so many are is nobody's business.
LEAST = 3
#: What is told of cases that came to a step another way is nothing but what the conversion and the funnel differ in, and is told nowhere.
UNTOLD = frozenset({("funnel", "otherwise")})

#: The steps that other figures begin with, and the services that loans and finance are requests of, as the workflows name them.
OPENED, PLANNED, SIGNED, SITE = "opened", "plan_approved", "agreement_signed", "site_accepted"
LOAN, FINANCE = "pledge", "finance"
#: Each of these is among those of the one before.
_BECAME = ("accepted", "started", "delivered", "approved")
_STAGES = ("wanted", "offered", "closed")

#: Of the lines of these figures it is said here which of their numbers are the same; of another one it is taken from the numbers.
STATED = frozenset({
    "agreements", "assessments", "conflicts", "conversion", "data_quality", "deployments", "discipline", "effects", "endings", "finance",
    "follow_up", "funnel", "loans", "past_projects", "referrals", "second_sites", "time_in_step",
})  # fmt: skip
#: By figure the lines that others are among, and which these are: each that is of the same but for what is counted, or all of these.
_AMONG: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "referrals": {"sent": ("answered_in_time", "asked_back", "accepted", "started", "delivered", "approved")},
    "loans": {"sent": ("first_door", "bank", "registered", "paid")},
    "finance": {"wanted": _STAGES},
    "deployments": {"tested": ("accepted", "accepted_at_once")},
    "agreements": {"signed": ("signed", "with_dispute_clause", "technology_contracts", "under_licence")},
    "past_projects": {"ended": ("ended",)},
    "time_in_step": {"ended": ("side",)},
}

_Of = frozenset[tuple[str, str | None]]
#: How a number is more than others that are part of it: not at all, by one that is a number itself, or by one of which nobody asks.
_NOT, _BY_SOME, _BY_ANY = "not", "by some", "by any"
#: A number, what is part of it and told apart from one another, and how it is more.
_Stated = tuple[Cell | None, Sequence[Cell | None], str]


def value_of(row: Row, cell: str) -> int | None:
    """A number of a line; None where it has none."""
    if cell == NUMERATOR:
        return row.numerator if row.under is None else None
    return row.denominator if cell == DENOMINATOR else row.parts.get(cell)


def across(figures: Mapping[str, Figure]) -> list[tuple[Cell, ...]]:
    """What adds up by what is counted: of each the first cell is what the others come to. Two that are the same are told in two places."""
    return [*_Figures(figures).equations()]


class _Figures:
    """Figures that are told together, by what their lines are of."""

    def __init__(self, figures: Mapping[str, Figure]) -> None:
        self._figures = figures
        self._places: dict[tuple[str, _Of], int] = {
            (name, frozenset(row.of.items())): n
            for name, figure in figures.items()
            for n, row in enumerate(figure.rows)
        }

    def equations(self) -> Iterator[tuple[Cell, ...]]:
        for n, (whole, parts, more) in enumerate(self._stated()):
            cells = [whole, *parts]
            values = [None if cell is None else self._value(cell) for cell in cells]
            told = [value for value in values if value is not None]
            if len(told) < len(cells):
                continue
            left = told[0] - sum(told[1:])
            known = tuple(cell for cell in cells if cell is not None)
            if more == _NOT and left == 0:
                yield known
            elif more != _NOT and left >= 0:
                yield *known, ("across", n, REST if more == _BY_SOME and 0 < left < LEAST else ROOM)

    def _stated(self) -> Iterator[_Stated]:
        yield from self._of_cases()
        yield from self._branches()
        yield from self._steps()
        yield from self._closed()
        yield from self._requests()
        yield from self._money()
        yield from self._results()
        yield from self._agreements()
        yield from self._begun()
        yield from self._within_lines()

    def _at(self, figure: str, cell: str, **of: str) -> Cell | None:
        n = self._places.get((figure, frozenset(of.items())))
        return None if n is None else (figure, n, cell)

    def _value(self, cell: Cell) -> int | None:
        return value_of(self._figures[cell[0]].rows[cell[1]], cell[2])

    def _rows(self, figure: str) -> Sequence[Row]:
        return self._figures[figure].rows if figure in self._figures else ()

    def _same(self, figure: str, what: Sequence[str]) -> Iterator[_Stated]:
        """Lines that are all among the same."""
        mine = [n for n, row in enumerate(self._rows(figure)) if not what or row.of.get("what") in what]
        yield from (((figure, one, DENOMINATOR), [(figure, other, DENOMINATOR)], _NOT) for one, other in pairwise(mine))

    def _reached(self, step: str) -> Cell | None:
        """How many cases have come to a step, whichever way."""
        following = next((row.of.get("next") for row in self._rows("conversion") if row.of.get("step") == step), None)
        return None if following is None else self._at("conversion", DENOMINATOR, step=step, next=following)

    # --- cases and their steps

    def _of_cases(self) -> Iterator[_Stated]:
        """Cases that came to a step: where the conversion begins, in the funnel, and wherever else they are what is counted among."""
        lines = [(n, row) for n, row in enumerate(self._rows("conversion")) if row.of.keys() >= {"step", "next"}]
        begins = {(row.of["step"], _beside(row)): n for n, row in lines}
        for n, row in lines:
            step, following = str(row.of["step"]), str(row.of["next"])
            next_line = begins.get((following, _beside(row)))
            if next_line is not None:
                # Where every case begins nobody comes from elsewhere.
                more = _NOT if step == OPENED else _BY_SOME
                yield ("conversion", next_line, DENOMINATOR), [("conversion", n, NUMERATOR)], more
            if not _beside(row):
                yield ("conversion", n, NUMERATOR), [self._at("funnel", NUMERATOR, step=following)], _BY_SOME
                yield ("conversion", n, DENOMINATOR), [self._at("funnel", NUMERATOR, step=step)], _BY_SOME
                yield self._live, [("conversion", n, "open")], _BY_SOME
        # Whoever has come further has come as far; what is left beside is told by the lines of the conversion.
        reached = [self._reached(step) for step in dict.fromkeys(str(row.of["step"]) for _, row in lines)]
        for before, after in combinations(reached, 2):
            yield before, [after], _BY_ANY
        trunk = [n for n, row in enumerate(self._rows("funnel")) if row.of.keys() == {"step"}]
        for one, other in pairwise(trunk):
            yield ("funnel", one, NUMERATOR), [("funnel", other, DENOMINATOR)], _NOT
        yield self._reached(SIGNED), [self._at("assessments", DENOMINATOR, what="signed_with_statement")], _NOT
        yield self._reached(SITE), [self._at("second_sites", DENOMINATOR, what="became_more")], _NOT

    def _branches(self) -> Iterator[_Stated]:
        """Each case with a plan needs it or does not."""
        for branch in ("assessment", "money"):
            needed, spared = (
                {cell: self._at("funnel", cell, branch=branch, what=what) for cell in (NUMERATOR, DENOMINATOR)}
                for what in ("needed", "not_needed")
            )
            for one in (needed, spared):
                yield self._reached(PLANNED), [one[DENOMINATOR]], _NOT
            yield needed[DENOMINATOR], [spared[DENOMINATOR]], _NOT
            yield needed[DENOMINATOR], [needed[NUMERATOR], spared[NUMERATOR]], _NOT
            yield needed[NUMERATOR], [self._at("funnel", DENOMINATOR, branch=branch, what="passed")], _NOT
        spared_assessment = self._at("funnel", NUMERATOR, branch="assessment", what="not_needed")
        for n, row in enumerate(self._rows("assessments")):
            if row.of.get("what") == "waived":
                yield ("assessments", n, DENOMINATOR), [spared_assessment], _BY_SOME
                # Who needs none is none of those who need one: both together are no more than all.
                in_need = self._at("funnel", NUMERATOR, branch="assessment", what="needed")
                yield self._reached(OPENED), [("assessments", n, DENOMINATOR), in_need], _BY_ANY

    def _steps(self) -> Iterator[_Stated]:
        """Every stay that goes on is of a live case; where each is in one step, they are as many."""
        there = [n for n, row in enumerate(self._rows("time_in_step")) if row.of.get("what") == "open"]
        if there:
            yield self._live, [("time_in_step", n, NUMERATOR) for n in there], _NOT

    @property
    def _live(self) -> Cell | None:
        return self._at("conflicts", DENOMINATOR, what="stops_confirmed")

    def _closed(self) -> Iterator[_Stated]:
        """Every case lives, or is closed; an introduction is neither success nor failure."""
        every, live = self._reached(OPENED), self._live
        endings = self._rows("endings")
        closed = next(
            (("endings", n, DENOMINATOR) for n, row in enumerate(endings) if row.of.get("what") == "outcome"), None
        )
        failed = self._at("endings", DENOMINATOR, what="stopped")
        yield every, [live, closed], _BY_SOME
        yield every, [live, failed], _BY_SOME
        yield closed, [failed], _BY_SOME
        yield live, [self._at("conflicts", DENOMINATOR, what="stops_refused")], _NOT
        yield live, [self._at("discipline", DENOMINATOR, what="last_night")], _NOT
        yield (
            self._at("conflicts", NUMERATOR, what="stops_confirmed"),
            [self._at("endings", NUMERATOR, what="stopped")],
            _BY_SOME,
        )
        main = [("endings", n, NUMERATOR) for n, row in enumerate(endings) if row.of.get("what") == "main_reason"]
        yield failed, [self._at("endings", NUMERATOR, what="stopped"), *main], _NOT
        # Who has not come to a step is none of those who have, and did not go on from it.
        rows = enumerate(self._rows("conversion"))
        plain = {row.of["step"]: (n, row.of["next"]) for n, row in rows if row.of.keys() == {"step", "next"}}
        pairs = [[n, plain[following][0]] for n, following in plain.values() if following in plain]
        for n, m in pairs:
            # Whoever did not go on has not reached the next step: both together are no more than all.
            yield (
                every,
                [("conversion", m, DENOMINATOR), ("conversion", n, "ended"), ("conversion", n, "open")],
                _BY_ANY,
            )
        for some in pairs:
            yield every, [live, *(("conversion", n, "ended") for n in some)], _BY_ANY
            yield live, [("conversion", n, "open") for n in some], _BY_ANY
        yield from self._same("endings", ("stopped", "main_reason", "further_reason"))
        yield from self._same("endings", ("outcome",))
        for n, row in enumerate(self._rows("follow_up")):
            yield every, [live, ("follow_up", n, DENOMINATOR)], _BY_SOME
            if row.of.get("what") == "answered":
                in_time = {**{key: str(told) for key, told in row.of.items()}, "what": "answered_in_time"}
                yield ("follow_up", n, DENOMINATOR), [self._at("follow_up", DENOMINATOR, **in_time)], _NOT
            if row.of.get("of") == "all":
                of = {**{key: str(told) for key, told in row.of.items()}, "of": "with_agreement"}
                yield ("follow_up", n, DENOMINATOR), [self._at("follow_up", DENOMINATOR, **of)], _BY_SOME

    # --- requests, and what came of them

    def _requests(self) -> Iterator[_Stated]:
        rows = self._rows("referrals")
        sent = self._at("referrals", NUMERATOR, what="sent")
        for n, row in enumerate(rows):
            of = {key: told or "" for key, told in row.of.items()}
            if of.get("what") in _BECAME[1:]:
                before = _BECAME[_BECAME.index(of["what"]) - 1]
                yield (
                    self._at("referrals", NUMERATOR, **{**of, "what": before}),
                    [("referrals", n, NUMERATOR)],
                    _BY_SOME,
                )
            elif of.get("what") == "whole":
                approved = {key: told for key, told in of.items() if key != "unit"} | {"what": "approved"}
                yield self._at("referrals", NUMERATOR, **approved), [("referrals", n, NUMERATOR)], _NOT
            elif of.get("what") == "late":
                # Those that go on are of those that were sent, and the same for either side.
                office = self._at("referrals", DENOMINATOR, **{**of, "what": "late_office"})
                yield ("referrals", n, DENOMINATOR), [office], _NOT
                yield (
                    self._at("referrals", NUMERATOR, **{**of, "what": "sent"}),
                    [("referrals", n, DENOMINATOR)],
                    _BY_SOME,
                )
            elif of.get("what") == "declined":
                accepted = self._at("referrals", NUMERATOR, what="accepted")
                yield sent, [accepted, ("referrals", n, DENOMINATOR)], _BY_SOME
        for n, row in enumerate(self._rows("conflicts")):
            if not str(row.of.get("what")).startswith("stops_"):
                yield sent, [("conflicts", n, DENOMINATOR)], _NOT

    def _money(self) -> Iterator[_Stated]:
        """A chain of requests, each in the place of the one before, is one; the second door beside the first one is told twice."""
        yield (
            self._at("referrals", NUMERATOR, what="sent", service=LOAN),
            [self._at("loans", NUMERATOR, what="sent")],
            _BY_SOME,
        )
        doors = [str(row.of.get("what")) for row in self._rows("loans")]
        if "second_over_first" in doors:
            doors = doors[: doors.index("second_over_first")]
            for before, door in pairwise(doors):
                yield self._at("loans", NUMERATOR, what=before), [self._at("loans", NUMERATOR, what=door)], _BY_SOME
            first, second = (self._at("loans", NUMERATOR, what=door) for door in doors[1:3])
            yield second, [self._at("loans", NUMERATOR, what="second_over_first")], _NOT
            yield first, [self._at("loans", DENOMINATOR, what="second_over_first")], _NOT
            paid = self._at("loans", NUMERATOR, what=doors[-1])
            yield self._at("loans", DENOMINATOR, what="overdue"), [paid], _BY_SOME
        wanted = self._at("finance", DENOMINATOR, what="wanted")
        yield self._at("referrals", NUMERATOR, what="sent", service=FINANCE), [wanted], _BY_SOME
        for n, row in enumerate(self._rows("finance")):
            of = {key: told or "" for key, told in row.of.items()}
            if of.get("what") in _STAGES[1:]:
                before = _STAGES[_STAGES.index(of["what"]) - 1]
                yield self._at("finance", NUMERATOR, **{**of, "what": before}), [("finance", n, NUMERATOR)], _BY_SOME

    def _results(self) -> Iterator[_Stated]:
        """Sites, and what is saved with them: a case may have several, and be in use without one."""
        accepted, cases = self._at("deployments", NUMERATOR, what="accepted"), self._reached(SITE)
        covered = self._at("effects", NUMERATOR, what="with_records")
        yield accepted, [cases], _BY_SOME
        yield self._at("effects", DENOMINATOR, what="with_records"), [cases], _BY_SOME
        for n, row in enumerate(self._rows("effects")):
            if "indicator" in row.of:
                yield covered, [("effects", n, NUMERATOR)], _BY_SOME
        yield from self._same("effects", ())

    def _agreements(self) -> Iterator[_Stated]:
        yield self._at("agreements", NUMERATOR, what="signed"), [self._reached(SIGNED)], _BY_SOME
        yield from self._same("assessments", ("verdict", "issued"))
        for of in ("all", "with_match"):
            every = [n for n, row in enumerate(self._rows("data_quality")) if row.of.get("of") == of]
            for one, other in pairwise(every):
                yield ("data_quality", one, DENOMINATOR), [("data_quality", other, DENOMINATOR)], _NOT
            all_three = self._at("data_quality", NUMERATOR, of=of, what="all_three")
            for n in every:
                if ("data_quality", n, NUMERATOR) != all_three:
                    yield ("data_quality", n, NUMERATOR), [all_three], _BY_SOME

    def _begun(self) -> Iterator[_Stated]:
        """What lines are among, where another line counts it."""
        for name, among in _AMONG.items():
            for n, row in enumerate(self._rows(name)):
                for whole, parts in among.items():
                    if row.of.get("what") in parts:
                        wholes = (
                            {**row.of, "what": whole},
                            {"what": whole},
                            {"what": whole, "step": row.of.get("step")},
                        )
                        for of in {frozenset(one.items()) for one in wholes}:
                            if (m := self._places.get((name, of))) is not None:
                                yield (name, m, NUMERATOR), [(name, n, DENOMINATOR)], _NOT
        accepted = self._at("deployments", NUMERATOR, what="accepted")
        for n, row in enumerate(self._rows("deployments")):
            if "capacity" in row.of:
                yield accepted, [("deployments", n, DENOMINATOR)], _NOT
        for n, row in enumerate(self._rows("agreements")):
            if row.of.get("of") == "technology_value":
                contracts = {key: str(told) for key, told in row.of.items() if key != "of"}
                yield self._at("agreements", NUMERATOR, **contracts), [("agreements", n, DENOMINATOR)], _NOT

    def _within_lines(self) -> Iterator[_Stated]:
        """What is counted is no more than what it is among, nor are parts more than what they are of."""
        for name, figure in self._figures.items():
            for n, row in enumerate(figure.rows):
                if row.share and not (row.parts and sum(row.parts.values()) == row.denominator):
                    yield (name, n, DENOMINATOR), [(name, n, NUMERATOR)], _BY_SOME
            for whole, *parts in figure.sums:
                yield (name, *whole), [(name, *part) for part in parts], _BY_SOME


def _beside(row: Row) -> _Of:
    """What a line of the conversion is of beside its steps."""
    return frozenset(told for told in row.of.items() if told[0] not in ("step", "next"))


__all__ = ["LEAST", "REST", "ROOM", "UNTOLD", "Cell", "across", "value_of"]
