"""A need or a technology as its log adds up: what was said last stands, with where it comes from and who stands for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.kept_records import (
    CONFIRMED,
    CORRECTED,
    FIELDS,
    IMPORTED,
    RECORDED,
    body_of,
    changed,
    evolve,
    fold,
    from_source,
    is_confirmed,
)
from casework.engine.state.events import ERASED, RegisterEvent
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED as GONE

_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
WORDS = ("title", "title_zh", "sector", "problem")


def event(seq: int, kind: str, body: dict[str, Any], **effects: Any) -> RegisterEvent:
    given: Any = effects
    return RegisterEvent("log", seq, _AT + timedelta(days=seq), kind, "officer", effects=given, body=body)


def recorded(**fields: Any) -> RegisterEvent:
    return event(1, RECORDED, {"source": "BJ", "external_id": "N1", **fields}, record={"programme": "p"})


def test_a_new_record_has_every_column_and_says_where_it_comes_from() -> None:
    need = fold("need", [recorded(title="Steam")])
    own = {"source", "external_id", "programme_id", "provenance", "merged_into", "created_at", "updated_at"}
    assert need.keys() == FIELDS["need"].keys() | own
    at = instant(_AT + timedelta(days=1))
    assert (need["title"], need["status"], need["source"], need["created_at"]) == ("Steam", "published", "BJ", at)
    assert need["provenance"] == {"title": {"source": "BJ", "at": at}}


def test_what_somebody_stands_for_stays_so_until_it_says_something_else() -> None:
    told = [recorded(title="Steam", sector="Brewing"), event(2, CONFIRMED, {}, confirmed=["title"])]
    need = fold("need", told)
    assert (is_confirmed(need, "title"), is_confirmed(need, "sector")) == (True, False)
    assert need["provenance"]["title"]["source"] == "BJ"
    assert from_source(need, "BJ") == ["sector"]
    corrected = event(3, CORRECTED, {"sector": "Malting", "source": "A call"}, confirmed=["sector"])
    need = fold("need", [*told, corrected])
    assert need["provenance"]["sector"]["source"] == "A call"
    assert is_confirmed(need, "sector")
    imported = event(4, IMPORTED, {"sector": "Brewing", "source": "BJ"})
    assert not is_confirmed(fold("need", [*told, corrected, imported]), "sector")


def test_an_erased_word_goes_where_it_was_the_last_and_what_is_said_anew_stands() -> None:
    told = [recorded(title=GONE, problem="Heat is lost")]
    assert fold("need", told)["title"] is GONE
    anew = event(2, ERASED, {"title": "Steam for […]"})
    need = fold("need", [*told, anew])
    assert (need["title"], need["problem"]) == ("Steam for […]", "Heat is lost")
    assert need["updated_at"] == need["created_at"]


_fields = st.dictionaries(st.sampled_from(WORDS), st.text(max_size=8) | st.none(), max_size=4)


@given(first=_fields, more=st.lists(_fields, max_size=4))
def test_what_an_event_says_stood_there_is_what_the_events_before_add_up_to(
    first: dict[str, Any], more: list[dict[str, Any]]
) -> None:
    need = evolve("need", {}, recorded(**first))
    for seq, fields in enumerate(more, 2):
        new = changed("need", need, fields)
        body = body_of(need, new, {"reason": "Misread.", "source": None})
        assert body == new | {f"before.{name}": need[name] for name in new} | {"reason": "Misread."}
        after = evolve("need", need, event(seq, CORRECTED, dict(body), confirmed=sorted(new)))
        assert {name: after[name] for name in WORDS} == {name: (need | fields)[name] for name in WORDS}
        assert all(is_confirmed(after, name) for name in new)
        need = after
