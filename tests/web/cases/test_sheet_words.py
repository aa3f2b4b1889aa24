"""A case sheet in words."""

from __future__ import annotations

from flask import Flask

from casework.definitions import load_library
from casework.operations.referrals.sheet_views import SheetAnswer
from casework.web.cases.sheet_words import answers_of


def test_a_number_of_the_sheet_has_its_unit_once(app: Flask) -> None:
    edition = load_library().newest["pledge"]
    term = SheetAnswer(name="term_months", label="Term", edition=edition, form="Application", value="36")
    with app.test_request_context():
        assert answers_of([term], {}) == [("Term", "36 months")]
