"""What `make shots` leaves: where each picture lies, one page with all of them, and a line that says so."""

from __future__ import annotations

from pathlib import Path

from tests.browser.pictures import INDEX, picture_of, say_taken, write_index


def keep(folder: Path, look: str, page: str) -> Path:
    picture = picture_of(folder, look, page)
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"")
    return picture


def test_a_picture_is_called_by_its_page_and_lies_with_its_look(tmp_path: Path) -> None:
    assert picture_of(tmp_path, "dark", "/cases/<number>") == tmp_path / "dark" / "cases-number.png"
    assert picture_of(tmp_path, "dark", "/").name == "home.png"


def test_one_page_shows_all_the_looks_of_a_page_together(tmp_path: Path) -> None:
    for look in ("dark", "light"):
        for page in ("/cases", "/queues"):
            keep(tmp_path, look, page)
    words = write_index(tmp_path).read_text("utf-8")
    assert words.count("<h2>") == 2
    places = [words.index(f'src="{one}.png"') for one in ("dark/cases", "light/cases", "dark/queues", "light/queues")]
    assert places == sorted(places)


def test_what_was_taken_is_said_and_where_it_lies(tmp_path: Path) -> None:
    keep(tmp_path, "dark", "/cases")
    keep(tmp_path, "light", "/cases")
    counted, where = say_taken(tmp_path, 3, 1).splitlines()
    assert counted == "Pages: 1. Looks: 2. Pictures: 2. Looked at: 3. Failed: 1."
    assert where.endswith(str((tmp_path / INDEX).resolve()))
    assert (tmp_path / INDEX).exists()
