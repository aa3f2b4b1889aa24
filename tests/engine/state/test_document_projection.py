"""What a case is after an event about its documents: consents, papers, their files, and who may see them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from casework.engine.state import document_projection as fold
from tests.engine.pieces import consent, document, event, grant

EVENT = event("document_registered", track="referral", body={"file": "report.pdf", "sha256": "d1"})
OF_CASE = event("document_registered")
NAMED: Any = {"party": "need_owner", "given_on": "2026-03-01", "expires_on": "2026-04-01"}


@pytest.mark.parametrize(("given", "kept"), [(None, None), ([], ()), (["a", "b"], ("a", "b"))])
def test_a_consent_to_all_is_another_than_one_to_none(given: list[str] | None, kept: tuple[str, ...] | None) -> None:
    after = fold.consented({}, [NAMED | {"id": "c", "providers": given, "documents": given}], EVENT)
    assert after == {"c": consent("c", providers=kept, documents=kept, expires_on="2026-04-01")}


def test_a_consent_ends_with_how_and_when() -> None:
    before = {id: consent(id) for id in ("c", "d")}
    after = fold.consents_ended(before, [{"id": "c", "how": "expired"}], EVENT)
    assert after == {"c": consent("c", ended_at=EVENT.at, how="expired"), "d": consent("d")}


def test_a_paper_is_the_referrals_in_which_it_was_entered() -> None:
    entry = cast(Any, {"id": "p", "party": None, "kind": "report", "valid_until": "2027-01-01"})
    for where in (EVENT, OF_CASE):
        after = fold.registered({}, [entry], where)
        assert after == {
            "p": document("p", party=None, registered_at=where.at, valid_until="2027-01-01", track=where.track)
        }


def test_a_paper_may_be_the_offices_own_or_a_letter() -> None:
    entry = cast(Any, {"id": "p", "party": None, "kind": "letter", "valid_until": None, "own": True, "letter": "nda"})
    after = fold.registered({}, [entry], OF_CASE)["p"]
    assert (after.own, after.letter) == (True, "nda")


def test_a_paper_that_is_withdrawn_stays_with_its_moment() -> None:
    before = {id: document(id) for id in ("p", "q")}
    after = fold.withdrawn(before, ["p"], EVENT)
    assert after == {"p": document("p", withdrawn_at=EVENT.at), "q": document("q")}


def test_a_file_keeps_the_name_and_the_digest_of_its_event() -> None:
    entry = cast(Any, {"id": "f", "document": "p", "version": 2, "type": "pdf", "size": 9})
    file = fold.filed({}, [entry], EVENT)["f"]
    assert (file.name, file.digest, file.version, file.filed_at, file.filed_by) == (
        "report.pdf",
        "d1",
        2,
        EVENT.at,
        "officer-1",
    )


def test_the_names_that_an_erasure_lists_are_gone_and_no_others() -> None:
    entry = cast(Any, {"document": "p", "version": 1, "type": "pdf", "size": 9})
    before = fold.filed({}, [entry | {"id": "f"}, entry | {"id": "g"}], EVENT)
    after = fold.names_erased(before, cast(Any, {"names": ["f"]}), EVENT)
    assert after == {"f": replace(before["f"], name=None), "g": before["g"]}
    assert fold.names_erased(before, cast(Any, {"names": []}), EVENT) == before


def test_an_access_begins_gets_a_last_day_ends_and_its_copies_come_back() -> None:
    given = cast(Any, {"id": "g", "track": "referral", "document": "paper", "consents": ["consent"]})
    grants = fold.granted({"h": grant("h")}, [given], EVENT)
    begun = grant("g", given_at=EVENT.at)
    assert grants == {"h": grant("h"), "g": begun}
    assert fold.granted({}, [given | {"until": "2026-05-01"}], EVENT)["g"].until == "2026-05-01"
    assert fold.grant_days(grants, [{"id": "g", "until": "2026-06-01"}], EVENT)["g"].until == "2026-06-01"
    assert fold.grant_days(grants, [{"id": "g", "until": None}], EVENT)["g"].until is None
    assert fold.grants_ended(grants, ["g"], EVENT) == {"h": grant("h"), "g": replace(begun, ended_at=EVENT.at)}
    assert fold.grants_returned(grants, ["g"], EVENT) == {"h": grant("h"), "g": replace(begun, returned_at=EVENT.at)}
