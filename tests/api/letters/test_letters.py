"""Letters over the API: the same operation as the pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.api_client import PREFIX, Client
from tests.support.papers import words_of
from tests.support.way_to_referral import to_referral
from tests.support.world import World

Clients = Callable[[str | None], Client]


pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def asked(staged: tuple[str, str], engine: Engine, world: World) -> tuple[str, str]:
    with transaction(engine) as db:
        world.set_letterhead(db)
    return staged


def test_a_program_is_told_that_no_letter_goes_yet(client_for: Clients, staged: tuple[str, str]) -> None:
    number, referral = staged
    officer = client_for("officer")
    assert officer.get(f"/cases/{number}/letters").json["letterhead"] is False
    answer = officer.post(f"/cases/{number}/letters", {"kind": "referral", "to": referral, "language": "zh"})
    assert (answer.status_code, answer.json["refusals"][0]["code"]) == (409, "letters.no_letterhead")


def take(client: Client, path: str) -> bytes:
    return bytes(client.flask.get(PREFIX + path, headers={"Authorization": f"Bearer {client.token}"}).data)


def test_a_program_sends_what_can_go_and_its_provider_takes_it_out(client_for: Clients, asked: tuple[str, str]) -> None:
    number, _ = asked
    officer, provider = client_for("officer"), client_for("provider")
    possible = officer.get(f"/cases/{number}/letters").json["possible"]
    assert {one["to"] for one in possible if one["kind"] == "progress"} == {"need_owner", "technology_owner"}
    [first] = [one for one in possible if one["kind"] == "referral"]
    letter = {"kind": first["kind"], "to": first["to"], "language": "both", "by": first["by"], "words": "Bring boots."}
    sent = officer.post(f"/cases/{number}/letters", letter)
    assert sent.status_code == 201
    taken = take(provider, f"/documents/{sent.json['id']}/versions/1")
    assert hashlib.sha256(taken).hexdigest() == sent.json["sha256"]
    assert "Bring boots." in words_of(taken)
    [listed] = officer.get(f"/cases/{number}/letters").json["items"]
    assert (listed["id"], listed["letter"], listed["to"]) == (sent.json["id"], "referral", "Haidian Assessment Lab")


def test_what_is_looked_at_is_what_would_be_sent(client_for: Clients, asked: tuple[str, str]) -> None:
    number, referral = asked
    officer = client_for("officer")
    seen = take(officer, f"/cases/{number}/letters/preview?kind=referral&to={referral}&language=zh")
    sent = officer.post(f"/cases/{number}/letters", {"kind": "referral", "to": referral, "language": "zh"})
    assert hashlib.sha256(seen).hexdigest() == sent.json["sha256"]


def test_a_day_that_has_passed_is_no_answer_date(client_for: Clients, asked: tuple[str, str]) -> None:
    number, referral = asked
    letter = {"kind": "referral", "to": referral, "language": "en", "by": "2020-01-31"}
    answer = client_for("officer").post(f"/cases/{number}/letters", letter)
    assert (answer.status_code, answer.json["fields"]) == (422, {"by": "must be today or later"})


def test_the_same_letter_goes_twice_only_to_whoever_is_sure(client_for: Clients, asked: tuple[str, str]) -> None:
    number, referral = asked
    officer, letter = client_for("officer"), {"kind": "referral", "to": referral, "language": "en"}
    assert officer.post(f"/cases/{number}/letters", letter).status_code == 201
    again = officer.post(f"/cases/{number}/letters", letter)
    assert again.status_code == 409
    assert "already" in again.json["detail"]
    assert len(officer.get(f"/cases/{number}/letters").json["items"]) == 1
    assert officer.post(f"/cases/{number}/letters", letter | {"sure": True}).status_code == 201


@pytest.mark.parametrize(
    "wrong", [{"language": "fr"}, {"kind": "love"}, {"by": "soon"}, {"words": "x" * 4001}, {"extra": "x"}]
)
def test_what_is_no_letter_is_told(client_for: Clients, asked: tuple[str, str], wrong: dict[str, str]) -> None:
    number, referral = asked
    letter = {"kind": "referral", "to": referral, "language": "en"} | wrong
    assert client_for("officer").post(f"/cases/{number}/letters", letter).status_code == 422
