"""Whatever view reads a form, it reads what can be seen; a password stays as it was typed."""

from __future__ import annotations

from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.definition.plain_text import AS_TYPED, visible
from casework.web.shell.form_texts import CleanRequest

app = Flask(__name__)
app.request_class = CleanRequest
HIDDEN = "a\u202eb\u200b\ufeffc\x07"


def test_every_field_of_a_page_is_clean_but_a_password() -> None:
    given = {"f-note": HIDDEN, "words": f"{HIDDEN}\r\n👩\u200d🔬", "password": HIDDEN, "again": HIDDEN}
    with app.test_request_context("/", method="POST", data=given):
        assert request.form["f-note"] == "abc"
        assert request.form["words"] == "abc\n👩\u200d🔬"
        assert {request.form[name] for name in ("password", "again")} == {HIDDEN}
        assert request.form.getlist("nothing") == []
    with app.test_request_context("/?q=x"):
        assert not request.form


@given(
    st.dictionaries(
        st.from_regex("[a-z.-]{1,12}", fullmatch=True),
        st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=3),
        max_size=4,
    )
)
def test_no_name_of_a_field_lets_anything_through(given: dict[str, list[str]]) -> None:
    with app.test_request_context("/", method="POST", data=given):
        for name, values in given.items():
            kept = request.form.getlist(name)
            assert len(kept) == len(values)
            if name not in AS_TYPED:
                assert kept == [visible(value) for value in kept]
