"""Lists: made of what was kept they are the same, their shares add up, and what is not known stays and is marked."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from casework.json_values import JsonObject
from casework.matching.bm25 import Corpus
from casework.matching.query import Asked
from casework.operations.matching.listing import kept, list_of
from casework.operations.matching.ranking import Candidate, Evidence

COUNTS = st.dictionaries(
    st.sampled_from(["heat", "pump", "热泵"]), st.tuples(st.integers(0, 3), st.integers(1, 9)), min_size=1
)
LEVEL = st.sampled_from([None, 1, 5, 9])


def told(candidates: list[dict[str, tuple[int, int]]], levels: list[int | None], relaxed: list[str]) -> JsonObject:
    asked = [Asked(term=term, weight=1.0, said=term) for term in ("heat", "pump", "热泵")]
    found = [Candidate(id=f"t{n:03}", length=40 + n % 3, counts=counts) for n, counts in enumerate(candidates)]
    facts = {
        one.id: {"title": one.id, "readiness": [level, level], "countries": [], "owner": None}
        for one, level in zip(found, levels, strict=False)
    }
    corpus = Corpus(records=50, length=2000, frequencies={"heat": 20, "pump": 9, "热泵": 2})
    evidence = Evidence(version=3, glossary="", asked=asked, corpus=corpus, candidates=found)
    return kept(evidence, facts, {"readiness": [5, 6]}, dict.fromkeys(relaxed, "They can wait."))


@given(
    st.lists(COUNTS, max_size=12),
    st.lists(LEVEL, min_size=12, max_size=12),
    st.sampled_from([[], ["readiness"]]),
    st.integers(1, 12),
)
def test_what_was_kept_gives_the_same_list_again(
    candidates: list[dict[str, tuple[int, int]]], levels: list[int | None], relaxed: list[str], most: int
) -> None:
    evidence = told(candidates, levels, relaxed)
    found = list_of(evidence, most)
    assert orjson.dumps(list_of(orjson.loads(orjson.dumps(evidence)), most)) == orjson.dumps(found)
    listed = found["candidates"]
    assert [one["rank"] for one in listed] == list(range(1, len(listed) + 1))
    assert [(-one["score"], one["technology"]) for one in listed] == sorted(
        (-one["score"], one["technology"]) for one in listed
    )
    for one in listed:
        assert abs(sum(part["share"] for part in one["explanation"]["parts"]) - one["score"]) < 1e-6
        assert {said["verdict"] for said in one["explanation"]["filters"]} <= {"passed", "unknown"}
    if relaxed:
        assert len(listed) == min(most, len(candidates))


def test_a_filter_says_how_many_it_removed_and_of_how_many_it_knows_nothing() -> None:
    evidence = told([{"heat": (0, 1)}] * 3, [None, 5, 9], [])
    found = list_of(evidence, 10)
    assert found["filters"] == [{"name": "readiness", "removed": 1, "unknown": 1}]
    assert [one["technology"] for one in found["candidates"]] == ["t001", "t000"] or len(found["candidates"]) == 2


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
    assert found[0]["score"] == round(plain[1]["score"] + part["share"], 9)
    assert found[2]["explanation"]["parts"][-1]["text"] == "2"


def test_a_run_that_was_made_before_there_was_a_bonus_gives_the_list_that_it_gave() -> None:
    before = deployed({})
    del before["bonus"]
    for one in before["candidates"]:
        del one["verified"]
    assert list_of(before, 10) == list_of(deployed({}), 10)
    assert list_of(deployed({"t002": 2}, bonus=None), 10) == list_of(deployed({}), 10)
