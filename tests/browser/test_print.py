"""Pages on paper: what they are about with all that is folded away on a screen, and nothing of the frame around them."""

from __future__ import annotations

import io
from typing import Literal
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.support.way_to_referral import to_referral

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: What a colour is in a theme.
_COLOUR = """([theme, name]) => {
  document.documentElement.setAttribute("data-bs-theme", theme);
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}"""
#: What only makes sense on a screen.
FRAME = ("Skip to", "More actions", "Sign out", "Alerts", "Search")


@pytest.fixture
def printed(site: Site) -> tuple[str, str]:
    """The number of a case with several services, and the referral that was sent."""
    with transaction(site.engine) as db:
        number, referral = to_referral(site.world, db, more_plan={"pledge": "bank"})
    return number, referral


def on_paper(reader: Reader, path: str, *, most: int) -> str:
    """What is read on the pages that it prints, which are no more than so many."""
    reader.open(path)
    paper = PdfReader(io.BytesIO(reader.page.pdf(format="A4", print_background=False)))
    assert len(paper.pages) <= most
    # Two letters may be drawn as one.
    return " ".join(" ".join(normalize("NFKC", page.extract_text()).split()) for page in paper.pages)


@pytest.mark.parametrize("java_script", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_case_has_its_number_its_lanes_and_no_frame(
    page_of: PageOf, printed: tuple[str, str], java_script: bool
) -> None:
    number, _ = printed
    words = on_paper(page_of("officer", java_script=java_script), f"/cases/{number}", most=4)
    for told in (number, "Tracks and whose turn it is", "The case", "Referral: pledge loan", "our turn"):
        assert told in words
    assert not [one for one in (*FRAME, "Show as a table", "Add a task") if one in words]


@pytest.mark.parametrize("choice", ["dark", "auto"])
def test_paper_is_light_whatever_the_screen_is(page_of: PageOf, printed: tuple[str, str], choice: str) -> None:
    number, _ = printed
    reader = page_of("officer", dark=True)
    reader.open(f"/cases/{number}")

    def colours(theme: str, media: Literal["print", "screen"]) -> list[str]:
        reader.page.emulate_media(media=media, color_scheme="dark")
        return [str(reader.page.evaluate(_COLOUR, [theme, name])) for name in ("--accent", "--danger", "--theirs")]

    assert colours(choice, "print") == colours("light", "screen") != colours(choice, "screen")


def test_lists_have_their_columns_under_their_heads(page_of: PageOf, printed: tuple[str, str]) -> None:
    reader = page_of("officer")
    reader.open("/")
    reader.page.emulate_media(media="print")
    heads = "() => [...document.querySelectorAll('.tasks thead th')].map(one => Math.round(one.getBoundingClientRect().left))"
    cells = "() => [...document.querySelector('.tasks .task').children].map(one => Math.round(one.getBoundingClientRect().left))"
    assert reader.page.evaluate(heads) == reader.page.evaluate(cells)
    assert "Your first day" not in reader.page.locator("main").inner_text()


@pytest.mark.parametrize("java_script", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_history_has_each_entry_unfolded(page_of: PageOf, printed: tuple[str, str], java_script: bool) -> None:
    number, _ = printed
    words = on_paper(page_of("auditor", java_script=java_script), f"/cases/{number}/history", most=16)
    for told in (number, "By which rule", "What it changed", "Hash before", "Case, edition 1"):
        assert told in words
    entries = words.count("Hash before")
    assert entries >= 10
    assert words.count("By which rule") == entries
    assert not [one for one in FRAME if one in words]


def test_a_referral_has_what_is_asked_and_by_when(page_of: PageOf, printed: tuple[str, str]) -> None:
    _, referral = printed
    words = on_paper(page_of("provider"), f"/referrals/{referral}", most=4)
    for told in ("Offer: green technology assessment", "What is asked", "Does it reach 180 degrees?"):
        assert told in words
    assert not [one for one in FRAME if one in words]


def test_a_case_sheet_prints_with_its_figures_and_no_frame(page_of: PageOf, site: Site) -> None:
    with transaction(site.engine) as db:
        number, referral = to_referral(site.world, db)
        site.world.accept(db, number, referral)
    words = on_paper(page_of("provider"), f"/referrals/{referral}/sheet", most=2)
    for told in ("Case sheet", number, "Does it reach 180 degrees?", "Steam temperature", "full load"):
        assert told in words
    assert not [one for one in FRAME if one in words]
