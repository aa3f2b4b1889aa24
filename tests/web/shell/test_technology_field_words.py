"""Each field of technology has a name of its own, in both languages."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale

from casework.engine.case_objects.technology_fields import FIELDS
from casework.web.shell.technology_field_words import NAMES, say_field


def test_each_field_has_a_name_in_both_languages_and_no_two_have_the_same(app: Flask) -> None:
    assert tuple(NAMES) == FIELDS
    with app.test_request_context():
        for language in ("en", "zh_Hans"):
            with force_locale(language):
                assert len({say_field(field) for field in FIELDS}) == len(FIELDS)
        with force_locale("zh_Hans"):
            assert not {say_field(field) for field in FIELDS} & {*NAMES.values()}


def test_what_is_no_field_is_said_as_it_is(app: Flask) -> None:
    with app.test_request_context():
        assert say_field("36") == "36"
