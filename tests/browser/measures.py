"""What a page costs whoever reads it: bytes, shifts, stops of the Tab key; and what of it is in another language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

#: The most that a page may weigh when nothing of it is kept yet, in bytes on the way, and how far it may shift.
MOST_BYTES, MOST_SHIFT = 150_000, 0.05
#: How much wider than its window a page may be, in pixels: nothing that one could see.
MOST_WIDER = 3

_WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
_SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done(sum), 20));
})"""
_WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: What scrolls sideways by itself inside of the page, or is cut off there: a reader is not told that there is more. Only letters as they
#: were written do, and what says so by `data-sideways`.
_SIDEWAYS = """() => [...document.querySelectorAll("main, main *")].filter(one => {
  if (one.matches("pre, textarea, input, select, [data-sideways], .visually-hidden") || one.clientWidth < 2) return false;
  // What is folded away has no place yet.
  if (one.closest("details:not([open]) > :not(summary)")) return false;
  return getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
}).map(one => `${one.outerHTML.slice(0, 120)}: ${one.scrollWidth} in ${one.clientWidth}`)"""
#: Words that stand on the page for everybody: not in what is folded away for good, and not where the page says "en".
#: Of the page that is shown, or of another, whose text is given: no script of it runs then.
_WORDS = """text => {
  const page = text === null ? document : new DOMParser().parseFromString(text, "text/html");
  const said = [], walk = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent.closest("script, style, code, kbd, pre, textarea, option, [lang=en], [hidden], .initials")) continue;
    const words = walk.currentNode.textContent.trim();
    if (words) said.push(words);
  }
  return said;
}"""
#: What is written where something is put in: it is the same in every language.
_PLACE = re.compile(r"\{\w+\}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z’'.&-]*[A-Za-z]")
#: Latin words that stand in Chinese text as well: marks of formats, units and the name of the product.
KNOWN = frozenset({
    "Casework", "API", "CSV", "XLSX", "JSON", "XES", "OCEL", "PDF", "PNG", "JPEG", "ZIP", "XML", "SHA", "ID", "IP", "TRL",
    "NDA", "COP", "kW", "MW", "kWh", "MWh", "GWh", "MB", "kB", "CNY", "EUR", "USD", "DMN", "URL", "UTC", "Webhook",
    "CO", "NOx", "VOC", "PM", "SM", "Ed", "TOTP", "QR", "iCalendar", "ICS", "ISO", "HTTP", "HTTPS", "PIN", "ics",
    "csv", "docx", "jpeg", "jpg", "odp", "ods", "odt", "pdf", "png", "pptx", "txt", "xlsx", "zip",
})  # fmt: skip


@dataclass
class Tally:
    """What a story costs whoever does it: keys pressed or clicks, letters written, and pages worked on after the first."""

    page: Page
    keys: int = 0
    clicks: int = 0
    letters: int = 0
    pages: int = 0
    #: Whether a page has come that nobody has worked on yet.
    _fresh: bool = False

    def __post_init__(self) -> None:
        self.page.on("domcontentloaded", lambda _: self._arrive())

    def _arrive(self) -> None:
        self._fresh = True

    def begin(self) -> None:
        """Count from here: the page that is shown is where the story begins."""
        self.keys = self.clicks = self.letters = self.pages = 0
        self._fresh = False

    def key(self) -> None:
        self._work()
        self.keys += 1

    def click(self) -> None:
        self._work()
        self.clicks += 1

    def write(self, words: str) -> None:
        self._work()
        self.letters += len(words)

    def _work(self) -> None:
        self.pages += self._fresh
        self._fresh = False


def weight(page: Page) -> int:
    """Bytes of the page and of all that it loads, as they came over the network (packed), kept copies included."""
    weighs: int = page.evaluate(_WEIGHT)
    return weighs


def layout_shift(page: Page) -> float:
    """How far the page has shifted by itself since it was opened (CLS)."""
    shifted: float = page.evaluate(_SHIFT)
    return shifted


def wider(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    pixels: int = page.evaluate(_WIDER)
    return pixels


def sideways(page: Page) -> list[str]:
    """What of the page's content scrolls sideways by itself, or is cut off, with how wide it is and how much is seen."""
    cut: list[str] = page.evaluate(_SIDEWAYS)
    return cut


def tab_stops(page: Page, most: int = 200) -> list[str]:
    """What the Tab key stops at, from the beginning of the page to its end, each as the start of its source."""
    page.evaluate("() => { document.activeElement?.blur(); window.getSelection()?.removeAllRanges(); }")
    stops: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here: Any = page.evaluate(
            "() => document.activeElement === document.body ? null : document.activeElement.outerHTML.slice(0, 120)"
        )
        if here is None:
            break
        stops.append(here)
    return stops


def latin_words(page: Page, names: Iterable[str] = (), text: str | None = None) -> list[str]:
    """Latin words of a Chinese page: what should be translated, but names that have no Chinese one, and places in braces.

    Asked for is the page that is shown, or the one of the text.
    """
    own = {part for name in names for part in _LATIN.findall(name)} | KNOWN
    return [
        word
        for words in page.evaluate(_WORDS, text)
        for word in _LATIN.findall(_PLACE.sub("", words))
        if word not in own
    ]


__all__ = [
    "MOST_BYTES",
    "MOST_SHIFT",
    "MOST_WIDER",
    "Tally",
    "latin_words",
    "layout_shift",
    "sideways",
    "tab_stops",
    "weight",
    "wider",
]
