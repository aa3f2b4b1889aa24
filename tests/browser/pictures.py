"""Pictures of the pages that are looked at, and one page with all of them beside each other (`make shots`)."""

from __future__ import annotations

import os
import re
from html import escape
from pathlib import Path

#: Where they are kept, if anywhere. What is called CASEWORK_… is taken out of the environment before a test reads it.
FOLDER = os.environ.get("TEST_SHOTS", "")
INDEX = "index.html"
_STYLE = """
body { margin: 1rem; font: 15px/1.4 system-ui, sans-serif; background: #ddd; }
section { overflow-x: auto; white-space: nowrap; padding-bottom: 1rem; }
figure { display: inline-block; width: 24rem; margin: 0 0.5rem 0 0; vertical-align: top; }
img { display: block; width: 100%; height: 28rem; object-fit: cover; object-position: top; background: #fff; }
"""


def picture_of(folder: Path, look: str, page: str) -> Path:
    """Where the picture of a page in one look lies."""
    name = re.sub(r"[^a-z0-9]+", "-", page.lower()).strip("-") or "home"
    return folder / look / f"{name}.png"


def write_index(folder: Path) -> Path:
    """A row for each page with a picture for each look, each a link to the whole one."""
    pictures = sorted(folder.glob("*/*.png"), key=lambda one: (one.stem, one.parent.name))
    rows = []
    for page in dict.fromkeys(one.stem for one in pictures):
        shown = "".join(_figure(one.relative_to(folder)) for one in pictures if one.stem == page)
        rows.append(f"<h2>{escape(page)}</h2>\n<section>{shown}</section>")
    index = folder / INDEX
    head = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Every page</title>\n<style>{_STYLE}</style>'
    )
    index.write_text("\n".join([head, "<h1>Every page</h1>", *rows, ""]), encoding="utf-8")
    return index


def _figure(picture: Path) -> str:
    address, look = escape(picture.as_posix()), escape(picture.parent.name)
    return (
        f'<figure><figcaption>{look}</figcaption><a href="{address}">'
        f'<img src="{address}" loading="lazy" alt="{escape(picture.stem)}, {look}"></a></figure>'
    )


def say_taken(folder: Path, looked: int, failed: int) -> str:
    """What was taken and where it lies, for whoever ran it."""
    pictures = list(folder.glob("*/*.png"))
    pages, looks = {one.stem for one in pictures}, {one.parent.name for one in pictures}
    return (
        f"Pages: {len(pages)}. Looks: {len(looks)}. Pictures: {len(pictures)}. Looked at: {looked}. Failed: {failed}.\n"
        f"All of them beside each other: {write_index(folder).resolve()}"
    )


__all__ = ["FOLDER", "INDEX", "picture_of", "say_taken", "write_index"]
