"""What is read of a form that was sent: what no form of ours sends is refused, and so is one without a good key or revision."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from casework.errors import InvalidForm, Unreadable
from casework.web.shell.forms import (
    parse_form,
    read_request,
    read_revision,
)
from tests.web.shell.whole_form import (
    Every,
    checked,
    every,
    html_of,
)

pytestmark = pytest.mark.usefixtures("form_request")


# --- hostile input ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        {"f-text": "a\x00b"},
        {"f-choice": "other"},
        {"f-many": "other"},
        {"f-sure": "perhaps"},
        {"f-right": "1 OR 1=1"},
        {"f-rights": "../../etc/passwd"},
        {"f-party": "nobody"},
        {"f-day": "0000-00-00"},
        {"f-day": "86400"},
        {"f-number": "1e999999999"},
        {"f-number": "NaN"},
        {"f-money.amount": "1", "f-money.currency": "<b>"},
        {"f-items.0.what": "x" * 501, "f-items.0.by": "2026-01-01"},
        {"f-lines.0.f-unit": "furlong"},
        {"f-lines.0.f-parameter": "a\x00b"},
        {"f-lines.0.f-price.amount": "1", "f-lines.0.f-price.currency": "<b>"},
        {"f-text": "x" * 201},
    ],
)
def test_what_no_form_of_ours_sends_is_refused_at_its_field(sent: dict[str, str]) -> None:
    form = {next(iter(sent))[2:].split(".")[0]}
    with pytest.raises(InvalidForm) as refused:
        checked(parse_form(Every.rule(), MultiDict(sent)))
    assert form <= {name.split(".")[0] for name in refused.value.fields}


def test_nothing_but_the_fields_of_the_form_is_read() -> None:
    sent = MultiDict({"f-owner": "me", "f-__class__": "x", "text": "no prefix", "f-items.x.what": "no row"})
    assert parse_form(Every.rule(), sent) == {}


@given(st.dictionaries(st.sampled_from([f"f-{name}" for name in Every.fields()]), st.text(max_size=30)))
def test_whatever_is_sent_comes_back_as_words_and_never_as_tags(sent: dict[str, str]) -> None:
    marked = MultiDict({name: f'"><script>{words}</script>' for name, words in sent.items()})
    source = html_of(every(submitted=marked))
    assert "<script" not in source
    parse_form(Every.rule(), marked)


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=20))
def test_no_field_name_breaks_the_reader(sent: list[tuple[str, str]]) -> None:
    assert parse_form(Every.rule(), MultiDict(sent)) == {}


# --- key and revision ------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_has_one_key_and_one_digest(form_app: Flask) -> None:
    def sent(**more: str) -> Any:
        data = {"key": "k" * 20, "csrf_token": more.pop("token", "t"), "revision": "7", "f-text": "x", **more}
        with form_app.test_request_context("/there", method="POST", data=data):
            return read_request(), read_revision()

    assert sent() == sent(token="another")
    assert sent()[0].digest != sent(**{"f-text": "y"})[0].digest
    assert sent()[1] == 7


@pytest.mark.parametrize(
    "form", [{}, {"key": "short"}, {"key": "k" * 101}, {"key": "k" * 20 + "\n"}, {"key": "中" * 20}]
)
def test_a_form_without_a_good_key_is_not_read(form_app: Flask, form: dict[str, str]) -> None:
    with form_app.test_request_context("/there", method="POST", data=form), pytest.raises(Unreadable):
        read_request()


@pytest.mark.parametrize("revision", ["", "-1", "1.5", "x", "٣", "9" * 16])
def test_a_revision_is_a_plain_number(form_app: Flask, revision: str) -> None:
    with form_app.test_request_context("/there", method="POST", data={"revision": revision}), pytest.raises(Unreadable):
        read_revision()
