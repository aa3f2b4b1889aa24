"""Words beside each other and behind a name, with the comma and the colon of the reader's language."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from casework import reasons
from casework.errors import Refused
from casework.web.shell.i18n import gap, labelled, listed, say, sentences


@pytest.mark.parametrize(
    ("locale", "list_of_two", "label"), [("en", "steam, heat", "Fee: paid"), ("zh_Hans", "steam、heat", "Fee：paid")]
)
def test_the_comma_and_the_colon_are_the_readers(app: Flask, locale: str, list_of_two: str, label: str) -> None:
    with app.test_request_context("/"), force_locale(locale):
        assert listed(["steam", "heat"]) == list_of_two
        assert listed(["steam"]) == "steam"
        assert listed([]) == ""
        assert labelled("Fee", "paid") == label


def test_what_is_no_markup_becomes_none_and_what_is_stays_so(app: Flask) -> None:
    with app.test_request_context("/"), force_locale("en"):
        assert type(labelled("Bank & Co", "<b>")) is type(listed(["Bank & Co", "<b>"])) is str
        assert labelled("Bank & Co", "<b>") == "Bank & Co: <b>"
        time = Markup("<time>now</time>")
        assert labelled("<b>", time) == Markup("&lt;b&gt;: <time>now</time>")
        assert listed(["<b>", time]) == Markup("&lt;b&gt;, <time>now</time>")


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        (["It is late.", "Write to them."], "It is late. Write to them."),
        (["已逾期。", "请致函对方。"], "已逾期。请致函对方。"),
        (["选择“是”。”", "完成。"], "选择“是”。”完成。"),
        (["Choose “Yes”", "now."], "Choose “Yes” now."),
        (["It is late.", "", "请致函对方。", "OK?"], "It is late. 请致函对方。OK?"),
        ([], ""),
        ([Markup("<b>已逾期。</b>"), "1 < 2。"], Markup("<b>已逾期。</b> 1 &lt; 2。")),
        (["1 < 2。", Markup("<b>已逾期。</b>")], Markup("1 &lt; 2。<b>已逾期。</b>")),
    ],
)
def test_between_two_sentences_stands_what_the_first_one_asks_for(said: list[str], whole: str) -> None:
    assert sentences(said) == whole
    assert type(sentences(said)) is type(whole)


@pytest.mark.parametrize(("locale", "between"), [("en", " "), ("zh_Hans", "")])
def test_a_refusal_of_several_reasons_is_said_as_the_reader_writes(app: Flask, locale: str, between: str) -> None:
    twice = Refused(reasons.fields.TICK_THE_BOX, reasons.documents.CHOOSE_PAPER).reason
    with app.test_request_context("/"), force_locale(locale):
        both = say(reasons.fields.TICK_THE_BOX) + between + say(reasons.documents.CHOOSE_PAPER)
        assert say(twice).endswith(both)
        assert gap() == between


@pytest.mark.parametrize(("locale", "day"), [("en", "Sun 20 Dec 2026"), ("zh_Hans", "2026年12月20日 周日")])
def test_a_reason_says_a_day_as_every_page_does(app: Flask, locale: str, day: str) -> None:
    why = reasons.cases.NEXT_REPAYMENT(day="2026-12-20")
    with app.test_request_context("/"), force_locale(locale):
        assert day in say(why)
        # What was written for a day and is none is quoted.
        assert "2026-13-45" in say(reasons.imports.NO_DAY(day="2026-13-45"))
    # Programs read it as they wrote it.
    assert str(why) == "The next one is due on 2026-12-20."
