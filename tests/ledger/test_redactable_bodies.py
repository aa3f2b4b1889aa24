"""Bodies: each field salted, shown alone, erased alone, and the commitment the same throughout."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.ledger.canonical_json import NotCanonical, canonical, digest
from casework.ledger.redactable_bodies import (
    ERASED,
    Body,
    NothingToShow,
    Shown,
    check_shown,
    commitment,
    erase,
    seal,
    show,
    values,
)
from tests.ledger.test_canonical_json import texts
from tests.ledger.test_canonical_json import values as any_values

forms = st.dictionaries(texts, any_values, min_size=1, max_size=5)


def salts() -> Callable[[], str]:
    """Salts that differ and yet are the same in every run."""
    numbers = iter(range(1, 1000))
    return lambda: hashlib.sha256(str(next(numbers)).encode()).hexdigest()[:32]


def sealed(form: dict[str, Any]) -> Body:
    return seal(form, salts())


def test_each_field_is_stored_with_a_salt_of_its_own() -> None:
    body = sealed({"note": "x", "amount": "x"})
    assert body["note"]["value"] == body["amount"]["value"] == "x"
    assert body["note"]["salt"] != body["amount"]["salt"]


def test_the_commitment_is_the_digest_of_the_salted_hashes() -> None:
    body: Body = {"a": {"salt": "00" * 16, "value": {"b": 1}}}
    salted = hashlib.sha256(bytes(16) + canonical({"b": 1})).hexdigest()
    assert commitment(body) == digest({"a": salted})
    assert commitment({}) == digest({})


@given(forms)
def test_what_was_sealed_can_be_read(form: dict[str, Any]) -> None:
    assert values(sealed(form)) == form


@given(forms, st.data())
def test_erasing_keeps_the_commitment(form: dict[str, Any], data: st.DataObject) -> None:
    body = sealed(form)
    gone = data.draw(st.sets(st.sampled_from(sorted(form))))
    erased = erase(body, gone)
    assert commitment(erased) == commitment(body)
    assert commitment(erase(erased, form)) == commitment(body)
    assert {field for field, value in values(erased).items() if value is ERASED} == gone
    assert all(erased[field].keys() == {"hash"} for field in gone)


def test_erasing_leaves_the_given_body_alone() -> None:
    body = sealed({"a": 1})
    erase(body, ["a"])
    assert values(body) == {"a": 1}


def test_an_unknown_field_cannot_be_erased() -> None:
    with pytest.raises(KeyError):
        erase(sealed({"a": 1}), ["b"])


def test_an_erased_value_reads_as_missing() -> None:
    assert not ERASED


@given(forms, st.data())
def test_one_field_can_be_shown_alone(form: dict[str, Any], data: st.DataObject) -> None:
    body = sealed(form)
    field = data.draw(st.sampled_from(sorted(form)))
    shown = show(body, field)
    assert shown.value == form[field]
    assert check_shown(shown, commitment(body))
    assert shown.others.keys() == form.keys() - {field}
    # The others stand there as hashes only.
    assert all(len(known) == 64 for known in shown.others.values())


@given(forms, any_values, st.data())
def test_another_value_cannot_be_shown(form: dict[str, Any], other: Any, data: st.DataObject) -> None:
    body = sealed(form)
    shown = show(body, data.draw(st.sampled_from(sorted(form))))
    forged = Shown(shown.field, shown.salt, other, shown.others)
    assert check_shown(forged, commitment(body)) == (canonical(other) == canonical(shown.value))


def test_a_field_can_be_shown_beside_an_erased_one() -> None:
    body = sealed({"a": 1, "b": 2})
    assert check_shown(show(erase(body, ["b"]), "a"), commitment(body))


@pytest.mark.parametrize("field", ["a", "unknown"])
def test_what_is_gone_cannot_be_shown(field: str) -> None:
    with pytest.raises(NothingToShow):
        show(erase(sealed({"a": 1}), ["a"]), field)


@pytest.mark.parametrize(
    "shown",
    [
        Shown("b", "00" * 16, 1, {}),
        Shown("a", "00" * 16, 1, {"a": "0" * 64}),
        Shown("a", "zz", 1, {}),
        Shown("a", "00" * 16, 1.5, {}),  # type: ignore[arg-type]  # what has the wrong type is what is refused
        Shown("a", "00" * 16, 1, {"b": "short"}),
    ],
)
def test_a_malformed_proof_proves_nothing(shown: Shown) -> None:
    assert not check_shown(shown, commitment({"a": {"salt": "00" * 16, "value": 1}}))


@pytest.mark.parametrize(
    ("stored", "path"),
    [
        pytest.param({"salt": "AB" * 16, "value": 1}, "$.a.salt", id="upper case"),
        pytest.param({"salt": "ab", "value": 1}, "$.a.salt", id="short salt"),
        pytest.param({"salt": 1, "value": 1}, "$.a.salt", id="salt is no text"),
        pytest.param({"value": 1}, "$.a", id="no salt"),
        pytest.param({"salt": "ab" * 16, "value": 1, "hash": "0" * 64}, "$.a", id="both"),
        pytest.param({"salt": "ab" * 16, "value": 1, "more": 1}, "$.a", id="something more"),
        pytest.param({"hash": "A" * 64}, "$.a.hash", id="hash in upper case"),
        pytest.param({}, "$.a", id="nothing"),
        pytest.param(None, "$.a", id="null"),
        pytest.param({"salt": "ab" * 16, "value": [1.5]}, "$.a.value[0]", id="no canonical value"),
    ],
)
def test_a_field_is_stored_in_one_way_only(stored: Any, path: str) -> None:
    with pytest.raises(NotCanonical) as refusal:
        commitment({"a": stored})
    assert str(refusal.value).startswith(f"{path}: ")
