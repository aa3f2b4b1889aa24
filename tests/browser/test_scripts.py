"""Strings that would be scripts, in every place for words of every form, and then every page in a browser.

What people type goes in by the forms themselves; what a form has no room for in full, and what comes from imports and
other systems, is put into the database, so that all forty stand everywhere at once and each page is opened only once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog
from sqlalchemy import Engine, text

from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.browser.conftest import close_readers, open_reader
from tests.browser.form_filler import Reading, portions, read
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.browser.test_pages import PAGES, ROWS, make_page_things
from tests.security.authorization_rows import Row
from tests.support.databases import DatabaseServer
from tests.support.file_makers import SCRIPTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ALL = " ".join(SCRIPTS)
#: What takes its sender away from here, or the case from everybody: tried last or by tests of their own.
LEFT_OUT = re.compile(
    r"/(sign-out|sign-in|interest|deactivate|language|theme)$|^/(search|drafts)|/account/(?!preferences)|/webhooks|/withdraw$"
)
#: Where others than the first who may open a page have something to say on it.
MORE = {
    "auditor": ("/cases/<number>/history/<seq>", "/findings/<finding>"), "officer": ("/cases?open=yes",),
    "supervisor": ("/cases/<number>", "/tasks/<fresh_task>/operations"), "compliance": ("/cases/<number>", "/decisions"),
    "provider": ("/referrals/<referral>/contract", "/referrals/<accepted>/documents"),
    "provider_lead": ("/providers/<provider>/profile",), "dispute_officer": ("/mediations/<mediation>/messages",),
}  # fmt: skip
#: A page of each kind is filled in so often by each person.
MOST_OF_A_KIND = 1
#: Where words of people stand that no form of the pages took in full.
COLUMNS = {
    "organisations": ("name", "name_zh", "register_number"), "people": ("name", "name_zh"), "programmes": ("name", "name_zh"),
    "phases": ("name", "name_zh"), "cases": ("title",), "mediations": ("title",), "findings": ("words", "answer"),
    "needs": ("title", "title_zh", "sector", "district", "problem", "target", "wanted_form"),
    "technologies": ("title", "title_zh", "description", "website", "readiness_text", "ip_text"),
    "matches": ("proposed_by", "rationale"), "rights": ("office", "number", "owner"), "tokens": ("name",),
    "saved_views": ("name",), "files": ("name",),
}  # fmt: skip
#: As if each waited for a mouse, a key or the focus.
_TOUCH = """() => { for (const one of document.querySelectorAll('body *')) {
  for (const what of ['mouseover', 'mouseenter', 'focus', 'toggle', 'error', 'load']) one.dispatchEvent(new Event(what));
  if (one.tagName === 'DETAILS') one.open = true; } }"""
#: Whether a page says some words, or has them in a place to type.
_TELLS = (
    "words => document.body.textContent.includes(words) || "
    "[...document.querySelectorAll('input')].some(one => one.value.includes(words))"
)


@dataclass
class Visitor:
    """One person who fills in whatever there is to fill in."""

    reader: Reader
    words: Any
    sent: dict[str, int] = field(default_factory=dict)
    #: Pages with a form that is left half filled in, by the kind of form.
    drafts: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)

    def walk(self, starts: list[str]) -> None:
        """Fill in the forms of some pages and of those that they lead to."""
        waiting = [*starts]
        for path in waiting:
            kind = _kind(path)
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
            if self.kinds[kind] > MOST_OF_A_KIND or LEFT_OUT.search(urlsplit(path).path):
                continue
            found = self._read(path)
            if found is None:
                continue
            if path in starts:
                waiting += [
                    link.removeprefix(self.reader.base) for link in found.links if link.startswith(self.reader.base)
                ]
            self._fill(path, found)

    def _read(self, path: str) -> Reading | None:
        answer = self.reader.page.request.get(self.reader.base + path)
        if not answer.ok or "html" not in answer.headers.get("content-type", ""):
            return None
        return read(answer.url, answer.text())

    def _fill(self, path: str, found: Reading) -> None:
        for form in found.forms:
            where = urlsplit(form.action).path
            if form.method != "post" or not form.takes_words or LEFT_OUT.search(where):
                continue
            self.sent[where] = self._post(form.action, form.filled(self.words))
            if form.draft:
                self._post(f"{self.reader.base}/drafts", form.filled(lambda _: ALL))
                self.drafts[_kind(where)] = path

    def _post(self, address: str, pairs: list[tuple[str, str]]) -> int:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.reader.base}
        return self.reader.page.request.post(address, data=urlencode(pairs), headers=headers, max_redirects=0).status


def _kind(path: str) -> str:
    """An address without what names one thing."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]{2}-\d+-\d+|\d+", "*", path.split("?")[0])


@pytest.fixture
def superuser(database_server: DatabaseServer, site: Site, tmp_path: Any) -> Iterator[Engine]:
    """Past everything that keeps a history as it is."""
    url = database_server.url(str(site.engine.url.database))
    engine = connect_engine(Settings(profile="test", var=tmp_path, database_url=url), role="owner")
    yield engine
    engine.dispose()


def stuff(superuser: Engine) -> None:
    """All of them, at once, into whatever people's words are kept in."""
    with transaction(superuser) as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        for table, columns in COLUMNS.items():
            for column in columns:
                # Some may not be the same twice.
                db.execute(text(f"UPDATE {table} SET {column} = :words || ctid::text"), {"words": ALL})
        for row in db.execute(text("SELECT log_id, seq, body FROM events")).all():
            body = {name: one if name == "sha256" else _stuffed(one) for name, one in row.body.items()}
            db.execute(
                text("UPDATE events SET body = CAST(:body AS jsonb) WHERE log_id = :log AND seq = :seq"),
                {"body": json.dumps(body), "log": row.log_id, "seq": row.seq},
            )


def _stuffed(one: Mapping[str, Any]) -> Any:
    """A sealed field with other words in it."""

    def words(value: Any) -> Any:
        if isinstance(value, str):
            return ALL
        if isinstance(value, list):
            return [words(each) for each in value]
        return (
            {name: words(each) if name == "what" else each for name, each in value.items()}
            if isinstance(value, dict)
            else value
        )

    return {**one, "value": words(one["value"])} if "value" in one else one


def test_no_word_of_anybody_becomes_a_script_on_any_page(chromium: Browser, site: Site, superuser: Engine) -> None:
    things = make_page_things(site)
    pages: dict[str, list[str]] = {}
    for role, path in PAGES.values():
        if role is not None:
            pages.setdefault(role, []).append(ROWS.get(path, Row("GET", path, frozenset())).address(things))
    said: list[str] = []

    def hear(one: Dialog) -> None:
        said.append(one.message)
        one.dismiss()

    visitors = {role: Visitor(open_reader(chromium, site, role), portions(SCRIPTS)) for role in pages}
    try:
        for role, visitor in visitors.items():
            visitor.reader.page.on("dialog", hear)
            visitor.walk(
                [*pages[role], *(Row("GET", path, frozenset()).address(things) for path in MORE.get(role, ()))]
            )
        stuff(superuser)
        seen, telling = set[str](), 0
        for role, visitor in visitors.items():
            half = [path for kind, path in visitor.drafts.items() if kind not in seen]
            seen |= set(visitor.drafts)
            for path in dict.fromkeys([*pages[role], *half]):
                visitor.reader.page.goto(visitor.reader.base + path)
                visitor.reader.page.evaluate(_TOUCH)
                telling += visitor.reader.page.evaluate(_TELLS, SCRIPTS[0])
                assert not visitor.reader.path.startswith("/sign-in"), f"{role} was signed out by {path}"
    finally:
        close_readers([one.reader for one in visitors.values()])
    sent = [status for visitor in visitors.values() for status in visitor.sent.values()]
    assert said == []
    # Not for nothing: so many pages said them, so many forms were sent, and so many were taken.
    assert telling > 100
    assert len(sent) > 60
    assert sum(status == 303 for status in sent) > 30
    assert max(sent) < 500, {
        where: status for one in visitors.values() for where, status in one.sent.items() if status >= 500
    }
