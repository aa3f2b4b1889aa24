"""Somebody's browser: a session, a connection that is kept, and what each request took and came to."""

from __future__ import annotations

import http.client
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import quote, urlencode, urlsplit

from benchmarks.load.page_forms import WebForm, read_forms

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_LINK = re.compile(r'<a [^>]*?href="([^"]+)"')
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')
#: What a page says that has refused a form.
_FAULTS = re.compile(r'role="alert"[^>]*>(.*?)</(?:div|p|ul)>', re.DOTALL)
#: What the first words of a page say of the action that led to it, where it was not done after all.
_WARNED = re.compile(r'<div class="note ([a-z]*)" role="(?:status|alert)"><p>(.*?)</p>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>|\s+")
#: The server lets go of a connection that has been silent for longer.
_SILENT_S = 25.0
PATIENCE_S = 60.0
#: Somebody else was quicker: refused, as it must be.
TOO_LATE = 409
_GOES_ON = (302, 303)


@dataclass(frozen=True)
class Sample:
    """One request: what it was for, when it was sent, what it took, and how it was answered; 0 where it was not."""

    name: str
    method: str
    at: float
    seconds: float
    status: int
    size: int
    why: str = ""


@dataclass(frozen=True)
class Done:
    """An action that was acknowledged: who did what, under which key."""

    email: str
    key: str
    name: str


@dataclass(frozen=True)
class Said:
    """What a page said of the action that led to it, and when that was sent."""

    name: str
    at: float
    words: str


@dataclass
class Record:
    """What all of them write down; appending to a list is safe from any thread."""

    samples: list[Sample] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    #: Keys of what was sent and refused, or never answered.
    refused: list[Done] = field(default_factory=list)
    unknown: list[Done] = field(default_factory=list)
    #: Refused on the next page: somebody else was quicker, or something that nobody expected.
    late: list[Said] = field(default_factory=list)
    wrong: list[Said] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """What came back."""

    path: str
    status: int
    text: str
    location: str = ""

    @property
    def links(self) -> list[str]:
        return [unescape(one) for one in _LINK.findall(self.text)]

    def links_to(self, pattern: str) -> list[str]:
        """Addresses of the page that look like this, each once."""
        like = re.compile(pattern)
        return list(dict.fromkeys(one for one in self.links if like.fullmatch(one)))

    @property
    def forms(self) -> list[WebForm]:
        return read_forms(self.text)

    def form(self, ending: str) -> WebForm | None:
        """The form whose address ends so."""
        return next((one for one in self.forms if one.action.split("?")[0].endswith(ending)), None)

    @property
    def asks(self) -> WebForm | None:
        """The form that the page is there for."""
        return next((one for one in self.forms if one.asks), None)

    @property
    def fault(self) -> str:
        found = _FAULTS.search(self.text)
        return _TAG.sub(" ", found[1]).strip()[:300] if found else ""


class Browser:
    """It loads what a page needs once, follows where it is sent, and never asks twice for what it was not answered."""

    def __init__(self, port: int, email: str, address: str, record: Record) -> None:
        self.email, self.record = email, record
        self._port, self._address = port, address
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0
        self._cookies: dict[str, str] = {}
        self._assets: set[str] = set()

    # --- in and out ---

    def sign_in(self, password: str) -> Page:
        page = self.get("sign-in page", "/sign-in")
        token = _TOKEN.search(page.text)
        data = [("csrf_token", token[1] if token else ""), ("email", self.email), ("password", password)]
        return self._after(self._send("sign in", "POST", "/sign-in", data), "home")

    def sign_out(self, page: Page) -> None:
        form = page.form("/sign-out")
        if form is not None:
            self._send("sign out", "POST", "/sign-out", form.hidden)
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # --- pages and actions ---

    def get(self, name: str, path: str) -> Page:
        page = self._send(name, "GET", path)
        if page.status in _GOES_ON:
            page = self._send(name, "GET", page.location)
        for asset in _ASSET.findall(page.text):
            if asset not in self._assets:
                self._assets.add(asset)
                self._send("static file", "GET", unescape(asset))
        return page

    def act(self, name: str, page: Page, form: WebForm, data: Sequence[tuple[str, str]], then: str) -> Page:
        """Send a form of a page, and look at the page that it leads to; `then` is what that one is."""
        at = time.time()
        sent = self._send(name, "POST", urlsplit(form.action).path or page.path, data, form)
        seen = self._after(sent, then)
        if key := dict(data).get("key"):
            self._note(sent, seen, Done(self.email, key, name), at)
        return seen

    def _note(self, sent: Page, seen: Page, asked: Done, at: float) -> None:
        """Whether it was done: the answer says so, or the page that it leads to."""
        if not sent.status:
            self.record.unknown.append(asked)
        elif sent.status not in _GOES_ON:
            self.record.refused.append(asked)
        elif (said := _WARNED.search(seen.text)) and said[1] in ("warn", "danger"):
            self.record.refused.append(asked)
            told = self.record.late if said[1] == "warn" else self.record.wrong
            told.append(Said(asked.name, at, _TAG.sub(" ", said[2]).strip()))
        else:
            self.record.done.append(asked)

    def keep_draft(self, form: WebForm, data: Sequence[tuple[str, str]]) -> None:
        """As the script of a page does it some seconds after somebody has typed."""
        self._send("keep a draft", "POST", "/drafts", data)

    def _after(self, page: Page, then: str) -> Page:
        return self.get(then, page.location) if page.status in _GOES_ON else page

    def _send(
        self,
        name: str,
        method: str,
        path: str,
        data: Iterable[tuple[str, str]] | None = None,
        form: WebForm | None = None,
    ) -> Page:
        pairs = list(data or [])
        began, wall = time.perf_counter(), time.time()
        status, text, location, why = self._ask(method, path, pairs if data is not None else None, form)
        took = time.perf_counter() - began
        page = Page(path, status, text, location)
        refused = status == 0 or status >= 400 or method == "POST" and status == 200
        if refused and not why:
            why = page.fault
        self.record.samples.append(Sample(name, method, wall, took, status, len(text), why if refused else ""))
        return page

    def _ask(
        self, method: str, path: str, data: Sequence[tuple[str, str]] | None, form: WebForm | None
    ) -> tuple[int, str, str, str]:
        body, kind = None, ""
        if data is not None:
            body, kind = _multipart(data) if form is not None and form.uploads else _encoded(data)
        headers = {"X-Forwarded-For": self._address, "User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/128.0"}
        headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        headers |= {"Content-Type": kind} if kind else {}
        if time.monotonic() - self._used > _SILENT_S:
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S)
        try:
            self._connection.request(method, quote(path, safe="/?&=%:+-._~,;!*()'@"), body, headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as fault:
            self.close()
            return 0, "", "", repr(fault)
        self._used = time.monotonic()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition("=")
                self._cookies[cookie] = rest.partition(";")[0]
        html = answer.getheader("Content-Type", "").startswith("text/html")
        return answer.status, text.decode() if html else " " * len(text), answer.getheader("Location", ""), ""


def _encoded(data: Sequence[tuple[str, str]]) -> tuple[bytes, str]:
    return urlencode(data).encode(), "application/x-www-form-urlencoded"


def _multipart(data: Sequence[tuple[str, str]]) -> tuple[bytes, str]:
    mark = secrets.token_hex(16)
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in data]
    return "".join([*parts, f"--{mark}--\r\n"]).encode(), f"multipart/form-data; boundary={mark}"


__all__ = ["TOO_LATE", "Browser", "Done", "Page", "Record", "Said", "Sample"]
