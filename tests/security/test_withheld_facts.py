"""Two cases that differ in nothing but what their parties let no provider read: the provider is answered the same in both.

Asked by pages and by the API, to look and to act, from the acceptance of a request to what follows the application.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.cases.case_actions import register_document
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.security.outsiders import words_in
from tests.support.api_client import Client
from tests.support.way_to_referral import to_bank
from tests.support.web_client import Browser
from tests.support.world import FOR_THE_SHEET, World, new_request, today

#: Of the two cases what is withheld.
SAID: tuple[Mapping[str, Any], ...] = (
    {"amount": {"amount": "2411111.00", "currency": "CNY"}, "borrower": "need_owner", "pledgor": "technology_owner"},
    {"amount": {"amount": "7933333.00", "currency": "USD"}, "borrower": "technology_owner", "pledgor": "other"},
)
FIGURES = re.compile(r"2[,\s]?411[,\s]?111|7[,\s]?933[,\s]?333")
#: What is of each case alone, and no secret: ids and keys, moments and minutes gone by, numbers of the office.
_OWN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d{2}-\d{2}T[\d:.]+Z?|\b\d\d:\d\d(:\d\d)?\b|[\w.-]{24,}"
    r'|need-\d+|heat-pump-\d+|(?<=minutes": )\d+'
)
LOOKED_AT = ("/referrals/{r}", "/referrals/{r}/events", "/referrals/{r}/sheet", "/cases/{n}", "/cases/{n}/events")
OPENED = ("/referrals/{r}", "/referrals/{r}/sheet", "/cases/{n}", "/cases/{n}/history")


class Pair:
    """The two cases as the bank meets them."""

    def __init__(self, world: World, engine: Engine, browser: Browser, client: Client) -> None:
        self.world, self.engine, self.browser, self.client = world, engine, browser, client
        self.cases: list[tuple[str, str, str]] = []

    def fire(self, by: str, transition: str, *said: Mapping[str, Any]) -> None:
        for (number, _, loan), data in zip(self.cases, said * (2 // len(said)), strict=True):
            with transaction(self.engine) as db:
                self.world.fire(db, by, number, transition, dict(data), track=loan)

    def paper(self, which: int) -> str:
        """A paper of one of the cases, that neither party has to agree to."""
        number = self.cases[which][0]
        with transaction(self.engine) as db:
            actor = self.world.actor(db, "officer")
            done = register_document(
                db,
                actor,
                number,
                title="Accounts",
                kind="report",
                party=None,
                language=None,
                valid_until=None,
                revision=load(db, home_of(db, number), "case").revision,
                request=new_request(),
            )
        return str(done.answer["id"])

    def same(self, told: Callable[[Mapping[str, str]], str]) -> None:
        """The answer about the one is that about the other, and holds no figure."""
        answers = []
        for number, referral, loan in self.cases:
            answer = told({"n": number, "r": referral, "l": loan})
            assert not (found := FIGURES.search(answer)), (answer[max(0, found.start() - 300) : found.end()], told)
            answers.append(_OWN.sub("·", answer.replace(number, "·")))
        assert answers[0] == answers[1]

    def willing(self, willing: bool) -> None:
        """Whether the parties let the bank read of them on the case sheet."""
        with transaction(self.engine) as db:
            db.execute(text("UPDATE consents SET sheet = :willing"), {"willing": willing})

    def check_rights(self) -> None:
        """The bank's check of the register: of a right that it is told of, for it can name no other."""
        checked = {
            "pledgor": "technology_owner",
            "rights": [self.world.rights[0]],
            "owner_seen": True,
            "dispute": False,
            "co_owners": True,
            "twin": "none",
            "other": False,
            "checked_on": today().isoformat(),
        }
        self.willing(True)
        self.fire("foreign_provider", "eligible", checked)
        self.willing(False)

    def apply(self) -> None:
        """The office sends the two applications, each with what is withheld of it."""
        applied = {
            "rights": [self.world.rights[0]],
            "term_months": 36,
            "use": "To build the plant.",
            "lender": self.world.organisations["bank"],
        }
        said = (
            {"amount": one["amount"], "borrower": one["borrower"], "papers": [self.paper(n)]}
            for n, one in enumerate(SAID)
        )
        self.fire("officer", "apply", *({**applied, **one} for one in said))

    def sent(self, which: int, deed: str, data: Mapping[str, Any]) -> str:
        """What the bank is answered that does something in one of the cases, over the API."""
        number, referral, loan = self.cases[which]
        [service] = self.client.get(f"/referrals/{referral}").json["service"]
        path = f"/referrals/{referral}/transitions/{deed}"
        answer = self.client.post(path, {"track": loan, "data": data}, if_match=service["revision"])
        return _OWN.sub("·", self._text(answer).replace(number, "·"))

    def offered(self) -> list[str]:
        number, _, loan = self.cases[0]
        actions = self.client.get(f"/cases/{number}").json["actions"]
        return [action["transition"] for action in actions if action["track"] == loan and action["yours"]]

    def look(self) -> list[str]:
        """Ask for all that the bank reads of the two, and for each form that it is offered; send each form empty."""
        offered = self.offered()
        forms = [f"/referrals/{{r}}/{{l}}/{name}" for name in offered]
        answers = ["/referrals/{r}/{r}/send/correct", "/referrals/{r}/{l}/apply/correct"]
        for path in LOOKED_AT:
            self.same(partial(self._ask, self.client.get, path))
        for path in (*OPENED, *forms, *answers):
            self.same(partial(self._ask, self.browser.get, path))
        for path in forms:
            self.same(partial(self._ask, partial(self.browser.post, data={"revision": "0"}), path))
        for name in offered:
            self.same(partial(self._fire_empty, f"/referrals/{{r}}/transitions/{name}"))
        return offered

    def _ask(self, ask: Callable[[str], Any], path: str, ids: Mapping[str, str]) -> str:
        return self._text(ask(path.format_map(ids)))

    def _fire_empty(self, path: str, ids: Mapping[str, str]) -> str:
        return self._text(self.client.post(path.format_map(ids), {"track": ids["l"], "data": {}}, if_match=0))

    @staticmethod
    def _text(answer: Any) -> str:
        return f"{answer.status_code} {answer.text}"


@pytest.fixture
def pair(
    world: World,
    engine: Engine,
    browser_for: Callable[[str], Browser],
    client_for: Callable[[str | None], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> Pair:
    made = Pair(world, engine, browser_for("foreign_provider"), client_for("foreign_provider"))
    for said in SAID:
        monkeypatch.setitem(FOR_THE_SHEET, "pledge", dict(said))
        with transaction(engine) as db:
            made.cases.append(to_bank(world, db, willing=False))
    with transaction(engine) as db:
        db.execute(
            text("INSERT INTO right_owners VALUES (CAST(:r AS uuid), CAST(:o AS uuid), 100)"),
            {"r": world.rights[0], "o": world.organisations["technology_owner"]},
        )
    return made


#: What the record of the right may hold beside what it does, and what of it the register check asks or a refusal tells.
CHANGED = """
    UPDATE rights SET fee_paid_to = fee_paid_to - 1000, status = 'lapsed', kind = 'design', expires_on = expires_on - 5000,
    encumbrances = '[{"id": "0198c0de-0000-7000-8000-000000000001", "kind": "invalidation", "case": null, "from": "2026-01-01",
    "until": null, "to": null}, {"id": "0198c0de-0000-7000-8000-000000000002", "kind": "pledge", "case": null,
    "from": "2026-01-01", "until": null, "to": null}]'
"""
NOT_ELIGIBLE = "/referrals/{r}/transitions/not_eligible"


def test_a_right_that_is_kept_back_is_told_by_no_question_and_no_refusal(pair: Pair) -> None:
    number, referral, loan = pair.cases[0]
    ids = {"n": number, "r": referral, "l": loan}
    paths = (*OPENED, "/referrals/{r}/{l}/eligible", "/referrals/{r}/{l}/not_eligible")

    def told(which: int) -> list[str]:
        """All that the one case shows, and what comes of it where each point is said to fail."""
        shown = [_OWN.sub("·", pair._ask(ask, path, ids)) for path in LOOKED_AT for ask in (pair.client.get,)]
        shown += [_OWN.sub("·", pair._ask(pair.browser.get, path, ids)) for path in paths]
        case, above, track = pair.cases[which]
        data = {"track": track, "data": {"points": ["ended", "not_granted", "fee", "pledged"]}}
        [service] = pair.client.get(f"/referrals/{above}").json["service"]
        answer = pair.client.post(NOT_ELIGIBLE.format(r=above), data, if_match=service["revision"])
        return [*shown, _OWN.sub("·", pair._text(answer))]

    before = told(1)
    with transaction(pair.engine) as db:
        db.execute(text(CHANGED))
        db.execute(text("DELETE FROM right_owners"))
    assert told(0) == before


def addresses(app: Flask) -> list[str]:
    """Every page and every list that needs no id."""
    rules = (rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ()))
    return sorted({rule.rule for rule in rules if rule.endpoint != "static"})


def test_nobody_finds_in_a_form_what_the_case_sheet_withholds(pair: Pair, app: Flask) -> None:
    assert "eligible" in pair.look()
    pair.check_rights()
    assert "apply" in pair.look()
    pair.apply()
    assert "dd_done" in pair.look()
    number, referral, _ = pair.cases[0]
    right = pair.world.rights[0]
    for path in (f"/referrals/{referral}/events", f"/cases/{number}/events"):
        named = {one["what"]: one["data"].get("rights") for one in pair.client.get(path).json["items"]}
        # What its own people have named they go on reading; what the office has, as far as the sheet tells of it.
        assert (named["eligible"], named["apply"]) == ([right], [])
    pair.willing(True)
    named = {one["what"]: one["data"].get("rights") for one in pair.client.get(path).json["items"]}
    assert (named["eligible"], named["apply"]) == ([right], [right])
    pair.willing(False)
    token = {"Authorization": f"Bearer {pair.world.tokens['foreign_provider']}"}
    for path in addresses(app):
        told = pair.browser.get(path, headers=token if path.startswith("/api/") else {})
        assert not FIGURES.search(words_in(told.data)), path


# --- what guards say, and the records that they read ------------------------------------------------------------------

UNKNOWN_RIGHT = "names a right that the case is not about"


def test_a_right_that_is_kept_back_is_as_unknown_as_any_other(pair: Pair) -> None:
    """Named by the id under which the lender once saw it, in whole forms and in such as lack something."""
    forms: tuple[Mapping[str, Any], ...] = (
        {},
        {"pledgor": "need_owner"},
        {"pledgor": "other", "twin": "none"},
        {
            "pledgor": "technology_owner",
            "owner_seen": True,
            "dispute": False,
            "co_owners": True,
            "twin": "none",
            "other": False,
            "checked_on": today().isoformat(),
            "licensed": True,
            "invalidation": True,
        },
    )
    nobodys = "0198c0de-0000-7000-8000-00000000000f"

    def told(right: str) -> list[str]:
        return [pair.sent(0, "eligible", {"rights": [right], **form}) for form in forms]

    before = told(pair.world.rights[0])
    assert all(UNKNOWN_RIGHT in one and one.startswith("422") for one in before)
    assert told(nobodys) == before
    with transaction(pair.engine) as db:
        db.execute(text(CHANGED))
        db.execute(text("DELETE FROM right_owners"))
    assert told(pair.world.rights[0]) == before


def test_what_names_a_right_is_offered_once_one_may_be_read(pair: Pair) -> None:
    number, _, loan = pair.cases[0]

    def offered() -> tuple[bool, list[str]]:
        actions = pair.client.get(f"/cases/{number}").json["actions"]
        (one,) = (one for one in actions if (one["track"], one["transition"]) == (loan, "eligible"))
        return one["allowed"], [str(why) for why in one["why_not"]]

    allowed, why_not = offered()
    assert not allowed
    assert any("so far you may read none here" in why for why in why_not)
    pair.willing(True)
    assert offered() == (True, [])


def _money(amount: str, currency: str = "CNY") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def test_no_refusal_and_no_want_of_one_tells_what_is_withheld(pair: Pair) -> None:
    """The whole way of a loan, deed by deed: what is wanted differs, and from the registration on the record of the right."""
    pair.check_rights()
    pair.apply()
    day = today().isoformat()
    offer = {"term_months": 12, "bank_share": "100"}
    found = {"cash_flow": "strong", "technology_flow": "strong", "growth": "strong", "why_not_valued": "lender"}
    sums = [_money("5"), _money("3000000"), _money("3000000", "USD"), _money("99999999"), _money("99999999", "USD")]
    partly = [{"amount": one} for one in sums]
    ways: list[tuple[str, list[dict[str, Any]]]] = [
        ("no_valuation", [{}, found]),
        ("approved", [{}, *partly, {**offer, "amount": sums[4], "bank_share": "90"}, {**offer, "amount": sums[3]}]),
        ("bank_approved", [{}, *partly, {**offer, "amount": sums[3], "rate": "3"}]),
        ("registered", [{}, {"registered_on": day}, {"number": "Y1"}, {"number": "Y1", "registered_on": day}]),
        (
            "paid_out",
            [
                {},
                {"final_due_on": "2199-01-01"},
                {
                    "amount": sums[0],
                    "paid_on": day,
                    "final_due_on": "2199-01-01",
                    "start_conditions_met": True,
                    "repayments": [],
                },
            ],
        ),
    ]
    for deed, forms in ways:
        if deed == "registered":
            contracts = {"signed_on": day, "complete": True, "foreign_pledgor": False}
            pair.fire("officer", "signed", *({**contracts, "papers": [pair.paper(n)]} for n in (0, 1)))
        assert deed in pair.offered()
        here = [pair.sent(0, deed, form) for form in forms]
        with _changed(pair) if deed in ("registered", "paid_out") else nullcontext():
            assert [pair.sent(1, deed, form) for form in forms] == here, deed
        # The provider is not held up by what it is not told: the whole form is taken, but for a paper that is not there.
        assert here[-1].startswith("422" if deed == "paid_out" else "200"), (deed, here[-1])


#: Of the record of a right what is changed, and how it is put back.
_COLUMNS = "fee_paid_to, status, kind, expires_on, CAST(encumbrances AS text) AS encumbrances"
_BACK = """
    UPDATE rights SET fee_paid_to = :fee_paid_to, status = :status, kind = :kind, expires_on = :expires_on,
    encumbrances = CAST(:encumbrances AS jsonb) WHERE id = CAST(:id AS uuid)
"""


@contextmanager
def _changed(pair: Pair) -> Iterator[None]:
    """For a while a right is one that no loan could rest on, and nobody's."""
    of = {"id": pair.world.rights[0]}
    with transaction(pair.engine) as db:
        was = db.execute(text(f"SELECT {_COLUMNS} FROM rights WHERE id = CAST(:id AS uuid)"), of).one()
        db.execute(text(CHANGED))
        db.execute(text("DELETE FROM right_owners"))
    yield
    with transaction(pair.engine) as db:
        db.execute(text(_BACK), {**was._mapping, **of})
        db.execute(
            text("INSERT INTO right_owners VALUES (CAST(:r AS uuid), CAST(:o AS uuid), 100)"),
            {"r": of["id"], "o": pair.world.organisations["technology_owner"]},
        )
