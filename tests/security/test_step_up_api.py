"""Every route with a token that was not made for deciding, and with a session whose proof is old.

What must ask follows from what an action changes: with a fresh proof every route is asked once more, and whichever gave or
took somebody's power or access must have asked before. So must what takes the whole of a case out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from casework.api import ROUTES
from casework.records.database import transaction
from tests.security import test_authorization_api
from tests.security.authorization_api import TABLE
from tests.security.authorization_rows import ROLES
from tests.security.test_authorization_api import Scene
from tests.support.api_client import Answer, Client
from tests.support.world import today

#: The things that the rows are about, made anew for this module.
scene = test_authorization_api.scene

#: By table, what of a row is power or access: who has a role, an account, a key, a door.
POWER: Mapping[str, str] = {
    "memberships": "id, person_id, role, ends_at", "tokens": "id, revoked_at", "people": "id, active, password_hash",
    "invitations": "id, token, revoked_at, accepted_at", "openings": "id, state", "erasures": "id, state",
    "service_accounts": "id, ended_at", "webhook_endpoints": "id, secret",
    "incoming_webhooks": "id, secret", "second_factors": "person_id", "passkeys": "id",
}  # fmt: skip
#: Giving up what one has oneself needs no proof: a stolen session or token could be meant.
GIVES_UP = frozenset({
    "POST /tokens/{token}/revoke", "POST /invitations/{invitation}/revoke", "POST /service-accounts/{account}/end",
    "POST /webhooks/{endpoint}/end", "POST /incoming-webhooks/{incoming}/end",
    "POST /unsealings/{unsealing}/end", "POST /absences", "POST /absences/{absence}/end",
})  # fmt: skip


def _power(scene: Scene) -> dict[str, Any]:
    with transaction(scene.engine) as db:
        return {
            name: db.execute(text(f"SELECT {columns} FROM {name} ORDER BY 1")).all() for name, columns in POWER.items()
        }


def _sessions(scene: Scene) -> dict[str, str]:
    made = {}
    for role in (*ROLES, "second_compliance"):
        if role != "anonymous":
            client = Client(scene.app.test_client(), None)
            made[role] = client.post(
                "/sessions", {"email": f"{role}@example.org", "password": scene.world.password}
            ).json["token"]
    return made


@pytest.fixture(scope="module")
def asking(scene: Scene) -> dict[str, set[str]]:
    """Which routes asked for a proof: of tokens that do not decide, and of sessions that proved long ago."""
    tokens, found = dict(scene.world.tokens), dict[str, set[str]]()
    with transaction(scene.engine) as db:
        db.execute(text("UPDATE tokens SET scopes = array_remove(scopes, 'decide')"))
    found["token"] = _asked(scene)
    sessions = _sessions(scene)
    with transaction(scene.engine) as db:
        db.execute(text("UPDATE sessions SET proved_at = proved_at - interval '11 minutes'"))
    scene.world.tokens.update(sessions)
    found["session"] = _asked(scene)
    scene.world.tokens.update(tokens)
    with transaction(scene.engine) as db:
        db.execute(text("UPDATE tokens SET scopes = array_append(scopes, 'decide')"))
    return found


def _asked(scene: Scene) -> set[str]:
    found = set()
    for row in TABLE:
        for role in sorted(row.allowed - {"anonymous"})[:2]:
            answer = scene.ask(row, role, "here")
            if _asks(answer):
                found.add(f"{row.method} {row.path}")
    return found


def _asks(answer: Answer) -> bool:
    return answer.status_code in (401, 403) and (
        "Confirm who you are" in answer.text or "lacks the scope decide" in answer.text
    )


def test_tokens_and_sessions_are_asked_by_the_same_routes(asking: dict[str, set[str]]) -> None:
    assert asking["token"]
    # A token makes no token at all.
    assert asking["session"] - asking["token"] <= {"POST /tokens"}
    assert asking["token"] <= asking["session"]


def test_whatever_gives_or_takes_power_asks(scene: Scene, asking: dict[str, set[str]]) -> None:
    wrong = []
    for row in TABLE:
        name = f"{row.method} {row.path}"
        if row.method == "GET" or name in asking["session"] | GIVES_UP or row.open:
            continue
        for role in sorted(row.allowed - {"anonymous"})[:2]:
            before = _power(scene)
            answer = scene.ask(row, role, "here")
            after = _power(scene)
            if changed := [table for table in POWER if before[table] != after[table]]:
                wrong.append(f"{name} by {role} ({answer.status_code}) changed {', '.join(changed)} and asked nobody")
    assert not wrong, "\n".join(wrong)


def test_the_whole_of_a_case_goes_out_after_a_proof(asking: dict[str, set[str]]) -> None:
    whole = {f"GET {one.path}" for one in ROUTES if one.gives_file and one.path.endswith("/file")}
    assert whole
    assert whole <= asking["session"]


def test_the_second_word_is_asked_for_whichever_way_it_is_said(scene: Scene, asking: dict[str, set[str]]) -> None:
    """A proposal is decided at its task, and by the transition itself: each asks, of a token and of a session."""
    world = scene.world
    with transaction(scene.engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        stop = {"reason": "regulation", "found_on": today().isoformat(), "source": "A list", "finding": "A hit"}
        world.fire(db, "compliance", number, "compliance_stop", stop)
        db.execute(text("UPDATE tokens SET scopes = array_remove(scopes, 'decide')"))
    second = Client(scene.app.test_client(), world.tokens["second_compliance"])
    case = second.get(f"/cases/{number}").json
    [pending], track = case["proposals"], case["tracks"][0]
    ways = [
        (f"/tasks/{pending['task']}/complete", {"data": {"decision": "confirm"}}, None),
        (f"/cases/{number}/tracks/{track['id']}/transitions/compliance_stop", {"data": {}}, track["revision"]),
    ]
    for path, body, revision in ways:
        assert _asks(second.post(path, body, if_match=revision)), path
    old = Client(scene.app.test_client(), _sessions(scene)["second_compliance"])
    with transaction(scene.engine) as db:
        db.execute(text("UPDATE sessions SET proved_at = proved_at - interval '11 minutes'"))
    for path, body, revision in ways:
        assert _asks(old.post(path, body, if_match=revision)), path
    # Signed in anew it is done.
    fresh = Client(scene.app.test_client(), _sessions(scene)["second_compliance"])
    path, body, _ = ways[0]
    assert fresh.post(path, body).status_code == 200


def test_every_row_names_a_route_as_it_is_served() -> None:
    served = {f"{one.method} {one.path}" for one in ROUTES}
    assert {re.sub(r"\?.*", "", one) for one in GIVES_UP} <= served
