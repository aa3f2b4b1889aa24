"""Webhooks by real connections: who is told what, signed so that a receiver can tell, and never at a door inside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, text
from standardwebhooks import Webhook, WebhookVerificationError

from casework.errors import InvalidForm, NotFound, Refused
from casework.jobs.dispatcher import _NOT_ON_THE_WAY, MOST
from casework.jobs.job_functions import hook_checkpoints, tell
from casework.jobs.job_registry import Hands
from casework.jobs.webhook_client import Unreachable, deliver
from casework.jobs.webhook_sender import hook
from casework.operations.cases.case_links import end_case_link, link_cases
from casework.operations.core import outbox
from casework.operations.core.perform import home_of
from casework.operations.documents.key_material import secret_box_of
from casework.operations.integrations import webhook_signatures, webhooks
from casework.operations.integrations.ssrf_guard import Forbidden, inside_of
from casework.operations.integrations.webhooks import Message
from casework.operations.mediations.service import open_mediation
from casework.operations.people import registry
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from casework.records.event_log import read_events
from casework.settings import Settings
from tests.jobs.receiver import Got, Receiver, receiver
from tests.operations.integrations.test_ssrf_guard import ADDRESSES, FORMS
from tests.support.way_to_referral import to_referral
from tests.support.world import World, build_world, new_request


def verify(got: Got, secret: str) -> bool:
    """What a receiver does, written from the standard alone."""
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in got.headers["webhook-signature"].split(" ")


@dataclass
class Site:
    """A world whose lab has a system of its own; `run` does what a worker's jobs do, here in this process."""

    engine: Engine
    settings: Settings
    world: World
    box: Receiver
    endpoint: str = ""
    secret: str = ""

    def lead(self, action: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """Do something as the lab's lead."""
        with transaction(self.engine) as db:
            return action(db, self.world.actor(db, "provider_lead"), *given, **more)

    def create(self, url: str, organisation: str = "lab", checkpoints: bool = False) -> dict[str, Any]:
        done = self.lead(
            webhooks.create_endpoint,
            secret_box_of(self.settings),
            organisation=self.world.organisations[organisation],
            url=url,
            inside=inside_of(self.settings.webhook_inside),
            checkpoints=checkpoints,
            request=new_request(),
        )
        return dict(done.answer)

    def run(self, later: int = 0) -> None:
        settings = self.settings.model_copy(update={"clock_offset": later})
        engine = connect_engine(settings)
        hands = Hands(engine, settings)
        tell(hands)
        hook_checkpoints(hands)
        with transaction(engine) as db:
            due = outbox.list_due(
                db, webhooks.MESSAGES, but=_NOT_ON_THE_WAY.format(prefix="hook", id="m.id"), most=MOST
            )
        for message, _ in due:
            hook(hands, message)
        engine.dispose()

    def referral(self) -> tuple[str, str]:
        with transaction(self.engine) as db:
            return to_referral(self.world, db)

    def states(self) -> list[str]:
        return [one.state for one in self.lead(webhooks.list_messages, self.endpoint).items]


@pytest.fixture
def site(engine: Engine, settings: Settings) -> Iterator[Site]:
    with transaction(engine) as db:
        world = build_world(db)
    with receiver() as box:
        made = Site(engine, settings.model_copy(update={"webhook_inside": f"127.0.0.1:{box.port}"}), world, box)
        answer = made.create(box.url)
        made.endpoint, made.secret = answer["id"], answer["secret"]
        yield made


# --- what is said, and to whom ---------------------------------------------------------------------------------------


def test_a_provider_is_told_what_moves_in_its_referrals_in_ids_and_states(site: Site) -> None:
    _, referral = site.referral()
    site.run()
    (got,) = site.box.got
    told = json.loads(got.body)
    assert told["type"] == "referral.send"
    assert told["data"] == {
        "referral": referral,
        "track": referral,
        "workflow": "referral",
        "from": ["draft"],
        "to": ["sent"],
    }
    assert set(told) == {"type", "timestamp", "data"}
    assert site.states() == ["delivered"]
    site.run()
    assert len(site.box.got) == 1


def test_nothing_confidential_is_in_a_message(site: Site) -> None:
    number, _ = site.referral()
    site.run()
    said = "".join(str(one) for one in site.box.got)
    with transaction(site.engine) as db:
        secrets = db.execute(
            text(
                "SELECT title FROM cases UNION SELECT name FROM organisations UNION SELECT name FROM people UNION SELECT title FROM needs"
            )
        ).scalars()
        assert [one for one in (number, *secrets) if one and one in said] == []


def test_what_is_drafted_and_what_goes_to_others_is_not_told(site: Site) -> None:
    with transaction(site.engine) as db:
        number, _ = to_referral(site.world, db, more_plan={"pledge": "bank"})
        site.world.send(db, number, site.world.referral(db, number, "pledge"), "pledge")
        site.world.fire(
            db,
            "officer",
            number,
            "hold",
            {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "A vote."},
        )
    site.run()
    assert [json.loads(one.body)["type"] for one in site.box.got] == ["referral.send"]


def test_what_moved_before_the_sending_is_not_told_however_late(site: Site) -> None:
    number, _ = site.referral()
    with transaction(site.engine) as db:
        log = home_of(db, number)
        case, events = load(db, log, "case"), read_events(db, log)
        sending = next(event for event in events if event.effects.get("transition") == "send")
        before = replace(sending, at=sending.at - timedelta(microseconds=1))
        webhooks.queue_message(db, case, before, before.at)
        assert site.states() == []
        webhooks.queue_message(db, case, sending, sending.at)
    assert site.states() == ["queued"]


def test_a_sealed_mediation_that_is_opened_is_told_to_no_system(site: Site) -> None:
    with transaction(site.engine) as db:
        number = site.world.new_case(db)
        site.world.fire(db, "officer", number, "take")
        open_mediation(db, site.world.actor(db, "dispute_officer"), number, new_request())
    site.run()
    assert site.box.got == []


def test_a_link_between_cases_is_told_to_no_system(site: Site) -> None:
    """Neither that there is one nor, with what moves afterwards, to which case."""
    number, referral = site.referral()
    site.run()
    told = len(site.box.got)
    with transaction(site.engine) as db:
        other, officer = site.world.new_case(db), site.world.actor(db, "officer")
        link_cases(db, officer, number, other=other, kind="related", revision=None, request=new_request())
    site.run()
    assert len(site.box.got) == told
    with transaction(site.engine) as db:
        site.world.accept(db, number, referral)
        (link,) = load(db, home_of(db, number), "case").related
        actor = site.world.actor(db, "officer")
        end_case_link(db, actor, number, link, reason="Mixed up.", revision=None, request=new_request())
        ids = [other, home_of(db, other), link]
    site.run()
    assert len(site.box.got) > told
    said = repr(site.box.got)
    assert [id for id in ids if id in said] == []


# --- signatures --------------------------------------------------------------------------------------------------------


def test_a_receiver_tells_ours_from_a_forgery(site: Site) -> None:
    site.referral()
    site.run()
    (got,) = site.box.got
    assert verify(got, site.secret)
    assert not verify(got, webhook_signatures.new_secret())
    assert not verify(Got(got.path, got.headers, got.body + b" "), site.secret)
    assert not verify(Got(got.path, {**got.headers, "webhook-timestamp": "1"}, got.body), site.secret)


def test_a_receiver_verifies_with_the_library_as_the_documentation_says(site: Site) -> None:
    secret = site.lead(webhooks.rotate_secret, secret_box_of(site.settings), site.endpoint, new_request()).answer[
        "secret"
    ]
    site.referral()
    site.run()
    (got,) = site.box.got
    for either in (site.secret, secret):
        assert Webhook(either).verify(got.body, dict(got.headers))["type"] == "referral.send"
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook_signatures.new_secret()).verify(got.body, dict(got.headers))


def test_after_a_rotation_both_secrets_sign_for_a_day_and_then_the_new_one_alone(site: Site) -> None:
    new = site.lead(webhooks.rotate_secret, secret_box_of(site.settings), site.endpoint, new_request()).answer["secret"]
    site.referral()
    site.run()
    assert verify(site.box.got[0], site.secret)
    assert verify(site.box.got[0], new)
    message = site.lead(webhooks.list_messages, site.endpoint).items[0].id
    site.lead(webhooks.replay_message, message, new_request())
    site.run(later=86_401)
    assert not verify(site.box.got[1], site.secret)
    assert verify(site.box.got[1], new)


def test_a_secret_is_shown_once_and_lies_sealed(site: Site) -> None:
    assert site.secret.startswith("whsec_")
    assert site.secret not in str(site.lead(webhooks.list_endpoints))
    with transaction(site.engine) as db:
        kept = db.execute(text("SELECT secret FROM webhook_endpoints")).scalar_one()
        answers = str(db.execute(text("SELECT answer FROM requests")).scalars().all())
    assert site.secret.encode() not in bytes(kept)
    assert site.secret not in answers


# --- receivers with faults -----------------------------------------------------------------------------------------------


def test_a_receiver_that_fails_is_asked_again_later_under_the_same_id(site: Site) -> None:
    site.box.statuses = [500, 503, 302]
    site.box.location = f"http://127.0.0.1:{site.box.port}/elsewhere"
    site.referral()
    for later in (0, 10, 400, 3000):
        site.run(later)
    assert [one.path for one in site.box.got] == ["/hook"] * 4
    assert len({one.headers["webhook-id"] for one in site.box.got}) == 1
    assert site.states() == ["delivered"]
    tries = site.lead(webhooks.list_messages, site.endpoint).items[0].tries
    assert [one["what"] for one in tries] == ["answered 500", "answered 503", "answered 302", "answered 204"]


def test_it_rests_between_attempts(site: Site) -> None:
    site.box.statuses = [500, 500]
    site.referral()
    for later in (0, 1, 6, 60):
        site.run(later)
    assert len(site.box.got) == 2


def test_what_is_never_taken_is_given_up_and_may_be_sent_once_more(site: Site) -> None:
    site.box.statuses = [500] * 10
    site.referral()
    for n in range(12):
        site.run(later=n * 100_000)
    assert len(site.box.got) == 10
    assert site.states() == ["failed"]
    message = site.lead(webhooks.list_messages, site.endpoint).items[0].id
    site.lead(webhooks.replay_message, message, new_request())
    with pytest.raises(Refused):
        site.lead(webhooks.replay_message, message, new_request())
    site.run(later=1_300_000)
    assert site.states() == ["delivered"]


def test_a_receiver_that_is_gone_is_left_alone(site: Site) -> None:
    site.box.statuses = [410]
    site.referral()
    site.run()
    assert site.lead(webhooks.list_endpoints).items[0].ended_at is not None
    site.referral()
    site.run()
    assert len(site.box.got) == 1


def test_what_was_queued_for_an_ended_endpoint_is_not_sent(site: Site) -> None:
    site.referral()
    tell(Hands(site.engine, site.settings))
    site.lead(webhooks.end_endpoint, site.endpoint, new_request())
    site.run()
    assert site.box.got == []
    assert site.states() == ["cancelled"]


def _message(url: str) -> Message:
    return Message("msg_1", url, "{}", 1, "v1,x")


def test_a_receiver_that_says_nothing_is_left_after_five_seconds(site: Site) -> None:
    site.box.pause_s = 8
    with pytest.raises(Unreachable):
        deliver(_message(site.box.url), inside_of(site.settings.webhook_inside))


def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        sent: list[int] = []

        def pour() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    while len(sent) < 10_000:
                        sent.append(connection.send(b"x" * 4096))
                except OSError:
                    pass

        thread = threading.Thread(target=pour, daemon=True)
        thread.start()
        with pytest.raises(Unreachable):
            deliver(_message(f"http://127.0.0.1:{port}/"), frozenset({f"127.0.0.1:{port}"}))
        thread.join(timeout=10)
        assert len(sent) < 10_000


# --- doors inside ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def doors() -> Iterator[list[str]]:
    """Listeners on this machine, at the ports that may be asked for; they note who knocks."""
    knocked: list[str] = []
    listeners = []
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        for port in (443, 8443, 80):
            try:
                listeners.append(socket.create_server((address, port), family=family))
            except OSError:
                continue
    assert listeners, "this machine lets nobody listen; run the tests as root, or allow low ports"
    stop = threading.Event()

    def watch(listener: socket.socket) -> None:
        listener.settimeout(0.05)
        while not stop.is_set():
            try:
                connection, peer = listener.accept()
            except TimeoutError:
                continue
            knocked.append(f"{peer} at {listener.getsockname()}")
            connection.close()

    threads = [threading.Thread(target=watch, args=(one,), daemon=True) for one in listeners]
    for thread in threads:
        thread.start()
    yield knocked
    stop.set()
    for thread in threads:
        thread.join()
    for one in listeners:
        one.close()


def test_no_form_of_an_address_opens_a_connection(site: Site, doors: list[str]) -> None:
    for url in FORMS:
        with pytest.raises(InvalidForm):
            site.create(url)
        # Nor where it got into the table by some other way.
        with pytest.raises(Forbidden):
            deliver(_message(url), frozenset())
    assert doors == []


def _resolved_to(address: str, host: str, port: int) -> list[str]:
    """What a name server answers that leads a name to this address."""
    return [address]


def test_no_name_that_leads_inside_opens_a_connection(doors: list[str]) -> None:
    for address in ADDRESSES:
        with pytest.raises(Forbidden):
            deliver(_message("https://rebound.example/"), frozenset(), look_up=partial(_resolved_to, address))
    assert doors == []


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(doors: list[str]) -> None:
    asked = []

    def changing(host: str, port: int) -> list[str]:
        asked.append(host)
        # A public address that nobody answers at, then this machine.
        return ["192.88.99.1"] if len(asked) == 1 else ["127.0.0.1"]

    with pytest.raises((Unreachable, Forbidden)):
        deliver(_message("https://rebound.example/"), frozenset(), look_up=changing)
    assert asked == ["rebound.example"]
    assert doors == []


def test_the_doors_notice_who_knocks(doors: list[str]) -> None:
    for port in (443, 8443, 80):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as knocking:
                knocking.recv(1)
        except OSError:
            continue
    assert doors


# --- whose it is ---------------------------------------------------------------------------------------------------------


def test_only_the_lead_of_the_organisation_names_endpoints(site: Site) -> None:
    with pytest.raises(NotFound):
        site.create("https://lab.example/", organisation="bank")
    with transaction(site.engine) as db:
        for name in ("provider", "officer", "administrator", "foreign_provider"):
            with pytest.raises(NotFound):
                webhooks.list_endpoints(db, site.world.actor(db, name))


def test_a_lead_of_another_organisation_finds_nothing_here(site: Site) -> None:
    with transaction(site.engine) as db:
        registry.grant_role(
            db, site.world.people["foreign_provider"], "provider_lead", organisation=site.world.organisations["bank"]
        )
        other = site.world.actor(db, "foreign_provider")
        assert webhooks.list_endpoints(db, other).items == []
        for action in (
            lambda: webhooks.list_messages(db, other, site.endpoint),
            lambda: webhooks.end_endpoint(db, other, site.endpoint, new_request()),
            lambda: webhooks.rotate_secret(db, other, secret_box_of(site.settings), site.endpoint, new_request()),
        ):
            with pytest.raises(NotFound):
                action()


# --- at least once -----------------------------------------------------------------------------------------------------


def test_a_message_that_may_have_come_before_says_so(site: Site) -> None:
    """A worker that dies after it has sent and before it has noted that leaves an attempt whose end nobody knows."""
    site.referral()
    tell(Hands(site.engine, site.settings))
    with transaction(site.engine) as db:
        ((message, _),) = outbox.list_due(db, webhooks.MESSAGES, but="true", most=MOST)
        assert webhooks.prepare(db, message, secret_box_of(site.settings)) is not None
    hook(Hands(site.engine, site.settings), message)
    (got,) = site.box.got
    assert got.headers["casework-repeat"] == "maybe"
    (told,) = site.lead(webhooks.list_messages, site.endpoint).items
    assert [one["what"] for one in told.tries] == ["begun, and its end is not known", "answered 204"]


def test_a_message_that_failed_in_a_known_way_is_no_repeat(site: Site) -> None:
    site.box.statuses = [503]
    site.referral()
    site.run()
    site.run(later=60)
    assert ["casework-repeat" in one.headers for one in site.box.got] == [False, False]
    (told,) = site.lead(webhooks.list_messages, site.endpoint).items
    assert [one["what"] for one in told.tries] == ["answered 503", "answered 204"]
