"""Writes docs/pictures: what pages of the documentation show, as the demo has it: by day and by night, in Chinese, on a telephone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS
from tests.support.programs import CHROMIUM, find_program, may_install

PICTURES = Path(__file__).parent / "pictures"


@dataclass(frozen=True)
class Look:
    """One way to see a page: what follows its name in the file's name, and the settings of the browser."""

    suffix: str
    locale: str = "en-GB"
    dark: bool = False
    width: int = 1280
    #: As the page says, where there is none.
    height: int = 0


LOOKS = (
    Look(""), Look("-dark", dark=True), Look("-zh", locale="zh-CN"), Look("-phone", width=390, height=844),
)  # fmt: skip


@dataclass(frozen=True)
class Demo:
    """A demo that runs: its address, and its people by the first part of their address."""

    url: str
    people: dict[str, dict[str, Any]]

    def get(self, who: str, path: str) -> Any:
        """What the API answers this person."""
        asked = Request(f"{self.url}/api/v1{path}", headers={"Authorization": f"Bearer {self.people[who]['token']}"})
        with urlopen(asked) as answer:
            return json.load(answer)


#: What is done with the first stage report, as the demo has none.
REPORT = (
    "freeze --as supervisor@demo.example", "agree 1 --as supervisor@demo.example", "agree 1 --as manager@demo.example",
    "publish 1 --as manager@demo.example",
)  # fmt: skip


@contextmanager
def served() -> Iterator[Demo]:
    """A demo of its own, gone at the end."""
    with tempfile.TemporaryDirectory() as var:
        environment = os.environ | {"CASEWORK_VAR": var, "CASEWORK_PROFILE": "demo"}
        environment.pop("DATABASE_URL", None)
        casework = str(Path(sys.executable).with_name("casework"))
        running = subprocess.Popen([casework, "demo", "--json"], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert running.stdout is not None
            answer = json.loads(running.stdout.readline())
            for step in REPORT:
                subprocess.run(
                    [casework, "report", *step.split()], env=environment, check=True, stdout=subprocess.DEVNULL
                )
            yield Demo(answer["url"], {account["email"].split("@")[0]: account for account in answer["accounts"]})
        finally:
            running.terminate()
            running.wait()
            subprocess.run([casework, "db", "stop"], env=environment, check=False, stdout=subprocess.DEVNULL)


@dataclass(frozen=True)
class Shot:
    """A page: who opens it, its path, and the first link to follow from there, if any; and how much of it is shown on a wide screen."""

    who: str | None
    path: str
    link: str = ""
    height: int = 860


def pages(demo: Demo) -> dict[str, Shot]:
    """By the picture's name."""
    hero = next(
        case for case in _cases(demo) if {"pledge", "finance"} <= {track["workflow"] for track in case["tracks"]}
    )
    number = hero["number"]
    owner = next(who for who, person in demo.people.items() if person["name"] == hero["owner"]["name"])
    return {
        "sign-in": Shot(None, "/sign-in"),
        "my-work": Shot(owner, "/"),
        "cases": Shot("supervisor", "/cases"),
        # Down to its tracks.
        "case": Shot(owner, f"/cases/{number}", height=1240),
        "map": Shot(owner, f"/cases/{number}/map"),
        "history": Shot(owner, f"/cases/{number}/history"),
        "decision": Shot("supervisor", "/decisions", ".tasks .what > a"),
        "offer": Shot("assessor", "/", ".offers h3 a"),
        "catalogue": Shot(None, "/catalogue"),
        "verification": Shot("auditor", f"/cases/{number}/verify"),
        "figures": Shot("supervisor", "/figures", height=1240),
        "heat-map": Shot("supervisor", "/process", height=1100),
        "report": Shot("manager", "/reports", "main a[href^='/reports/']", height=1100),
        "results": Shot(None, "/results", height=1100),
    }


def _cases(demo: Demo) -> Iterator[Any]:
    for row in demo.get("supervisor", "/cases?limit=100")["items"]:
        yield demo.get("supervisor", f"/cases/{row['number']}")


def shoot(browser: Browser, demo: Demo, look: Look) -> None:
    """Every page in one look."""
    signed_in: dict[str | None, Page] = {}
    for name, shot in pages(demo).items():
        if f"{name}{look.suffix}.png" not in shown():
            continue
        if shot.who not in signed_in:
            signed_in[shot.who] = _enter(browser, demo, look, shot.who)
        page = signed_in[shot.who]
        page.set_viewport_size({"width": look.width, "height": look.height or shot.height})
        page.goto(f"{demo.url}{shot.path}")
        if shot.link:
            page.locator(shot.link).first.click()
        # Until the task beside the list has come, too.
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURES / f"{name}{look.suffix}.png", animations="disabled")


def shown() -> set[str]:
    """The pictures that a page of the documentation shows; no other is taken."""
    pages = (*PICTURES.parent.rglob("*.md"), PICTURES.parent.parent / "README.md")
    return {name for page in pages for name in re.findall(r"pictures/([\w-]+\.png)", page.read_text("utf-8"))}


def _enter(browser: Browser, demo: Demo, look: Look, who: str | None) -> Page:
    page = browser.new_context(
        locale=look.locale,
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if look.dark else "light",
        viewport={"width": look.width, "height": look.height or 860},
    ).new_page()
    if who is not None:
        person = demo.people[who]
        page.goto(f"{demo.url}/sign-in")
        page.locator("#email").fill(person["email"])
        page.locator("#password").fill(person["password"])
        page.locator("main form .form-actions button").first.click()
        page.wait_for_url(lambda url: not url.endswith("/sign-in"))
        # What a person has chosen counts for more than what the browser asks for.
        page.locator(f"footer button[lang|={look.locale[:2]}]").click()
        # Whoever takes the tour reads what is said on the first day; a picture has no room for it.
        if (read := page.locator(".tour button")).count():
            read.click()
    return page


def main() -> None:
    """Serve a demo of its own, and write each picture anew."""
    PICTURES.mkdir(exist_ok=True)
    with served() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_program(CHROMIUM, install=may_install()), args=list(ARGUMENTS)
        )
        for look in LOOKS:
            shoot(browser, demo, look)
        browser.close()


if __name__ == "__main__":
    main()
