"""Previews: drawn by a process that ends, by who may take the file out, and noted like that."""

from __future__ import annotations

import io
import tracemalloc
import zlib
from collections.abc import Iterator
from threading import BoundedSemaphore
from time import monotonic

import pytest
from PIL import Image
from sqlalchemy import Engine, text

from casework.errors import AskedTooOften, FileBlocked, FilePending, NotFound
from casework.operations.documents import previews
from casework.operations.documents.service import Opened, list_takings
from casework.operations.documents.storage import DocumentStore
from casework.records.database import transaction
from tests.support import malice
from tests.support.file_makers import PDF, pdf
from tests.support.world import World


def opened(content: bytes, kind: str = "pdf") -> Opened:
    pieces = (content[at : at + 65_536] for at in range(0, len(content), 65_536))
    return of_pieces(pieces, kind, len(content))


def of_pieces(pieces: Iterator[bytes], kind: str, size: int) -> Opened:
    return Opened(name="x", size=size, digest=None, pieces=pieces, type=kind, scan=None, filed_by="x", number=None)


def test_the_process_says_how_large_pages_are_and_draws_one() -> None:
    assert previews.measure_pages(opened(PDF)) == previews.Pages(1, (previews.Size(36, 36),))
    assert Image.open(io.BytesIO(previews.draw_page(opened(PDF), 1))).size == (36, 36)


@pytest.mark.parametrize("page", [0, 2, 21, 10**9])
def test_a_page_that_is_not_there_has_no_preview(page: int) -> None:
    with pytest.raises(previews.NoPreview):
        previews.draw_page(opened(PDF), page)


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MOST_S", 0.01)
    with pytest.raises(previews.NoPreview):
        previews.draw_page(opened(PDF), 1)


def test_what_says_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MOST_PICTURE", 20)
    with pytest.raises(previews.NoPreview):
        previews.draw_page(opened(PDF), 1)


def test_who_waits_too_long_for_a_free_place_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "_PATIENCE_S", 0.01)
    monkeypatch.setattr(previews, "_FREE", BoundedSemaphore(1))
    with previews._FREE, pytest.raises(AskedTooOften):
        previews.measure_pages(opened(PDF))
    assert previews.measure_pages(opened(PDF)).total == 1


def test_no_more_wait_than_leave_the_server_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "_ADMITTED", BoundedSemaphore(1))
    monkeypatch.setattr(previews, "_FREE", BoundedSemaphore(1))
    began = monotonic()
    with previews._ADMITTED, pytest.raises(AskedTooOften):
        previews.measure_pages(opened(PDF))
    assert monotonic() - began < previews._PATIENCE_S / 2, "nobody waited"
    assert previews.measure_pages(opened(PDF)).total == 1


def test_a_fault_of_the_store_is_told_and_leaves_the_place_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "_FREE", BoundedSemaphore(1))

    def broken() -> Iterator[bytes]:
        yield b"%PDF"
        raise OSError("the store is gone")

    with pytest.raises(OSError, match="the store is gone"):
        previews.draw_page(of_pieces(broken(), "pdf", 9), 1)
    assert previews.draw_page(opened(PDF), 1)


def test_a_large_file_passes_through_in_pieces() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(previews.NoPreview):
            previews.measure_pages(of_pieces((b"x" * 65_536 for _ in range(600)), "pdf", 600 * 65_536))
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024**2
    finally:
        tracemalloc.stop()


def _nested() -> bytes:
    """Ten forms that draw one another ten times each."""
    box = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
    forms = [
        b"<<%s/Resources<</XObject<</F %d 0 R>>>>/Length %d>>stream\n%s\nendstream" % (box, n + 1, 60, b"/F Do " * 10)
        for n in range(4, 14)
    ]
    last = b"<<%s/Length 14>>stream\n0 0 9 9 re f  \nendstream" % box
    return pdf(b"", *forms, last).replace(
        b"/MediaBox[0 0 9 9]>>", b"/MediaBox[0 0 9 9]/Contents 15 0 R/Resources<</XObject<</F 4 0 R>>>>>>", 1
    )


def _huge_picture() -> bytes:
    packed = zlib.compress(b"\0" * 2_000_000)
    head = b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 16/Filter/FlateDecode"
    return pdf(b"", head + b"/Length %d>>stream\n%s\nendstream" % (len(packed), packed))


@pytest.mark.slow
def test_no_harmful_paper_does_more_than_have_no_preview() -> None:
    harmful = {f"malice {n}": harm.content for n, harm in enumerate(malice.harms()) if b"%PDF" in harm.content[:1024]}
    assert len(harmful) > 10
    for name, content in (harmful | {"nested": _nested(), "huge": _huge_picture()}).items():
        for look in (previews.measure_pages, lambda one: previews.draw_page(one, 1)):
            try:
                look(opened(content))
            except previews.NoPreview:
                continue
            except Exception as fault:
                raise AssertionError(name) from fault


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def paper(engine: Engine, world: World, document_store: DocumentStore) -> str:
    with transaction(engine) as db:
        number = world.new_case(db)
    return str(world.hand_in(document_store, number))


def draw(engine: Engine, world: World, store: DocumentStore, id: str, by: str, *, address: str | None = None) -> bytes:
    with transaction(engine) as db:
        found = previews.open_preview(db, world.actor(db, by), store, id, 1, address=address)
    return previews.draw_page(found, 1)


def noted(engine: Engine, world: World, id: str) -> list[tuple[str, int | None]]:
    with transaction(engine) as db:
        return [(taking.person, taking.version) for taking in list_takings(db, world.actor(db, "officer"), id)]


def test_a_look_is_noted_as_taking_out_is_and_looks_at_once_are_one(
    engine: Engine, world: World, document_store: DocumentStore, paper: str
) -> None:
    assert noted(engine, world, paper) == []
    draw(engine, world, document_store, paper, "officer")
    assert noted(engine, world, paper) == []
    for page in (1, 2):
        draw(engine, world, document_store, paper, "supervisor", address=f"/documents/{paper}/1/preview/{page}")
    told = noted(engine, world, paper)
    assert {version for _, version in told} == {1}
    # Of two looks that fall into two minutes there are two.
    assert 1 <= len(told) <= 2


@pytest.mark.parametrize("who", ["foreign_officer", "provider", "observer", "administrator"])
def test_whoever_may_not_take_it_out_does_not_look_into_it(
    engine: Engine, world: World, document_store: DocumentStore, paper: str, who: str
) -> None:
    with pytest.raises(NotFound):
        draw(engine, world, document_store, paper, who, address="/documents/x/1/preview/1")
    assert noted(engine, world, paper) == []


@pytest.mark.parametrize(("scan", "refusal"), [("pending", FilePending), ("blocked", FileBlocked)])
def test_what_was_not_found_clean_is_not_drawn_even_for_who_filed_it(
    engine: Engine, world: World, document_store: DocumentStore, paper: str, scan: str, refusal: type[Exception]
) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE blobs SET scan = :scan"), {"scan": scan})
    with pytest.raises(refusal):
        draw(engine, world, document_store, paper, "officer", address="/documents/x/1/preview/1")
    assert noted(engine, world, paper) == []
