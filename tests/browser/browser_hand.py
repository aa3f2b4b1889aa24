"""The hand that presses the steps of a script at browsers, each person at one of their own.

What a button is called comes from the catalogue of the reader's language, so a Chinese play presses the Chinese buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from gettext import GNUTranslations
from typing import Any

from playwright.sync_api import FilePayload

from casework.definitions import load_library
from casework.playbook.hand import Hand
from casework.playbook.words import ALSO_SAID, ASKED_OF_SOME, CHOICES, DAYS, MOSTLY_NOT, NUMBERS
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.support.catalogues import FOLDER, compile_catalogues
from tests.support.file_makers import PDF

Json = Any

#: Who of the world plays whom of the demo, and for which organisation stands which.
CAST = {
    "second_compliance": "compliance", "assessor": "provider", "banker": "foreign_provider", "financier": "foreign_provider",
}  # fmt: skip
PLACES = {"institute": "lab", "fund": "bank"}
#: What a step asks for, and is handed in before it by whoever takes it.
NEEDED = {
    "assessment.issue_pass": "verification_statement", "pledge.paid_out": "pledge_certificate",
    "agreement.sign_local": "signed_agreement", "agreement.sign_cross": "signed_agreement",
    "agreement.sign_to_licence": "signed_agreement",
    "deployment.pass": "acceptance_certificate", "deployment.pass_with_list": "acceptance_certificate",
}  # fmt: skip
HABITS: Mapping[str, Json] = {
    **NUMBERS, **DAYS, **dict.fromkeys(MOSTLY_NOT, False), "territories": "CN", "pledgor": "technology_owner",
}  # fmt: skip


@lru_cache
def _catalogue(domain: str) -> GNUTranslations:
    compile_catalogues()
    with (FOLDER / "zh_Hans" / "LC_MESSAGES" / f"{domain}.mo").open("rb") as file:
        return GNUTranslations(file)


class BrowserHand(Hand):
    """One case on its way. `enter` opens a browser for a person of the world; each has one."""

    def __init__(self, site: Site, enter: Callable[[str], Reader], *, chinese: bool) -> None:
        self.site, self.enter, self.chinese = site, enter, chinese
        self.number = ""
        self._readers: dict[str, Reader] = {}
        #: Who did the last action.
        self._last: Reader | None = None

    # --- words ---

    def say(self, words: str) -> str:
        """Words of a page, as its readers have them."""
        return _catalogue("messages").gettext(words) if self.chinese else words

    def call(self, workflow: str, key: str) -> str:
        """A text of a workflow, as its readers have it."""
        edition = load_library().latest(workflow)
        assert edition is not None
        words = edition.text(key)
        return _catalogue("workflows").pgettext(f"{workflow}.{key}", words) if self.chinese else words

    # --- people ---

    def of(self, who: str) -> Reader:
        name = CAST.get(who, who)
        if name not in self._readers:
            self._readers[name] = self.enter(name)
            self._readers[name].habits = HABITS
        return self._readers[name]

    def at_case(self, who: str) -> Reader:
        return self._at(self.of(who), f"/cases/{self.number}")

    def _at(self, reader: Reader, path: str) -> Reader:
        """The reader with the page; it is fresh where nobody else did anything since it was loaded."""
        if reader.path != path or self._last is not reader:
            reader.open(path)
        self._last = reader
        return reader

    def told(self, reader: Reader) -> str:
        """What the page says of the action that led to it."""
        return reader.page.locator("[role=status]").first.inner_text()

    # --- actions ---

    def open(self) -> None:
        """The officer opens the case of a match."""
        officer = self.of("officer")
        officer.press('nav.rail a[href="/matches"]', self.say("Matches"))
        officer.press(".matches td.do a.btn", self.say("Open a case"))
        officer.press("form.asks .form-actions button", self.say("Open the case"))
        self.number = officer.path.removeprefix("/cases/")
        assert self.number in officer.page.locator("h1").inner_text()
        assert self.number in self.told(officer)

    def add(self, who: str, task: str, about: str | None) -> None:
        workflow, _, name = task.rpartition(".")
        reader = self.at_case(who)
        reader.press(f'.requests a[href*="{name}"]', self.call(workflow, f"tasks.{name}"))
        later = reader.page.locator("details.later")
        if later.count():
            # The task is done in a step of its own: it is left for then.
            later.locator("summary").click()
            if about and (party := later.locator(f'input[name="f-about"][value="{about}"]')).count():
                party.check()
            reader.follow(later.locator(".form-actions button"))
            return
        reader.answer(**self._said(reader, name, {}))

    def complete(self, who: str, task: str, about: str | None, said: Mapping[str, Json]) -> None:
        reader = self.at_case(who) if self._in_office(who) else self._at_referral(who, self._service_of(task, about))
        reader.follow_to(f"/tasks/{self.task(task, about)}")
        reader.answer(**self._said(reader, task, said))

    def task(self, name: str, about: str | None = None) -> str:
        """An open task by its name in the definition."""
        return self.site.task(self.number, name, about)

    def _service_of(self, task: str, about: str | None) -> str:
        """The service in which an open task is to be done."""
        return self.site.ids(
            "SELECT k.kind FROM tracks k JOIN tasks t ON t.track_id = k.id WHERE t.id = CAST(:id AS uuid)",
            id=self.task(task, about),
        )[0]

    def fire(self, who: str, action: str, said: Mapping[str, Json]) -> None:
        name, _, transition = action.rpartition(".")
        workflow, _, kind = name.partition(":")
        track = self.track(workflow, kind or workflow)
        words = self.call(workflow, f"transitions.{transition}.do")
        if action in NEEDED:
            self._hand_in(who, kind or workflow, NEEDED[action])
        if self._in_office(who):
            reader = self.at_case(who)
        else:
            reader = self._at_referral(who, kind or workflow)
            if transition == "accept":
                # Its form stands on the page of the offer.
                assert words in reader.page.locator("form.asks .form-actions button").inner_text()
                reader.answer(person=self.site.world.people[CAST.get(who, who)], **self._said(reader, transition, said))
                return
        reader.press(f'main a[href$="/{track}/{transition}"]', words)
        assert words in reader.page.locator("form.asks .form-actions button").inner_text()
        reader.answer(**self._said(reader, transition, said))

    def _hand_in(self, who: str, service: str, paper: str) -> None:
        """Somebody hands in a paper, on the page that an action that asks for it leads to."""
        office = self._in_office(who)
        place = f"/cases/{self.number}" if office else f"/referrals/{self.track('referral', service)}"
        reader = self._at(self.of(who), f"{place}/documents?kind={paper}")
        reader.page.set_input_files("#files", [FilePayload(name="paper.pdf", mimeType="application/pdf", buffer=PDF)])
        if office:
            reader.page.check('input[name="f-whose"][value="both"]')
        reader.follow(reader.page.locator("form[data-uploads] .form-actions button"))
        self._last = None

    def _in_office(self, who: str) -> bool:
        return who in ("officer", "supervisor", "compliance", "second_compliance", "dispute_officer")

    def _at_referral(self, who: str, kind: str) -> Reader:
        return self._at(self.of(who), f"/referrals/{self.track('referral', kind)}")

    def track(self, workflow: str, kind: str) -> str:
        """The newest live track of the kind."""
        return self.site.ids(
            "SELECT t.id FROM tracks t JOIN cases c ON c.id = t.log_id WHERE c.number = :number AND t.workflow = :workflow"
            " AND t.kind = :kind ORDER BY t.ended_at IS NULL DESC, t.position DESC LIMIT 1",
            number=self.number,
            workflow=workflow,
            kind=kind,
        )[0]

    def _said(self, reader: Reader, action: str, said: Mapping[str, Json]) -> dict[str, Json]:
        """What a script says, and what is chosen where it says nothing and the page asks it."""
        asked = reader.asked()
        chosen = {
            field: value
            for (of, field), value in CHOICES.items()
            if of == action and field in asked and field not in HABITS
        }
        # What the record leaves open the page itself insists on.
        # What is asked only of some rights is answered where it is asked.
        also = {field: True for of, field in ALSO_SAID - ASKED_OF_SOME if of == action != "eligible"}
        return chosen | also | {name: self._resolved(value) for name, value in said.items()}

    def _resolved(self, value: Json) -> Json:
        """What stands for a name of the script."""
        if isinstance(value, list):
            return [self._resolved(one) for one in value]
        if isinstance(value, str):
            return self.ids().get(PLACES.get(value, value), value)
        return value

    def ids(self) -> dict[str, str]:
        """Whom and what a script may name."""
        return self.site.world.organisations | self.site.world.people


__all__ = ["BrowserHand"]
