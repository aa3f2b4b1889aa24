"""One story in browsers: who is in it, and what each does at a place of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from casework.operations.auth.passwords import hash_password
from casework.operations.core.perform import calendar_of
from casework.operations.deadlines.timers import fire_due_timers_on
from casework.operations.mediations.service import open_mediation
from casework.operations.people import registry
from casework.playbook.hand import Do
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.stage import Stage
from casework.playbook.steps import Step, Until, Wait
from casework.records.database import transaction
from casework.records.event_log import now
from tests.browser.browser_hand import CAST, PLACES, BrowserHand
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.support.way_to_referral import to_request
from tests.support.world import new_request


@dataclass(frozen=True)
class Side:
    """A provider: its organisation, who answers for it, who leads it, and who may take over, by names of the world."""

    organisation: str
    agent: str
    lead: str
    colleague: str


class Told(BrowserHand):
    """A case at browsers: `play` does a step at one; `behind` does it by operations, where the step is not the point."""

    def __init__(self, site: Site, page_of: PageOf, *, chinese: bool = False, scripts: bool = True) -> None:
        locale = "zh-CN" if chinese else "en-GB"
        super().__init__(site, lambda who: page_of(who, java_script=scripts, locale=locale), chinese=chinese)
        #: The case's log, and what its kind is.
        self.log, self.kind = "", "case"

    def behind(self, *steps: Step) -> None:
        """Steps that nobody watches."""
        with self.site.engine.connect() as db:
            with db.begin():
                calendar, moment = calendar_of(db, self.site.world.programmes["BJ"]), now(db)
            hand = OperationsHand(Stage(db, calendar, moment, self.ids(), moment), CAST | PLACES)
            hand.logs = {"main": (self.log, self.kind)}
            for step in steps:
                if isinstance(step, Do):
                    hand.press(step)
                elif not isinstance(step, Wait | Until):
                    step(hand)
        self._last = None

    def later(self, days: int) -> None:
        """So many days pass, and what is due by then happens by itself."""
        with transaction(self.site.engine) as db:
            db.execute(
                text("SELECT set_config('casework.clock_offset', :offset, true)"), {"offset": str(days * 86_400)}
            )
            fire_due_timers_on(db)
        self._last = None

    # --- what is read ---

    def reads(self, reader: Reader, *words: str) -> None:
        """The page that is open says so."""
        said = " ".join(reader.page.locator("main").inner_text().split())
        for one in words:
            assert one in said, f"{reader.page.url} does not say {one!r}; it says {said!r}"

    def reads_nothing_of(self, reader: Reader, *words: str) -> None:
        page = reader.page.content()
        for one in words:
            assert one not in page, f"{reader.page.url} says {one!r}"

    def cannot_open(self, who: str, path: str) -> None:
        """For this person there is no such page."""
        reader = self.of(who)
        answer = reader.page.goto(self.site.base + path)
        assert answer is not None
        assert answer.status == 404

    def name(self, organisation: str) -> str:
        return self.site.ids(
            "SELECT name FROM organisations WHERE id = CAST(:id AS uuid)",
            id=self.site.world.organisations[organisation],
        )[0]


class Story(Told):
    """A referral of one kind between the office and a provider; `other` is the provider that comes next."""

    #: Who acts for the office, and who decides.
    office, decider = "officer", "supervisor"

    def __init__(
        self, site: Site, page_of: PageOf, service: str, mine: Side, *, chinese: bool = False, scripts: bool = True
    ) -> None:
        super().__init__(site, page_of, chinese=chinese, scripts=scripts)
        self.kind = "mediation" if service == "mediation" else "case"
        self.service, self.mine = service, mine
        self.other = recruit_side(site, service)
        for role, name in (("provider", mine.agent), ("provider_lead", mine.lead), ("provider", mine.colleague)):
            recruit(site, name, role, mine.organisation)

    # --- the scene ---

    def to_request(self) -> None:
        """By operations: a case whose plan names our provider, and a request that is to be written."""
        plan = {} if self.service == "assessment" else {self.service: self.mine.organisation}
        with transaction(self.site.engine) as db:
            # Of the first match the technology has a right, which a lender asks for.
            self.number, _ = to_request(self.site.world, db, self.service, 0, plan)
        self.log = self.site.ids("SELECT id FROM cases WHERE number = :number", number=self.number)[0]

    # --- where things are ---

    def track(self, workflow: str, kind: str) -> str:
        return self.site.ids(
            "SELECT id FROM tracks WHERE log_id = CAST(:log AS uuid) AND workflow = :workflow AND kind = :kind"
            " ORDER BY ended_at IS NULL DESC, position DESC LIMIT 1",
            log=self.log,
            workflow=workflow,
            kind=kind,
        )[0]

    def at_office(self) -> Reader:
        """Whoever acts for the office, at the page of the referral."""
        return self._at_referral(self.office, self.service)

    def at_referral(self, who: str) -> Reader:
        return self._at_referral(who, self.service)

    def referral(self, nth: int = -1) -> str:
        """The id of a referral of the kind, the newest unless told."""
        return self.site.ids(
            "SELECT id FROM tracks WHERE log_id = CAST(:log AS uuid) AND workflow = 'referral' AND kind = :kind ORDER BY position",
            log=self.log,
            kind=self.service,
        )[nth]

    # --- what is read ---

    def of_referral(self, key: str) -> str:
        """A text of the referral's definition, as the readers have it."""
        return self.call("referral", key)

    def action(self, transition: str) -> str:
        return f"referral:{self.service}.{transition}"


class Sealed(Story):
    """A mediation, between the dispute officer and a center. It has a log of its own, of which the case knows nothing."""

    office = decider = "dispute_officer"

    def to_case(self) -> None:
        """By operations, a case about which there may be a mediation."""
        with transaction(self.site.engine) as db:
            self.number, _ = to_request(self.site.world, db, "assessment", 0, {})

    def open_at_page(self) -> None:
        """The dispute officer opens a mediation by the number of its case."""
        reader = self.of("dispute_officer")
        reader.open("/mediations")
        reader.page.locator("#case").fill(self.number)
        reader.press("main form.line button", self.say("Look at the case"))
        reader.follow(reader.page.locator('main form[method="post"] button'))
        self.log = reader.path.removeprefix("/mediations/")

    def open_behind(self) -> None:
        with transaction(self.site.engine) as db:
            done = open_mediation(db, self.site.world.actor(db, "dispute_officer"), self.number, new_request())
        self.log = str(done.answer["id"])

    def at_case(self, who: str) -> Reader:
        return self._at(
            self.of(who), f"/mediations/{self.log}" if who == "dispute_officer" else f"/cases/{self.number}"
        )

    def task(self, name: str, about: str | None = None) -> str:
        return self.site.ids(
            "SELECT id FROM tasks WHERE log_id = CAST(:log AS uuid) AND name = :name AND state IN ('Ready', 'Reserved', 'InProgress')"
            " ORDER BY id LIMIT 1",
            log=self.log,
            name=name,
        )[0]


def recruit(site: Site, name: str, role: str, organisation: str) -> None:
    """A person of an organisation, if nobody is called so yet."""
    world = site.world
    if name in world.people:
        return
    with transaction(site.engine) as db:
        person = registry.register_person(
            db,
            email=f"{name}@example.org",
            name=name.replace("_", " ").title(),
            password_hash=hash_password(world.password),
        )
        registry.grant_role(db, person, role, organisation=world.organisations[organisation])
    world.people[name] = person


def recruit_side(site: Site, service: str) -> Side:
    """A second provider of the service, with a person who answers for it."""
    with transaction(site.engine) as db:
        site.world.organisations["other"] = registry.register_organisation(
            db, name="Tianjin Second House", kind="provider", services=(service,)
        )
    side = Side("other", "other_agent", "other_agent", "other_agent")
    recruit(site, side.agent, "provider", side.organisation)
    return side
