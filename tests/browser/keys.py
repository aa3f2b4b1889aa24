"""A person without a mouse: Tab, Enter, Space and the arrows, and a look at where the focus is after each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import expect

from tests.browser.measures import Tally
from tests.browser.reader import Reader

Json = Any

#: More than any page has.
MOST_STEPS = 150
#: Where the focus is, and whether one can see it: marked, on the screen, and covered by nothing.
_FOCUS = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const style = getComputedStyle(here), box = here.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + Math.min(box.width / 2, 8), box.y + Math.min(box.height / 2, 8));
  return {
    tag: here.tagName.toLowerCase(), type: here.type ?? "", name: here.name ?? "", id: here.id, value: here.value ?? "",
    words: (here.innerText || here.labels?.[0]?.innerText || "").trim(), href: here.getAttribute("href") ?? "",
    asks: here.closest("form.asks") !== null,
        chosen: here.type === "radio" && [...document.getElementsByName(here.name)].some(one => one.checked),
    checked: here.checked === true, required: here.getAttribute("aria-required") === "true",
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none",
    clear: at !== null && (here.contains(at) || at.contains(here) || at.closest("label")?.control === here),
    html: here.outerHTML.slice(0, 200),
  };
}"""

Focus = Mapping[str, Json]


class Keyboard:
    """Goes about the page of a reader by keys alone."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.tally = reader, Tally(reader.page)

    def press(self, key: str) -> None:
        self.tally.key()
        self.reader.page.keyboard.press(key)

    def write(self, words: str) -> None:
        self.tally.write(words)
        self.reader.page.keyboard.type(words)

    def turn(self, key: str) -> None:
        """Press a key that leads to another page."""
        with self.reader.page.expect_navigation(timeout=15_000):
            self.press(key)
        self.reader.look()

    def send(self, key: str = "Control+Enter") -> None:
        """Send the form one is in, which must be taken."""
        self.turn(key)
        assert not (faults := self.reader.page.locator("[role=alert]").all_inner_texts()), f"it was refused: {faults}"

    def go_by_palette(self, letters: str, way: str) -> None:
        """Go where the first line of the palette leads after a few letters, which must be called so."""
        self.press("Control+k")
        self.write(letters)
        expect(self.reader.page.locator("#palette .ways a").first).to_contain_text(way)
        self.turn("Enter")

    def go_to_row(self, address: str) -> None:
        """Step down a list to the row that leads to an address."""
        for _ in range(MOST_STEPS):
            self.press("j")
            if self.reader.page.evaluate("part => document.activeElement.href?.includes(part)", address):
                return
        raise AssertionError(f"{self.reader.page.url}: no row leads to {address}")

    def step(self) -> Focus | None:
        """The next stop of Tab; None where the page ends and the browser itself has the focus."""
        self.press("Tab")
        focus: Focus | None = self.reader.page.evaluate(_FOCUS)
        if focus is not None:
            where = f"{self.reader.page.url}: {focus['html']}"
            assert focus["marked"], f"one does not see that the focus is on {where}"
            assert focus["clear"], f"something lies over the focus on {where}"
        return focus

    def go_to(self, wanted: Callable[[Focus], bool]) -> Focus:
        """Tab as far as the first stop that is wanted. Raises AssertionError where there is none, or no way past one."""
        seen, ends = [], 0
        for _ in range(MOST_STEPS):
            focus = self.step()
            if focus is None:
                ends += 1
                if ends == 2:
                    break
            elif wanted(focus):
                return focus
            else:
                seen.append(focus["html"])
        raise AssertionError(f"{self.reader.page.url}: no way there, only past {seen}")

    def follow(self, wanted: Callable[[Focus], bool]) -> None:
        """Tab to a link or button that leads to another page, and press Enter."""
        self.go_to(wanted)
        self.turn("Enter")

    def skip_to_content(self) -> None:
        focus = self.step()
        assert focus is not None
        assert focus["href"] == "#main"
        self.press("Enter")

    def answer(self, said: Mapping[str, Json]) -> None:
        """Fill in the form of the page, question by question, and send it."""
        while True:
            focus = self.go_to(lambda one: bool(one["asks"]))
            if focus["tag"] == "button":
                if "formaction" in focus["html"]:
                    # Another action on the way, such as one more item for a checklist.
                    continue
                if "form-actions" in focus["html"] or focus["type"] == "submit" and not focus["name"]:
                    break
                continue
            if focus["tag"] not in ("a", "summary"):
                self._answer(focus, said.get(focus["name"].removeprefix("f-")))
        self.send("Enter")

    def _answer(self, focus: Focus, said: Json) -> None:
        match focus["tag"], focus["type"]:
            case "input", "radio":
                if not focus["chosen"]:
                    self.press("Space")
                    for _ in range(said or 0):
                        self.press("ArrowDown")
            case "input", "checkbox":
                if not focus["checked"] and focus["name"] in ("sure", "f-confidentiality"):
                    self.press("Space")
            case "select", _:
                if not focus["value"]:
                    self.press("ArrowDown")
            case "input", "date":
                if not focus["value"] and said is not None:
                    self.write(said)
            case ("input", "text") | ("textarea", _):
                if not focus["value"] and said is not None:
                    self.write(said)


def called(*words: str) -> Callable[[Focus], bool]:
    """Whether the stop is called so."""
    return lambda focus: any(focus["words"].startswith(one) for one in words)


__all__ = ["Keyboard", "called"]
