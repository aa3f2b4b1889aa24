"""The pages of messages: two boxes that look and lie apart, a question before the wrong audience reads, mentions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import Engine, text

from casework.engine.state.case import Case
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.web.messages.pages import message_text
from tests.support.pages import read_page
from tests.support.queries import counted
from tests.support.way_to_referral import to_both
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]
LAB = "Haidian Assessment Lab"


@dataclass
class Scene:
    number: str
    referral: str
    bank: str
    engine: Engine
    world: World

    @property
    def notes(self) -> str:
        return f"/cases/{self.number}/messages"

    @property
    def thread(self) -> str:
        return f"/referrals/{self.referral}/messages"

    def write(
        self,
        by: str,
        words: str,
        referral: str | None = None,
        tell: tuple[str, ...] = (),
        *,
        reply_to: str | None = None,
    ) -> str:
        with transaction(self.engine) as db:
            case: Case = load(db, home_of(db, self.number), "case")
            return self.world.write(db, by, case, referral, words, tell=tell, reply_to=reply_to)

    def kinds(self) -> list[str]:
        """The messages in the log, by their kinds."""
        with transaction(self.engine) as db:
            return list(
                db.execute(text("SELECT kind FROM events WHERE kind IN ('noted', 'said') ORDER BY at")).scalars()
            )


pytestmark = pytest.mark.stage(play=to_both)


@pytest.fixture
def scene(engine: Engine, world: World, staged: tuple[str, str, str]) -> Scene:
    return Scene(*staged, engine, world)


def typed(browser: Browser, path: str, words: str, **more: str) -> dict[str, str | list[str]]:
    """What the composer of a page sends."""
    page = browser.get(path).text
    form = re.search(r'<section class="composer.*?</section>', page, re.DOTALL)
    assert form is not None
    return {**read_page(form[0]).sent.to_dict(), "f-words": words, **more}


def send(browser: Browser, path: str, words: str, **more: str) -> tuple[int, str]:
    answer = browser.flask.post(path, data=typed(browser, path, words, **more))
    return answer.status_code, answer.text


def test_an_internal_note_is_written_and_read(scene: Scene, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    assert send(officer, scene.notes, "They are slow.")[0] == 303
    page = officer.get(scene.notes).text
    assert "They are slow." in page
    assert "The note is kept." in page
    assert scene.kinds() == ["noted"]


def test_each_message_has_an_address_of_its_own(scene: Scene, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    send(officer, scene.notes, "They are slow.")
    send(officer, scene.notes, "They have answered.")
    page = officer.get(scene.notes).text
    messages = re.findall(r'<li id="(m-[^"]+)">', page)
    assert len(messages) == 2
    links = re.findall(
        rf'<a href="{re.escape(scene.notes)}\?message=([^"#]+)#(m-[^"]+)" aria-label="Link to this message">Link', page
    )
    assert links == [(message.removeprefix("m-"), message) for message in messages]
    # What was written after it stands above it, as far as both fit on one page.
    for asked in (links[1][0], "x"):
        assert re.findall(r'<li id="(m-[^"]+)">', officer.get(f"{scene.notes}?message={asked}").text) == messages
    # The address leads there however much is written after it.
    for n in range(25):
        scene.write("officer", f"Note {n}.")
    opened = officer.get(f"{scene.notes}?message={links[1][0]}").text
    assert re.findall(r'<li id="(m-[^"]+)">', opened) == messages[1:]
    assert f'href="{scene.notes}"' in opened.split('<ol class="messages">')[1]


def test_a_message_is_answered(scene: Scene, browser_for: BrowserFor) -> None:
    officer, provider = browser_for("officer"), browser_for("provider")
    send(officer, scene.thread, "When do you come?")
    reply = re.search(
        r'href="([^"]+\?reply_to=([^"#]+)#write)" aria-label="Reply to Case officer">Reply',
        provider.get(scene.thread).text,
    )
    assert reply is not None
    page = provider.get(reply[1].split("#")[0]).text
    assert re.search(r'<p class="reply">In reply to Case officer, <time', page)
    assert send(provider, reply[1].split("#")[0], "On Monday.")[0] == 303
    read = officer.get(scene.thread).text
    assert re.search(rf'<p class="reply"><a href="#m-{reply[2]}">In reply to Officer, <time', read)
    assert read.count("When do you come?") == 1


def test_a_reply_leads_to_what_it_answers_on_another_page(scene: Scene, browser_for: BrowserFor) -> None:
    asked = scene.write("officer", "When do you come?", scene.referral)
    for _ in range(25):
        scene.write("officer", "So.", scene.referral)
    scene.write("provider", "On Monday.", scene.referral, reply_to=asked)
    page = browser_for("officer").get(scene.thread).text
    assert f'<p class="reply"><a href="{scene.thread}?message={asked}#m-{asked}">' in page
    assert "When do you come?" not in page


def test_a_refused_reply_is_still_a_reply(scene: Scene, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    message = scene.write("officer", "When do you come?", scene.referral)
    page = f"{scene.thread}?reply_to={message}"
    for words, status in (("", 422), ("The Chaoyang Green Bank has agreed.", 200)):
        refused = officer.flask.post(scene.thread, data=typed(officer, page, words))
        assert refused.status_code == status
        assert f'name="reply_to" value="{message}"' in refused.text
    foreign = typed(officer, page, "So?") | {"reply_to": scene.write("officer", "They are slow.")}
    refused = officer.flask.post(scene.thread, data=foreign)
    assert refused.status_code == 422
    assert "names a message that does not stand in this thread" in refused.text
    assert "They are slow." not in refused.text
    assert "In reply to" not in refused.text


def test_a_draft_still_knows_what_it_answers(scene: Scene, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    first, second = (scene.write("provider", words, scene.referral) for words in ("On Monday.", "Or on Tuesday."))
    officer.post("/drafts", typed(officer, f"{scene.thread}?reply_to={first}", "Monday suits us."))

    def answers(page: str) -> list[str]:
        return re.findall(r'name="reply_to" value="([^"]+)"', page)

    page = officer.get(scene.thread).text
    assert (answers(page), "In reply to Provider" in page) == ([first], True)
    # What is pressed now goes before: another message is answered, or none.
    assert answers(officer.get(f"{scene.thread}?reply_to={second}").text) == [second]
    assert re.search(r'form="message" formaction="/drafts" name="without" value="reply_to"[^>]*>Cancel the reply', page)
    begun = typed(officer, f"{scene.thread}?reply_to={first}", "Monday suits us well.")
    officer.post("/drafts", {**begun, "without": "reply_to"}, follow=True)
    # Cancelled for good: it comes back on no page, and no word is lost.
    for page in (officer.last.text if officer.last else "", officer.get(scene.thread).text):
        assert (answers(page), "Monday suits us well." in page) == ([], True)
    officer.post("/drafts", {**typed(officer, f"{scene.thread}?reply_to={first}", ""), "without": "reply_to"})
    assert "This is the text that you had not sent." not in officer.get(scene.thread).text
    assert send(officer, f"{scene.thread}?reply_to={first}", "Monday suits us.")[0] == 303
    assert "In reply to Provider" in officer.get(scene.thread).text
    # It is sent: the next one answers nothing.
    assert answers(officer.get(scene.thread).text) == []


def test_what_was_taken_back_is_not_answered(scene: Scene, browser_for: BrowserFor) -> None:
    officer, provider = browser_for("officer"), browser_for("provider")
    message = scene.write("officer", "When do you come?", scene.referral)
    begun = typed(provider, f"{scene.thread}?reply_to={message}", "On Monday.")
    page = f"{scene.thread}/{message}"
    assert officer.post(page, {"take_back": "yes", "audience": "shared"}, page=page).status_code == 303
    refused = provider.flask.post(scene.thread, data=begun)
    assert (refused.status_code, scene.kinds()) == (422, ["said", "said"])
    assert "names a message that was taken back" in refused.text
    for shown in (refused.text, provider.get(f"{scene.thread}?reply_to={message}").text):
        assert "What you answer was taken back. What you write stands by itself." in shown
        assert 'name="reply_to"' not in shown
        assert ">Reply<" not in shown
    again = {name: value for name, value in begun.items() if name != "reply_to"} | {"key": "another-key-of-a-form"}
    assert provider.flask.post(scene.thread, data=again).status_code == 303


def test_nobody_answers_where_they_only_read(scene: Scene, browser_for: BrowserFor) -> None:
    message = scene.write("officer", "They are slow.")
    page = browser_for("auditor").get(f"{scene.notes}?reply_to={message}").text
    assert 'name="reply_to"' not in page
    assert ">Reply" not in page
    assert f"?message={message}#m-{message}" in page


def test_each_box_says_who_reads_it_and_has_a_look_of_its_own(scene: Scene, browser_for: BrowserFor) -> None:
    officer, provider = browser_for("officer"), browser_for("provider")
    notes, thread = officer.get(scene.notes).text, officer.get(scene.thread).text
    assert 'class="composer internal"' in notes
    assert "No provider ever reads it." in notes
    assert 'class="composer shared"' in thread
    assert f"Read by the people of {LAB}, outside the office" in thread
    assert "Keep the internal note" in notes
    assert f"Send to {LAB}" in thread
    assert notes.count('name="f-words"') == thread.count('name="f-words"') == 1
    theirs = provider.get(scene.thread).text
    assert "Read by the programme&#39;s office and by your colleagues" in theirs
    assert "<h1>Messages with the office</h1>" in theirs
    assert "Internal notes" not in theirs
    assert "Chaoyang" not in theirs


def test_both_sides_talk_in_the_thread(scene: Scene, browser_for: BrowserFor) -> None:
    officer, provider = browser_for("officer"), browser_for("provider")
    assert send(officer, scene.thread, "When do you come?")[0] == 303
    assert "When do you come?" in provider.get(scene.thread).text
    assert send(provider, scene.thread, "On Monday.")[0] == 303
    assert "On Monday." in officer.get(scene.thread).text
    assert scene.kinds() == ["said", "said"]
    # What happened in the referral is told without them: they stand in their own place.
    assert "When do you come?" not in provider.get(f"/referrals/{scene.referral}").text


def test_a_form_for_one_audience_is_refused_at_the_address_of_another(scene: Scene, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    sent = typed(officer, scene.notes, "They are slow.")
    assert officer.flask.post(scene.thread, data=sent).status_code == 422
    assert officer.flask.post(scene.notes, data=sent | {"audience": ""}).status_code == 422
    assert scene.kinds() == []


def test_what_looks_internal_is_asked_about_once(scene: Scene, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    words = "The Chaoyang Green Bank has agreed."
    status, page = send(officer, scene.thread, words)
    assert (status, scene.kinds()) == (200, [])
    assert f"Nothing is sent yet. Is this meant for {LAB}?" in page
    assert f"It names Chaoyang Green Bank, whom {LAB} may not know of." in page
    assert f"Send to {LAB} all the same" in page
    again = read_page(page).sent.to_dict()
    assert again["f-words"].strip() == words
    assert officer.flask.post(scene.thread, data=again).status_code == 303
    assert scene.kinds() == ["said"]


def test_a_changed_text_is_looked_at_anew(scene: Scene, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    again = read_page(send(officer, scene.thread, "The Chaoyang Green Bank has agreed.")[1]).sent.to_dict()
    again["f-words"] = "Foreign Provider will call."
    assert "It names Foreign Provider" in officer.flask.post(scene.thread, data=again).text
    assert scene.kinds() == []
    again["f-words"] = "All is well."
    assert officer.flask.post(scene.thread, data=again).status_code == 303


def test_a_draft_of_one_audience_is_not_in_the_box_of_another(scene: Scene, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    draft = typed(officer, scene.notes, "I rather think that they")
    assert officer.post("/drafts", draft).status_code in (200, 204)
    assert "I rather think that they" in officer.get(scene.notes).text
    for other in (scene.thread, f"/referrals/{scene.bank}/messages"):
        assert "I rather think" not in officer.get(other).text
    status, page = send(officer, scene.thread, "I rather think that they")
    assert (status, scene.kinds()) == (200, [])
    assert "one that you have begun to write" in page


def test_who_only_reads_has_no_box(scene: Scene, browser_for: BrowserFor) -> None:
    scene.write("officer", "They are slow.")
    for name in ("auditor", "manager", "other_officer"):
        page = browser_for(name).get(scene.notes).text
        assert "They are slow." in page
        assert 'name="f-words"' not in page
        assert "Correct …" not in page


def test_who_is_told_sees_it_at_home_until_it_is_opened(scene: Scene, browser_for: BrowserFor) -> None:
    officer, supervisor, auditor = (browser_for(name) for name in ("officer", "supervisor", "auditor"))
    told = [scene.world.people[name] for name in ("supervisor", "auditor")]
    sent = typed(officer, scene.notes, "Please look.") | {"f-tell": told}
    assert officer.flask.post(scene.notes, data=sent).status_code == 303
    # However much is written after it, one is led to the message itself.
    for n in range(25):
        scene.write("officer", f"Note {n}.")
    for reader, home in ((supervisor, "/"), (auditor, "/audit")):
        page = reader.get(home).text
        assert "You are mentioned" in page
        link = re.search(rf'href="({re.escape(scene.notes)}[^"#]*)#(m-[^"]+)"', page)
        assert link is not None
        assert f'id="{link[2]}"' in reader.get(link[1]).text
        assert "You are mentioned" not in reader.get(home).text
    assert "You are mentioned" not in officer.get("/").text


def test_names_to_complete_are_those_that_the_form_offers(scene: Scene, browser_for: BrowserFor) -> None:
    for name, path in (("officer", scene.notes), ("officer", scene.thread), ("provider", scene.thread)):
        page = browser_for(name).get(path).text
        offered = re.findall(r'name="f-tell" value="([^"]+)"', page)
        assert re.findall(r'<span data-id="([^"]+)"', page) == offered != []
        assert "/static/mentions.js" in page
    for name in ("auditor", "manager"):
        page = browser_for(name).get(scene.notes).text
        assert "data-people" not in page
        assert "/static/mentions.js" not in page


def test_a_provider_is_told_at_home_too(scene: Scene, browser_for: BrowserFor) -> None:
    scene.write("officer", "When do you come?", scene.referral, ("provider",))
    provider = browser_for("provider")
    assert "in a shared thread" in provider.get("/").text
    assert "you are mentioned" in provider.get(f"/referrals/{scene.referral}").text
    provider.get(scene.thread)
    assert "in a shared thread" not in provider.get("/").text


def test_a_message_is_corrected_and_taken_back(scene: Scene, browser_for: BrowserFor) -> None:
    message = scene.write("officer", "On Tuesday.", scene.referral)
    officer, provider = browser_for("officer"), browser_for("provider")
    page = f"{scene.thread}/{message}"
    assert page in officer.get(scene.thread).text
    assert send(officer, page, "On Wednesday.")[0] == 303
    read = provider.get(scene.thread).text
    assert all(words in read for words in ("On Wednesday.", "On Tuesday.", "corrected"))
    assert officer.post(page, {"take_back": "yes", "audience": "shared"}, page=page).status_code == 303
    read = provider.get(scene.thread).text
    assert "The author took this back." in read
    assert officer.get(page).status_code == 404


def test_the_case_and_the_referral_lead_to_their_threads(scene: Scene, browser_for: BrowserFor) -> None:
    scene.write("officer", "They are slow.")
    page = browser_for("officer").get(f"/cases/{scene.number}").text
    for path in (scene.notes, scene.thread, f"/referrals/{scene.bank}/messages"):
        assert f'href="{path}"' in page
    page = browser_for("provider").get(f"/referrals/{scene.referral}").text
    assert f'href="{scene.thread}"' in page
    assert scene.notes not in page


def test_the_history_tells_of_messages_and_can_be_narrowed_to_them(scene: Scene, browser_for: BrowserFor) -> None:
    scene.write("officer", "They are slow.")
    scene.write("provider", "On Monday.", scene.referral)
    page = browser_for("auditor").get(f"/cases/{scene.number}/history?show=messages").text
    assert "Officer wrote an internal note" in page
    assert "Provider wrote in the thread shared with the provider" in page
    assert "They are slow." in page
    assert "opened the case" not in page
    page = browser_for("provider").get(f"/cases/{scene.number}/history").text
    assert "They are slow." not in page
    assert "internal note" not in page


def test_a_stopped_case_keeps_the_typed_text(scene: Scene, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    sent = typed(officer, scene.thread, "When do you come?")
    with transaction(scene.engine) as db:
        scene.world.fire(
            db,
            "compliance",
            scene.number,
            "compliance_stop",
            {
                "reason": "regulation",
                "found_on": db.execute(text("SELECT current_date")).scalar_one().isoformat(),
                "source": "UN 2026-02",
                "finding": "A name on the list.",
            },
        )
    answer = officer.flask.post(scene.thread, data=sent)
    assert answer.status_code == 409
    assert "When do you come?" in answer.text
    assert "is frozen" in answer.text
    assert "Nothing can be written here now" in officer.get(scene.thread).text


# --- what is typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("One.\n\nTwo,\nthree.", "<p>One.</p><p>Two,<br>three.</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<b>x</b>\n\n& y", "<p>&lt;b&gt;x&lt;/b&gt;</p><p>&amp; y</p>"),
        (
            "See https://example.org/a?b=1&c=2.",
            '<p>See <a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener noreferrer">'
            "https://example.org/a?b=1&amp;c=2</a>.</p>",
        ),
        ("javascript:alert(1) data:text/html,x", "<p>javascript:alert(1) data:text/html,x</p>"),
        (
            'http://a"onmouseover="x',
            '<p><a href="http://a" rel="nofollow noopener noreferrer">http://a</a>&#34;onmouseover=&#34;x</p>',
        ),
    ],
)
def test_words_are_words_and_nothing_else(words: str, shown: str) -> None:
    assert message_text(words) == Markup(shown)


def test_what_is_typed_runs_nowhere(scene: Scene, browser_for: BrowserFor) -> None:
    scene.write("provider", '<img src=x onerror="alert(1)">', scene.referral)
    for page in (scene.thread, f"/cases/{scene.number}", f"/cases/{scene.number}/history?show=messages"):
        assert "<img" not in browser_for("officer").get(page).text


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(
    app: Flask, scene: Scene, browser_for: BrowserFor
) -> None:
    officer = browser_for("officer")
    sent = []
    for n in (1, 8):
        for _ in range(n):
            scene.write("officer", "They are slow.", None, ("supervisor",))
        officer.get(scene.notes)
        with counted(app) as statements:
            officer.get(scene.notes)
        sent.append(len(statements))
    assert sent[0] == sent[1] < 20
