"""The story of a deal: a case and its agreement, told at browsers from where it matters."""

from __future__ import annotations

import re
from collections.abc import Mapping

from casework.engine.parties import PARTIES
from casework.operations.people.registry import register_organisation
from casework.playbook.steps import Step, presses
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Json, Reader
from tests.browser.site import Site
from tests.browser.storyteller import Told
from tests.support.world import add_match, add_need

#: Where a page says why something is not possible yet: that of a case, and that of a referral.
_NOT_YET = ".not-now li, main details.panel li"


class Deal(Told):
    """Cases of one technology and its patent. What leads to the decisive stretch is done by operations."""

    def __init__(self, site: Site, page_of: PageOf, *, chinese: bool = False, scripts: bool = True) -> None:
        super().__init__(site, page_of, chinese=chinese, scripts=scripts)
        self.patent = site.world.rights[0]

    def ids(self) -> dict[str, str]:
        return {name: id for name, id in super().ids().items() if name not in PARTIES} | {"patent": self.patent}

    # --- the scene ---

    def begin(self, *steps: Step, match: int = 0) -> None:
        """The case of a match, as far as told, by operations."""
        with transaction(self.site.engine) as db:
            self.number = self.site.world.open_case(db, match)
        self.turn_to(self.number)
        self.behind(*presses(*steps))

    def turn_to(self, number: str) -> None:
        """What follows happens in this case."""
        self.number, self._last = number, None
        self.log = self.site.ids("SELECT id FROM cases WHERE number = :number", number=number)[0]

    def rival(self, name: str = "Tangshan Paper Mill", country: str = "CN") -> int:
        """One more match of the technology, for the need of another owner; gives which."""
        world = self.site.world
        with transaction(self.site.engine) as db:
            world.organisations[name] = owner = register_organisation(
                db, name=name, kind="company", country=country, programme=world.programmes["BJ"]
            )
            need = add_need(db, world.programmes["BJ"], name, owner)
            world.matches.append(
                add_match(db, world.actor(db, "officer"), world.programmes["BJ"], need, world.technologies[0])
            )
        return len(world.matches) - 1

    def unprotected(self) -> int:
        """One more match, of a technology of which no right is on record; gives which."""
        with transaction(self.site.engine) as db:
            self.site.world.new_match(db)
        return len(self.site.world.matches) - 1

    def right_of_case(self) -> str:
        """The right that the case is about, the newest of several."""
        return self.site.ids("SELECT unnest(rights) FROM cases WHERE number = :number", number=self.number)[-1]

    def hand_in(self, who: str, service: str | None, kind: str = "report") -> None:
        """By operations, the file of what a provider is to deliver, or a paper of the office."""
        referral = self.track("referral", service) if service else None
        self.site.world.hand_in(
            self.site.document_store, self.number, who, title="The result", kind=kind, referral=referral
        )
        self._last = None

    # --- what is read ---

    def at_action(self, who: str, action: str) -> Reader:
        """Somebody at the page of an action, by the link of the case's page."""
        name, _, transition = action.rpartition(".")
        workflow, _, kind = name.partition(":")
        reader = self.at_case(who)
        reader.press(
            f'main a[href$="/{self.track(workflow, kind or workflow)}/{transition}"]',
            self.call(workflow, f"transitions.{transition}.do"),
        )
        return reader

    def refused(self, who: str, action: str, *words: str, **said: Json) -> Reader:
        """The action's form is sent and comes back with these words."""
        return self._comes_back(self.at_action(who, action), action.rpartition(".")[2], words, said)

    def refused_task(self, who: str, task: str, *words: str, **said: Json) -> Reader:
        """The form of a task is sent and comes back with these words."""
        reader = self.at_case(who) if self._in_office(who) else self._at_referral(who, self._service_of(task, None))
        reader.follow_to(f"/tasks/{self.task(task)}")
        return self._comes_back(reader, task, words, said)

    def _comes_back(self, reader: Reader, name: str, words: tuple[str, ...], said: Mapping[str, Json]) -> Reader:
        reader.send(self._said(reader, name, said))
        alert = " ".join(reader.page.locator("[role=alert]").first.inner_text().split())
        for one in words:
            assert one in alert, f"{reader.page.url} says {alert!r}, not {one!r}"
        self._last = None
        return reader

    def not_yet(self, who: str, workflow: str, transition: str) -> str:
        """What the case's page says of an action that is not possible yet; it has no link to it."""
        reader = self.at_case(who) if self._in_office(who) else self._at_referral(who, workflow)
        do = self.call(workflow, f"transitions.{transition}.do")
        assert not reader.page.locator(f'main a[href$="/{self.track(workflow, workflow)}/{transition}"]').count()
        lines = [_plain(one) for one in reader.page.locator(_NOT_YET).all_text_contents()]
        return next(line for line in lines if line.startswith(do))

    def offers(self, who: str, workflow: str, transition: str) -> bool:
        """Whether the case's page leads to an action."""
        track = self.track(workflow, workflow)
        return bool(self.at_case(who).page.locator(f'main a[href$="/{track}/{transition}"]').count())

    def at_patent(self, who: str = "officer", right: str | None = None) -> Reader:
        return self._at(self.of(who), f"/rights/{right or self.patent}")

    def at_service(self, who: str, service: str) -> Reader:
        """A provider at its referral of a service."""
        return self._at_referral(who, service)

    def at_technology(self, who: str = "officer") -> Reader:
        """The technology, by the link of the case's page."""
        return self._at(self.of(who), f"/technologies/{self.site.world.technologies[0]}")


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip()
