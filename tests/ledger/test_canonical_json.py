"""The canonical form: RFC 8785 within a narrow world, and everything outside it refused by name."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any
from unicodedata import is_normalized, normalize
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from casework.ledger import canonical_json
from casework.ledger.canonical_json import (
    DEEPEST,
    LARGEST,
    NotCanonical,
    canonical,
    digest,
    instant,
    is_hash,
    parse_instant,
)
from casework_verify.integrity import canonical as theirs
from tests.support import rfc_8785

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12).map(
    lambda text: normalize("NFC", text)
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
moments = st.datetimes(
    min_value=datetime(1000, 1, 2),  # noqa: DTZ001  hypothesis wants bounds without a zone; the last is what is refused
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001  hypothesis wants bounds without a zone; the last is what is refused
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


class Colour(StrEnum):
    GREEN = "green"


class Size(IntEnum):
    SMALL = 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({}, b"{}", id="empty object"),
        pytest.param([], b"[]", id="empty array"),
        pytest.param(None, b"null", id="null"),
        pytest.param([True, False], b"[true,false]", id="booleans"),
        pytest.param([0, -1, LARGEST, -LARGEST], b"[0,-1,9007199254740991,-9007199254740991]", id="integers"),
        pytest.param((1, (2,)), b"[1,[2]]", id="tuples are arrays"),
        pytest.param({"b": 1, "a": {"d": 2, "c": 3}}, b'{"a":{"c":3,"d":2},"b":1}', id="at each level"),
        pytest.param({"10": 1, "1": 2, "a": 3, "A": 4}, b'{"1":2,"10":1,"A":4,"a":3}', id="sorted by code"),
        pytest.param('\b\t\n\f\r"\\/', b'"\\b\\t\\n\\f\\r\\"\\\\/"', id="short escapes"),
        pytest.param("\x01\x1f\x7f", b'"\\u0001\\u001f\x7f"', id="control characters in lower-case hex"),
        pytest.param('\u20ac$\x0f\nA\'B"\\"/', b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\"/"', id="RFC string"),
        pytest.param("企业需要", '"企业需要"'.encode(), id="chinese is not escaped"),
        pytest.param("\u2028\ud7ff\ue000", '"\u2028\ud7ff\ue000"'.encode(), id="line separator"),
    ],
)
def test_the_form_is_that_of_the_rfc(value: Any, expected: bytes) -> None:
    assert canonical(value) == expected


def test_keys_are_sorted_by_utf_16_units() -> None:
    # By code point the emoji would come last.
    assert canonical({"\uffee": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\uffee":1}'.encode()


@given(values)
def test_it_is_what_the_library_writes(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(values)
def test_a_value_survives_json_and_keeps_its_form(value: Any) -> None:
    form = canonical(value)
    assert json.loads(form) == value
    assert canonical(json.loads(form)) == form
    assert canonical(json.loads(json.dumps(value))) == form


@given(st.dictionaries(texts, values, max_size=6), st.randoms())
def test_the_order_of_keys_does_not_matter(value: dict[str, Any], random: Any) -> None:
    keys = list(value)
    random.shuffle(keys)
    assert canonical({key: value[key] for key in keys}) == canonical(value)


class Word(str):
    __slots__ = ()


@dataclass
class Point:
    x: int


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param({"a": [1, 1.0]}, "$.a[1]: float has no canonical form; write a decimal as", id="float"),
        pytest.param({"a": float("nan")}, "$.a: float", id="nan"),
        pytest.param(Decimal("1.0"), "$: Decimal has no canonical form; write it as a string", id="decimal"),
        pytest.param({"at": datetime(2026, 1, 1, tzinfo=UTC)}, "$.at: datetime", id="datetime"),
        pytest.param({"on": date(2026, 1, 1)}, "$.on: date", id="date"),
        pytest.param([b"x"], "$[0]: bytes", id="bytes"),
        pytest.param([{1}], "$[0]: set", id="set"),
        pytest.param([Colour.GREEN], "$[0]: Colour", id="text of an enum"),
        pytest.param([Size.SMALL], "$[0]: Size", id="number of an enum"),
        pytest.param([UUID(int=1)], "$[0]: UUID", id="uuid"),
        pytest.param({"a": Point(1)}, "$.a: Point", id="dataclass"),
        pytest.param([Word("a")], "$[0]: Word", id="subclass of a text"),
        pytest.param({Word("a"): 1}, "the key 'a' is not a string", id="subclass as a key"),
        pytest.param([OrderedDict(a=1)], "$[0]: OrderedDict", id="subclass of an object"),
        pytest.param({"a": {"b": LARGEST + 1}}, "$.a.b: the number is beyond", id="too large"),
        pytest.param(-LARGEST - 1, "$: the number is beyond", id="too small"),
        pytest.param({1: 2}, "$: the key 1 is not a string", id="key"),
        pytest.param({None: 2}, "$: the key None is not a string", id="no key"),
        pytest.param(["a\0"], "$[0]: the text holds a NUL", id="nul"),
        pytest.param(["企\0"], "$[0]: the text holds a NUL", id="nul in chinese"),
        pytest.param(["\ud800"], "$[0]: the text holds a NUL or half", id="lone surrogate"),
        pytest.param(["e\u0301"], "$[0]: the text is not in Unicode form NFC", id="not nfc"),
        pytest.param({"e\u0301": 1}, "the text is not in Unicode form NFC", id="key not nfc"),
        pytest.param({"a\0": 1}, "the text holds a NUL", id="nul in a key"),
    ],
)
def test_what_has_no_form_is_refused_by_its_path(value: Any, message: str) -> None:
    with pytest.raises(NotCanonical) as refusal:
        canonical(value)
    assert message in str(refusal.value)


def test_nesting_has_an_end() -> None:
    value: Any = 1
    for _ in range(DEEPEST):
        value = [value]
    assert canonical(value)
    with pytest.raises(NotCanonical, match="nested deeper"):
        canonical([value])


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(NotCanonical, match="nested deeper"):
        canonical(value)


def test_true_and_one_differ() -> None:
    assert digest([True]) != digest([1])
    assert digest([1]) != digest(["1"])


def test_the_digest_is_sha_256_of_the_form() -> None:
    # sha256sum of the two bytes {}.
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@given(moments)
def test_an_instant_has_one_spelling(moment: datetime) -> None:
    text = instant(moment)
    assert len(text) == 27
    assert text.endswith("Z")
    assert parse_instant(text) == moment
    assert instant(parse_instant(text)) == text


@given(moments, moments)
def test_instants_sort_as_text(one: datetime, other: datetime) -> None:
    assert (one < other) == (instant(one) < instant(other))


def test_an_instant_is_written_in_utc_with_six_digits() -> None:
    beijing = timezone(timedelta(hours=8))
    assert instant(datetime(2026, 1, 5, 7, tzinfo=beijing)) == "2026-01-04T23:00:00.000000Z"


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(NotCanonical, match="no time zone"):
        instant(datetime(2026, 1, 1))  # noqa: DTZ001  hypothesis wants bounds without a zone; the last is what is refused


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T01:02:03Z",
        "2026-01-05T01:02:03.123Z",
        "2026-01-05T01:02:03.123456",
        "2026-01-05T01:02:03.123456+00:00",
        "2026-01-05 01:02:03.123456Z",
        "2026-01-05T01:02:03.123456Z\n",
        "2026-02-30T01:02:03.123456Z",
        "٢٠٢٦-01-05T01:02:03.123456Z",
        "",
    ],
)
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(NotCanonical):
        parse_instant(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0" * 64, True), ("a" * 64, True), ("A" * 64, False), ("0" * 63, False), ("0" * 64 + "\n", False), (0, False)],
)
def test_a_hash_has_one_spelling(value: object, expected: bool) -> None:
    assert is_hash(value) is expected


# --- what RFC 8785 itself writes down, here and where strangers check it --------------------------------------------------

BOTH = pytest.mark.parametrize("module", [canonical_json, theirs], ids=["here", "casework-verify"])


@BOTH
@pytest.mark.parametrize("bits", [bits for bits, text in rfc_8785.NUMBERS.items() if text])
def test_a_number_of_appendix_b_is_refused_as_a_double(module: Any, bits: str) -> None:
    """Two programs may write a double in two ways; what writes it as the RFC has it is only asked where there is none."""
    value, text = rfc_8785.double(bits), rfc_8785.NUMBERS[bits]
    assert rfc8785.dumps(value).decode() == text
    with pytest.raises(module.NotCanonical):
        module.canonical(value)


@BOTH
@pytest.mark.parametrize("bits", ["4340000000000000", "c340000000000000", "4430000000000000"])
def test_a_whole_number_of_appendix_b_that_a_double_does_not_hold_for_sure_is_refused(module: Any, bits: str) -> None:
    with pytest.raises(module.NotCanonical):
        module.canonical(int(rfc_8785.double(bits)))


@BOTH
@pytest.mark.parametrize("bits", [bits for bits, text in rfc_8785.NUMBERS.items() if text is None])
def test_what_is_no_number_in_appendix_b_has_no_form(module: Any, bits: str) -> None:
    for write in (module.canonical, rfc8785.dumps):
        with pytest.raises((module.NotCanonical, rfc8785.CanonicalizationError)):
            write(rfc_8785.double(bits))


@BOTH
def test_the_values_of_section_3_2_2_give_the_bytes_of_3_2_4_but_for_their_numbers(module: Any) -> None:
    assert rfc8785.dumps(rfc_8785.VALUES) == rfc_8785.VALUES_IN_UTF_8
    with pytest.raises(module.NotCanonical):
        module.canonical(rfc_8785.VALUES)
    whole = rfc_8785.VALUES_IN_UTF_8.replace(b"[333333333.3333333,1e+30,4.5,0.002,1e-27]", b"[333333333]")
    assert module.canonical({**rfc_8785.VALUES, "numbers": [333333333]}) == whole


@BOTH
def test_the_members_of_section_3_2_3_are_sorted_so_but_for_the_one_that_is_not_in_nfc(module: Any) -> None:
    """U+FB33 is written as two letters in NFC: texts that look the same would have two forms."""
    backwards = dict(reversed(rfc_8785.SORTED.items()))
    assert rfc8785.dumps(backwards).decode() == json.dumps(rfc_8785.SORTED, ensure_ascii=False, separators=(",", ":"))
    with pytest.raises(module.NotCanonical, match="NFC"):
        module.canonical(backwards)
    # Another of its place, which is in NFC.
    named = {name.replace("\ufb33", "\ufb20"): word for name, word in rfc_8785.SORTED.items()}
    assert is_normalized("NFC", "\ufb20")
    sorted_so = json.dumps(named, ensure_ascii=False, separators=(",", ":")).encode()
    assert module.canonical(dict(reversed(named.items()))) == sorted_so
