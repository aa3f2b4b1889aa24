"""The one form: every kind of field can be shown, filled in without a script, and read back as operations take it; rows stand apart."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from casework import reasons
from casework.engine.definition import forms
from casework.errors import InvalidForm
from casework.operations.core.drafts import Draft
from casework.web.shell.forms import (
    build_form,
    own_texts,
    parse_form,
)
from casework.web.shell.layout import clock
from tests.support.pages import Page
from tests.web.shell.whole_form import (
    FULL,
    KEYS,
    Every,
    Json,
    checked,
    every,
    html_of,
    insist_accessible,
    page_of,
)

pytestmark = pytest.mark.usefixtures("form_request")


# --- there and back --------------------------------------------------------------------------------------------------


def test_what_a_form_shows_is_what_it_sends() -> None:
    assert parse_form(Every.rule(), page_of(every(values=FULL)).sent) == FULL
    assert checked(FULL) == FULL


def test_an_empty_form_says_nothing() -> None:
    assert parse_form(Every.rule(), page_of(every()).sent) == {}


class Optional(forms.Form):
    choice = forms.Choice(label="Choice", choices={"a": "A", "b": "B"}, required=False)
    sure = forms.YesNo(label="Sure", required=False)


def test_an_optional_choice_can_be_taken_back() -> None:
    def shown(**values: Json) -> Page:
        return page_of(build_form("case:1:optional", Optional.rule(), own_texts(Optional), values=values))

    given = shown(choice="b", sure=False).sent
    assert (given["f-choice"], given["f-sure"]) == ("b", "no")
    back = shown().sent
    assert (back["f-choice"], back["f-sure"]) == ("", "")
    assert parse_form(Optional.rule(), back) == {}


def test_what_was_sent_is_shown_again_as_it_was_typed() -> None:
    typed = MultiDict(
        [("f-text", " odd "), ("f-number", "twelve"), ("f-money.amount", "1.000,00"), ("f-day", "tomorrow")]
    )
    shown = page_of(every(submitted=typed, values=FULL)).sent
    assert [shown[name] for name in typed] == list(typed.values())
    assert "f-sure" not in shown


def test_a_draft_comes_back() -> None:
    draft = Draft({"f-note": ["Half a sent"], "f-many": ["x", "y"]}, datetime(2026, 3, 1, 9, tzinfo=UTC))
    form = every(draft=draft, values=FULL)
    shown = page_of(form).sent
    assert shown["f-note"] == "Half a sent"
    assert shown.getlist("f-many") == ["x", "y"]
    assert "had not sent" in html_of(form)


# --- kind by kind ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1,234,567.50", "1234567.50"),
        ("１２３．５", "123.5"),
        (" 3 000 ", "3000"),
        ("−5", "-5"),
        ("1'000", "1000"),
        ("900万", "9000000"),
        ("1.25 亿", "125000000"),
        ("1,200万", "12000000"),
        ("０．５万", "5000"),
        ("0.00001万", "0.1"),
        # Not what we take for thousands: left as it is, for a person to correct.
        ("1,5", "1,5"),
        ("1.000,00", "1.000,00"),
        ("twelve", "twelve"),
        ("九百万", "九百万"),
        ("9万亿", "9万亿"),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, read: str) -> None:
    assert parse_form(Every.rule(), MultiDict({"f-number": typed}))["number"] == read


@pytest.mark.parametrize(("currency", "read"), [("CNY", "9000000"), ("EUR", "900万元")])
def test_an_amount_names_its_currency_twice_only_where_it_is_the_same(currency: str, read: str) -> None:
    sent = MultiDict({"f-money.amount": "900万元", "f-money.currency": currency})
    assert parse_form(Every.rule(), sent)["money"] == {"amount": read, "currency": currency}


def test_money_without_an_amount_is_nothing() -> None:
    assert parse_form(Every.rule(), MultiDict({"f-money.currency": "CNY"})) == {}


def test_a_question_that_depends_says_on_what() -> None:
    source = html_of(every())
    assert 'data-when="sure" data-values="[&#34;yes&#34;]"' in source
    assert "Only if “Sure?” is: Yes" in source
    assert "Only if “Choice” is: Second" in source


def test_a_question_that_depends_says_whether_it_is_asked_to_begin_with() -> None:
    """Styles show what is asked before the script comes, so that nothing moves when it does."""
    source = html_of(every(values={"sure": True, "choice": "a"}))
    assert 'data-when="sure" data-values="[&#34;yes&#34;]" data-asked' in source
    assert 'data-when="choice" data-values="[&#34;b&#34;]">' in source
    assert "data-asked" not in html_of(every())
    assert "data-asked" not in html_of(every(values={"sure": True}, submitted=MultiDict({"f-sure": "no"})))


def test_what_hangs_on_a_question_that_is_not_asked_is_not_asked_either() -> None:
    class Chain(forms.Form):
        first = forms.YesNo(label="First?")
        second = forms.YesNo(label="Second?", when=("first", (True,)))
        third = forms.Text(label="Third", when=("second", (True,)))

    def asked(first: bool) -> list[bool]:
        form = build_form("n", Chain.rule(), own_texts(Chain), values={"first": first, "second": True})
        return [field.asked for field in form.fields]

    assert asked(True) == [True, True, True]
    assert asked(False) == [True, False, False]


class Parts(forms.Form):
    kind = forms.Choice(label="Kind", choices={"a": "First", "b": "Second"}, prefill="propose.kind", settled=True)
    rights = forms.Text(label="Rights", when=("kind", ("b",)), group="What it gives")
    uses = forms.Text(label="Uses", required=False, group="")
    price = forms.Text(label="Price", when=("kind", ("b",)), group="Price")
    words = forms.Text(label="Words", group="The rest")


class Wide(forms.Form):
    places = forms.Many(label="Territories", choices={f"c{n}": f"Country {n}" for n in range(101)})


@pytest.mark.parametrize("chosen", [[], ["c0"], ["c50", "c99"], ["c4", "c5"]])
def test_of_a_hundred_countries_the_nearest_and_the_chosen_are_shown_and_the_rest_is_folded(chosen: list[str]) -> None:
    page = html_of(build_form("case:1:wide", Wide.rule(), own_texts(Wide), values={"places": chosen}))
    shown, folded = page.split('<details class="more-boxes">')
    folded = folded.split("</details>")[0]
    boxes = 'value="(c[0-9]+)"'
    assert set(re.findall(boxes, shown)) == {f"c{n}" for n in range(5)} | set(chosen)
    assert f"More countries and regions ({101 - len(re.findall(boxes, shown))})" in folded
    # Each stands there once, open to the keyboard and without a script; nothing that is ticked is hidden.
    assert sorted(re.findall(boxes, shown + folded)) == sorted(f"c{n}" for n in range(101))
    assert "checked" not in folded
    ids = re.findall(r' id="(f-places\.\d+)"', page)
    assert len(ids) == len(set(ids)) == 101
    assert (
        page_of(build_form("a:1:b", Wide.rule(), own_texts(Wide), values={"places": chosen})).sent.getlist("f-places")
        == chosen
    )


def test_what_was_ticked_in_the_fold_is_shown_when_the_form_comes_back() -> None:
    sent = MultiDict([("f-places", "c77")])
    why = {"places": "Not that one."}
    page = html_of(build_form("case:1:wide", Wide.rule(), own_texts(Wide), submitted=sent, faults=why))
    before = page.split("<details")[0]
    assert re.search('value="c77" checked', before)


def test_what_is_settled_is_told_and_what_hangs_on_it_is_asked_or_not_at_all() -> None:
    """Whatever is sent for it: what is known for good stays."""
    known = build_form("n", Parts.rule(), own_texts(Parts), values={"kind": "a"}, submitted=MultiDict({"f-kind": "b"}))
    assert [(field.name, field.settled) for field in known.fields] == [
        ("kind", True),
        ("uses", False),
        ("words", False),
    ]
    assert known.fields[0].values == ("a",)
    open_still = build_form("n", Parts.rule(), own_texts(Parts))
    assert [field.name for field in open_still.fields] == ["kind", "rights", "uses", "price", "words"]
    assert not open_still.fields[0].settled


def test_what_hangs_on_a_question_that_is_never_asked_is_not_shown_either() -> None:
    class Chain(forms.Form):
        kind = forms.Choice(label="Kind", choices={"a": "First", "b": "Second"}, prefill="propose.kind", settled=True)
        into = forms.Choice(label="Into", choices={"x": "X"}, when=("kind", ("b",)))
        places = forms.Text(label="Places", when=("into", ("x",)))

    def shown(kind: str) -> list[str]:
        return [field.name for field in build_form("n", Chain.rule(), own_texts(Chain), values={"kind": kind}).fields]

    assert shown("a") == ["kind"]
    assert shown("b") == ["kind", "into", "places"]


def test_a_heading_stands_over_the_first_question_of_its_part_that_is_shown() -> None:
    shown = build_form("n", Parts.rule(), own_texts(Parts), values={"kind": "a"})
    headed = [(field.name, field.group) for field in shown.fields]
    assert headed == [("kind", ""), ("uses", "What it gives"), ("words", "The rest")]
    source = html_of(build_form("n", Parts.rule(), own_texts(Parts)))
    # Where its question hangs on an answer the heading comes and goes with it.
    assert '<h2 data-when="kind" data-values="[&#34;b&#34;]">What it gives</h2>' in source
    assert "<h2>The rest</h2>" in source


def test_what_was_only_filled_in_beforehand_is_not_sent_where_it_is_not_asked() -> None:
    typed = MultiDict({"f-sure": "no", "f-why": "Known"})
    assert parse_form(Every.rule(), typed, known={"why": "Known"}) == {"sure": False}
    # What a person typed is not dropped in silence: the operation says that it does not apply.
    assert parse_form(Every.rule(), typed, known={"why": "Other"}) == {"sure": False, "why": "Known"}


def test_the_consequence_of_a_yes_is_said() -> None:
    assert "Yes means: The loan is called in." in html_of(every())


def test_where_nothing_can_be_chosen_the_form_says_so() -> None:
    source = html_of(build_form("n", Every.rule(), own_texts(Every)))
    assert source.count("There is nothing to choose from yet.") == 13


# --- faults ----------------------------------------------------------------------------------------------------------


def test_each_fault_stands_by_its_field_and_in_the_list_above() -> None:
    typed = MultiDict({"f-number": "twelve", "f-items.0.what": "Call", "f-items.0.by": "soon", "f-money.amount": "x"})
    with pytest.raises(InvalidForm) as refused:
        checked(parse_form(Every.rule(), typed))
    faults_said = {name: str(why) for name, why in refused.value.fields.items()}
    form = every(submitted=typed, faults=faults_said)
    faults = {one.name: one.fault for one in form.faulty}
    assert faults["number"] == "write a number, such as 12.5"
    assert faults["money"] == "write a number, such as 12.5"
    assert faults["text"] == "Enter “Words”."
    assert next(one for one in form.fields if one.name == "items").rows[0].faults == ("write a day as YYYY-MM-DD",)
    page = page_of(form)
    insist_accessible(page)
    assert page.controls["f-number"]["aria-invalid"] == "true"
    assert "f-number-fault" in str(page.controls["f-number"]["aria-describedby"])


def test_a_fault_of_no_field_stands_above_the_form() -> None:
    assert every(faults={"form": "is too large to be kept"}).faults == ("is too large to be kept",)


def test_above_the_form_each_fault_leads_to_its_question_and_names_it_once() -> None:
    faults = {
        "text": str(reasons.fields.UNANSWERED),
        "number": "write a number, such as 12.5",
        "choice": str(reasons.fields.UNANSWERED),
        "else": "The case is closed.",
    }
    source = html_of(every(submitted=MultiDict(), faults=faults))
    assert "Nothing is recorded yet. Put right 4 answers" in source
    assert '<a href="#f-text">Enter “Words”.</a>' in source
    assert '<a href="#f-number">Heat: write a number, such as 12.5</a>' in source
    assert "The case is closed." in source
    assert "Choose an answer to “" in source


def test_a_known_value_says_where_it_comes_from() -> None:
    form = build_form(
        "n", Every.rule(), own_texts(Every), values={"text": "A"}, sources={"text": "From the request.", "note": "x"}
    )
    source = html_of(form)
    assert source.count('class="source"') == 1
    assert "From the request." in source
    # What somebody has typed since is theirs; what says no source claims none.
    typed: dict[str, Any] = {"values": {"text": "A"}, "sources": {"text": "From the request."}}
    assert 'class="source"' not in html_of(
        build_form("n", Every.rule(), own_texts(Every), submitted=MultiDict({"f-text": "B"}), **typed)
    )
    assert "From the request." in html_of(
        build_form("n", Every.rule(), own_texts(Every), submitted=MultiDict({"f-text": "A"}), **typed)
    )
    assert 'class="source"' not in html_of(build_form("n", Every.rule(), own_texts(Every), values={"text": "A"}))


@pytest.mark.parametrize("nothing", [None, "", []])
def test_an_empty_field_says_no_source(nothing: Any) -> None:
    told = {"text": "From the request.", "many": "From the case."}
    empty = build_form("n", Every.rule(), own_texts(Every), values=dict.fromkeys(told, nothing), sources=told)
    assert 'class="source"' not in html_of(empty)


def test_a_day_that_nothing_is_known_of_says_that_it_is_todays() -> None:
    today = clock().office_today.isoformat()
    form = build_form("f", Days.rule(), own_texts(Days), values={"held_on": today, "other_on": "2020-01-02"})
    assert re.findall(r'class="source"[^>]*>([^<]*)<', html_of(form)) == ["Today."]
    told = build_form("f", Days.rule(), own_texts(Days), values={"held_on": today}, sources={"held_on": "As before."})
    assert re.findall(r'class="source"[^>]*>([^<]*)<', html_of(told)) == ["As before."]


class Days(forms.Form):
    held_on = forms.Date(label="Held on", past=True)
    wanted_on = forms.Date(label="Wanted by", future=True)
    other_on = forms.Date(label="Some day")
    reason = forms.Choice(label="Main reason", choices={"a": "First", "b": "Second"})
    more = forms.Many(label="More reasons", choices={"a": "First", "b": "Second"}, required=False)
    kinds = forms.Many(label="Kinds", choices={"a": "First", "c": "Third"}, required=False)


def test_a_day_is_offered_within_what_its_rule_takes() -> None:
    page = html_of(build_form("f", Days.rule(), own_texts(Days)))
    today = clock().office_today.isoformat()
    limits = {
        name: re.search(rf'name="f-{name}" value="" min="([^"]*)" max="([^"]*)"', page)
        for name in ("held_on", "wanted_on", "other_on")
    }
    assert {name: found and found.groups() for name, found in limits.items()} == {
        "held_on": ("1900-01-01", today),
        "wanted_on": (today, "2199-12-31"),
        "other_on": ("1900-01-01", "2199-12-31"),
    }


def test_more_of_the_same_says_besides_which_question_it_is_asked() -> None:
    by_name = {field.name: field.besides for field in build_form("f", Days.rule(), own_texts(Days)).fields}
    assert by_name == {"held_on": "", "wanted_on": "", "other_on": "", "reason": "", "more": "reason", "kinds": ""}
    page = html_of(build_form("f", Days.rule(), own_texts(Days)))
    assert page.count("data-besides") == 1
    assert 'data-besides="f-reason"' in page


class Reasons(forms.Form):
    main = forms.Listed(label="Main", catalogue="closing_reasons")
    more = forms.ListedMany(label="More", catalogue="closing_reasons")


def test_several_entries_of_a_list_are_boxes_and_the_main_one_is_none_of_them() -> None:
    page = html_of(every())
    assert page.count(f'type="checkbox" id="f-entries.1" name="f-entries" value="{KEYS[0]}"') == 1
    sent = MultiDict([("f-main", KEYS[0]), *(("f-more", key) for key in KEYS)])
    assert parse_form(Reasons.rule(), sent) == {"main": KEYS[0], "more": [KEYS[1]]}


def test_the_main_one_is_none_of_the_others_without_a_script_either() -> None:
    sent = MultiDict([("f-reason", "a"), ("f-more", "a"), ("f-more", "b"), ("f-kinds", "a")])
    said = parse_form(Days.rule(), sent)
    assert (said["reason"], said["more"], said["kinds"]) == ("a", ["b"], ["a"])
    alone = parse_form(Days.rule(), MultiDict([("f-reason", "a"), ("f-more", "a")]))
    assert "more" not in alone
    rules = [dict(rule) | ({"when": ["kinds", ["c"]]} if rule["name"] == "reason" else {}) for rule in Days.rule()]
    assert parse_form(rules, sent)["more"] == ["a", "b"], "a question that is not asked has no answer"


class OnlyYes(forms.Form):
    holds = forms.YesNo(label="Does it hold?", must=True)
    free = forms.YesNo(label="Is it free?")


def test_a_question_with_one_answer_that_leads_on_says_so_beforehand() -> None:
    page = html_of(build_form("f", OnlyYes.rule(), own_texts(OnlyYes)))
    assert page.count("Only “Yes” leads on.") == 1
    assert re.search(r'id="f-holds"[^>]*aria-describedby="f-holds-must"', page)
    refused = html_of(build_form("f", OnlyYes.rule(), own_texts(OnlyYes), faults={"holds": "It is not so."}))
    assert "Only “Yes” leads on." not in refused
