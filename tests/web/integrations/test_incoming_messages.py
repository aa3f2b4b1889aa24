"""Signed messages of a provider's own system: each does what a request of its account could, once, and nothing else."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.integrations import incoming_webhooks
from casework.operations.integrations.incoming_webhooks import end_incoming, rotate_incoming
from casework.operations.integrations.service_accounts import end_service_account
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.web.integrations.incoming_messages import DEEDS, MOST_BYTES
from tests.support.incoming import Sender, open_incoming
from tests.support.way_to_referral import to_both, to_referral
from tests.support.world import World, new_request, today

Json = Any


@pytest.fixture
def sender(app: Flask, engine: Engine, world: World) -> Sender:
    with transaction(engine) as db:
        return open_incoming(app, db, world)


@pytest.fixture
def sent(engine: Engine, world: World) -> tuple[str, str]:
    with transaction(engine) as db:
        return to_referral(world, db)


def events(engine: Engine, number: str) -> int:
    with transaction(engine) as db:
        return int(
            db.execute(
                text("SELECT count(*) FROM events WHERE log_id = :log"), {"log": home_of(db, number)}
            ).scalar_one()
        )


def revision(engine: Engine, referral: str) -> int:
    with transaction(engine) as db:
        return int(db.execute(text("SELECT revision FROM tracks WHERE id = :id"), {"id": referral}).scalar_one())


def acceptance(world: World, engine: Engine, referral: str) -> dict[str, Json]:
    form = {
        "interest": False,
        "confidentiality": True,
        "service": "assessment",
        "person": world.people["provider"],
        "charge": "free",
        "planned_on": (today() + timedelta(days=30)).isoformat(),
    }
    return {"revision": revision(engine, referral), "data": form}


def rows(engine: Engine) -> list[tuple[str, int, str, int]]:
    with transaction(engine) as db:
        found = db.execute(text("SELECT state, status, code, attempts FROM incoming_messages ORDER BY made_at, id"))
        return [tuple(row) for row in found]


def test_a_thousand_replays_do_what_each_message_says_once(
    engine: Engine, world: World, sender: Sender, sent: tuple[str, str]
) -> None:
    number, referral = sent
    before = events(engine, number)
    words = {f"msg_{n}": f"Our instrument {n} is free." for n in range(5)}
    answers: list[tuple[str, int, str | None, Json]] = []

    def replay(turn: int) -> None:
        for n in range(250):
            id = f"msg_{(n + turn) % 5}"
            got = sender.send("message.write", id=id, referral=referral, audience="shared", words=words[id])
            answers.append((id, got.status_code, got.headers.get("Idempotency-Replayed"), got.json))

    threads = [threading.Thread(target=replay, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 1000
    assert {status for _, status, _, _ in answers} == {201}
    # Each the same answer however often, and each done by one of them.
    assert len({(id, got["id"]) for id, _, _, got in answers}) == 5
    assert sum(again is None for _, _, again, _ in answers) == 5
    assert events(engine, number) == before + 5
    assert [row[0] for row in rows(engine)] == ["done"] * 5
    assert sum(row[3] for row in rows(engine)) == 1000


def test_forged_late_early_and_foreign_messages_get_one_answer_and_do_nothing(
    engine: Engine, world: World, sender: Sender, sent: tuple[str, str]
) -> None:
    number, referral = sent
    told: dict[str, Json] = {"referral": referral, "audience": "shared", "words": "Free."}
    before = events(engine, number)
    with transaction(engine) as db:
        lead = world.actor(db, "provider_lead")
        ended = open_incoming(sender.app, db, world)
        end_incoming(db, lead, ended.incoming, new_request())
        closed = open_incoming(sender.app, db, world)
        end_service_account(db, lead, closed.account, new_request())
    nobody = Sender(sender.app, "00000000-0000-4000-8000-000000000000", sender.secret, "")
    answers = [
        sender.send("message.write", signature="v1,AAAA", **told),
        sender.send("message.write", late=timedelta(minutes=6), **told),
        sender.send("message.write", late=-timedelta(minutes=6), **told),
        sender.send("message.write", id="with.dot", **told),
        sender.knowing(ended.secret).send("message.write", **told),
        nobody.send("message.write", **told),
        ended.send("message.write", **told),
        closed.send("message.write", **told),
        sender.app.test_client().post(f"/hooks/in/{sender.incoming}", data=b"{}"),
    ]
    said = [{name: value for name, value in (got.json or {}).items() if name != "request_id"} for got in answers]
    assert [got.status_code for got in answers] == [401] * len(answers)
    assert all(one == said[0] for one in said)
    assert (events(engine, number), rows(engine)) == (before, [])


def test_a_new_secret_and_the_one_before_are_good_for_a_day_and_no_older_one(
    app: Flask, engine: Engine, world: World, sender: Sender, sent: tuple[str, str]
) -> None:
    _, referral = sent
    told: dict[str, Json] = {"referral": referral, "audience": "shared"}
    box = app.extensions["casework.secret_box"]
    secrets = [sender.secret]
    for _ in range(2):
        with transaction(engine) as db:
            done = rotate_incoming(db, world.actor(db, "provider_lead"), box, sender.incoming, new_request())
            secrets.append(done.answer["secret"])
    statuses = [
        sender.knowing(one).send("message.write", words=f"Words {n}.", **told).status_code
        for n, one in enumerate(secrets)
    ]
    assert statuses == [401, 201, 201]
    with transaction(engine) as db:
        db.execute(text("UPDATE incoming_webhooks SET former_until = now() - interval '1 second'"))
    assert sender.knowing(secrets[1]).send("message.write", words="Late.", **told).status_code == 401
    assert sender.knowing(secrets[2]).send("message.write", words="New.", **told).status_code == 201


def test_what_comes_too_early_is_refused_and_done_when_it_comes_again(
    engine: Engine, world: World, sender: Sender, sent: tuple[str, str]
) -> None:
    number, referral = sent
    accept = acceptance(world, engine, referral)
    seen = accept["revision"]
    asks: dict[str, Json] = {"id": "second", "referral": referral, "data": {"items": "Where is the boiler?"}}
    # By the revision that it names it follows the acceptance, which has not come yet.
    early = sender.send("referral.ask_info", revision=seen + 1, **asks)
    assert (early.status_code, early.json and early.json["code"]) == (412, "case_has_moved")
    first = sender.send("referral.accept", id="first", case=number, reference="LIMS-4711", **accept)
    assert first.status_code == 200, first.json
    stale = sender.send("referral.accept", id="third", referral=referral, **accept)
    assert stale.status_code == 412
    again = sender.send("referral.ask_info", revision=seen + 1, **asks)
    assert again.status_code == 200, again.json
    assert ("done", 200, "", 1) in rows(engine)
    assert list(verify_all(engine)) == []


def test_the_same_id_with_another_body_is_refused(engine: Engine, sender: Sender, sent: tuple[str, str]) -> None:
    number, referral = sent
    told: dict[str, Json] = {"id": "msg_1", "referral": referral, "audience": "shared"}
    assert sender.send("message.write", words="One.", **told).status_code == 201
    before = events(engine, number)
    other = sender.send("message.write", words="Two.", **told)
    assert (other.status_code, other.json and other.json["code"]) == (422, "key_reused")
    assert events(engine, number) == before


def test_a_reference_names_the_referral_from_then_on_and_no_other(
    engine: Engine, world: World, sender: Sender, sent: tuple[str, str]
) -> None:
    number, referral = sent
    told: dict[str, Json] = {"audience": "shared"}
    assert sender.send("message.write", case=number, reference="LIMS-1", words="One.", **told).status_code == 201
    assert sender.send("message.write", reference="LIMS-1", words="Two.", **told).status_code == 201
    with transaction(engine) as db:
        _, second = to_referral(world, db, match=1)
    taken = sender.send("message.write", referral=second, reference="LIMS-1", words="Three.", **told)
    assert (taken.status_code, list((taken.json or {})["fields"])) == (422, ["reference"])
    unknown = sender.send("message.write", reference="LIMS-2", words="Four.", **told)
    foreign = sender.send("message.write", case="TT-1999-0001", words="Five.", **told)
    assert [unknown.status_code, foreign.status_code] == [404, 404]


def test_an_account_does_no_more_by_message_than_it_could_over_the_api(
    app: Flask, engine: Engine, world: World, sender: Sender
) -> None:
    with transaction(engine) as db:
        number, referral, banks = to_both(world, db)
        reader = open_incoming(app, db, world, scopes=("referrals.read",))
    told: dict[str, Json] = {"audience": "shared", "words": "Free."}
    before = events(engine, number)
    answers = [
        reader.send("message.write", referral=referral, **told),
        sender.send("referral.supply_info", referral=referral, revision=1, data={}),
        sender.send("message.write", referral=banks, **told),
        sender.send("message.write", referral="00000000-0000-4000-8000-000000000000", **told),
        sender.send("message.write", referral=referral, audience="internal", words="Free."),
    ]
    assert [got.status_code for got in answers] == [403, 409, 404, 404, 422]
    foreign, nothing = (got.json or {} for got in answers[2:4])
    assert foreign["detail"] == nothing["detail"]
    assert events(engine, number) == before
    # The case has another provider's referral, too: by its number each means its own.
    assert sender.send("message.write", case=number, **told).status_code == 201
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 422),
        (b"{", 400),
        (b'{"type": 1}', 422),
        (b'{"type": "case.close", "data": {}}', 422),
        (b'{"type": "receipt.sign", "data": {"referral": 7}}', 422),
        (b'{"type": "receipt.sign", "more": 1, "data": {}}', 422),
        (b'{"type": "receipt.sign", "data": {}}', 422),
        (b'{"type": "receipt.sign", "data": {"referral": "x"}}', 404),
        (b'{"type": "referral.accept", "data": {"referral": "x", "revision": true}}', 422),
        (b"[" * 40_000, 400),
        (b'{"type": "receipt.sign", "type": "receipt.sign"}', 400),
        (b" " * (MOST_BYTES + 1), 413),
    ],
)
def test_what_is_signed_and_means_nothing_is_refused_and_listed(
    engine: Engine, sender: Sender, body: bytes, status: int
) -> None:
    assert sender.send("", id="msg_odd", body=body).status_code == status
    assert [row[:2] for row in rows(engine)] == ([("refused", status)] if status != 413 else [])


def test_every_message_is_a_route_that_a_service_account_may_ask_for() -> None:
    assert all(route.method == "POST" and route.takes is None for route in DEEDS.values())


def test_long_ago_is_forgotten_but_for_what_names_a_referral(
    engine: Engine, sender: Sender, sent: tuple[str, str]
) -> None:
    number, referral = sent
    told: dict[str, Json] = {"referral": referral, "audience": "shared"}
    sender.send("message.write", id="plain", words="One.", **told)
    sender.send("message.write", id="named", words="Two.", reference="LIMS-1", **told)
    with transaction(engine) as db:
        db.execute(text("UPDATE incoming_messages SET last_at = last_at - interval '91 days'"))
        assert incoming_webhooks.forget_messages(db) == 1
    before = events(engine, number)
    # Its key is still known, and with it that it was done.
    assert sender.send("message.write", id="plain", words="One.", **told).status_code == 201
    assert events(engine, number) == before
