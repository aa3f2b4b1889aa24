"""Requests are counted by words of ours: no id, no name, nothing typed, and of sealed mediations nothing that tells there is one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from casework import reasons
from casework.counts import ACTIONS, REQUESTS, Counts
from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotFound, Refused, WrongPassword
from casework.web.shell.request_counts import OTHER, outcome_of, pattern_of
from tests.support.web_client import Browser
from tests.support.world import World


def test_requests_and_actions_are_counted_by_words_of_ours(
    app: Flask, world: World, browser_for: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = Counts()
    monkeypatch.setitem(app.extensions, "casework.counts", counts)
    officer = browser_for("officer")
    officer.get("/cases/TT-2026-000001")
    officer.get("/nowhere/quicksilver")
    officer.get("/mediations")
    officer.flask.open("/", method="QUICKSILVER")
    browser = Browser(app.test_client())
    browser.sign_in("officer@example.org", "quicksilver")
    browser.sign_in("officer@example.org")
    requests, actions = counts.read()[REQUESTS.name], counts.read()[ACTIONS.name]
    assert {labels: sum(values[:-1]) for labels, values in requests.items()} | {
        ("/cases/<number>", "GET", "4xx"): 1,
        (OTHER, "GET", "4xx"): 2,
        ("/sign-in", "POST", "4xx"): 1,
    } == {labels: sum(values[:-1]) for labels, values in requests.items()}
    assert actions == {
        ("accounts.enter", "done", ""): [1.0],
        ("accounts.enter", "refused", "wrong_password"): [1.0],
    }
    said = str((requests, actions)).lower()
    assert not re.search(r"quicksilver|tt-2026|officer|mediation", said)


@pytest.mark.parametrize(
    ("status", "refusal", "told"),
    [
        (303, None, ("done", [""])),
        (500, None, ("fault", [""])),
        (413, None, ("refused", ["status_413"])),
        (404, NotFound("case"), ("refused", ["not_found"])),
        (401, WrongPassword(), ("refused", ["wrong_password"])),
        (403, NotAllowed(), ("refused", ["cases.role"])),
        (409, Refused(reasons.cases.ROLE, reasons.cases.ELSEWHERE), ("refused", ["cases.elsewhere", "cases.role"])),
        (
            422,
            InvalidForm({"a": reasons.fields.REQUIRED, "b": reasons.fields.REQUIRED}),
            ("refused", ["fields.required"]),
        ),
        (409, Refused(reasons.mediations.DECIDED), ("refused", [OTHER])),
        (409, Refused(reasons.Text("Robert'); DROP", "words")), ("refused", [OTHER])),
    ],
)
def test_an_action_is_done_or_refused_for_a_reason(status: int, refusal: CaseworkError | None, told: object) -> None:
    assert outcome_of(status, refusal) == told


def test_no_address_of_a_sealed_mediation_is_counted_by_itself(app: Flask) -> None:
    counted = {pattern_of(rule.rule) for rule in app.url_map.iter_rules()}
    assert not [one for one in counted if "mediation" in one or "unsealing" in one or "emergency" in one]
    assert (pattern_of(None), pattern_of("/mediations/<uuid:mediation>")) == (OTHER, OTHER)
    assert pattern_of("/cases/<number>") == "/cases/<number>"
