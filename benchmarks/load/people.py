"""What people do all day, by role: errands of some pages and actions each, with time to read and to write in between.

They know no address by heart but those that their menu has: everything else they find on the pages that they look at.
"""

from __future__ import annotations

import random
import re
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from benchmarks.load.base import PASSWORD, ZONE, Person
from benchmarks.load.browser import Browser, Page, Record
from benchmarks.load.page_forms import WORDS, WebForm
from casework.engine.roles import Role

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
#: Of pages: a case, a task, a referral, a match that no case was opened of.
CASE, TASK, REFERRAL, OPENS = (
    r"/cases/[A-Z]+-\d{4}-\d+",
    rf"/tasks/{_ID}",
    rf"/referrals/{_ID}",
    rf"/matches/{_ID}/open",
)
#: What is looked for: words of needs and technologies, in two languages.
SOUGHT = ("heat pump", "filter", "pump", "陶瓷", "余热", "drying", "water", "concrete", "battery", "compressor", "泵")
#: The first steps of a new case: what leads on from the page of the case, in this order.
STEPS = ("take", "pass_triage", "confirm_interest")
#: How many of a page's things somebody looks at who has come to choose one.
_CHOICE = 12
#: Somebody reads a page for so long, on the average, and writes in a form for so much longer.
READS_S, WRITES = 20.0, 2.0


class Over(Exception):
    """It is time to go home."""


@dataclass
class Pace:
    """How long people think, as a share of what it takes in life, until somebody says that the day is over."""

    reads_s: float = READS_S
    over: threading.Event = field(default_factory=threading.Event)


@dataclass
class Worker:
    """Somebody at work, until the day is over."""

    who: Person
    browser: Browser
    pace: Pace
    dice: random.Random
    #: Cases that this person has opened here, and is the first to work on.
    mine: list[str] = field(default_factory=list)
    #: Where the menu leads.
    menu: list[str] = field(default_factory=list)

    def work(self) -> None:
        page = self.browser.sign_in(PASSWORD)
        self.menu = [path for path in dict.fromkeys(_rail(page)) if path not in _NO_PLACES]
        errands = ERRANDS[self.who.role]
        try:
            while page.status == 200:
                self.think()
                errand = self.dice.choices([one for one, _ in errands], [weight for _, weight in errands])[0]
                errand(self)
        except Over:
            self.browser.sign_out(page)

    def think(self, share: float = 1.0) -> None:
        """Mostly a little shorter than the mean, and now and then much longer."""
        wait = self.dice.lognormvariate(-0.32, 0.8) * self.pace.reads_s * share
        if self.pace.over.wait(wait):
            raise Over

    def open(self, name: str, path: str) -> Page:
        page = self.browser.get(name, path)
        self.think()
        return page

    def choose(self, page: Page, pattern: str) -> str | None:
        """One of the things that a page leads to."""
        found = page.links_to(pattern)[:_CHOICE]
        return self.dice.choice(found) if found else None

    def answer(self, name: str, page: Page, form: WebForm, action: str, then: str, **said: str) -> Page:
        """Fill in a form; what was written so far is kept meanwhile."""
        data = form.answered(action, datetime.now(ZONE).date(), said)
        self.think(WRITES / 2)
        if form.keeps_draft:
            self.browser.keep_draft(form, data)
        self.think(WRITES / 2)
        page = self.browser.act(name, page, form, data, then)
        self.think()
        return page

    def press(self, name: str, page: Page, ending: str, then: str) -> Page | None:
        """Press a button of the page."""
        form = page.form(ending)
        if form is None:
            return None
        pairs = list(form.hidden)
        if not any(field_name == "key" for field_name, _ in pairs):
            pairs.append(("key", secrets.token_urlsafe(18)))
        page = self.browser.act(name, page, form, pairs, then)
        self.think()
        return page


def _rail(page: Page) -> list[str]:
    found = re.search(r'<nav [^>]*class="[^"]*rail[^"]*".*?</nav>', page.text, re.DOTALL)
    return re.findall(r'href="([^"#?]+)"', found[0]) if found else []


_NO_PLACES = frozenset({"/sign-out"})


# --- errands ---------------------------------------------------------------------------------------------------------


def look_round(me: Worker) -> None:
    """Somewhere that the menu leads to, and the second page of what is there."""
    if not me.menu:
        return
    path = me.dice.choice(me.menu)
    page = me.open(f"menu: {path}" if path != "/" else "home", path)
    more = me.choose(page, r"[^#]*[?&]cursor=[^#]+")
    if more and me.dice.random() < 0.4:
        me.open(f"second page: {path}", more)


def work_at_home(me: Worker) -> None:
    """From one's own work to one of its cases or tasks."""
    page = me.open("home", "/")
    case = me.choose(page, CASE)
    if case:
        read_case(me, case)


def go_through_cases(me: Worker) -> None:
    page = me.open("list of cases", "/cases")
    way = me.dice.random()
    if way < 0.3:
        word = me.dice.choice(SOUGHT)
        page = me.open("list of cases, by words", f"/cases?q={quote(word)}")
    elif way < 0.6 and (states := re.findall(r'<option value="([a-z_]+)"', page.text)):
        page = me.open("list of cases, by state", f"/cases?state={me.dice.choice(states)}")
    elif more := me.choose(page, r"/cases\?[^#]*cursor=[^#]+"):
        page = me.open("list of cases, next page", more)
    case = me.choose(page, CASE)
    if case:
        read_case(me, case)


def read_case(me: Worker, case: str) -> Page:
    """A case, and one or two of its parts."""
    page = me.open("case", case)
    parts = {f"{case}/{part}" for part in ("history", "documents", "messages", "clocks", "letters")}
    there = [path for path in page.links if path in parts]
    for path in me.dice.sample(sorted(set(there)), min(len(set(there)), me.dice.randint(0, 2))):
        me.open(f"case: {path.rpartition('/')[2]}", path)
    return page


def search(me: Worker) -> None:
    page = me.open("search", f"/search?q={quote(me.dice.choice(SOUGHT))}")
    case = me.choose(page, CASE)
    if case:
        me.open("case", case)


def jump(me: Worker) -> None:
    """By the palette, which looks for what is typed at every pause."""
    word = me.dice.choice(SOUGHT)
    for letters in {word[: len(word) // 2], word}:
        me.browser.get("palette", f"/go?q={quote(letters)}")
        me.think(0.05)


def write(me: Worker) -> None:
    """A note in a case of one's own."""
    case = me.choose(me.open("home", "/"), CASE)
    if case:
        _write(me, "note in a case", f"{case}/messages")


def _write(me: Worker, name: str, path: str) -> None:
    page = me.open(f"{name}: page", path)
    form = page.form("/messages")
    if form is not None and any(one.controls and one.controls[0].kind == "textarea" for one in form.questions):
        me.answer(name, page, form, "message", f"{name}: page", words=WORDS)


def take_and_give_back(me: Worker) -> None:
    """Take a task out of the queue, look at it and give it back."""
    page = me.open("queue", "/queues")
    forms = [form for form in page.forms if form.action.endswith("/claim")][:_CHOICE]
    if not forms:
        return
    task = me.dice.choice(forms).action.removesuffix("/claim")
    me.press("take a task", page, f"{task}/claim", "task")
    page = me.open("give a task back: form", f"{task}/operations/release")
    if page.asks is not None:
        me.answer("give a task back", page, page.asks, "release", "task")


def open_case(me: Worker) -> None:
    """Open the case of a match that nobody has taken up, and begin to work on it."""
    if len(me.mine) > 3:
        return
    page = me.open("matches", "/matches")
    while (more := me.choose(page, r"/matches\?[^#]*cursor=[^#]+")) and me.dice.random() < 0.5:
        page = me.open("matches, next page", more)
    way = me.choose(page, OPENS)
    if way is None:
        return
    page = me.open("match: open a case", way)
    form = page.asks
    if form is None:
        return
    page = me.answer("open a case", page, form, "open", "case")
    if re.fullmatch(CASE, page.path):
        me.mine.append(page.path)


def go_on(me: Worker) -> None:
    """The next step of a case that one has opened."""
    if not me.mine:
        open_case(me)
        return
    case = me.mine[0]
    page = me.open("case", case)
    step = me.choose(page, rf"{case}/tracks/{_ID}/(?:{'|'.join(STEPS)})")
    if step is not None:
        name = step.rpartition("/")[2]
        page = me.open(f"step: {name}, form", step)
        if page.asks is not None:
            me.answer(f"step: {name}", page, page.asks, name, "case")
            if name == STEPS[-1]:
                me.mine.remove(case)
            return
    for task in page.links_to(TASK):
        page = me.open("task", task)
        form = page.form("/complete")
        if form is not None:
            me.answer("finish a task", page, form, "", "case")
            return
    # What comes next is for others.
    me.mine.remove(case)


def hold_and_resume(me: Worker) -> None:
    """Put a case on hold that one has opened, and let it go on."""
    if not me.mine:
        return
    page = me.open("case", me.mine[-1])
    way = me.choose(page, rf"{CASE}/tracks/{_ID}/(?:hold|resume)")
    if way is None:
        return
    name = way.rpartition("/")[2]
    page = me.open(f"step: {name}, form", way)
    if page.asks is not None:
        me.answer(f"step: {name}", page, page.asks, name, "case", waits_until="event", event="The budget is voted.")


def answer_offers(me: Worker) -> None:
    """A provider's day: what was sent to it, and what it says to it."""
    page = me.open("provider: offers", "/")
    way = me.choose(page, REFERRAL)
    if way is None:
        return
    page = me.open("provider: referral", way)
    accept = next((form for form in page.forms if form.action.endswith("/accept")), None)
    if accept is not None and me.dice.random() < 0.5:
        me.answer("provider: accept", page, accept, "accept", "provider: referral")
    if me.dice.random() < 0.5:
        _write(me, "provider: message", f"{way}/messages")


def work_on_referrals(me: Worker) -> None:
    page = me.open("provider: in progress", "/referrals/working")
    way = me.choose(page, REFERRAL)
    if way is None:
        return
    page = me.open("provider: referral", way)
    for part in ("sheet", "documents", "contract"):
        if f"{way}/{part}" in page.links and me.dice.random() < 0.4:
            me.open(f"provider: {part}", f"{way}/{part}")
    if me.dice.random() < 0.4:
        _write(me, "provider: message", f"{way}/messages")


def audit(me: Worker) -> None:
    """The questions of an audit, and the cases behind them."""
    page = me.open("audit: overview", "/audit")
    way = me.choose(page, r"/audit/[a-z_]+")
    if way is not None:
        page = me.open("audit: answers to a question", way)
    case = me.choose(page, CASE)
    if case is not None:
        read_back(me, case)


def audit_cases(me: Worker) -> None:
    case = me.choose(me.open("list of cases", "/cases"), CASE)
    if case is not None:
        read_back(me, case)


def read_back(me: Worker, case: str) -> None:
    """A case as it stood: its history, some moments of it, and whether it is whole."""
    page = me.open("case: history", f"{case}/history")
    moments = re.findall(r'<time datetime="([^"]+)"', page.text)
    for at in me.dice.sample(moments, min(2, len(moments))):
        me.open("case as it was", f"{case}/past?at={quote(at)}")
    if me.dice.random() < 0.5:
        me.open("verification of a case", f"{case}/verify")
    if me.dice.random() < 0.2:
        take_file(me, case)


def take_file(me: Worker, case: str) -> None:
    """The whole file of a case; whoever takes it out says once more who it is."""
    page = me.browser.get("case file", f"{case}/file")
    form = page.form("/confirm")
    if form is not None:
        data = [*form.hidden, ("confirm_password", PASSWORD)]
        page = me.browser.act("confirm who it is", page, form, data, "case file")
    me.think()


def draw_sample(me: Worker) -> None:
    me.open("audit: a sample", f"/sample?seed={me.dice.randrange(10**6)}&size=25")


def read_figures(me: Worker) -> None:
    page = me.open("figures", "/figures")
    way = me.choose(page, r"/figures/[a-z_]+/(?:cases|records)(?:\?[^#]*)?")
    if way is not None:
        me.open("figures: what is behind", way)


def read_process(me: Worker) -> None:
    me.open("process", "/process")


Errand = Callable[[Worker], None]
_READING: tuple[tuple[Errand, int], ...] = ((look_round, 12), (go_through_cases, 12), (search, 6), (jump, 4))
#: What each of them does, and how often.
ERRANDS: Mapping[Role, Sequence[tuple[Errand, int]]] = {
    Role.OFFICER: (
        *_READING, (work_at_home, 24), (write, 10), (take_and_give_back, 8), (open_case, 3), (go_on, 16), (hold_and_resume, 4),
    ),
    Role.SUPERVISOR: (*_READING, (work_at_home, 10), (read_figures, 4), (read_process, 2)),
    Role.COMPLIANCE: (*_READING, (work_at_home, 20)),
    Role.MANAGER: (*_READING, (read_figures, 8), (read_process, 4)),
    Role.AUDITOR: (*_READING, (audit, 20), (audit_cases, 20), (draw_sample, 3), (read_figures, 2)),
    Role.PROVIDER: ((look_round, 10), (answer_offers, 20), (work_on_referrals, 20)),
}  # fmt: skip


@dataclass(frozen=True)
class Crew:
    """Who works in the same office at the same time."""

    people: Sequence[Person]
    port: int
    record: Record
    pace: Pace
    seed: int

    def member(self, n: int) -> Worker:
        """The n-th of them; where there are more than have accounts, somebody has a second browser."""
        who = self.people[n % len(self.people)]
        browser = Browser(self.port, who.email, f"10.{n // 250 % 250}.{n % 250}.7", self.record)
        return Worker(who, browser, self.pace, random.Random(f"{self.seed}/{n}"))


__all__ = ["ERRANDS", "READS_S", "Crew", "Over", "Pace", "Worker"]
