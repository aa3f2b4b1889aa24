"""What was typed comes back into the HTML of a form, and nothing else of it changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from casework.web.shell.html_filling import fill_in
from tests.support.pages import read_page

FORM = Markup("""<input type="hidden" name="csrf_token" value="t">
<label for="a">A &amp; B</label> <input class="x" id="a" name="a" value="old" maxlength="9" required>
<textarea id="b" name="b" rows="3">
old &lt;words&gt;</textarea>
<select name="c"><option value="">Choose …</option><option value="one" selected>One</option><option value="two">Two</option></select>
<input type="checkbox" name="d" value="x" checked><input type="checkbox" name="d" value="y"><input type="radio" name="e" value="1">
<input type="checkbox" name="sure" value="yes"><input type="password" name="p"><input type="file" name="f"> <button>Send</button>""")
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)


def test_each_kind_of_field_takes_what_was_typed() -> None:
    typed = {"a": ['"new" & <b>'], "b": ["two\nlines"], "c": ["two"], "d": ["y"], "e": ["1"]}
    filled = fill_in(FORM, typed)
    sent = read_page(filled).sent
    assert {name: sent.getlist(name) for name in typed} == typed
    assert 'class="x"' in filled
    assert 'maxlength="9" required' in filled


def test_what_nobody_keeps_is_not_filled_in() -> None:
    filled = fill_in(FORM, {"csrf_token": ["other"], "p": ["secret"], "f": ["/etc"], "sure": ["yes"]})
    assert 'name="csrf_token" value="t"' in filled
    assert '<input type="checkbox" name="sure" value="yes">' in filled
    assert "secret" not in filled
    assert "/etc" not in filled


def test_a_box_whose_tick_was_taken_away_stays_empty() -> None:
    assert "checked" not in fill_in(FORM, {"a": ["words"]})


def test_a_choice_that_is_not_offered_any_more_leaves_the_one_that_stands() -> None:
    assert '<option value="one" selected>' in fill_in(FORM, {"c": ["three"]})


def test_a_field_that_nobody_may_answer_now_stays() -> None:
    assert (
        fill_in(Markup('<input name="a" value="old" disabled>'), {"a": ["new"]})
        == '<input name="a" value="old" disabled>'
    )


def test_fields_of_one_name_take_their_words_in_turn() -> None:
    filled = fill_in(Markup('<input name="a"><input name="a">'), {"a": ["one", "two"]})
    assert read_page(filled).sent.getlist("a") == ["one", "two"]


@given(a=WORDS, b=WORDS, c=st.sampled_from(["", "one", "two"]), d=st.sets(st.sampled_from(["x", "y"])))
def test_what_comes_back_is_what_was_typed(a: str, b: str, c: str, d: set[str]) -> None:
    typed = {"a": [a], "b": [b], "c": [c], "d": sorted(d)}
    filled = fill_in(FORM, typed)
    sent = read_page(filled).sent
    assert {name: sent.getlist(name) for name in typed} == typed
    # Filled in again it is the same, and what is no field stands as it stood.
    assert fill_in(filled, typed) == filled
    assert "A &amp; B" in filled
    assert filled.endswith("<button>Send</button>")


@given(words=WORDS)
def test_no_words_break_out_of_their_field(words: str) -> None:
    filled = fill_in(Markup('<textarea name="a"></textarea><input name="a">'), {"a": [words, words]})
    assert filled == f'<textarea name="a">\n{escape(words)}</textarea><input name="a" value="{escape(words)}">'
