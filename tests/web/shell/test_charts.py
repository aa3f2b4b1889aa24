"""Pictures are drawn by classes alone, whole for whatever is put in, and say in words what they show."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from casework.web.shell import charts
from casework.web.shell.charts import Bar, Box, Day, Lane, Limit, Scale, Share, Span, Tick

ROOT = Path(__file__).parents[3]
START = datetime(2026, 5, 1, tzinfo=UTC)
KINDS = (
    charts.OURS, charts.THEIRS, charts.LATE, charts.LEFT, charts.STILL, charts.AGREED, charts.SAID, charts.REST, charts.PLAIN,
)  # fmt: skip


def day(n: float) -> datetime:
    return START + timedelta(days=n)


SCALE = Scale(
    start=START,
    end=day(200),
    now=day(100),
    now_words="Today <b>",
    ticks=tuple(Tick(day(n), f"{n}") for n in (0, 31, 62)),
    off=((day(10), day(12)),),
)
LANE = Lane(
    spans=(
        Span(day(0), day(10), charts.OURS, "Triage"),
        Span(day(10), day(95), charts.THEIRS, "Assess"),
        Span(day(95), day(100), charts.LATE),
        Span(day(100), day(150), charts.LEFT),
    ),
    says="Case: it is our turn",
    limits=(Limit(day(95), over=True), Limit(day(150))),
    ended=(day(100), charts.REACHED),
)
DAYS = [Day(label=f"Day {n}", count=n % 4, mark=str(n) if n % 7 == 0 else "", today=n == 3) for n in range(28)]
PICTURES = {
    "axis": charts.axis(SCALE),
    "lane": charts.lane(SCALE, LANE),
    "strip": charts.strip(DAYS, "What is due in four weeks"),
    "share": charts.bar_share([Share(n + 1, kind, kind) for n, kind in enumerate(KINDS)], "Money"),
    "bars": charts.bars([Bar("<Beijing>", 3, "3", url="/cases?a=1&b=2"), Bar("Shanghai", 0, "0")], "Cases"),
    "boxes": charts.boxes([Box("<all>", "4 h", (1, 2, 4, 8, 20), charts.THEIRS), Box("b", "0", (0,) * 5)], 20),
    "series": charts.series(
        [Share(0.5, charts.OURS, "50 %"), Share(0, charts.OURS, ""), Share(2, charts.OURS, "")],
        [(0, "<1 May>")],
        "Nights",
    ),
    "cell": charts.share_of_cell(3, 4),
    "parts": charts.parts_of_cell([(1, charts.LATE), (2, charts.PLAIN)], 4),
    "loss": charts.loss_of_cell(3, 5, 10),
    "key": Markup("<g>{}</g>").format(Markup("").join(charts.sample(kind) for kind in (*KINDS, "box", "limit", "off"))),
}


def elements(picture: Markup) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(str(picture)).iter())


def widths(picture: Markup) -> list[tuple[float, float]]:
    return [
        (float(one.attrib["x"][:-1]), float(one.attrib["width"][:-1]))
        for one in elements(picture)
        if one.tag == "rect" and one.attrib["x"].endswith("%")
    ]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_whole_and_drawn_by_classes(name: str) -> None:
    picture = PICTURES[name]
    for one in elements(picture):
        assert one.tag not in ("style", "script", "image", "foreignObject")
        assert not {"style", "stroke"} & set(one.attrib)
        assert not [key for key in one.attrib if key.startswith("on")]
        assert one.attrib.get("fill", "url(#").startswith("url(#")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", str(picture).replace("url(#", ""))


@pytest.mark.parametrize("name", PICTURES)
def test_each_class_is_in_the_style_and_each_pattern_in_the_page(name: str) -> None:
    style = (ROOT / "casework/web/static/charts.css").read_text("utf-8")
    page = (ROOT / "templates/macros/charts.html").read_text("utf-8")
    for one in elements(PICTURES[name]):
        for kind in one.attrib.get("class", "").split():
            assert f".{kind}" in style, kind
        if "fill" in one.attrib:
            assert f'id="{one.attrib["fill"][5:-1]}"' in page


def test_every_pattern_is_in_the_page_once() -> None:
    page = (ROOT / "templates/macros/charts.html").read_text("utf-8")
    assert sorted(re.findall(r'<pattern id="([^"]+)"', page)) == sorted(charts.PATTERNS)


def test_a_picture_says_what_it_shows_or_is_left_to_its_table() -> None:
    said = charts.lane(SCALE, LANE)
    assert 'role="img" aria-label="Case: it is our turn"' in said
    assert 'aria-hidden="true"' in charts.lane(SCALE, Lane(spans=(), says=""))


def test_a_loss_shows_what_the_line_before_had_behind_it() -> None:
    assert widths(PICTURES["loss"]) == [(0, 100), (0, 50), (0, 30)]
    assert widths(PICTURES["parts"])[1:] == [(0, 25), (0, 25), (25, 50)]
    assert widths(charts.loss_of_cell(0, 0, 0)) == [(0, 100)]


def test_a_box_goes_from_quarter_to_quarter_on_the_scale_of_all() -> None:
    # The ground, the box and its edge; of nothing as much as one can see.
    assert widths(PICTURES["boxes"]) == [(0, 100), (10, 30), (10, 30), (0, 100), (0, 0.4)]
    assert "&lt;all&gt;" in PICTURES["boxes"]
    assert widths(charts.boxes([Box("a", "", (0,) * 5)], 0)) == [(0, 100), (0, 0.4)]


def test_words_are_escaped() -> None:
    assert "Today &lt;b&gt;" in PICTURES["axis"]
    assert "&lt;Beijing&gt;" in PICTURES["bars"]
    assert 'href="/cases?a=1&amp;b=2"' in PICTURES["bars"]


def test_a_picture_with_links_is_no_single_image() -> None:
    linked = charts.strip([Day(label="Mon", count=2, url="/tasks?day=1")], "What is due")
    assert 'role="group" aria-label="What is due"' in linked
    assert '<a href="/tasks?day=1" aria-label="Mon: 2">' in linked
    assert 'role="img"' in PICTURES["strip"]


def test_today_stands_where_the_day_does() -> None:
    lines = [one for one in elements(PICTURES["lane"]) if one.attrib.get("class") == "g-now"]
    assert [one.attrib["x1"] for one in lines] == ["50%"]


def test_what_lies_beyond_the_axis_stays_at_its_edge() -> None:
    picture = charts.lane(
        SCALE, Lane(spans=(Span(day(-50), day(900), charts.OURS),), says="", limits=(Limit(day(900)),))
    )
    assert widths(picture)[-1] == (0, 100)
    assert "g-limit" not in picture


def test_words_stand_only_where_they_fit() -> None:
    narrow = Lane(spans=(Span(day(0), day(3), charts.OURS, "Structure"),), says="")
    assert "Structure" not in charts.lane(SCALE, narrow)
    assert "Assess" in PICTURES["lane"]


@pytest.mark.parametrize(
    "values",
    [[1], [0, 0], [1, 1, 1], [0.004, 99.996], [1e12, 1, 1], list(range(1, 200)), [-5, 10], []],
)
def test_shares_add_up_to_the_whole(values: list[float]) -> None:
    shown = charts.bar_share([Share(value, charts.PLAIN, "") for value in values], "Shares")
    ElementTree.fromstring(str(shown))
    kept = charts.parts_of_hundred([value for value in values if value > 0])
    assert round(sum(kept), 2) == (100 if any(value > 0 for value in values) else 0)


@given(st.lists(st.floats(0, 1e9), max_size=12))
def test_parts_of_a_hundred_are_a_hundred(values: list[float]) -> None:
    assert round(sum(charts.parts_of_hundred(values)), 1) in (0, 100)


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(0, 500), st.sampled_from(KINDS)), max_size=30))
def test_a_lane_is_whole_for_any_spans(spans: list[tuple[float, float, str]]) -> None:
    lane = Lane(spans=tuple(Span(day(a), day(a + b), kind, "Words") for a, b, kind in spans), says="x")
    for start, width in widths(charts.lane(SCALE, lane)):
        assert 0 <= start <= 100
        assert 0 < width <= 100


@pytest.mark.parametrize("count", [0, 1, 200])
def test_a_strip_and_bars_take_any_number(count: int) -> None:
    strip = charts.strip([Day(label=str(n), count=n) for n in range(count)], "Days")
    assert count == 0 or len(re.findall("<title>", strip)) == count - 1
    ElementTree.fromstring(str(charts.bars([Bar(str(n), n - 3, str(n)) for n in range(count)], "Bars")))


def test_nothing_is_drawn_of_a_stretch_of_no_time() -> None:
    still = Scale(start=START, end=START, now=START, now_words="")
    assert widths(charts.lane(still, LANE))


@pytest.mark.parametrize("days", [1, 40, 200, 500, 1500, 9000])
def test_months_are_at_most_twelve(days: int) -> None:
    months = charts.months_between(day(3), day(3 + days))
    assert len(months) <= 12 + 1
    assert all(month.day == 1 and day(3) <= month <= day(3 + days) for month in months)
    assert len({(b - a).days // 32 for a, b in pairwise(months)}) <= 2


def test_months_begin_the_year_with_its_first() -> None:
    months = charts.months_between(datetime(2024, 3, 10, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    assert datetime(2025, 1, 1, tzinfo=UTC) in months
