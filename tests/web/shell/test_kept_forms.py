"""No form loses what was typed: each that takes words keeps a draft, or is named here with the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.rate_limits import ALLOWANCES, count_use
from casework.records.database import transaction
from tests.browser.form_filler import WebForm, read
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World

TEMPLATES = Path(str(files("casework.templates")))
SECRET = "a secret or a code, which is kept nowhere"
BEFORE = "nobody has signed in yet, so that there is nobody to keep it for"
ONE_WORD = "one short answer: a name, a number or a day"
#: Forms that take words and keep no draft, by template and address.
NOT_KEPT = {
    "auth/change_password.html: passwords.put": SECRET, "auth/code.html: accounts.enter_code": SECRET,
    "auth/confirm.html: confirm.answer": SECRET, "auth/link.html: target": SECRET,
    "auth/second_factor_set_up.html: accounts.confirm_second_factor": SECRET, "auth/sign_in.html: accounts.enter": SECRET,
    "auth/lost.html: passwords.ask_link": BEFORE, "auth/lost.html: passwords.recover": SECRET,
    "auth/new_password.html: passwords.use_link": SECRET, "links/code.html: answers.enter_code": SECRET,
    "links/land.html: action": SECRET, "people/invitation_code.html: acceptance.enter_code": SECRET,
    "people/accept_invitation.html: acceptance.accept": BEFORE,
    "links/answer.html: answers.send": "its own script keeps it with the link, for a party has no account",
    "needs/renew.html: renewed.withdraw": "a reason that is said once and for good: no half of it waits for whoever opens the link next",
    "integrations/webhooks.html: webhooks.create": "an address can hold a secret of the system that it leads to",
    "auth/show.html: passkeys.rename": ONE_WORD, "macros/passkeys.html: passkeys.register": ONE_WORD,
    "letters/index.html: letters.dispatch": ONE_WORD,
    "audit/checkpoints.html: witnesses.mail_to": ONE_WORD, "macros/allocation.html: allocation.choose": ONE_WORD,
    "macros/lists.html: saved_views.save": ONE_WORD, "tasks/replace_view.html: saved_views.save": ONE_WORD,
    "tasks/saved_view.html: saved_views.change": ONE_WORD,
    "tasks/operations.html: tasks.work_on_list": "one line, put on the list at once",
    "catalogue/file_form.html: files_in.hand_in": "one line beside a file, which no draft can keep",
    "catalogue/file_look.html: at": "one line beside what is chosen from lists, which Look again keeps",
    "catalogue/table_form.html: tables.preview": "one line beside a file, which no draft can keep",
    "deadlines/preview_calendar.html: calendars.change": "nothing is typed: it carries on what its form has kept",
}  # fmt: skip

_FORM = re.compile(r'<form\b(?:[^>"]|"[^"]*")*>.*?</form>', re.DOTALL)
_OPENING = re.compile(r'<form\b(?:[^>"]|"[^"]*")*>')
_WORDS = re.compile(
    r"<textarea\b|<input\b(?![^>]*type=\"(?:hidden|checkbox|radio|file|submit|search)\")|<input\b(?=[^>]*type=\"\{\{)"
)
_MACRO = re.compile(r"{% macro (\w+)\(.*?%}(.*?){% endmacro %}", re.DOTALL)
_CALLED = re.compile(r"(?:{{|{%-? call(?:\([^)]*\))?|\bif\b|\belse\b)\s*(\w+)\(")


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        if path.parent.name != "mail" and path.name != "components.html":
            yield path.relative_to(TEMPLATES).as_posix(), path.read_text("utf-8")


@cache
def typing_macros() -> frozenset[str]:
    """Macros that write a field for words, themselves or by another, and are no whole form."""
    bodies = {name: body for _, source in templates() for name, body in _MACRO.findall(source) if "<form" not in body}
    found = {name for name, body in bodies.items() if _WORDS.search(body)}
    while more := {name for name, body in bodies.items() if name not in found and found & set(_CALLED.findall(body))}:
        found |= more
    return frozenset(found)


def forms() -> Iterator[tuple[str, str, str]]:
    """Each form that POSTs: what it is called here, its opening tag, and what stands in it."""
    for name, source in templates():
        for form in _FORM.findall(source):
            opening = _OPENING.match(form)
            assert opening is not None
            if 'method="post"' in opening[0]:
                action = re.search(r'action="{{ (?:url_for\(\'([\w.]+)\'|(\w+))', opening[0])
                yield f"{name}: {(action[1] or action[2]) if action else ''}", opening[0], form


def takes_words(form: str) -> bool:
    return bool(_WORDS.search(form) or typing_macros() & set(_CALLED.findall(form)))


def test_the_walk_sees_what_takes_words() -> None:
    assert {"line", "field", "control", "reason_field"} <= typing_macros()
    assert not {"hidden", "tag", "choose", "fault"} & typing_macros()
    assert sum(takes_words(form) for _, _, form in forms()) > len(NOT_KEPT)


def test_each_form_that_takes_words_keeps_a_draft() -> None:
    without = {name for name, opening, form in forms() if takes_words(form) and "data-draft" not in opening}
    assert without == set(NOT_KEPT)


def test_each_card_of_a_second_person_keeps_a_draft() -> None:
    cards = [call for _, source in templates() for call in re.findall(r"{{.*\bsecond_word\((.*)}}", source)]
    assert len(cards) > 3
    assert all("draft=" in call for call in cards)


def test_no_form_that_keeps_a_draft_asks_for_a_secret() -> None:
    for name, source in templates():
        kept = [form for form in _FORM.findall(source) if "data-draft" in form]
        kept += re.findall(r"{% call drafted\(.*?{% endcall %}", source, re.DOTALL)
        for form in kept:
            assert not re.search(r'type=.?"password|one-time-code|hold\(', form), name


# --- pages -----------------------------------------------------------------------------------------------------------


def own_form(page: str, address: str, action: str) -> WebForm:
    return next(form for form in read(address, page).forms if form.draft and form.action == action)


def typed_into(form: WebForm) -> dict[str, str]:
    return dict(form.filled(lambda control: f"words of {control.name}"[: control.most]))


#: Who fills the form in, where it stands, and where it goes; {} is somebody of the world or the programme.
PAGES = [
    ("administrator", "/administration/people/new", "/administration/people/new"),
    ("administrator", "/administration/organisations/new", "/administration/organisations/new"),
    ("administrator", "/administration/programmes", "/administration/programmes"),
    ("administrator", "/administration/programmes", "/administration/programmes/{programme}/phases"),
    ("administrator", "/administration/programmes/{programme}/copy", "/administration/programmes/{programme}/copy"),
    ("administrator", "/administration/people/{officer}", "/administration/people/{officer}/roles"),
    ("administrator", "/administration/calendars/{programme}/edit", "/administration/calendars/{programme}/preview"),
    ("administrator", "/invitations/new", "/invitations"),
    ("administrator", "/recoveries/new/{officer}", "/recoveries/new/{officer}"),
    ("administrator", "/erasures/new", "/erasures"),
    ("administrator", "/erasures/new?person={officer}", "/erasures"),
    ("officer", "/away", "/away"),
    ("officer", "/account/tokens", "/account/tokens"),
    ("provider_lead", "/service-accounts", "/service-accounts"),
    ("auditor", "/checkpoints", "/checkpoints"),
]


@pytest.mark.parametrize(("who", "page", "action"), PAGES)
def test_what_was_typed_comes_back(
    who: str, page: str, action: str, world: World, browser_for: Callable[[str], Browser]
) -> None:
    ids = {"programme": world.programmes["BJ"], "officer": world.people["officer"]}
    page, action = page.format(**ids), action.format(**ids)
    browser = browser_for(who)
    form = own_form(browser.get(page).text, page, action)
    sent = typed_into(form)
    assert any(form.takes_words or control.kind == "date" for control in form.controls)
    assert browser.post("/drafts", sent, page=page).status_code == 204
    shown = browser.get(page).text
    assert "This is the text that you had not sent." in shown
    again = own_form(shown, page, action)
    words = {control.name for control in form.controls if control.takes_words or control.kind in ("date", "email")}
    came_back = {name: value for name, value in read_page(part_of(shown, action)).sent.items() if name in words}
    assert came_back == {name: sent[name] for name in words}
    assert {control.name for control in again.controls} == {control.name for control in form.controls}
    # Begun anew, nothing of it is left.
    browser.post("/drafts/drop", {"form": sent["form"], "page": page}, page=page)
    assert "This is the text that you had not sent." not in browser.get(page).text


def part_of(page: str, action: str) -> str:
    of_page: list[str] = _FORM.findall(page)
    return next(form for form in of_page if f'action="{action}"' in form and "data-draft" in form)


def drafts_of(engine: Engine) -> list[str]:
    with transaction(engine) as db:
        return list(db.execute(text("SELECT form FROM drafts ORDER BY form")).scalars())


def test_the_next_person_at_the_same_browser_does_not_see_it(
    world: World, browser_for: Callable[[str], Browser]
) -> None:
    browser = browser_for("officer")
    page = browser.get("/away").text
    day = {"first_day": "2030-01-31"}
    browser.post("/drafts", {**typed_into(own_form(page, "/away", "/away")), **day}, page="/away")
    assert "2030-01-31" in browser.get("/away").text
    browser.post("/sign-out", page="/away")
    browser.sign_in("other_officer@example.org")
    shown = browser.get("/away").text
    assert "2030-01-31" not in shown
    assert "had not sent" not in shown


def test_a_draft_goes_when_its_form_is_taken_and_stays_while_it_is_refused(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    browser, where = browser_for("administrator"), "/administration/people/new"
    sent = typed_into(own_form(browser.get(where).text, where, where)) | {"language": "en"}
    assert browser.post(where, {**sent, "name": ""}, page=where).status_code == 422
    assert drafts_of(engine) == ["person.new"]
    assert browser.post(where, sent, page=where).status_code in (200, 303)
    assert drafts_of(engine) == []


@pytest.mark.parametrize(("allowed", "status", "kept"), [(True, 422, ["calendar"]), (False, 429, [])])
def test_what_is_asked_for_too_often_is_not_kept(
    engine: Engine,
    world: World,
    browser_for: Callable[[str], Browser],
    *,
    allowed: bool,
    status: int,
    kept: list[str],
) -> None:
    browser, where = browser_for("administrator"), f"/administration/calendars/{world.programmes['BJ']}"
    form = own_form(browser.get(f"{where}/edit").text, f"{where}/edit", f"{where}/preview")
    sent = typed_into(form) | {"holidays": "the day after"}
    if not allowed:
        with transaction(engine) as db:
            for _ in range(ALLOWANCES["many"].most):
                count_use(db, world.people["administrator"], "many")
    assert browser.post(f"{where}/preview", sent, page=f"{where}/edit").status_code == status
    assert [name.partition(":")[0] for name in drafts_of(engine)] == kept


def test_a_token_is_made_and_its_draft_goes(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    browser, where = browser_for("officer"), "/account/tokens"
    sent = typed_into(own_form(browser.get(where).text, where, where)) | {"days": "30", "scopes": "read"}
    browser.post("/drafts", sent, page=where)
    assert drafts_of(engine) == ["token"]
    made = browser.post(where, sent, page=where)
    assert made.status_code == 200
    assert drafts_of(engine) == []
