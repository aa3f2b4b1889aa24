"""Words beside each other and behind a name, with the comma and the colon of the reader's language."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from casework.web.shell.i18n import labelled, listed


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
