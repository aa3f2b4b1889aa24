"""What mails and letters say, in a reader's language: words, numbers, days and the texts of editions."""

from __future__ import annotations

from datetime import date

import pytest
from jinja2 import UndefinedError

from casework.definitions import load_library
from casework.operations.core.i18n import SERVICES, Speech, templates

ENGLISH, CHINESE = Speech(chinese=False), Speech(chinese=True)
DAYS = ("%(num)d working day after %(day)s.", "%(num)d working days after %(day)s.")


def test_words_are_filled_in_after_they_are_translated() -> None:
    words = "A form set the day: %(day)s, until the end of the working day."
    assert ENGLISH.gettext(words, day="Monday") == "A form set the day: Monday, until the end of the working day."
    chinese = CHINESE.gettext(words, day="星期一")
    assert "星期一" in chinese
    assert "form" not in chinese


def test_one_and_many_are_told_apart() -> None:
    assert ENGLISH.ngettext(*DAYS, 1, day="Monday") == "1 working day after Monday."
    assert ENGLISH.ngettext(*DAYS, 2, day="Monday") == "2 working days after Monday."
    assert "2" in CHINESE.ngettext(*DAYS, 2, day="星期一")


def test_a_day_has_its_weekday_in_the_order_of_the_language() -> None:
    assert ENGLISH.day(date(2026, 3, 2)) == "Mon 2 Mar 2026"
    assert CHINESE.day(date(2026, 3, 2)) == "2026年3月2日 周一"


def test_a_zone_is_told_in_words() -> None:
    assert (ENGLISH.zone("Asia/Shanghai"), CHINESE.zone("Asia/Shanghai")) == ("Beijing time", "北京时间")
    for said in (ENGLISH.zone("Europe/Berlin"), CHINESE.zone("Europe/Berlin"), ENGLISH.zone("UTC")):
        assert "/" not in said
    assert "Berlin" in ENGLISH.zone("Europe/Berlin")
    assert "柏林" in CHINESE.zone("Europe/Berlin")


def test_a_day_under_a_letter_is_written_out() -> None:
    assert ENGLISH.date_of_letter(date(2026, 3, 2)) == "2 March 2026"
    assert CHINESE.date_of_letter(date(2026, 3, 2)) == "2026年3月2日"


def test_a_text_of_an_edition_is_said_in_both_languages() -> None:
    edition = next(edition for edition in load_library().editions.values() if edition.workflow == "case")
    key = next(key for key in edition.texts if key.startswith("states.") and edition.text(key))
    english, chinese = ENGLISH.edition_text(edition.fingerprint, key), CHINESE.edition_text(edition.fingerprint, key)
    assert english == edition.text(key)
    assert chinese != english


def test_where_there_is_no_text_nothing_is_said() -> None:
    assert ENGLISH.edition_text(None, "states.sent.do") == ""
    assert ENGLISH.edition_text(next(iter(load_library().editions)), None) == ""


@pytest.mark.parametrize("words", SERVICES.values())
def test_each_kind_of_referral_has_a_chinese_name(words: str) -> None:
    assert CHINESE.gettext(words) != words


def test_what_was_typed_is_no_markup_in_a_page_and_stays_as_it_is_in_plain_words() -> None:
    environment = templates(False)
    assert environment.autoescape("mail.html") is True  # type: ignore[operator]  # a function of the name
    assert environment.autoescape("mail.txt") is False  # type: ignore[operator]  # the same
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nobody }}").render()
    assert templates(True).from_string("{% trans %}Letter for you{% endtrans %}").render() != "Letter for you"
