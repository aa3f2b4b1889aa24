"""Every page and form with a session whose proof is old: whatever gives power, decides, or takes cases out asks first.

What must ask follows from what a form changes once there is a proof, and from what is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import text

from casework.records.database import transaction
from tests.security.authorization_rows import Row
from tests.security.authorization_web import TABLE
from tests.support.databases import DatabaseServer
from tests.support.scene import Scene, set_scene

ASKED = "Confirm that it is you"
#: By table, what of a row is power or access.
POWER: Mapping[str, str] = {
    "memberships": "id, person_id, role, ends_at", "tokens": "id, revoked_at", "people": "id, active, password_hash",
    "invitations": "id, token", "openings": "id, state", "erasures": "id, state", "service_accounts": "id",
    "webhook_endpoints": "id, secret", "incoming_webhooks": "id, secret",
    "proposals": "id", "second_factors": "person_id", "passkeys": "id",
}  # fmt: skip
#: Giving up what one has oneself, or has entered oneself, needs no proof.
GIVES_UP = frozenset({
    "POST /service-accounts/<account>/end", "POST /webhooks/<hook>/end", "POST /incoming-webhooks/<incoming>/end",
    "POST /unsealings/<opening>/end", "POST /away",
    "POST /away/<absence>/end",
})  # fmt: skip


#: Files that say how columns of a table are read, or by which rows tasks are given, and nothing of a case.
OF_NO_CASE = frozenset({
    "GET /programmes/<programme>/imports/<records>/<handed>/mapping",
    "GET /programmes/<programme>/sources/<source>/mapping/<records>",
    "GET /programmes/<programme>/settings/routing/table.dmn",
})  # fmt: skip
#: What takes many cases, or the whole of one, or many rows of a file out.
TAKEN_OUT = frozenset({
    "GET /cases.csv", "GET /cases.xlsx", "GET /cases/<number>/file",
    "GET /cases/<number>/history/<seq>/certificate.json", "GET /cases/<number>/history/<seq>/certificate.pdf",
    "GET /referrals/figures.csv", "GET /referrals/figures.xlsx", "GET /referrals/figures.json",
    "GET /figures.csv", "GET /figures.xlsx", "GET /figures.json",
    "GET /programmes/<programme>/imports/<records>/<handed>/refused.csv",
    "GET /programmes/<programme>/imports/<records>/<handed>/refused-rows",
    "GET /programmes/<programme>/attestations/<attestation>/attestation.json",
    "GET /programmes/<programme>/attestations/<attestation>/attestation.pdf",
    "GET /reports/<report>/figures.xlsx", "GET /reports/<report>/content.json",
    "GET /figures/outside.csv", "GET /figures/outside.xlsx", "GET /figures/outside.json",
    "GET /process.csv", "GET /process.xlsx", "GET /process.json", "GET /process/events.xes", "GET /process/events.json",
    "GET /findings.csv", "GET /findings.xlsx", "GET /findings.json", "GET /reading.csv", "GET /reading.xlsx", "GET /readings.json",
    "GET /cases/<number>/history.pdf",
})  # fmt: skip


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    with set_scene(database_server, template_database, tmp_path_factory.mktemp("scene")) as made:
        yield made


def _run(scene: Scene, statement: str) -> Any:
    with transaction(scene.app.extensions["casework"]) as db:
        return db.execute(text(statement))


def _power(scene: Scene) -> dict[str, Any]:
    with transaction(scene.app.extensions["casework"]) as db:
        return {
            name: db.execute(text(f"SELECT {columns} FROM {name} ORDER BY 1")).all() for name, columns in POWER.items()
        }


def _name(row: Row) -> str:
    return f"{row.method} {row.path}"


@pytest.fixture(scope="module")
def asking(scene: Scene) -> set[str]:
    """The pages and forms that ask whoever proved long ago."""
    _run(scene, "UPDATE sessions SET proved_at = proved_at - interval '11 minutes'")
    found, taken = set[str](), []
    for row in TABLE:
        for role in sorted(row.allowed - {"anonymous"})[:2]:
            answer = scene.ask(row, role, "here")
            # What is drawn is no words.
            words = answer.get_data().decode("utf-8", "replace")
            if ASKED in words or answer.headers.get("Location", "").startswith("/confirm"):
                found.add(_name(row))
            elif answer.headers.get("Content-Disposition", "").endswith(
                ("zip", "csv", "xlsx", "json", "dmn")
            ) or ".zip" in answer.headers.get("Content-Disposition", ""):
                taken.append(_name(row))
    _run(scene, "UPDATE sessions SET proved_at = casework_now()")
    # Many cases, or the whole of one, are not taken out by whoever sits at an open session.
    assert set(taken) == OF_NO_CASE
    return found


def test_what_takes_cases_out_asks(asking: set[str]) -> None:
    assert asking >= TAKEN_OUT


def test_second_words_ask(asking: set[str]) -> None:
    assert {"POST /decisions/<task>", "POST /erasures/<erasure>/decide", "POST /roles/<role>/decide"} <= asking


def test_reading_asks_nobody(asking: set[str]) -> None:
    # Its form sets somebody else's password: it asks before it is filled in.
    asked_first = {"GET /recoveries/new/<person>"}
    assert {one for one in asking if one.startswith("GET ")} == TAKEN_OUT | asked_first


def test_whatever_gives_or_takes_power_asks(scene: Scene, asking: set[str]) -> None:
    wrong = []
    for row in TABLE:
        if row.method == "GET" or row.open or _name(row) in asking | GIVES_UP:
            continue
        for role in sorted(row.allowed - {"anonymous"})[:2]:
            before = _power(scene)
            answer = scene.ask(row, role, "here")
            if changed := [table for table, rows in _power(scene).items() if before[table] != rows]:
                wrong.append(
                    f"{_name(row)} by {role} ({answer.status_code}) changed {', '.join(changed)} and asked nobody"
                )
    assert not wrong, "\n".join(wrong)
