"""A provider's own system with a service account: it answers, asks, hands in and delivers over HTTP, told by signed webhooks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, text
from werkzeug.serving import make_server

from casework.jobs.dispatcher import _NOT_ON_THE_WAY, MOST
from casework.jobs.job_functions import tell
from casework.jobs.job_registry import Hands
from casework.jobs.webhook_sender import hook
from casework.operations.core import outbox
from casework.operations.integrations import webhooks
from casework.operations.integrations.service_account_scopes import SCOPES
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.settings import Settings
from casework.web.app import create_app
from tests.jobs.receiver import Receiver, receiver
from tests.jobs.test_webhooks import verify
from tests.journeys.api_hand import ApiHand
from tests.journeys.client import Client, Document, RefusedError
from tests.support.file_makers import PDF
from tests.support.way_to_referral import to_referral
from tests.support.world import World, build_world

Json = Any


@dataclass
class House:
    """A server that runs, the people of the office, and the provider's own system with what it is told."""

    engine: Engine
    settings: Settings
    world: World
    document: Document
    box: Receiver
    people: dict[str, Client]
    secret: str = ""
    #: Types of the messages that have come, in order.
    told: list[str] = field(default_factory=list)

    @property
    def system(self) -> Client:
        return self.people["system"]

    def account(self, *scopes: str) -> tuple[str, Client]:
        body = {
            "organisation": self.world.organisations["lab"],
            "name": "LIMS",
            "scopes": list(scopes or SCOPES),
            "days": 30,
        }
        made = self.people["lead"].ask("create_service_account", body=body).json
        return made["id"], Client(self.document, made["token"])

    def listen(self) -> None:
        """What a worker does; every message must bear a signature that holds."""
        hands = Hands(self.engine, self.settings)
        tell(hands)
        with transaction(self.engine) as db:
            due = outbox.list_due(
                db, webhooks.MESSAGES, but=_NOT_ON_THE_WAY.format(prefix="hook", id="m.id"), most=MOST
            )
        for message, _ in due:
            hook(hands, message)
        assert all(verify(got, self.secret) for got in self.box.got)
        self.told += [json.loads(got.body)["type"] for got in self.box.got]
        self.box.got.clear()

    def hand_in(self, referral: str, title: str) -> str:
        """A document with its file; the bytes go as they are."""
        entered = self.system.ask(
            "enter_referral_document", referral=referral, body={"title": title, "kind": "report"}
        ).json
        sent = {"Idempotency-Key": entered["id"], "Content-Type": "application/octet-stream"}
        url = f"{self.document.root}/documents/{entered['id']}/versions"
        filed = self.system.session.post(url, params={"name": "report.pdf"}, data=PDF, headers=sent, timeout=60)
        assert filed.status_code == 201, filed.text
        return str(entered["id"])


@pytest.fixture
def house(engine: Engine, settings: Settings, tmp_path: Path) -> Iterator[House]:
    with transaction(engine) as db:
        world = build_world(db)
    with receiver() as box:
        ours = settings.model_copy(update={"webhook_inside": f"127.0.0.1:{box.port}"})
        app = create_app(ours)
        listening = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        document = Document(f"http://127.0.0.1:{listening.server_port}")
        names = {"officer": "officer", "supervisor": "supervisor", "auditor": "auditor", "lead": "provider_lead"}
        people = {name: Client(document, world.tokens[one]) for name, one in names.items()}
        made = House(engine, ours, world, document, box, people)
        made.people["system"] = made.account()[1]
        body = {"organisation": world.organisations["lab"], "url": box.url}
        made.secret = made.system.ask("create_webhook", body=body).json["secret"]
        yield made
        listening.shutdown()
        thread.join()
        listening.server_close()
        app.extensions["casework"].dispose()


@pytest.fixture
def sent(house: House) -> tuple[str, str]:
    """A case with a referral that the lab was just sent: (number, referral)."""
    with transaction(house.engine) as db:
        return to_referral(house.world, db)


def test_a_referral_from_offer_to_approval_by_the_providers_own_system(house: House, sent: tuple[str, str]) -> None:
    number, referral = sent
    hand = ApiHand(house.people, number)
    house.listen()
    assert [one["id"] for one in house.system.pages("list_referrals")] == [referral]
    hand.do("system", "referral:assessment.ask_info")
    hand.do("officer", "referral:assessment.supply_info", answer="At the works.")
    charge = next(
        one["id"]
        for one in house.system.pages("list_people")
        if any(held["role"] == "provider" for held in one["memberships"])
    )
    hand.do("system", "referral:assessment.accept", person=charge)
    report = house.hand_in(referral, "Assessment report")
    for step in ("admit", "engage", "fix_plan", "data_enough", "panel_done", "send_draft"):
        work(hand, f"assessment.{step}", report)
    hand.do("officer", "assessment.comments_in")
    work(hand, "assessment.issue_pass", report)
    work(hand, "referral:assessment.deliver", report)
    hand.do("officer", "referral:assessment.approve", rating="5")
    house.listen()
    assert house.told[:4] == ["referral.send", "referral.ask_info", "referral.supply_info", "referral.accept"]
    assert house.told[-2:] == ["referral.deliver", "referral.approve"]
    mine = [one for one in hand.history("auditor") if one["actor"]["name"] == "LIMS (system of Haidian Assessment Lab)"]
    assert {"ask_info", "accept", "issue_pass", "deliver"} <= {one["what"] for one in mine}
    assert list(verify_all(house.engine)) == []


def work(hand: ApiHand, name: str, report: str) -> None:
    """A step of the system's, with its report where the form asks for documents of whatever kind."""
    form = hand.chance("system", name).action["form"] or []
    asked = [one["name"] for one in form if one["type"] == "documents" and not one.get("kinds")]
    hand.do("system", name, **dict.fromkeys(asked, [report]))


def test_with_fewer_scopes_each_action_says_which_one_is_missing(house: House, sent: tuple[str, str]) -> None:
    number, _ = sent
    hand = ApiHand(house.people | {"system": house.account("referrals.read")[1]}, number)
    for transition, scope in (("accept", "referrals.answer"), ("ask_info", "referrals.ask")):
        chance = hand.chance("system", f"referral:assessment.{transition}")
        with pytest.raises(RefusedError) as told:
            hand.send("system", chance, {})
        assert told.value.answer.status == 403
        assert f"lacks the scope {scope}." in told.value.answer.json["detail"]


@pytest.mark.parametrize(
    "operation", ["list_tokens", "list_sessions", "list_service_accounts", "list_cases", "list_invitations"]
)
def test_nothing_of_people_is_a_systems(house: House, operation: str) -> None:
    with pytest.raises(RefusedError) as told:
        house.system.ask(operation)
    assert told.value.answer.status == 403


def test_a_system_is_in_charge_of_nothing(house: House, sent: tuple[str, str]) -> None:
    hand = ApiHand(house.people, sent[0])
    with pytest.raises(RefusedError) as told:
        hand.do("system", "referral:assessment.accept", person=house.system.me["id"])
    assert "person" in told.value.answer.json["fields"]


def test_what_was_sent_twice_under_one_key_is_done_once(house: House, sent: tuple[str, str]) -> None:
    hand = ApiHand(house.people, sent[0])
    chance = hand.chance("system", "referral:assessment.ask_info")
    data = hand.fill("system", chance, {})
    first, second = (hand.send("system", chance, data, key="the-same-key") for _ in range(2))
    assert (first.json, second.headers["Idempotency-Replayed"]) == (second.json, "true")


def test_an_account_that_is_ended_is_out_at_once(house: House, sent: tuple[str, str]) -> None:
    id, system = house.account("referrals.read")
    assert list(system.pages("list_referrals"))
    house.people["lead"].ask("end_service_account", account=id)
    with pytest.raises(RefusedError) as told:
        system.ask("list_referrals")
    assert told.value.answer.status == 401


def test_too_many_requests_of_one_account_are_put_off(house: House) -> None:
    id, system = house.account("referrals.read")
    with transaction(house.engine) as db:
        db.execute(
            text(
                "UPDATE service_accounts SET asked = 100000, minute = date_trunc('minute', casework_now()) WHERE id = CAST(:id AS uuid)"
            ),
            {"id": id},
        )
    answer = system.session.get(f"{house.document.root}/me", timeout=30)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert (
        requests.get(f"{house.document.root}/me", headers=house.system.session.headers, timeout=30).status_code == 200
    )
