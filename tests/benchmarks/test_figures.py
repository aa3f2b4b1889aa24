"""What a figure says of its aim, and the arithmetic of times."""

from __future__ import annotations

import pytest

from benchmarks.figures import Figure, line, percentile, sampled, summary, take_turns


def figure(value: float, aim: float | None = None, *, most: bool = False) -> Figure:
    return Figure("a thing", value, "x", aim, most)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (figure(0.9, 0.8), "met"),
        (figure(0.8, 0.8), "met"),
        (figure(0.7, 0.8), "not met"),
        (figure(9, 10, most=True), "met"),
        (figure(11, 10, most=True), "not met"),
        (figure(11), ""),
    ],
)
def test_a_figure_says_whether_its_aim_is_met(one: Figure, verdict: str) -> None:
    assert one.verdict == verdict


def test_a_line_shows_value_aim_and_verdict() -> None:
    assert line(figure(12.345, 10, most=True)).split() == ["a", "thing", "12.35", "<=", "10", "not", "met", "x"]


def test_the_summary_names_what_is_not_met() -> None:
    assert summary([figure(1, 2), figure(3, 2), figure(5)]) == "1 of 2 aims met; not met: a thing"


def test_the_summary_of_what_is_all_met_names_nothing() -> None:
    assert summary([figure(3, 2)]) == "1 of 1 aims met"


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (99, 99), (100, 100), (1, 1)])
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile(range(1, 101), percent) == value


def test_a_percentile_of_few_values_is_the_largest() -> None:
    assert percentile([3, 1, 2], 99) == 3


def test_calls_take_turns_and_the_first_round_does_not_count() -> None:
    seen: list[str] = []
    turns = list(take_turns((lambda: seen.append("a"), lambda: seen.append("b")), repetitions=2, calls=2))
    assert "".join(seen) == "abab" * 3
    assert [[len(times) for times in turn] for turn in turns] == [[2, 2], [2, 2]]


def test_what_is_sampled_is_called_once_more_than_it_is_counted() -> None:
    seen: list[str] = []
    assert len(sampled(lambda: seen.append("a"), 3, 60.0)) == 3
    assert len(seen) == 4


def test_what_takes_all_the_time_is_called_once_and_counted() -> None:
    seen: list[str] = []
    assert len(sampled(lambda: seen.append("a"), 3, 0.0)) == len(seen) == 1
