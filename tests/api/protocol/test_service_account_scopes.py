"""Which route asks a service account for which scope: every route is decided about, and every scope opens its own alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import Engine

from casework.api import ROUTES
from casework.api.protocol.service_account_scopes import BY_TRANSITION, EVERY, FOR_PEOPLE, TABLE, scope_of
from casework.definitions import load_library
from casework.operations.integrations import service_account_scopes as scopes
from casework.operations.integrations import service_accounts
from casework.operations.integrations.service_account_scopes import NONE, SCOPES, scope_of_transition
from casework.operations.integrations.service_accounts import create_service_account
from casework.permissions.actors import PROVIDER_ROLES
from casework.records.database import transaction
from tests.security.authorization_api import TABLE as ROWS
from tests.security.authorization_rows import Row
from tests.support.api_client import Answer, Client
from tests.support.world import World, new_request

#: Where an id stands in a path, one that names nothing; the actions of every route then end before they begin.
ABSENT = "00000000-0000-4000-8000-000000000000"
DECIDED = {f"{route.method} {route.path}" for route in ROUTES}


def test_every_route_is_decided_about() -> None:
    for route in ROUTES:
        scope = scope_of(route.method, route.path, {"transition": "deliver"})
        assert scope in {NONE, EVERY, *SCOPES}, route.path


def test_nothing_is_decided_about_that_is_not_served() -> None:
    assert set(TABLE) <= DECIDED
    assert {path.split("/")[1] for path in (one.split()[1] for one in DECIDED)} >= FOR_PEOPLE


def test_every_transition_of_a_referral_by_a_provider_is_decided_about() -> None:
    assert {name: scope_of_transition(name) for name in _theirs()} == {
        "accept": "referrals.answer",
        "decline": "referrals.answer",
        "ask_info": "referrals.ask",
        "ask_extension": "referrals.ask",
        "start": "referrals.deliver",
        "deliver_part": "referrals.deliver",
        "deliver": "referrals.deliver",
        "redeliver": "referrals.deliver",
        "give_up": "referrals.deliver",
        # A conflict of interest is a person's, and who works on a referral is the lead's to say.
        "declare_conflict": NONE,
        "name_other_person": NONE,
        "change_person": NONE,
    }


def test_what_editions_do_not_agree_on_is_for_people_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    library = load_library()
    newest = library.latest("referral")
    assert newest is not None
    rules = tuple(replace(rule, scope="people") if rule.name == "accept" else rule for rule in newest.transitions)
    stricter = SimpleNamespace(part=newest.part, transitions=rules)
    monkeypatch.setattr(scopes, "load_library", lambda: SimpleNamespace(editions={"a": newest, "b": stricter}))
    assert scopes.scope_of_transition("accept") == NONE
    assert scopes.scope_of_transition("decline") == "referrals.answer"


def _theirs() -> list[str]:
    edition = load_library().latest("referral")
    assert edition is not None
    return [rule.name for rule in edition.transitions if set(rule.by_people) & PROVIDER_ROLES]


def test_no_transition_that_takes_two_persons_is_a_service_accounts() -> None:
    two = {
        (edition.workflow, rule.name)
        for edition in load_library().editions.values()
        for rule in edition.transitions
        if set(rule.by_people) & PROVIDER_ROLES and (rule.confirm_by or rule.not_by)
    }
    assert two == set()


@pytest.fixture
def tokens(engine: Engine, world: World) -> Mapping[str, str]:
    """A service account of the lab for each scope, with that one alone."""
    made = {}
    for scope in SCOPES:
        with transaction(engine) as db:
            made[scope] = create_service_account(
                db,
                world.actor(db, "provider_lead"),
                organisation=world.organisations["lab"],
                name=scope,
                scopes=[scope],
                days=1,
                request=new_request(),
            ).answer["token"]
    return made


def test_each_scope_opens_its_own_routes_alone(
    app: Flask, tokens: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # There are more routes than an account may ask for within a minute.
    monkeypatch.setattr(service_accounts, "MOST_A_MINUTE", 10_000)
    wrong = []
    for row in ROWS:
        if row.open:
            continue
        for transition in _theirs() if "{transition}" in row.path and row.path.startswith("/referrals") else ("send",):
            for scope, token in tokens.items():
                wanted = scope_of(row.method, row.path, {"transition": transition})
                answer = ask(Client(app.test_client(), token), row, transition)
                said = str((answer.json or {}).get("detail", ""))
                if wanted == NONE:
                    right = answer.status_code == 403 and "no scope of a service account covers this" in said
                elif wanted in (EVERY, scope):
                    right = "scope" not in said and answer.status_code < 500
                else:
                    right = answer.status_code == 403 and f"lacks the scope {wanted}." in said
                if not right:
                    wrong.append(f"{row.name} {transition} with {scope}: {answer.status_code} {said}")
    assert not wrong, "\n".join(wrong)


def ask(client: Client, row: Row, transition: str) -> Answer:
    path = re.sub(r"\{(\w+)\}", lambda found: transition if found[1] == "transition" else ABSENT, row.path)
    if row.method == "GET":
        return client.get(path)
    return client.post(path + row.query, {}, if_match=1)


def test_by_transition_is_asked_for_where_a_transition_is() -> None:
    assert {path for path, scope in TABLE.items() if scope == BY_TRANSITION} == {
        path for path in TABLE if path.endswith("{transition}")
    }
