"""Outsiders act, time passes and more happens in secret: in two worlds that differ in that alone they are told the same.

In each of three secrets one story is played: something happens in secret; every form of the pages and every call of the API is
sent, with things of here, of elsewhere and of the secret itself; hours pass, the worker works, more happens in secret; days pass,
the administrator changes the calendar and ends a dispute officer's role, the worker works again. Answers to forms and calls, mails
and what a provider's system is told are compared throughout, and so is what is signed and published of it, in both worlds of as many
events, to whoever is outside and whoever is not signed in. Between, the addresses of lists, counts, dates and what happens by
itself are opened (`LIVELY`), and at the end every address that there is.

The default plays it as one outsider of each secret, for every form of every role would take an hour; each form is sent, and each
address opened at the end, in one of the three. `test_noninterference.py` opens every address in each. The versions marked `long`
play it as all outsiders and whoever is not signed in: once, and once more with every address each time, things of nowhere,
another month, and every form sent again at its end.

What no comparison of answers can see is how long an answer takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Connection, text

from casework.ledger.canonical_json import instant
from casework.operations.core.perform import home_of
from casework.operations.mediations.service import hand_over_mediation, open_mediation
from casework.operations.mediations.unsealing import ask_unsealing, end_unsealing
from casework.operations.referrals.service import fire_in_referral
from casework.records.case_loader import load
from tests.support.databases import DatabaseServer
from tests.support.questions import PEOPLE, WORDS, Act, Questions
from tests.support.samples import Sample
from tests.support.scene import Things
from tests.support.twins import Base, Twins, copy_twice, set_base
from tests.support.world import World, new_request, today

pytestmark = pytest.mark.slow

PROVIDERS = frozenset({"provider", "provider_lead"})
#: What happens in the second world alone; the first step of each gives what is to be guessed by others.
Step = Callable[[World, Connection, Mapping[str, str]], Mapping[str, str]]


@dataclass(frozen=True)
class Secret:
    """What happens in the second world alone, step by step, and those who are outside of it."""

    steps: tuple[Step, Step, Step]
    outsiders: frozenset[str]
    insider: str


# --- the secrets ------------------------------------------------------------------------------------------------------


def _fire(
    world: World, db: Connection, who: str, of: Mapping[str, str], name: str, /, *, inner: bool = False, **data: Any
) -> None:
    """Fire a transition of the secret mediation: of its request to the center, or of the center's own work."""
    track = db.execute(
        text("SELECT id, revision FROM tracks WHERE log_id = CAST(:id AS uuid) AND (workflow = 'mediation') = :inner"),
        {"id": of["mediation"], "inner": inner},
    ).one()
    fire_in_referral(
        db,
        world.actor(db, who),
        of["mediation_track"],
        name,
        track=track.id if inner else None,
        revision=track.revision,
        data=data,
        request=new_request(),
    )


def _open(world: World, db: Connection, on: Mapping[str, str]) -> Mapping[str, str]:
    """One mediation more is opened and sent to a mediator, and in the other one much is said."""
    for _ in range(5):
        world.write(
            db, "dispute_officer", load(db, on["mediation"], "mediation"), words=f"{WORDS}: they will not settle."
        )
    opened = open_mediation(db, world.actor(db, "dispute_officer"), on["number"], new_request()).answer
    made = {"mediation": str(opened["id"]), "mediation_track": str(opened["track"])}
    wanted = today().replace(year=today().year + 1, day=1).isoformat()
    _fire(
        world,
        db,
        "dispute_officer",
        made,
        "send",
        service="mediation",
        provider=world.organisations["lab"],
        fee="both",
        wanted_on=wanted,
    )
    sealed = world.write(db, "dispute_officer", load(db, made["mediation"], "mediation"), words=f"{WORDS} once more.")
    task = db.execute(
        text("SELECT id FROM tasks WHERE log_id = CAST(:id AS uuid) ORDER BY id LIMIT 1"), {"id": made["mediation"]}
    ).scalar_one()
    asked = ask_unsealing(
        db,
        world.actor(db, "dispute_officer"),
        made["mediation"],
        reader=world.people["auditor"],
        decider=world.people["second_compliance"],
        days=2,
        reason=f"{WORDS}.",
        request=new_request(),
    ).answer["id"]
    return made | {
        "sealed": sealed,
        "task": str(task),
        "step_task": str(task),
        "referral": made["mediation_track"],
        "opening": str(asked),
        "unsealing": str(asked),
    }


def _mediate(world: World, db: Connection, on: Mapping[str, str]) -> Mapping[str, str]:
    """The center accepts, mediates and settles; somebody is to stand in, and the request to read is taken back."""
    day = today().isoformat()
    accepted: dict[str, Any] = {
        "interest": False,
        "confidentiality": True,
        "service": "mediation",
        "person": world.people["provider"],
        "charge": "free",
    }
    _fire(
        world,
        db,
        "provider",
        on,
        "accept",
        **accepted,
    )
    _fire(
        world,
        db,
        "dispute_officer",
        on,
        "open_options",
        inner=True,
        contract="licence",
        difference="price",
        stage="talks",
        urgent=True,
        work_goes_on=True,
        clause_found=True,
    )
    _fire(world, db, "dispute_officer", on, "clause_applies", inner=True, on=day, filed=True)
    _fire(world, db, "provider", on, "fee_waived", inner=True, scheme="partner", on=day)
    _fire(world, db, "provider", on, "appointed_free", inner=True, on=day, independence=True)
    world.write(
        db,
        "provider",
        load(db, on["mediation"], "mediation"),
        on["mediation_track"],
        words=f"{WORDS}, says the center.",
    )
    end_unsealing(db, world.actor(db, "dispute_officer"), on["opening"], request=new_request())
    revision = db.execute(
        text("SELECT revision FROM mediations WHERE id = CAST(:id AS uuid)"), {"id": on["mediation"]}
    ).scalar_one()
    hand_over_mediation(
        db,
        world.actor(db, "dispute_officer"),
        on["mediation"],
        owner=world.people["dispute_officer"],
        team=[world.people["second_dispute_officer"]],
        note=WORDS,
        revision=revision,
        request=new_request(),
    )
    return {}


def _settle(world: World, db: Connection, on: Mapping[str, str]) -> Mapping[str, str]:
    """It is settled in part and delivered; what follows waits for a dispute officer."""
    day = today().isoformat()
    _fire(world, db, "provider", on, "settle_part", inner=True, on=day, duties_shared=False, confirmation="none")
    _fire(world, db, "provider", on, "deliver", service="mediation", delivered_on=day)
    return {}


def _whisper(world: World, db: Connection, on: Mapping[str, str]) -> Mapping[str, str]:
    """The office writes to itself, and to another provider of the same case."""
    number, other = on["number"], on["bank_referral"]
    case, written = load(db, home_of(db, number), "case"), {}
    for _ in range(4):
        written["note"] = world.write(db, "officer", case, words=f"{WORDS} inside.", tell=("supervisor",))
        written["shared"] = world.write(db, "officer", case, other, words=f"{WORDS} to the bank.")
    return written


def _ask_back(world: World, db: Connection, on: Mapping[str, str]) -> Mapping[str, str]:
    """The other provider asks, and is answered."""
    world.fire(
        db, "foreign_provider", on["number"], "ask_info", {"items": f"{WORDS} papers."}, track=on["bank_referral"]
    )
    world.fire(db, "officer", on["number"], "supply_info", {"answer": f"{WORDS}, as asked."}, track=on["bank_referral"])
    return {}


def _decline(world: World, db: Connection, on: Mapping[str, str]) -> Mapping[str, str]:
    """The other provider declines."""
    world.fire(
        db, "foreign_provider", on["number"], "decline", {"reason": "price", "note": WORDS}, track=on["bank_referral"]
    )
    return {}


def _ask_beside(world: World, db: Connection, on: Mapping[str, str]) -> Mapping[str, str]:
    """Another provider is asked beside."""
    beside = {"service": "assessment", "beside": [world.organisations["other"]], "join": "first"}
    world.fire(db, "officer", on["number"], "ask_beside", beside)
    other = world.referral(db, on["number"], "assessment")
    task = db.execute(
        text("SELECT id FROM tasks WHERE track_id = CAST(:id AS uuid) ORDER BY id LIMIT 1"), {"id": other}
    ).scalar_one()
    return {"referral": other, "track": other, "referral_task": str(task), "task": str(task), "step_task": str(task)}


def _wait_for_all(world: World, db: Connection, on: Mapping[str, str]) -> Mapping[str, str]:
    """What the case waits for changes, and there is talk with the other."""
    world.fire(
        db, "officer", on["number"], "change_join", {"service": "assessment", "join": "all", "reason": f"{WORDS}."}
    )
    other = world.referral(db, on["number"], "assessment")
    world.write(db, "officer", load(db, home_of(db, on["number"]), "case"), other, words=f"{WORDS} to the other.")
    return {}


def _cancel_other(world: World, db: Connection, on: Mapping[str, str]) -> Mapping[str, str]:
    """The other's request comes to nothing."""
    world.fire(
        db,
        "officer",
        on["number"],
        "cancel",
        {"reason": "other", "fees_settled": True, "note": WORDS},
        track=world.referral(db, on["number"], "assessment"),
    )
    return {}


#: Neither of the two sees what the other one is told.
APART = PROVIDERS | {"verifier", "observer", "dispute_officer", "foreign_officer"}
SECRETS: Mapping[str, Secret] = {
    "a mediation": Secret((_open, _mediate, _settle), PEOPLE - PROVIDERS - {"dispute_officer"}, "dispute_officer"),
    "who else is asked": Secret((_ask_beside, _wait_for_all, _cancel_other), APART | {"foreign_provider"}, "officer"),
    "what others are told": Secret((_whisper, _ask_back, _decline), APART, "officer"),
}


# --- the story --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Base]:
    with set_base(database_server, template_database, tmp_path_factory.mktemp("twins")) as made:
        yield made


@pytest.fixture
def twins(base: Base, database_server: DatabaseServer) -> Iterator[Twins]:
    with copy_twice(database_server, base) as made:
        yield made


@dataclass
class Story:
    """What is played in both worlds, and the secret in the second one."""

    twins: Twins
    secret: Secret
    things: Things
    whole: bool
    hidden: frozenset[str] = frozenset()
    #: Whoever is not signed in asks too.
    strangers: frozenset[str] = frozenset({"anonymous"})
    #: Which of several stories this is, among which forms and addresses are divided.
    name: str = ""
    sample: Sample = Sample(1)
    #: Before anything happened in secret.
    began: str = ""

    def __post_init__(self) -> None:
        self.began = instant(self.twins.moment)

    @property
    def asked(self) -> Questions:
        return Questions(self.twins.one.app, self.things, self.hidden, self.whole)

    @property
    def roles(self) -> Sequence[str]:
        # Last whoever ends everybody's sessions.
        return sorted(self.secret.outsiders | self.strangers, key=lambda role: (role == "administrator", role))

    def step(self, n: int) -> None:
        """Something happens in secret."""
        twins, hidden = self.twins, {**self.things["here"], **self.things["hidden"]} if n else self.things["here"]
        on = {**hidden, "number": self.things["here"]["number"], "bank_referral": self.things["there"]["referral"]}
        with twins.now():
            new = twins.other.do(lambda db: self.secret.steps[n](twins.other.world, db, on))
        self.things = {**self.things, "hidden": {**self.things["hidden"], **new}}
        self.hidden |= set(new.values())
        # What is written next in a log comes later than all in it: in neither world it is put off to a microsecond after the last.
        twins.pass_time(seconds=1)

    def look(self, name: str, *, all: bool = False) -> None:
        """The worker works, mails leave, and everybody outside looks."""
        self.twins.work()
        self.twins.post(self.roles, f"mail {name}")
        if self.secret.insider != "dispute_officer":
            # In a mediation the lab is the center, whose system is told.
            self.twins.hooks(self.twins.one.world.organisations["lab"])
        asked = self.asked

        def addresses(role: str) -> Sequence[str]:
            return self._mine(asked.addresses(role)) if all or self.whole else asked.lively()

        self.twins.read(self.roles, addresses, f"read {name}")
        self.look_at_the_tree(name)

    def look_at_the_tree(self, name: str) -> None:
        """What happened is signed and published: everybody outside and every stranger reads it, and what was before."""
        self.twins.sign()
        number, began = self.things["here"]["number"], quote(self.began)
        addresses = [
            *self.twins.published(),
            "/checkpoints",
            "/api/v1/checkpoints",
            f"/api/v1/cases/{number}/certificate?event=1",
            *(f"/cases/{number}/history/1/certificate{kind}" for kind in ("", ".json", ".pdf")),
            f"/cases/{number}/history.pdf",
            f"/cases/{number}/past?as_of={began}",
            *(f"/api/v1/cases/{number}{what}?as_of={began}" for what in ("", "/clocks", "/events")),
        ]
        self.twins.read(sorted({*self.roles, "anonymous"}), lambda role: addresses, f"tree {name}")

    def act(self, name: str) -> None:
        def acts(role: str) -> Sequence[Act]:
            every = {f"{one.path} {one.body}": one for one in self.asked.acts(role)}
            return [every[one] for one in self._mine(every)]

        self.twins.pass_time(seconds=1)
        self.twins.act(self.roles, acts, f"act {name}")

    @property
    def alike(self) -> Sequence[str]:
        """The stories that the same person plays, among which forms and addresses are divided; one that stands alone has all."""
        return [name for name in ONE if ONE[name] == ONE[self.name]] if self.name else [""]

    def _mine(self, things: Iterable[str]) -> list[str]:
        """What of these falls to this story, and whatever names something hidden."""
        every = list(things)
        fallen = set(self.sample.falling_to(self.name, self.alike, every))
        return [one for one in every if one in fallen or any(id in one for id in self.hidden)]


def _play(story: Story) -> None:
    twins = story.twins
    story.step(0)
    story.look("at first")
    story.act("at first")
    twins.pass_time(hours=3)
    story.step(1)
    story.look("after hours")
    twins.pass_time(days=8)
    story.step(2)
    _change_much(story)
    story.look("after days", all=True)
    if story.whole:
        twins.pass_time(days=30)
        story.look("after a month")
        story.act("after a month")
        story.look("at last")


def _change_much(story: Story) -> None:
    """The administrator tries another calendar and takes it, and ends the role of whoever leads the mediations."""
    twins, here = story.twins, story.things["here"]
    if "administrator" not in story.roles:
        return
    twins.pass_time(seconds=1)
    path = f"/api/v1/programmes/{here['programme']}/calendar"
    with twins.now():
        twins.one.enter("administrator")
        found: Any = twins.one.open("administrator", path).json
    calendar = {name: found["calendar"][name] for name in ("zone", "slots", "holidays", "make_up")}
    days = [(twins.moment.date().toordinal() + n) for n in range(1, 6)]
    more = [today().fromordinal(day).isoformat() for day in days]
    changed = {**calendar, "holidays": [*calendar["holidays"], *more]}
    tried = [Act(f"{path}/preview", {"calendar": changed}), Act(path, {"calendar": changed, "seen": found["digest"]})]
    twins.act(["administrator"], lambda role: tried, "act calendar")
    role = text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)")
    membership = twins.one.do(
        lambda db: db.execute(role, {"id": twins.one.world.people["dispute_officer"]}).scalar_one()
    )
    twins.act(["administrator"], lambda role: [Act(f"/api/v1/memberships/{membership}/end", {})], "act succession")


def _tell(story: Story, record: Callable[[str, object], None]) -> None:
    twins = story.twins
    record("compared", dict(sorted(twins.compared.items())))
    assert not twins.leaks, f"{len(twins.leaks)}:\n" + "\n".join(twins.leaks[:40])
    # Of the tree there is a checkpoint and a leaf or more, each time, for everybody and whoever is not signed in.
    for name in ("at first", "after hours", "after days"):
        assert twins.compared[f"tree {name} 200"] > 3 * len(story.roles), twins.compared
    # What was refused at the door compares nothing: most were let in, and many things were done.
    acts = {one: count for one, count in twins.compared.items() if one.startswith(("act at first", "act after"))}
    done = sum(count for one, count in acts.items() if one.rpartition(" ")[2] in ("200", "201", "202", "204", "303"))
    assert done > 10 * len(story.roles) // len(story.alike), acts
    if "administrator" in story.roles:
        assert (twins.compared["act calendar 200"], twins.compared["act succession 200"]) == (2, 1)


#: In the default, one outsider of each secret.
ONE = {"a mediation": "administrator", "who else is asked": "provider", "what others are told": "provider"}


@pytest.mark.parametrize("name", ONE)
def test_an_outsider_who_acts_learns_nothing(
    base: Base, twins: Twins, name: str, record_property: Callable[[str, object], None]
) -> None:
    story = Story(
        twins,
        replace(SECRETS[name], outsiders=frozenset({ONE[name]})),
        base.things,
        whole=False,
        strangers=frozenset(),
        name=name,
        sample=Sample(3),
    )
    _play(story)
    _tell(story, record_property)


@pytest.mark.long
@pytest.mark.parametrize("whole", [False, True], ids=["days", "a month"])
@pytest.mark.parametrize("name", SECRETS)
def test_no_outsider_learns_of_it(
    base: Base, twins: Twins, name: str, whole: bool, record_property: Callable[[str, object], None]
) -> None:
    story = Story(twins, SECRETS[name], base.things, whole=whole)
    _play(story)
    _tell(story, record_property)
