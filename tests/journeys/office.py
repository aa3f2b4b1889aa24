"""An office that works by the API alone: a server in a process of its own, its people, and ten imported matches."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from casework.operations.auth.tokens import make_token
from casework.operations.core.national_holidays import china
from casework.operations.people.registry import grant_role, register_person, register_programme
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.journeys.api_hand import ApiHand, insist_whole
from tests.journeys.client import Client, Document, RefusedError
from tests.support.databases import ROOT, DatabaseServer, run_casework

Json = Any

PASSWORD = "a long enough password"
ORGANISATIONS = {
    "institute": ("Haidian Assessment Lab", ["assessment"]),
    "test_centre": ("Tongzhou Test Centre", ["assessment"]),
    "bank": ("Chaoyang Green Bank", ["pledge", "finance"]),
    "verifiers": ("Third Eye Verification", ["verification"]),
}
#: Who: role, and the organisation for those who work for one.
PEOPLE = {
    "officer": ("officer", None), "other_officer": ("officer", None), "supervisor": ("supervisor", None),
    "compliance": ("compliance", None), "second_compliance": ("compliance", None), "auditor": ("auditor", None),
    "manager": ("manager", None), "observer": ("observer", None), "assessor": ("provider", "institute"),
    "assessor_lead": ("provider_lead", "institute"), "other_assessor": ("provider", "test_centre"),
    "banker": ("provider", "bank"), "verifier": ("verifier", "verifiers"),
}  # fmt: skip


# --- what is imported ------------------------------------------------------------------------------------------------

_SUBJECTS = (
    ("Steam at 180 degrees without coal", "HIGH-TEMPERATURE HEAT PUMP WITH  TWO STAGES"),
    ("Less nitrogen oxide from heating boilers", "Burner with staged air\u00a0supply"),
    ("Recovery of ink solvents", "Zeolite wheel, zeolite wheel with condensation"),
    ("Re-use of dye-house water", "Ceramic nano-filtration — “salt tolerant”"),
    ("Cold store without fluorinated gases", "CO2 ejector refrigeration"),
    ("Drying of sewage sludge", "SLUDGE DRYER ON WASTE HEAT"),
    ("Drying of sewage sludge", "Sludge dryer on waste heat"),
    ("Recycling of wind turbine blades", "Solvolysis of composites"),
    ("Charging for electric lorries", "Battery-buffered charging station"),
    ("Rare earths from scrap magnets", "Hydrogen decrepitation of magnets"),
)


def dirty_matches() -> list[Json]:
    """Ten matches with their needs and technologies, with gaps and dirt as catalogues have them; and two bad rows."""
    rows: list[Json] = []
    for n, (need, technology) in enumerate(_SUBJECTS, 1):
        rows.append(
            {
                "external_id": f"M{n}",
                "proposed_on": "2026-01-05",
                "proposed_by": "text ranking",
                "score": "73.59" if n % 2 else 12,
                # The seventh is what a ranking gives twice, without a word why.
                "rationale": "" if n == 7 else "  Both speak of the same thing;  the figures fit. ",
                "need": {
                    "external_id": f"N{n}",
                    "title": need,
                    "budget": "6,000,000",
                    "budget_currency": "cny",
                    "sector": "",
                    "colour": "unknown here",
                    "owner": f"Works No. {n}" if n % 3 else None,
                    "wanted_by": "2030-12-31",
                },
                "technology": {
                    "external_id": f"T{n}",
                    "title": technology,
                    "benefits": "Energy, Water, Energy",
                    "readiness": "Prototype (TRL 5-6)",
                    "description": "=1+1\tThe plant The plant works.\r\n\r\n\r\n\r\nIt does.",
                    "website": "https://example.org/a (offline)",
                    "rights": [{"kind": "invention", "office": "CNIPA", "number": f"ZL 20{n}", "owner": "as told"}],
                },
            }
        )
    rows.append({"external_id": "M11", "need": "N1", "technology": {"external_id": "T11", "title": " "}})
    rows.append({"external_id": "M12", "need": "N1", "technology": "T1", "score": "very good"})
    return rows


# --- the office ------------------------------------------------------------------------------------------------------


@dataclass
class Office:
    """A running server, the people who work there, and how to open and prove a case."""

    document: Document
    environment: dict[str, str]
    people: dict[str, Client]
    #: Ids of the organisations, by what a script calls them.
    organisations: dict[str, str]
    outcomes: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def open(self, match: str) -> ApiHand:
        """The case of a match that was imported and has none yet."""
        officer = self.people["officer"]
        found = [one for one in officer.pages("list_matches", {"opened": "false"}) if one["external_id"] == match]
        assert len(found) == 1
        with self.refuses(403, "this is for officer, supervisor"):
            self.people["auditor"].ask("open_case", match=found[0]["id"])
        with self.refuses(404, "There is no such match"):
            self.people["banker"].ask("open_case", match=found[0]["id"])
        key = str(uuid.uuid4())
        opened = officer.ask("open_case", match=found[0]["id"], key=key)
        again = officer.ask("open_case", match=found[0]["id"], key=key)
        assert (again.json, again.headers["Idempotency-Replayed"]) == (opened.json, "true")
        with self.refuses(409, "has its case already"):
            officer.ask("open_case", match=found[0]["id"])
        assert opened.json["state"] == "proposed"
        return ApiHand(self.people, opened.json["number"], self.organisations)

    @contextmanager
    def refuses(self, status: int, words: str = "") -> Iterator[pytest.ExceptionInfo[RefusedError]]:
        with pytest.raises(RefusedError) as told:
            yield told
        answer = told.value.answer
        assert answer.status == status, answer.json
        assert words in answer.json["detail"], answer.json
        self.refused.append((status, answer.json["type"]))

    def refuses_action(self, hand: ApiHand, who: str, name: str, status: int, words: str = "", /, **said: Json) -> None:
        """An action that is listed as impossible is refused, for the reasons listed and those that the form adds.

        Only with something `said` may it be listed as possible: some reasons show when the form is filled.
        """
        chance = hand.chance(who, name)
        assert said or not chance.action["allowed"]
        before = hand.look("auditor")
        with self.refuses(status, words) as told:
            hand.send(who, chance, hand.fill(who, chance, said))
        if status == 409 and "reasons" in told.value.answer.json:
            assert set(chance.action["why_not"]) <= set(told.value.answer.json["reasons"])
        after = hand.look("auditor")
        assert (after["revision"], after["tracks"], after["tasks"]) == (
            before["revision"],
            before["tracks"],
            before["tasks"],
        ), "what is refused changes nothing"

    def prove(self, hand: ApiHand, outcome: str) -> None:
        """The case is closed with this outcome; an auditor and the command line find its history whole."""
        shown = hand.look("auditor")
        assert (shown["state"], shown["outcome"]) == ("closed", outcome)
        assert not [one for one in shown["actions"] if one["allowed"]], "an auditor changes nothing"
        assert hand.look("observer")["outcome"] == outcome
        assert "tracks" not in hand.look("observer")
        events = hand.history("auditor")
        insist_whole(events)
        assert (events[0]["kind"], events[-1]["what"]) == ("opened", "close")
        proof = run_casework("verify", hand.number, environment=self.environment)
        assert proof.returncode == 0, proof.stdout + proof.stderr
        assert f"with {len(events)} events: nothing is wrong." in proof.stdout
        assert not self.document.beyond, f"whatever the server tells stands in its document: {self.document.beyond}"
        assert outcome not in self.outcomes, "ten different ones"
        self.outcomes[outcome] = hand.number


@contextmanager
def running_server(environment: dict[str, str], log: Path) -> Iterator[str]:
    """`casework serve` on a free port; gives its address."""
    with log.open("wb") as written:
        server = subprocess.Popen(
            [sys.executable, "-m", "casework", "serve", "--port", "0"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environment},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _address(server, log)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"Listening on (http://\S+)", log.read_text()):
            return found[1]
        time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text()}", pytrace=False)


def first_administrators(url: str, var: Path) -> list[str]:
    """A programme and two administrators, whom nobody can make through the API; gives their tokens."""
    engine = connect_engine(Settings(profile="test", var=var, database_url=url))
    try:
        with transaction(engine) as db:
            programme = register_programme(
                db, code="BJ", name="Beijing", name_zh=None, calendar=china(range(2024, 2032))
            )
            made = []
            for name in ("administrator", "second"):
                person = register_person(db, email=f"{name}@example.org", name=name.title())
                grant_role(db, person, "administrator", programme=programme)
                made.append(make_token(db, person, name="client", scopes=("read", "write", "admin", "decide"))[1])
            return made
    finally:
        engine.dispose()


def populate(document: Document, administrator: Client, second: Client) -> tuple[dict[str, Client], dict[str, str]]:
    """Everybody who works there and for whom, made through the API by two persons; each sets a password by the link and makes a token."""
    [programme] = administrator.pages("list_programmes")
    organisations = {
        key: administrator.ask(
            "create_organisation", body={"name": name, "kind": "provider", "services": services, "country": "CN"}
        ).json["id"]
        for key, (name, services) in ORGANISATIONS.items()
    }
    people = {"administrator": administrator}
    for who, (role, organisation) in PEOPLE.items():
        email = f"{who}@example.org"
        account = administrator.ask("create_person", body={"email": email, "name": who.replace("_", " ").title()}).json
        where = {"organisation": organisations[organisation]} if organisation else {"programme": programme["id"]}
        given = administrator.ask("create_membership", body={"person": account["id"], "role": role, **where}).json
        if given["state"] == "asked":
            second.ask("decide_role_request", role_request=given["id"], body={"agree": True})
        secret = account["link"].partition("#")[2]
        Client(document).ask("set_password", body={"secret": secret, "password": PASSWORD})
        session = Client(document).ask("start_session", body={"email": email, "password": PASSWORD}).json["token"]
        made = Client(document, session).ask(
            "create_token", body={"name": "client", "scopes": ["read", "write", "decide"], "days": 30}
        )
        people[who] = Client(document, made.json["token"])
    return people, organisations


@contextmanager
def open_office(server: DatabaseServer, template: str, folder: Path) -> Iterator[Office]:
    """An office in a database of its own, with what was imported."""
    name = server.create(template)
    url = server.app_url(name)
    environment = {"DATABASE_URL": url, "CASEWORK_PROFILE": "test", "CASEWORK_VAR": str(folder / "var")}
    tokens = first_administrators(url, folder / "var")
    with running_server(environment, folder / "server.log") as base:
        document = Document(base)
        people, organisations = populate(document, *(Client(document, token) for token in tokens))
        file = folder / "matches.json"
        file.write_text(json.dumps(dirty_matches(), ensure_ascii=False), "utf-8")
        done = run_casework("import", "matches", str(file), "--as", "officer@example.org", environment=environment)
        assert done.returncode == 1, "two rows are bad"
        assert "row 11, technology.title: is missing" in done.stdout, done.stdout + done.stderr
        assert "row 12, score: write a number, such as 12.5" in done.stdout
        assert "10 new, 0 changed, 0 unchanged, 2 bad" in done.stdout
        yield Office(document, environment, people, organisations)
    server.drop(name)
