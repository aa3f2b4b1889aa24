"""Who works while things go wrong: officers and providers, as programs over the API and on pages, each with a log of its own."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import requests

from tests.journeys.kills import PATIENCE_S, UNKNOWN, Client, Look, Op
from tests.support.world import today

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Provider(Client):
    """A provider's program: it answers what was sent to its organisation, as colleagues do at the same moment, and writes."""

    #: Cases by referral, and what it must never be told.
    referrals: Mapping[str, str] = field(default_factory=dict)
    hidden: Collection[str] = ()
    leaks: list[str] = field(default_factory=list)

    def run(self) -> None:
        n = 0
        while not self.stop.is_set():
            n += 1
            referral = self.chance.choice(sorted(self.referrals))
            invoked = time.monotonic()
            status, shown, _, _ = self._until_answered("GET", f"/referrals/{referral}")
            if status != 200:
                continue
            self.leaks += [f"{word} to {self.name}" for word in self.hidden if word in str(shown)]
            case, revision = self.referrals[referral], shown["revision"]
            self.looks.append(Look(case, referral, revision, invoked, time.monotonic()))
            if shown["states"] == ["sent"] and self.chance.random() < 0.4:
                self.act(
                    case,
                    "accept",
                    f"{self.name}-{n}",
                    f"/referrals/{referral}/transitions/accept",
                    body={"data": self._acceptance()},
                    headers={"If-Match": f'"{revision}"'},
                    track=referral,
                    expected=revision,
                )
            else:
                body = {"audience": "shared", "words": f"{self.name} says {n}."}
                self.act(case, "say", f"{self.name}-{n}", f"/referrals/{referral}/messages", body=body)

    def _acceptance(self) -> dict[str, object]:
        return {
            "interest": False,
            "confidentiality": True,
            "service": "assessment",
            "person": self.actor,
            "charge": "free",
            "planned_on": (today() + timedelta(days=30)).isoformat(),
        }


@dataclass
class Browser(Client):
    """A person who writes on the page of a thread, and sends the same form again until it is answered."""

    #: The page, by the case that it belongs to.
    threads: Mapping[str, str] = field(default_factory=dict)

    def run(self) -> None:
        n, http = 0, requests.Session()
        http.cookies.set("sid", self.token)
        while not self.stop.is_set():
            n += 1
            case = self.chance.choice(sorted(self.threads))
            url = f"http://127.0.0.1:{self.port}{self.threads[case]}"
            shown = _sent(http, "GET", url)
            token = _TOKEN.search(shown.text) if shown is not None and shown.status_code == 200 else None
            if token is None:
                # The session may have ended meanwhile, by another clock.
                time.sleep(0.1)
                continue
            self._write(
                http,
                case,
                url,
                {
                    "csrf_token": token[1],
                    "key": secrets.token_urlsafe(18),
                    "audience": "internal",
                    "f-words": f"Note {n}",
                },
            )

    def _write(self, http: requests.Session, case: str, url: str, data: Mapping[str, str]) -> None:
        invoked, attempts, status = time.monotonic(), 0, UNKNOWN
        hasty = self.chance.random() < self.hasty
        while status == UNKNOWN and time.monotonic() - invoked < PATIENCE_S and not (hasty and attempts):
            attempts += 1
            answer = _sent(http, "POST", url, data)
            if answer is not None and answer.status_code < 500:
                # What was done leads on to the thread; whoever is not signed in any more is led to the door.
                led = answer.headers.get("Location", "")
                status = 200 if answer.status_code == 303 and "sign-in" not in led else max(400, answer.status_code)
            else:
                time.sleep(0.05)
        self.ops.append(Op(self.actor, data["key"], case, "note", status, invoked, time.monotonic(), attempts))


def _sent(
    http: requests.Session, method: str, url: str, data: Mapping[str, str] | None = None
) -> requests.Response | None:
    """An answer, or none: that may mean anything."""
    try:
        return http.request(method, url, data=data, timeout=15, allow_redirects=False)
    except requests.RequestException:
        return None


@dataclass
class Crowd:
    """All of them, each in a thread; what goes wrong in one is not lost."""

    clients: list[Client]
    stop: threading.Event
    errors: list[Exception] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for one in self.clients:
            thread = threading.Thread(target=self._run, args=(one,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, one: Client) -> None:
        try:
            one.run()
        except Exception as fault:  # a thread that dies in silence would prove whatever one likes
            self.errors.append(fault)

    def end(self) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(timeout=PATIENCE_S)
        assert not self.errors, self.errors
        assert not any(thread.is_alive() for thread in self._threads)

    @property
    def ops(self) -> list[Op]:
        return [op for one in self.clients for op in list(one.ops)]

    def done(self) -> int:
        return sum(op.done for op in self.ops)

    def kinds(self) -> set[str]:
        return {op.what for op in self.ops if op.done}
