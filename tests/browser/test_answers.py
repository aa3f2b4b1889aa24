"""A party answers a follow-up by its link: on a telephone, in Chinese, without an account, every step whole and accessible."""

from __future__ import annotations

import pytest

from casework.operations.cases.queries import find_case
from casework.operations.cases.side_tasks import add_task
from casework.operations.links.mail import ANSWER_PAGE, link_purpose
from casework.operations.links.service import Wanted, give_link
from casework.operations.tasks.service import activate_task
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.site import Site
from tests.browser.test_invitations import insist_accessible
from tests.operations.links.scene import task_of_consent, to_consent
from tests.support.way_to_referral import complete
from tests.support.world import new_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def follow_up(site: Site) -> str:
    """A closed case that is asked what has come of it; gives the task."""
    world = site.world
    with transaction(site.engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        checked = {
            "need_complete": True,
            "technology_complete": True,
            "duplicate_checked": True,
            "rationale_fits": True,
        }
        complete(world, db, "officer", number, "triage_check", data=checked | {"interest": "none"})
        end = {"outcome": "no_agreement", "reason": "money/price"}
        world.fire(db, "officer", number, "propose_close", end | {"statements": "No money this year."})
        world.fire(db, "supervisor", number, "close", end)
    (task, *_) = site.ids(
        "SELECT t.id FROM tasks t JOIN cases c ON c.id = t.log_id WHERE c.number = :number AND t.name = 'follow_up' ORDER BY t.due_at",
        number=number,
    )
    with transaction(site.engine) as db:
        activate_task(db, world.actor(db, "officer"), task, new_request())
    return task


def test_a_party_answers_on_a_telephone(page_of: PageOf, site: Site) -> None:
    task, secret_box = follow_up(site), site.document_store.secret_box
    with transaction(site.engine) as db:
        wanted = Wanted("need_owner", 14, "zh-Hans", code=True, name="张伟")
        done = give_link(db, site.world.actor(db, "officer"), secret_box, task, wanted, request=new_request())
    secret = secret_box.secrets_of(link_purpose(done.answer["id"]))[0]
    reader = page_of(None, locale="zh-CN", phone=True)
    reader.open_link(ANSWER_PAGE + secret, "/answer/form")
    assert secret not in reader.page.url
    insist_accessible(reader)
    reader.page.fill("#code", done.answer["code"])
    reader.follow(reader.page.locator("main form button"))
    assert "后续情况如何" in reader.page.inner_text("h1")
    insist_accessible(reader)
    # What is forgotten is said beside the field, and what was typed stays.
    reader.page.fill("#answered_by", "张伟")
    reader.follow(reader.page.locator("main form button.btn-primary"))
    assert reader.page.locator("#answered_as-fault").is_visible()
    assert reader.page.input_value("#answered_by") == "张伟"
    insist_accessible(reader)
    reader.page.check("input[name=f-running] >> nth=0")
    reader.page.check("input[name=f-effect][value=better]")
    reader.page.fill("[name=f-further_sites]", "2")
    reader.page.fill("#answered_as", "总经理")
    reader.follow(reader.page.locator("main form button.btn-primary"))
    assert "谢谢" in reader.page.inner_text("h1")
    assert "张伟" in reader.page.inner_text("main")
    insist_accessible(reader)
    reader.open_link(ANSWER_PAGE + secret, "/answer")
    assert reader.page.locator("form[data-link]").count() == 0, "the link opens nothing any more"
    (by,) = site.ids("SELECT closed_by FROM tasks WHERE id = CAST(:task AS uuid)", task=task)
    assert by == "party"
    assert list(verify_all(site.engine)) == []


def test_a_party_comments_on_a_letter_in_chinese(page_of: PageOf, site: Site) -> None:
    """Not offered: that it gave no answer. Its words stand in the case's timeline."""
    world, secret_box = site.world, site.document_store.secret_box
    with transaction(site.engine) as db:
        number = to_consent(world, db)
        case, _ = find_case(db, world.actor(db, "officer"), number)
        add_task(
            db,
            world.actor(db, "officer"),
            case.log,
            "case",
            case.main.id,
            task="comment_on_letter",
            about="need_owner",
            request=new_request(),
        )
    (task,) = site.ids(
        "SELECT id FROM tasks WHERE name = 'comment_on_letter' AND log_id = CAST(:log AS uuid)", log=case.log
    )
    with transaction(site.engine) as db:
        wanted = Wanted("need_owner", 14, "zh-Hans", code=False, name="张伟")
        done = give_link(db, world.actor(db, "officer"), secret_box, task, wanted, request=new_request())
    reader = page_of(None, locale="zh-CN", phone=True)
    reader.open_link(ANSWER_PAGE + secret_box.secrets_of(link_purpose(done.answer["id"]))[0], "/answer/form")
    assert "请阅读我方函件" in reader.page.inner_text("h1")
    offered = reader.page.locator("input[name=f-answer]").evaluate_all("all => all.map(one => one.value)")
    assert offered == ["commented", "no_comments"]
    insist_accessible(reader)
    reader.page.check("input[name=f-answer][value=commented]")
    reader.page.fill("[name=f-comment]", "第三条的期限太短。")
    reader.page.fill("#answered_by", "张伟")
    reader.page.fill("#answered_as", "总经理")
    reader.follow(reader.page.locator("main form button.btn-primary"))
    assert "第三条的期限太短。" in reader.page.inner_text("main")
    insist_accessible(reader)
    assert list(verify_all(site.engine)) == []
    officer = page_of("officer", locale="zh-CN")
    officer.open(f"/cases/{number}/history")
    assert "张伟" in officer.page.inner_text("main")


def test_what_a_consent_holds_for_is_asked_once_the_party_agrees(page_of: PageOf, site: Site) -> None:
    """On a telephone, in Chinese: "yes" brings the conditions, "no" takes them away, and each field says it without a script."""
    world, secret_box = site.world, site.document_store.secret_box
    with transaction(site.engine) as db:
        number = to_consent(world, db)
        task = task_of_consent(db, number)
        wanted = Wanted("need_owner", 14, "zh-Hans", code=False, name="张伟", providers=(world.organisations["lab"],))
        done = give_link(db, world.actor(db, "officer"), secret_box, task, wanted, request=new_request())
    reader = page_of(None, locale="zh-CN", phone=True)
    reader.open_link(ANSWER_PAGE + secret_box.secrets_of(link_purpose(done.answer["id"]))[0], "/answer/form")
    conditions = reader.page.locator("form.asks [data-when]")
    assert conditions.count() >= 2
    seen = "all => all.map(one => one.checkVisibility())"
    assert not any(conditions.evaluate_all(seen))
    # Without a script they stand there, each with the answer that it belongs to.
    assert conditions.locator(".only").count() == conditions.count()
    insist_accessible(reader)
    reader.page.check("input[name=f-agreed] >> nth=0")
    assert all(conditions.evaluate_all(seen))
    insist_accessible(reader)
    reader.page.check("input[name=f-agreed] >> nth=1")
    assert not any(conditions.evaluate_all(seen))
