"""A paper that must be on file before a step comes with the form of the step: on no other page, and nothing is done by halves."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.documents import service as documents
from casework.operations.verification.service import verify_case
from casework.playbook.steps import do
from casework.playbook.stretches import AGREED, READY, SIGNING, ready, to_structuring
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.journeys.journey import Journey, Steps, start_clock
from tests.journeys.scripts.loans import REQUESTED, TO_DRAWDOWN
from tests.journeys.world import build_world
from tests.support.file_makers import PDF, SCRIPT
from tests.support.pages import read_page
from tests.support.web_client import PASSWORD, Browser
from tests.support.world import QUICK_HASHER, new_request, today

#: A restricted technology whose letter of intent was applied for.
LETTER_ASKED = (do("compliance", "agreement.class_restricted"), do("officer", "agreement.apply_for_letter"))


@dataclass
class Scene:
    """A case that stands where a step asks for a paper, and somebody who has signed in."""

    engine: Engine
    browser: Browser
    number: str
    path: str

    def open(self) -> str:
        return self.browser.get(self.path).text

    def send(self, page: str, **more: Any) -> Any:
        read = read_page(page)
        sent: dict[str, Any] = {name: read.sent.getlist(name) for name in read.sent}
        path = re.findall(r'<form method="post" action="([^"]+)"[^>]*multipart', page)[0]
        return self.browser.flask.post(path, data=sent | more, content_type="multipart/form-data")

    def papers(self) -> list[tuple[str, str | None, bool, str | None]]:
        """Those in use, as the history has them, which is whole."""
        with transaction(self.engine) as db:
            assert verify_case(db, home_of(db, self.number)) == []
            case = load(db, home_of(db, self.number), "case")
        known = [one for one in case.documents.values() if one.withdrawn_at is None]
        return [(one.kind, one.party, one.own, one.valid_until) for one in known]

    def states(self, workflow: str) -> tuple[str, ...]:
        with transaction(self.engine) as db:
            case = load(db, home_of(db, self.number), "case")
        return next(track.states for track in case.tracks.values() if track.workflow == workflow)


def play(app: Flask, engine: Engine, steps: Steps, who: str, path: str, *, without: str = "") -> Scene:
    """The case as the steps left it, a paper of the kind taken out of use."""
    with transaction(engine) as db:
        start_clock(db)
        journey = Journey(db, build_world(db)).run(list(steps))
        case, actor = journey.case, find_actor(db, journey.world["officer"])
        assert case.number
        assert actor
        for paper in [one for one in case.documents.values() if one.kind == without]:
            documents.withdraw(db, actor, paper.id, reason="It was the wrong one.", request=new_request())
        hashed = {"hash": QUICK_HASHER.hash(PASSWORD)}
        db.execute(text("UPDATE people SET password_hash = :hash"), hashed)
        tracks = {track.workflow: track.id for track in case.tracks.values()}
        names = {"number": case.number, "main": case.main.id, **tracks}
        names["referral"] = next((track.id for track in case.tracks.values() if track.is_referral), "")
    browser = Browser(app.test_client())
    assert browser.sign_in(f"{who}@example.org").status_code == 303
    return Scene(engine, browser, case.number, path.format(**names))


def file(name: str = "signed.pdf", content: bytes = PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


@pytest.fixture
def signing(app: Flask, engine: Engine) -> Scene:
    """The case stands before its signing, and the agreement that was on file is not any more."""
    steps = (*to_structuring(), *READY, *SIGNING)
    return play(app, engine, steps, "officer", "/cases/{number}/tracks/{main}/sign_no_site", without="signed_agreement")


PAPER = "paper-signed_agreement"
GREEN = re.compile(r'<a class="btn btn-primary" href="[^"]*?(/cases/[^"]+)"')


def test_the_named_next_thing_is_the_green_button_and_a_way_back_never_is(app: Flask, engine: Engine) -> None:
    """The agreement is clear for signing: its signing comes first, on the case and on the page of the case's own step."""
    steps = (*to_structuring(), *READY, *AGREED)
    scene = play(app, engine, steps, "officer", "/cases/{number}/tracks/{main}/sign_no_site")
    case = scene.browser.get(f"/cases/{scene.number}").text
    (primary,) = GREEN.findall(case)
    assert primary.endswith("/sign_local")
    assert primary.startswith(f"/cases/{scene.number}/tracks/")
    page = scene.open()
    assert "To be done first" in page
    assert GREEN.findall(page) == [primary]
    assert page.index(primary) < page.index("Or instead")


def test_a_step_that_lacks_its_paper_asks_for_it_in_its_form(signing: Scene) -> None:
    case = signing.browser.get(f"/cases/{signing.number}").text
    assert f'href="{signing.path}"' in case
    page = signing.open()
    assert "Not yet:" not in page
    assert f'type="file" id="f-{PAPER}.file"' in page
    assert "hand it in with this form" in page


def test_the_paper_and_the_step_are_one_submission(signing: Scene) -> None:
    before = signing.papers()
    said = {f"u-{PAPER}": file(), f"{PAPER}-f-whose": "both", f"{PAPER}-f-valid_until": "2031-02-04", "sure": "yes"}
    assert signing.send(signing.open(), **said).status_code == 303
    assert [one for one in signing.papers() if one not in before] == [("signed_agreement", None, False, "2031-02-04")]
    assert signing.states("case") == ("monitoring",)


def test_without_the_paper_nothing_is_done_and_it_is_said_where_to_choose_it(signing: Scene) -> None:
    before = signing.papers()
    answer = signing.send(signing.open(), sure="yes")
    assert answer.status_code == 422
    assert answer.text.count("Choose the file of the paper.") == 2, "above the form and beside the field"
    assert "Not on file" not in answer.text
    assert (signing.papers(), signing.states("case")) == (before, ("agreement",))


def test_who_asks_for_more_questions_is_told_of_no_paper(signing: Scene) -> None:
    answer = signing.send(signing.open(), _more="1")
    assert answer.status_code == 200
    assert "Choose the file of the paper." not in answer.text


def test_a_chosen_paper_survives_every_fault_of_its_form(app: Flask, engine: Engine) -> None:
    steps = (*to_structuring(), *READY, *SIGNING)
    signing = play(app, engine, steps, "officer", "/cases/{number}/tracks/{main}/sign", without="signed_agreement")
    before, page = signing.papers(), signing.open()
    unsaid = signing.send(page, **{f"u-{PAPER}": file("agreement.pdf"), "f-pledge_by": "soon"})
    assert unsaid.status_code == 422
    for field in ("f-pledge_by", f"f-whose-{PAPER}"):
        assert f'id="{field}-fault"' in unsaid.text
    assert re.search(r"agreement\.pdf.*kept from your first try", unsaid.text, re.S)
    # What is kept is not told to be missing.
    assert "comes with this form" not in page
    assert "comes with this form" in unsaid.text
    assert not re.search(r'class="[^"]*"[^>]*>\s*missing<', unsaid.text)
    assert re.search(r'class="[^"]*"[^>]*>\s*missing<', page)
    again = signing.send(unsaid.text, **{f"{PAPER}-f-whose": "need_owner", "f-pledge_by": "soon"})
    assert re.search(r"agreement\.pdf.*The need owner", again.text, re.S)
    assert signing.papers() == before
    # Of the one file of a paper it can still be said otherwise.
    last = signing.send(again.text, **{f"{PAPER}-f-whose": "technology_owner", "f-pledge_by": "", "sure": "yes"})
    assert last.status_code == 303
    assert [one[1] for one in signing.papers() if one not in before] == ["technology_owner"]


def test_another_file_takes_the_place_of_the_kept_one(signing: Scene) -> None:
    before = signing.papers()
    kept = signing.send(signing.open(), **{f"u-{PAPER}": file(), f"{PAPER}-f-whose": "both"})
    assert kept.status_code == 422
    other = file("another.pdf", PDF + b"\n")
    assert signing.send(kept.text, **{f"u-{PAPER}": other, "sure": "yes"}).status_code == 303
    assert len(signing.papers()) == len(before) + 1


def test_a_harmful_file_is_told_at_its_paper(signing: Scene) -> None:
    said = {f"u-{PAPER}": file("bad.pdf", SCRIPT), f"{PAPER}-f-whose": "both", "sure": "yes"}
    answer = signing.send(signing.open(), **said)
    assert answer.status_code == 422
    assert f'id="f-{PAPER}-fault"' in answer.text


def test_what_somebody_else_has_entered_meanwhile_is_not_asked_again(signing: Scene) -> None:
    page = signing.open()
    officer = signing.browser
    handed = {"f-kind": "signed_agreement", "f-whose": "both", "files": [file()]}
    path = f"/cases/{signing.number}/documents"
    assert officer.post(path, handed, page=path, content_type="multipart/form-data").status_code == 303
    assert signing.send(page, sure="yes").status_code == 303


def test_a_field_that_asks_for_the_kind_is_where_the_paper_comes_in(app: Flask, engine: Engine) -> None:
    # What gives rights rests on a fresh check of them; the browser comes months after the steps.
    steps = (*to_structuring(), *ready("purchase"), do("officer", "agreement.propose", kind="purchase"), *AGREED[1:])
    scene = play(app, engine, steps, "officer", "/cases/{number}/tracks/{agreement}/sign_local")
    page = scene.open()
    assert PAPER not in page
    said = {
        "u-signed_copy": file(),
        "signed_copy-f-whose": "both",
        "f-price_form": "none",
        "f-no_price": "free",
        "sure": "yes",
    }
    days = {
        "f-executed_on": "2026-03-02",
        "f-effective_on": "2026-03-02",
        "f-ends": "yes",
        "f-expires_on": "2031-02-04",
    }
    answer = scene.send(page, **said, **days)
    assert answer.status_code == 303, re.findall(r'class="fault"[^>]*>([^<]*)', answer.text)
    assert scene.states("agreement") == ("in_force",)


def test_a_provider_hands_in_its_paper_with_its_own_step(app: Flask, engine: Engine) -> None:
    steps = (*REQUESTED, *TO_DRAWDOWN)
    scene = play(app, engine, steps, "banker", "/referrals/{referral}/{pledge}/paid_out")
    page = scene.open()
    assert "paper-pledge_certificate-f-whose" not in page, "it is its own"
    said = {"u-paper-pledge_certificate": file("certificate.pdf"), "f-amount.amount": "100", "f-paid_on": "2026-03-02"}
    said |= {"f-final_due_on": "2031-02-04", "f-start_conditions_met": "yes"}
    said |= {"f-repayments.0.f-by": "2031-02-04", "f-repayments.0.f-principal.amount": "100"}
    answer = scene.send(page, **said, sure="yes")
    assert answer.status_code == 303, re.findall(r'class="fault"[^>]*>([^<]*)', answer.text)
    assert ("pledge_certificate", None, False, None) in scene.papers()


def test_the_last_day_that_a_form_asks_of_its_own_is_the_papers_too(app: Flask, engine: Engine) -> None:
    """A letter of intent runs out on one day: it is asked once, and the paper bears it."""
    steps = (*to_structuring("export"), do("officer", "agreement.propose"), *LETTER_ASKED)
    place = "/cases/{number}/tracks/{agreement}/letter_issued"
    scene = play(app, engine, steps, "officer", place)
    page, paper = scene.open(), "paper-letter_of_intent"
    assert page.count(">Valid until<") == 1
    assert "36 months at most after “Issued on”." in page
    assert "No law sets this limit" not in page
    said = {
        f"u-{paper}": file("letter.pdf"),
        f"{paper}-f-whose": "both",
        "f-number": "L-1",
        "f-issued_by": "The office",
    }
    ends = (today() + timedelta(days=700)).isoformat()
    answer = scene.send(page, **said, **{"f-issued_on": today().isoformat(), "f-valid_until": ends})
    assert answer.status_code == 303, re.findall(r'class="fault"[^>]*>([^<]*)', answer.text)
    assert ("letter_of_intent", None, False, ends) in scene.papers()
