"""A person at a browser: opens pages, follows links, fills in forms. No page may break the house's promises on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, FilePayload, Locator, Page, Request

from tests.browser.measures import MOST_BYTES, MOST_SHIFT, MOST_WIDER, layout_shift, weight, wider
from tests.support.file_makers import PDF
from tests.support.world import today

Json = Any
PHONE = 360
#: The number of a case, in the address or in the way that leads to a page.
_CASE = re.compile(r"\b[A-Z]{2,8}-\d{4}-\d{4,}\b")
_ROW = re.compile(r"\.(\d+)\.(?:what|by)$")
_OF_ROWS = re.compile(r"\.\d+\.")
#: Of a table of answers: the table, the row, and what is asked in it.
_CELL = re.compile(r"^f-(\w+)\.(\d+)\.f-(\w+)")

#: What the first form of the page asks, in its order.
_QUESTIONS = """() => [...document.querySelectorAll("form.asks")].slice(0, 1).flatMap(form =>
  [...form.querySelectorAll(".field")].map(field => [field, field.dataset.when ? field : field.parentElement.closest(".field")])
  .map(([field, asks]) => ({
    optional: field.querySelector(":scope > label .optional, :scope > legend .optional") !== null,
    // What a row asks is asked where the rows are.
    when: asks?.dataset.when ?? null,
    values: JSON.parse(asks?.dataset.values ?? "[]"),
    file: field.querySelector(":scope > input[type=file]")?.name ?? null,
    controls: [...field.querySelectorAll("[name^='f-'], [name*='.f-']")].filter(one => one.closest(".field") === field).map(one => ({
      name: one.name, kind: one.tagName === "INPUT" ? one.type : one.tagName.toLowerCase(), value: one.value,
      number: one.inputMode !== "", checked: one.checked === true, options: [...(one.options ?? [])].map(each => each.value),
    })),
  })))"""

_STATUS = "() => performance.getEntriesByType('navigation')[0].responseStatus"
#: Ids that several elements have.
_TWICE = """() => [...new Set([...document.querySelectorAll("[id]")].map(one => one.id)
  .filter((id, n, all) => all.indexOf(id) !== n))]"""


class Reader:
    """One person's page. Every step ends with a look at what must never happen."""

    def __init__(self, page: Page, base: str, *, scripted: bool = True) -> None:
        self.page, self.base = page, base
        #: Where no script runs, nothing can be waited for in the page either.
        self.scripted = scripted
        self.faults: list[str] = []
        #: What this person answers to a question of the name where nothing else is said.
        self.habits: Mapping[str, Json] = {}
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: script failed: {error}"))
        page.on("request", self._watch)

    def _hear(self, said: ConsoleMessage) -> None:
        # That the page itself says "not found" or "not now" is told too, and is no fault of it.
        if said.location["url"] == self.page.url and said.text.startswith(
            "Failed to load resource: the server responded with a status of 4"
        ):
            return
        # A violation of the content security policy is told here too.
        if said.type in ("error", "warning"):
            self.faults.append(f"{self.page.url}: {said.type} in the console: {said.text}")

    def _watch(self, request: Request) -> None:
        to, ours = urlsplit(request.url), urlsplit(self.base)
        if to.scheme not in ("data", "about") and to.netloc != ours.netloc:
            self.faults.append(f"{self.page.url}: a request to another host, {request.url}")

    # --- going about ---

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)
        self.look()

    def open_link(self, path: str, leads_to: str) -> None:
        """Open a link of a mail, whose page sends on at once what stands behind the mark."""
        self.page.goto(self.base + path, wait_until="commit")
        self.page.wait_for_url(f"{self.base}{leads_to}", timeout=15_000)
        self.look()

    def follow(self, link: Locator) -> None:
        """Press a link or button that leads to another page. What is folded away is unfolded first."""
        link = link.first
        if not link.is_visible():
            for summary in link.locator("xpath=ancestor::details[not(@open)]/summary").all():
                summary.click()
        with self.page.expect_navigation(timeout=15_000):
            link.click(timeout=10_000)
        self.look()

    def follow_to(self, ending: str) -> None:
        """Follow the link of the page's content whose address ends so."""
        self.follow(self.page.locator(f'main a[href$="{ending}"]'))

    def press(self, place: str, words: str) -> None:
        """Press what stands there, which must be called so."""
        found = self.page.locator(place)
        assert found.count(), (
            f"{self.page.url}: {words!r} is not there; {self.page.locator('.not-now').all_text_contents()}"
        )
        said = found.first.text_content() or ""
        assert words in said, f"{self.page.url}: it is called {said.strip()!r}, not {words!r}"
        self.follow(found)

    def look(self) -> None:
        """Raises AssertionError for anything that no page may do."""
        assert self.page.locator("h1").count() == 1, f"{self.page.url} has not exactly one heading"
        twice = self.page.evaluate(_TWICE)
        if twice:
            self.faults.append(f"{self.page.url} has more than one element of the id {', '.join(twice)}")
        self._measure()
        wide = self.width()
        if wide > PHONE:
            self.faults.append(f"{self.page.url} is {wide} px wide on a telephone of {PHONE} px")
        refused = self.page.locator("[role=alert]").all_inner_texts()
        faults, self.faults = self.faults, []
        assert not faults, "\n".join(faults + refused)

    def _measure(self) -> None:
        """What a page costs: what is wider than its window, shifts, weighs too much or does not say whose page it is."""
        page = self.page
        if (pixels := wider(page)) > MOST_WIDER:
            self.faults.append(f"{page.url} is {pixels} px wider than its window")
        if self.scripted and (shift := layout_shift(page)) > MOST_SHIFT:
            self.faults.append(f"{page.url} shifts by {shift:.3f}")
        if (weighs := weight(page)) > MOST_BYTES:
            self.faults.append(f"{page.url} weighs {weighs:,} bytes")
        crumbs = page.locator(".crumbs")
        named = _CASE.search(urlsplit(page.url).path + " " + (crumbs.inner_text() if crumbs.count() else ""))
        if named and named[0] not in page.title() and page.evaluate(_STATUS) < 400:
            self.faults.append(f"{page.url}: its title, {page.title()!r}, does not name {named[0]}")

    def width(self) -> int:
        """How wide the page is on a telephone."""
        before = self.page.viewport_size
        assert before is not None
        narrow = before["width"] == PHONE
        if not narrow:
            self.page.set_viewport_size({"width": PHONE, "height": before["height"]})
        wide: int = self.page.evaluate("document.documentElement.scrollWidth")
        if not narrow:
            self.page.set_viewport_size(before)
        return wide

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    # --- forms ---

    def do(self, transition: str, **said: Json) -> None:
        """Follow the page's link to an action, fill in its form and send it."""
        self.follow_to(f"/{transition}")
        self.answer(**said)

    def answer(self, **said: Json) -> None:
        """Fill in the form of the page and send it; of a decision, press the button of what was said."""
        here = self.page.url
        if self.page.locator("form.decision-card").count():
            self._decide(said)
            return
        self.send(said)
        faults = self.page.locator("[role=alert]").all_inner_texts()
        assert not faults, f"{here} was refused: {faults}"

    def send(self, said: Mapping[str, Json]) -> None:
        """Fill in the form of the page and send it, whatever comes of it; one that lies folded is opened first."""
        folded = self.page.locator("form.asks").first.locator("xpath=ancestor::details[not(@open)]/summary")
        for summary in folded.all():
            summary.click()
        self.fill(said)
        if (sure := self.page.locator('form.asks input[name="sure"]')).count():
            sure.check()
        self.follow(self.page.locator("form.asks").first.locator(".form-actions button"))

    def _decide(self, said: Mapping[str, Json]) -> None:
        """Give the answer that was said, or the first one, with its fields and the reason."""
        here, form, rest = self.page.url, self.page.locator("form.decision-card"), dict(said)
        codes = [one.get_attribute("value") or "" for one in form.locator('button[name="answer"]').all()]
        answers = [f"{name}:{_plainly(value)}" for name, value in said.items()]
        code = next((one for one in answers if one in codes), "complete" if "complete" in codes else codes[0])
        rest.pop(code.split(":")[0], None)
        button = form.locator(f'button[name="answer"][value="{code}"]')
        for summary in button.locator("xpath=ancestor::details[not(@open)]/summary").all():
            summary.click()
        why = next((rest.pop(name) for name in ("reason", "note", "finding") if name in rest), None)
        label = form.locator('label[for="reason"] .optional')
        needed = not label.count() or (button.text_content() or "").strip() in (label.text_content() or "")
        if form.locator("#reason").count() and (why is not None or needed):
            form.locator("#reason").fill(str(why or "As filed."))
        own = button.locator("xpath=ancestor::*[contains(concat(' ', @class, ' '), ' answer ')]")
        chosen: dict[str, set[str]] = {}
        for question in self.page.evaluate(_QUESTIONS):
            name = question["controls"][0]["name"] if question["controls"] else ""
            mine = "." not in name.removeprefix("f-").split("f-")[0] or own.locator(f'[name="{name}"]').count()
            within, _, field = name.rpartition("f-")
            field = field.split(".")[0]
            shown = name and (question["controls"][0]["kind"] == "hidden" or self._control(name).first.is_visible())
            if shown and mine and _is_asked(question, chosen, within):
                chosen[within + field] = self._fill(question, field, rest)
                rest.pop(field, None)
        assert not rest, f"{here} does not ask for {set(rest)}"
        if (sure := own.locator('input[name$="sure"]')).count():
            sure.check()
        self.follow(button)
        faults = self.page.locator("[role=alert]").all_inner_texts()
        assert not faults, f"{here} was refused: {faults}"

    def asked(self) -> set[str]:
        """The names of the questions of the page."""
        questions = [question for question in self.page.evaluate(_QUESTIONS) if question["controls"]]
        return {question["controls"][0]["name"].rpartition("f-")[2].split(".")[0] for question in questions}

    def fill(self, said: Mapping[str, Json]) -> None:
        """Answer what was `said`, and whatever else must be answered by habit or with something ordinary.

        Without a script a question that depends on another stands there all the time, and is left alone.
        """
        chosen: dict[str, set[str]] = {}
        known = set()
        for question in self.page.evaluate(_QUESTIONS):
            if not question["controls"]:
                if question["file"] and not question["optional"] and _is_asked(question, chosen):
                    self._hand_in(question["file"])
                continue
            name = question["controls"][0]["name"].removeprefix("f-").split(".")[0]
            known.add(name)
            if _is_asked(question, chosen):
                chosen[name] = self._fill(question, name, said)
        assert set(said) <= known, f"{self.page.url} does not ask for {set(said) - known}"
        for name, rows in said.items():
            if _are_rows(rows):
                self._add_rows(name, rows, chosen)

    def _add_rows(self, name: str, rows: list[Mapping[str, Json]], chosen: dict[str, set[str]]) -> None:
        """The rows of a table beyond the first."""
        for n in range(1, len(rows)):
            more = self.page.locator(f'form.asks button[name="_more"][value="{name}"]').first
            if self.scripted:
                more.click()
            else:
                self.follow(more)
            for question in self.page.evaluate(_QUESTIONS):
                cell = question["controls"] and _CELL.search(question["controls"][0]["name"])
                if cell and (cell[1], int(cell[2])) == (name, n) and _is_asked(question, chosen):
                    self._fill(question, name, {name: rows})

    def _fill(self, question: Mapping[str, Json], name: str, said: Mapping[str, Json]) -> set[str]:
        controls = question["controls"]
        first = controls[0]
        if first["kind"] == "hidden":
            # What is settled is told, and sent as it is.
            settled = {str(control["value"]) for control in controls}
            assert name not in said or {_plainly(said[name])} == settled, f"{name} is settled: {settled}"
            return settled
        value = said.get(name)
        if _are_rows(value) and (cell := _CELL.search(first["name"])):
            value, name = value[int(cell[2])].get(cell[3]), cell[3]
        if value is True and _OF_ROWS.search(first["name"]):
            # A row of it, whatever it says.
            value = None
        if isinstance(value, list) and _ROW.search(first["name"]):
            self._list(controls, value)
            return set()
        if isinstance(value, list):
            self._untick(controls, value)
            for n, each in enumerate(value):
                self._choose(first, each, n)
            return set(value)
        if first["kind"] in ("radio", "checkbox"):
            has = {one["value"] for one in controls if one["checked"]}
            if value is None and (has or question["optional"]):
                return has
            habit = _in_words(first, self.habits.get(name))
            words = habit if value is None and habit in {one["value"] for one in controls} else first["value"]
            value = words if value is None else _in_words(first, value)
            self._control(first["name"], value).check(timeout=5_000)
            return {value}
        if value is None and (first["value"] or question["optional"]):
            return {first["value"]}
        value = self.habits.get(name) if value is None else value
        for one in controls:
            self._write(one, value)
        return {str(value or "")}

    def _hand_in(self, name: str) -> None:
        """A file for a question that has nothing to choose from; a paper that a step lacks asks more, and is handed in before."""
        if name.startswith("u-paper-"):
            return
        field = self.page.locator("form.asks fieldset").filter(has=self.page.locator(f'[name="{name}"]')).first
        file = FilePayload(name="paper.pdf", mimeType="application/pdf", buffer=PDF)
        field.locator(f'[name="{name}"]').set_input_files(file, timeout=5_000)
        if (both := field.locator('input[type="radio"][name$="f-whose"][value="both"]')).count():
            both.check(timeout=5_000)

    def _untick(self, controls: list[dict[str, Json]], chosen: list[str]) -> None:
        """What is ticked by itself, and was not chosen."""
        for one in controls:
            if one["kind"] == "checkbox" and one["checked"] and one["value"] not in chosen:
                self._control(one["name"], one["value"]).uncheck(timeout=5_000)

    def _list(self, controls: list[dict[str, Json]], items: list[tuple[str, int]]) -> None:
        """Things to do, each with its day."""
        for one in controls:
            row = _ROW.search(one["name"])
            if row and int(row[1]) < len(items):
                what, by = items[int(row[1])]
                self._control(one["name"]).fill(_in_words(one, by if one["kind"] == "date" else what), timeout=5_000)

    def _choose(self, one: Mapping[str, Json], value: str, n: int) -> None:
        """The n-th of several answers: a box that is ticked, or a place in a ranking."""
        if one["kind"] == "checkbox":
            self._control(one["name"], value).check(timeout=5_000)
        else:
            self._control(one["name"]).nth(n).select_option(value, timeout=5_000)

    def _control(self, name: str, value: str | None = None) -> Locator:
        """What the first form of the page asks by that name."""
        chosen = "" if value is None else f'[value="{value}"]'
        return self.page.locator("form.asks").first.locator(f'[name="{name}"]{chosen}')

    def _write(self, one: Mapping[str, Json], value: Json) -> None:
        control, words = self._control(one["name"]), _in_words(one, value)
        if one["kind"] == "select":
            # Of an amount, the currency.
            if not one["value"] or words in one["options"]:
                control.select_option(words or next(each for each in one["options"] if each), timeout=5_000)
        elif row := _ROW.search(one["name"]):
            if int(row[1]) == 0:
                control.fill(_in_words(one, 30) if one["kind"] == "date" else words or "As agreed.", timeout=5_000)
        elif one["kind"] == "date":
            control.fill(words or today().isoformat(), timeout=5_000)
        else:
            control.fill(words or ("1" if one["number"] else "As filed."), timeout=5_000)


def _is_asked(question: Mapping[str, Json], chosen: Mapping[str, set[str]], within: str = "") -> bool:
    """Whether a question is asked after what was chosen so far; without a script it stands there all the same."""
    when = question["when"]
    return when is None or bool(chosen.get(within + when, set()) & set(question["values"]))


def _are_rows(value: Json) -> TypeGuard[list[Mapping[str, Json]]]:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value) and bool(value)


def _plainly(value: Json) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _in_words(one: Mapping[str, Json], value: Json) -> str:
    """As a control has it: yes or no, and a day as a number of days from today."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and one["kind"] == "date":
        return (today() + timedelta(days=value)).isoformat()
    return str(value)


__all__ = ["PHONE", "Reader"]
