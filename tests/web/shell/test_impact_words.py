"""What a form offers to choose is named in the reader's language: a right without a number by its kind and whose it is."""

from __future__ import annotations

import pytest
from flask import Flask

from casework.operations.cases.action_views import RightChoice
from casework.web.shell.impact_words import say_choice, say_computed

SECRET = RightChoice(id="1", name="know_how", name_zh=None, kind="know_how", owner="Kiln Works")
PATENT = RightChoice(id="2", name="CN 1234567 B", name_zh=None, kind="invention", owner=None)


@pytest.mark.parametrize(
    ("language", "secret", "patent"),
    [
        ("en", "know-how · Kiln Works", "CN 1234567 B · invention patent"),
        ("zh-Hans", "技术秘密 · Kiln Works", "CN 1234567 B · 发明专利"),
    ],
)
def test_a_right_is_named_by_its_number_and_kind(app: Flask, language: str, secret: str, patent: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert (say_choice(SECRET), say_choice(PATENT)) == (secret, patent)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2994.777777777777777777777778", "2,995"),
        ("-0.0123456", "−0.01235"),
        ("12.5", "12.5"),
        ("1234567.891", "1,234,568"),
        ("40", "40"),
        ("0", "0"),
        ("99.996", "100"),
    ],
)
def test_what_was_worked_out_is_said_in_sensible_figures(value: str, said: str) -> None:
    assert say_computed(value) == said
