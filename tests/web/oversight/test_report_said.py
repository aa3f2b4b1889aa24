"""The words of a report in the reader's language."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale

from casework.web.oversight.report_said import say_words


def test_each_reader_has_them_in_one_language_and_what_is_written_once_stands_in_both(app: Flask) -> None:
    words = {"title": "Sites", "title_zh": "落地", "conclusion_zh": "一\n\n二", "funnel": "Gap"}
    with app.test_request_context("/"), force_locale("en"):
        said = say_words(words)
    assert (said.title, said.conclusion, said.figures) == ("Sites", ("一", "二"), {"funnel": ("Gap",)})
    with app.test_request_context("/"), force_locale("zh_Hans"):
        assert say_words(words).title == "落地"
