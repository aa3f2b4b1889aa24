"""Passkeys in a real browser, with an authenticator of its own making."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession

from tests.browser.conftest import sign_in
from tests.browser.reader import Reader
from tests.browser.site import Site

pytestmark = pytest.mark.browser

Json = Any


class Device:
    """A browser with a platform authenticator, as a phone or a computer is one."""

    def __init__(self, chromium: Browser, base: str) -> None:
        self.context = chromium.new_context(base_url=base, locale="en-GB", viewport={"width": 1280, "height": 800})
        self.reader = Reader(self.context.new_page(), base)
        self.wire: CDPSession = self.context.new_cdp_session(self.reader.page)
        self.wire.send("WebAuthn.enable")
        self.authenticator = self.wire.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )["authenticatorId"]

    @property
    def keys(self) -> list[Json]:
        found: list[Json] = self.wire.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})[
            "credentials"
        ]
        return found

    def copy(self, key: Json) -> None:
        self.wire.send("WebAuthn.addCredential", {"authenticatorId": self.authenticator, "credential": key})

    def verify(self, *, verified: bool) -> None:
        self.wire.send("WebAuthn.setUserVerified", {"authenticatorId": self.authenticator, "isUserVerified": verified})

    def press(self, words: str) -> None:
        self.reader.follow(self.reader.page.get_by_role("button", name=words, exact=True))

    def told(self) -> str:
        return self.reader.page.locator("main").inner_text()


@pytest.fixture
def base(site: Site) -> str:
    # Browsers make passkeys for names, not for addresses.
    return site.base.replace("127.0.0.1", "localhost")


@pytest.fixture
def device(chromium: Browser, site: Site, base: str) -> Iterator[Device]:
    """The officer's device, signed in and with a passkey."""
    made = Device(chromium, base)
    made.reader.open("/sign-in")
    sign_in(made.reader, site, "officer")
    made.reader.open("/account")
    made.reader.follow_to("/account/passkeys/new")
    made.reader.page.locator("#passkey-name").fill("My laptop")
    made.press("Make a passkey")
    yield made
    made.context.close()


def leave(device: Device) -> None:
    device.reader.page.locator(".account > summary").click()
    device.press("Sign out")
    assert device.reader.path == "/sign-in"


def test_one_makes_a_passkey_and_signs_in_with_it_alone(device: Device) -> None:
    assert "Your recovery codes" in device.told()
    device.reader.open("/account")
    assert device.reader.page.locator("input[name=name]").input_value() == "My laptop"
    assert [key["isResidentCredential"] for key in device.keys] == [True]
    leave(device)
    device.press("Sign in with a passkey")
    assert device.reader.path == "/"
    device.reader.open("/account")
    assert "officer@example.org" in device.told()


def test_after_the_password_it_stands_for_the_code(device: Device, site: Site) -> None:
    leave(device)
    sign_in(device.reader, site, "officer")
    assert device.reader.path == "/sign-in/code"
    device.press("Go on with a passkey")
    assert device.reader.path == "/"


def test_a_device_that_does_not_know_its_owner_makes_no_sense_of_it(device: Device) -> None:
    leave(device)
    device.verify(verified=False)
    device.reader.page.get_by_role("button", name="Sign in with a passkey", exact=True).click()
    said = device.reader.page.get_by_text("No passkey was used")
    said.wait_for()
    assert device.reader.path == "/sign-in"


def test_a_copy_of_it_betrays_itself(device: Device, chromium: Browser, base: str) -> None:
    [key] = device.keys
    leave(device)
    device.press("Sign in with a passkey")
    thief = Device(chromium, base)
    thief.copy(key)
    thief.reader.open("/sign-in")
    thief.press("Sign in with a passkey")
    assert thief.reader.path == "/sign-in"
    assert "there may be a copy of it" in thief.told()
    thief.context.close()
    device.reader.open("/account")
    assert "may have been copied" in device.told()


def test_the_passkey_of_somebody_else_does_not_stand_for_ones_code(
    device: Device, chromium: Browser, site: Site, base: str
) -> None:
    other = Device(chromium, base)
    other.reader.open("/sign-in")
    sign_in(other.reader, site, "auditor")
    other.reader.open("/account/passkeys/new")
    other.reader.page.locator("#passkey-name").fill("Key")
    other.press("Make a passkey")
    leave(other)
    sign_in(other.reader, site, "officer")
    other.reader.page.get_by_role("button", name="Go on with a passkey", exact=True).click()
    other.reader.page.get_by_text("No passkey was used").wait_for()
    assert other.reader.path == "/sign-in/code"
    other.context.close()
