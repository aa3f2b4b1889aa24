"""Lists: made of what was kept they are the same, their shares add up, and what is not known stays and is marked."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from hypothesis import given
from hypothesis import strategies as st

from casework.json_values import JsonObject
from casework.matching.bm25 import Corpus
from casework.matching.query import Asked
from casework.operations.matching.candidates import Candidate
from casework.operations.matching.listing import kept, list_of, standing_of
from casework.operations.matching.ranking import Evidence
from casework.operations.matching.similar_texts import Similar, Without

COUNTS = st.dictionaries(
    st.sampled_from(["heat", "pump", "热泵"]), st.tuples(st.integers(0, 3), st.integers(1, 9)), min_size=1
)
LEVEL = st.sampled_from([None, 1, 5, 9])


def told(
    candidates: list[dict[str, tuple[int, int]]],
    levels: list[int | None],
    relaxed: list[str],
    similar: list[int] | None = None,
    silent: Sequence[int] = (),
) -> JsonObject:
    asked = [Asked(term=term, weight=1.0, said=term) for term in ("heat", "pump", "热泵")]
    found = [Candidate(id=f"t{n:03}", length=40 + n % 3, counts=counts) for n, counts in enumerate(candidates)]
    facts = {
        one.id: {"title": one.id, "readiness": [level, level], "countries": [], "owner": None}
        for one, level in zip(found, levels, strict=False)
    }
    corpus = Corpus(records=50, length=2000, frequencies={"heat": 20, "pump": 9, "热泵": 2})
    ranks = None if similar is None else {f"t{n:03}": rank for rank, n in enumerate(dict.fromkeys(similar), start=1)}
    mute = [f"t{n:03}" for n in silent]
    evidence = Evidence(
        version=3, glossary="", asked=asked, corpus=corpus, candidates=found, similar=ranks, silent=mute
    )
    why = Similar(without=Without.LANGUAGE) if ranks is None else Similar(model="a model", records=50, ranks=ranks)
    return kept(evidence, facts, {"readiness": [5, 6]}, dict.fromkeys(relaxed, "They can wait."), why)


@given(
    st.lists(COUNTS, max_size=12),
    st.lists(LEVEL, min_size=12, max_size=12),
    st.sampled_from([[], ["readiness"]]),
    st.integers(1, 12),
    st.none() | st.lists(st.integers(0, 15), max_size=12),
    st.sets(st.integers(0, 11)),
)
def test_what_was_kept_gives_the_same_list_again(
    candidates: list[dict[str, tuple[int, int]]],
    levels: list[int | None],
    relaxed: list[str],
    most: int,
    similar: list[int] | None,
    silent: set[int],
) -> None:
    evidence = told(candidates, levels, relaxed, similar, sorted(silent - set(similar or ())))
    found = list_of(evidence, most)
    assert orjson.dumps(list_of(orjson.loads(orjson.dumps(evidence)), most)) == orjson.dumps(found)
    listed = found["candidates"]
    # Whoever knows their order already gets the same.
    assert orjson.dumps(list_of(evidence, most, standing_of(evidence))) == orjson.dumps(found)
    assert standing_of(evidence).first(most) == [one["technology"] for one in listed]
    assert [one["rank"] for one in listed] == list(range(1, len(listed) + 1))
    assert [(-one["score"], one["technology"]) for one in listed] == sorted(
        (-one["score"], one["technology"]) for one in listed
    )
    for one in listed:
        assert abs(sum(part["share"] for part in one["explanation"]["parts"]) - one["score"]) < 1e-6
        assert {said["verdict"] for said in one["explanation"]["filters"]} <= {"passed", "partly", "unknown"}
    if relaxed:
        assert len(listed) == min(most, len(candidates))


def test_a_filter_says_how_many_it_removed_and_of_how_many_it_knows_nothing() -> None:
    evidence = told([{"heat": (0, 1)}] * 3, [None, 5, 9], [])
    found = list_of(evidence, 10)
    assert found["filters"] == [{"name": "readiness", "removed": 1, "unknown": 1}]
    assert [one["technology"] for one in found["candidates"]] == ["t001", "t000"] or len(found["candidates"]) == 2


def test_what_is_not_in_use_is_counted_beside_where_a_run_has_counted_it() -> None:
    evidence = told([{"heat": (0, 1)}] * 3, [None, 5, 9], [])
    before = list_of(evidence, 10)
    after = list_of({**evidence, "idle": 7}, 10)
    assert after["filters"] == [*before["filters"], {"name": "status", "removed": 7, "unknown": 0}]
    assert after["candidates"] == before["candidates"]


def deployed(verified: dict[str, int], **more: object) -> JsonObject:
    evidence = told([{"heat": (0, 1), "pump": (0, n)} for n in (3, 3, 1)], [5, 5, 5], [])
    for one in evidence["candidates"]:
        one["verified"] = verified.get(one["id"], 0)
    return evidence | more


def test_what_was_verified_at_a_site_counts_a_little_and_says_so() -> None:
    plain = list_of(deployed({}), 10)["candidates"]
    found = list_of(deployed({"t002": 2, plain[1]["technology"]: 1}), 10)["candidates"]
    # It comes before its equal, and not before what fits clearly better.
    assert [one["technology"] for one in found] == [plain[1]["technology"], plain[0]["technology"], "t002"]
    part = found[0]["explanation"]["parts"][-1]
    assert (part["kind"], part["text"], part["source"]) == ("deployed", "1", "bonus 1")
    assert abs(found[0]["score"] - plain[1]["score"] - part["share"]) < 1e-8
    assert found[2]["explanation"]["parts"][-1]["text"] == "2"


def test_a_run_that_was_made_before_there_was_a_bonus_gives_the_list_that_it_gave() -> None:
    before = deployed({})
    del before["bonus"]
    for one in before["candidates"]:
        del one["verified"]
    assert list_of(before, 10) == list_of(deployed({}), 10)
    assert list_of(deployed({"t002": 2}, bonus=None), 10) == list_of(deployed({}), 10)


def test_a_run_that_was_made_before_it_was_told_says_of_what_passes_in_part_that_it_passes() -> None:
    evidence = told([{"heat": (0, 3)}], [5], [])
    evidence["candidates"][0]["readiness"] = [5, 9]
    verdicts = []
    for kept_so in (evidence, {name: value for name, value in evidence.items() if name != "partly"}):
        (found,) = list_of(kept_so, 10)["candidates"]
        verdicts += [one["verdict"] for one in found["explanation"]["filters"]]
    assert verdicts == ["partly", "passed"]


def compared(evidence: JsonObject) -> dict[str, list[JsonObject]]:
    """By candidate what the list says of its filters."""
    return {one["technology"]: one["explanation"]["filters"] for one in list_of(evidence, 10)["candidates"]}


def test_a_filter_says_what_the_record_said_and_what_was_wanted_of_it() -> None:
    evidence = told([{"heat": (0, 3)}] * 3, [None, 5, 5], [])
    evidence["candidates"][1] |= {"readiness": [5, 9], "countries": ["DE"], "licence": True, "standards": ["ce"]}
    # One end is known alone.
    evidence["candidates"][2]["readiness"] = [None, 6]
    evidence["wanted"] |= {"countries": ["DE", "SE"], "licence": True, "standards": ["CE"], "excluded": ["o1"]}
    found = compared(evidence)
    assert found["t001"] == [
        {"name": "readiness", "verdict": "partly", "says": [5, 9], "wanted": [5, 6]},
        {"name": "country", "verdict": "passed", "says": ["DE"], "wanted": ["DE", "SE"]},
        # Whose it is, and who was left out, is told to whoever has a reason to know.
        {"name": "organisation", "verdict": "unknown"},
        {"name": "licence", "verdict": "passed", "says": True, "wanted": True},
        {"name": "standard", "verdict": "passed", "says": ["ce"], "wanted": ["CE"]},
    ]
    assert [one.get("says") for one in found["t000"]] == [None] * 5
    assert found["t002"][0] == {"name": "readiness", "verdict": "passed", "says": [6, 6], "wanted": [5, 6]}


def test_a_run_from_before_legal_restrictions_were_asked_for_gives_the_list_that_it_gave() -> None:
    evidence = told([{"heat": (0, 3)}] * 2, [5, 5], [])
    before = list_of(evidence, 10)
    # Nothing of it was wanted: what a record says of it by now makes no difference.
    evidence["candidates"][0]["restrictions"] = [["export_control", ["CN"]]]
    assert list_of(evidence, 10) == before
    evidence["wanted"]["territory"] = "CN"
    assert [one["name"] for one in list_of(evidence, 10)["filters"]] == ["readiness", "restriction"]
    assert len(list_of(evidence, 10)["candidates"]) == len(before["candidates"]) - 1


def test_a_run_from_before_it_was_told_what_is_lacked_gives_the_list_that_it_gave() -> None:
    evidence = told([{"heat": (0, 3)}] * 2, [5, 5], [])
    evidence["candidates"][0]["standards"] = ["ul"]
    evidence["wanted"]["standards"] = ["CE"]
    now = list_of(evidence, 10)["candidates"]
    del evidence["lacking"]
    before = list_of(evidence, 10)["candidates"]
    assert ([one["technology"] for one in now], [one["technology"] for one in before]) == (["t000", "t001"], ["t001"])


def test_a_run_from_before_that_was_kept_gives_the_list_that_it_gave() -> None:
    evidence = told([{"heat": (0, 3)}], [5], [])
    del evidence["compared"]
    assert compared(evidence) == {"t000": [{"name": "readiness", "verdict": "passed"}]}


def test_similar_texts_lift_a_record_and_the_shares_add_up_to_its_score() -> None:
    evidence = told([{"heat": (0, 3)}, {"heat": (0, 2)}, {"nothing": (0, 1)}], [5, 5, 5], [], similar=[2, 1])
    evidence["similar"]["pairs"] = {"t001": ["Heat is wanted.", "It gives warmth."]}
    found = list_of(evidence, 10)["candidates"]
    assert [one["technology"] for one in found] == ["t001", "t000", "t002"]
    assert [one["explanation"]["ranks"] for one in found] == [{"words": 2, "text": 2}, {"words": 1}, {"text": 1}]
    words, similar = found[0]["explanation"]["parts"]
    assert (words["kind"], words["share"]) == ("word", round(1 / 62, 9))
    assert similar == {
        "kind": "similar",
        "text": "Heat is wanted.",
        "source": "a model",
        "title": False,
        "share": round(1 / 62, 9),
        "closest": "It gives warmth.",
    }
    assert "closest" not in found[2]["explanation"]["parts"][0]


def test_a_record_that_could_not_be_compared_stands_by_its_words_alone_and_loses_nothing_by_it() -> None:
    evidence = told([{"heat": (0, 3)}, {"heat": (0, 2)}, {"heat": (0, 1)}], [5, 5, 5], [], similar=[1, 2], silent=[0])
    found = list_of(evidence, 10)["candidates"]
    # Its words are the best: those that were compared do not pass it for that alone.
    assert [one["technology"] for one in found] == ["t000", "t001", "t002"]
    assert found[0]["score"] == round(2 / 61, 9)
    assert (found[0]["explanation"]["ranks"], len(found[0]["explanation"]["parts"])) == ({"words": 1}, 1)
    # A run that was kept before they were told apart gives the list that it gave.
    del evidence["similar"]["silent"]
    assert [one["technology"] for one in list_of(evidence, 10)["candidates"]] == ["t001", "t002", "t000"]


def test_codes_that_both_have_stand_in_the_explanation_and_change_neither_order_nor_score() -> None:
    before = deployed({})
    said = {"t001": ["F24D3/10", "B01D"], "t002": ["C10L"]}
    after = list_of(before | {"codes": {"wanted": ["F24D3/08"], "said": said}}, 10)
    parts = {one["technology"]: one["explanation"]["parts"] for one in after["candidates"]}
    shared = {"kind": "codes", "text": "F24D3/00", "source": "IPC", "title": False, "share": 0.0}
    assert parts["t001"][-1] == shared
    assert not [part for id in ("t000", "t002") for part in parts[id] if part["kind"] == "codes"]
    parts["t001"].pop()
    assert after == list_of(before, 10)
