"""Letters as they are printed: the same bytes of the same words, with their fonts, and nothing fetched from anywhere."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.operations.letters.pdf import print_pdf
from tests.support.papers import fonts_of, words_of

CHINESE = "<p>北京试点 and Latin"
NO_FONT = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""


@pytest.fixture
def ear() -> Iterator[socket.socket]:
    """A listener on this machine that nobody ought to call."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        yield listening


def elsewhere(script: str, **environment: str) -> str:
    """What a process of its own says of itself."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=Path(__file__).parents[3],
    )
    return done.stdout + done.stderr


def test_chinese_is_there_and_can_be_read_without_our_fonts() -> None:
    made = print_pdf(CHINESE)
    assert words_of(made) == "北京试点 and Latin"
    fonts = fonts_of(made)
    assert fonts
    assert all(fonts.values())


def test_the_same_words_are_the_same_bytes_in_another_process_too() -> None:
    script = (
        "import hashlib; from casework.operations.letters.pdf import "
        f"print_pdf; print(hashlib.sha256(print_pdf({CHINESE!r})).hexdigest())"
    )
    assert len({elsewhere(script), elsewhere(script, TZ="Asia/Tokyo", PYTHONHASHSEED="7")}) == 1


def test_nothing_is_fetched(ear: socket.socket, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("a secret on the disk")
    port, file = ear.getsockname()[1], f"file://{tmp_path}/secret.txt"
    made = print_pdf(
        f'<link rel=stylesheet href="http://127.0.0.1:{port}/a.css"><link rel=attachment href="{file}">'
        f'<style>@import "http://127.0.0.1:{port}/b.css"; @font-face {{ font-family: x; src: url(http://127.0.0.1:{port}/c.ttf) }}'
        f" p {{ font-family: x; background: url(http://127.0.0.1:{port}/d.png); list-style: url({file}) }}</style>"
        f'<p>Only this.<img src="http://127.0.0.1:{port}/e.png"><img src="{file}"><object data="{file}"></object>'
        f'<embed src="{file}"><img src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22><text>x</text></svg>">'
    )
    with pytest.raises(TimeoutError):
        ear.accept()
    assert words_of(made) == "Only this."
    assert b"a secret on the disk" not in made
    assert b"/EmbeddedFile" not in made


def test_without_a_font_one_is_told_which_is_missing(tmp_path: Path) -> None:
    settings = tmp_path / "fonts.conf"
    (tmp_path / "none").mkdir()
    settings.write_text(NO_FONT.format(fonts="/usr/share/fonts/truetype/dejavu", cache=tmp_path / "cache"))
    script = f"from casework.operations.letters.pdf import print_pdf; print_pdf({CHINESE!r})"
    assert "no font with Chinese letters is installed" in elsewhere(script, FONTCONFIG_FILE=str(settings))


def test_without_the_library_one_is_told_what_to_install() -> None:
    script = (
        "import sys; sys.modules['weasyprint'] = None\n"
        "from casework.operations.letters.pdf import print_pdf; from casework.web.app import create_app; print_pdf('<p>x')"
    )
    assert "WeasyPrint is not installed (pip install 'casework[reports]')" in elsewhere(script)
