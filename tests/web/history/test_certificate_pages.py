"""The page on which a certificate is chosen, and what is downloaded from it."""

from __future__ import annotations

import hashlib
import html
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.ledger.certificates import check
from casework.operations.core.perform import home_of
from casework.operations.verification import certificates
from casework.operations.verification.event_proofs import prove_events
from casework.records import log_keys
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.published import sign_and_publish
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def _play(world: World, db: Connection) -> str:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    stop = {"reason": "regulation", "found_on": "2026-01-05", "source": "A list", "finding": "Canary of the finding"}
    world.fire(db, "compliance", number, "compliance_stop", stop)
    world.fire(db, "second_compliance", number, "compliance_stop")
    return number


pytestmark = pytest.mark.stage(play=_play)


@pytest.fixture
def number(staged: str) -> str:
    return staged


@pytest.fixture
def published(engine: Engine, superuser_engine: Engine, settings: Settings, number: str) -> None:
    sign_and_publish(engine, superuser_engine, settings)


@pytest.fixture
def address(engine: Engine, number: str) -> Callable[[str], str]:
    """Of the certificate of the last entry of a kind."""

    def of(kind: str) -> str:
        statement = "SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind"
        with transaction(engine) as db:
            seq = db.execute(text(statement), {"log": home_of(db, number), "kind": kind}).scalar_one()
        return f"/cases/{number}/history/{seq}/certificate"

    return of


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def pdf_words(data: bytes, folder: Path) -> str:
    path = folder / "paper.pdf"
    path.write_bytes(data)
    return " ".join(
        subprocess.run(
            ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def pages_in(folder: Path) -> int:
    told = subprocess.run(["pdfinfo", str(folder / "paper.pdf")], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"Pages:\s+(\d+)", told)[1])  # type: ignore[index]  # poppler tells of every file how many it has


Address = Callable[[str], str]


def test_an_entry_leads_to_its_certificate(browser_for: BrowserFor, number: str) -> None:
    assert f"/cases/{number}/history/1/certificate" in browser_for("officer").get(f"/cases/{number}/history/1").text


def test_the_page_offers_what_the_entry_shows(browser_for: BrowserFor, published: None, address: Address) -> None:
    page = browser_for("auditor").get(address("fired")).text
    assert 'value="two_persons"' in page
    assert "certificate.json?" in page


def test_what_is_not_ticked_stays_hidden_on_the_page(
    browser_for: BrowserFor, published: None, address: Address
) -> None:
    officer = browser_for("officer")
    assert "Canary of the finding" not in officer.get(f"{address('proposed')}?claim=fact&field=source").text
    assert "Canary of the finding" in officer.get(f"{address('proposed')}?claim=fact&field=finding").text


def test_an_entry_that_is_too_new_offers_no_download(browser_for: BrowserFor, address: Address) -> None:
    page = browser_for("officer").get(address("fired")).text
    assert "Come back within a minute" in page
    assert "certificate.json?" not in page


def test_a_download_of_one_that_is_too_new_says_when_to_come_back(browser_for: BrowserFor, address: Address) -> None:
    answer = browser_for("officer").get(f"{address('fired')}.json")
    assert answer.status_code == 409
    assert "Come back within a minute" in answer.text


def test_the_file_is_a_certificate(
    browser_for: BrowserFor, published: None, address: Address, settings: Settings
) -> None:
    data = browser_for("officer").get(f"{address('fired')}.json?claim=two_persons").data
    assert check(data, log_keys.public_keys(settings)).kind == "two_persons"


@pytest.mark.parametrize(("language", "words"), [("en", "another person agreed"), ("zh", "由另一人同意并执行")])
def test_the_paper_says_it_in_words_on_one_page(
    browser_for: BrowserFor, published: None, address: Address, tmp_path: Path, language: str, words: str
) -> None:
    paper = browser_for("officer").get(f"{address('fired')}.pdf?claim=two_persons&language={language}").data
    assert words in pdf_words(paper, tmp_path)
    assert pages_in(tmp_path) == 1


def test_the_paper_has_the_digest_of_the_file(
    browser_for: BrowserFor, published: None, address: Address, tmp_path: Path
) -> None:
    officer = browser_for("officer")
    data = officer.get(f"{address('fired')}.json?claim=state").data
    paper = officer.get(f"{address('fired')}.pdf?claim=state").data
    assert hashlib.sha256(data).hexdigest() in pdf_words(paper, tmp_path).replace(" ", "")


def test_a_field_that_guards_read_is_shown_with_what_followed(
    browser_for: BrowserFor, published: None, address: Address, tmp_path: Path, settings: Settings
) -> None:
    officer = browser_for("officer")
    page = officer.get(f"{address('proposed')}?claim=fact&field=found_on").text
    file, english, chinese = files_on(page)
    assert "Fields that are shown with what followed" in page
    assert "effects=yes" in file
    assert check(officer.get(file).data, log_keys.public_keys(settings)).events[0].values == {"found_on": "2026-01-05"}
    for paper, words in (
        (english, "Mon 5 Jan 2026"),
        (english, "What else was written"),
        (english, "the step “"),
        (chinese, "提议了步骤“"),
    ):
        assert words in pdf_words(officer.get(paper).data, tmp_path)


def test_which_step_it_was_is_said_where_the_file_shows_it(
    browser_for: BrowserFor, published: None, address: Address
) -> None:
    officer = browser_for("officer")
    assert "the step “" not in words_of(officer.get(address("fired")).text)
    assert "the step “" in words_of(officer.get(f"{address('fired')}?effects=yes").text)


def files_on(page: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'href="([^"]+/certificate\.(?:json|pdf)\?[^"]+)"', page)]


def test_both_files_of_a_page_are_one_certificate_however_late_they_are_taken(
    browser_for: BrowserFor,
    published: None,
    address: Address,
    tmp_path: Path,
    engine: Engine,
    superuser_engine: Engine,
    settings: Settings,
    world: World,
) -> None:
    officer = browser_for("officer")
    file, *papers = files_on(officer.get(address("fired")).text)
    data = officer.get(file).data
    for paper in papers:
        with transaction(engine) as db:
            world.new_case(db)
        sign_and_publish(engine, superuser_engine, settings)
        printed = officer.get(paper).data
        assert hashlib.sha256(data).hexdigest() in pdf_words(printed, tmp_path).replace(" ", "")
        assert officer.get(paper).data == printed
        assert officer.get(file).data == data


def test_a_page_of_an_older_checkpoint_leads_to_the_newest(
    browser_for: BrowserFor,
    published: None,
    address: Address,
    engine: Engine,
    superuser_engine: Engine,
    settings: Settings,
    world: World,
) -> None:
    officer, newest = browser_for("officer"), "Prove it by the newest checkpoint"
    page = officer.get(address("fired")).text
    size = re.search(r'name="size" value="(\d+)"', page)
    assert size is not None
    assert newest not in page
    with transaction(engine) as db:
        world.new_case(db)
    sign_and_publish(engine, superuser_engine, settings)
    older = officer.get(f"{address('fired')}?size={size[1]}").text
    assert newest in older
    assert files_on(older) == files_on(page) != files_on(officer.get(address("fired")).text)


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        (".pdf?language=fr", "language"),
        (".pdf?name=no", "name"),
        (".json?claim=all", "claim"),
        (".json?effects=true", "effects"),
        (".json?size=0", "size"),
        (".json?size=3", "size"),
        (".json?size=x", "size"),
        (".json?field=finding", "field"),
        ("?size=3", "size"),
    ],
)
def test_what_a_file_cannot_be_asked_for_is_said(
    browser_for: BrowserFor, published: None, address: Address, asked: str, parameter: str
) -> None:
    answer = browser_for("officer").get(f"{address('proposed')}{asked}")
    assert answer.status_code == 422
    assert f"{parameter}: " in words_of(answer.text)


def test_a_name_stands_on_the_paper_only_where_it_is_chosen(
    browser_for: BrowserFor, published: None, address: Address, tmp_path: Path, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        who = {"id": world.people["second_compliance"]}
        name = db.execute(text("SELECT name FROM people WHERE id = CAST(:id AS uuid)"), who).scalar_one()
    officer = browser_for("officer")
    assert name not in pdf_words(officer.get(f"{address('fired')}.pdf").data, tmp_path)
    assert name in pdf_words(officer.get(f"{address('fired')}.pdf?name=yes").data, tmp_path)


def test_a_name_on_the_paper_is_said_to_be_of_today_and_proved_by_nothing(
    browser_for: BrowserFor, published: None, address: Address, tmp_path: Path
) -> None:
    paper = browser_for("officer").get(f"{address('fired')}.pdf?name=yes").data
    assert "Name as of today, which the certificate does not prove" in pdf_words(paper, tmp_path)


def test_where_effects_are_shown_whole_nobody_is_told_that_parties_stay_hidden(
    browser_for: BrowserFor, published: None, address: Address, tmp_path: Path
) -> None:
    officer, hidden = browser_for("officer"), "who the parties of the case are"
    page, paper = (officer.get(f"{address('opened')}{rest}effects=yes") for rest in ("?", ".pdf?"))
    for told in (words_of(page.text), pdf_words(paper.data, tmp_path)):
        assert hidden not in told
        assert "what the case is about, with its parties and IP rights" in told
    assert hidden in words_of(officer.get(address("opened")).text)


def test_a_paper_has_its_entry_proved_once(
    browser_for: BrowserFor, published: None, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    proved = list[Any]()

    def counting(*given: Any) -> Any:
        proved.append(given)
        return prove_events(*given)

    monkeypatch.setattr(certificates, "prove_events", counting)
    assert browser_for("officer").get(f"{address('fired')}.pdf").status_code == 200
    assert len(proved) == 1
