"""What a mail with figures says, by a real mail server: the main numbers as its reader may be told of them when it goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.jobs.dispatcher import dispatch
from casework.jobs.job_registry import Hands
from casework.jobs.mail_sender import send as run_job
from casework.operations.cases.saved_views import change_view, find_view, save_view
from casework.operations.documents.key_material import secret_box_of
from casework.operations.notifications.mail_outbox import compose
from casework.operations.oversight import figure_parts
from casework.operations.oversight.figure_mails import queue_due, unsubscribe
from casework.operations.oversight.figures_mail import MAIN, FiguresMail, count_for_mail
from casework.operations.oversight.kept_figures import count_ahead
from casework.operations.people.registry import end_role
from casework.records.database import transaction
from casework.web.oversight.figure_words import CODES
from tests.operations.oversight.test_figure_mails import DAY, ask_for, clock, keep
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
from tests.support.world import new_request


def asked(office: Office, who: str, by: str | None = None, query: str = "", **how: Any) -> tuple[str, str]:
    """A view and what mails it monthly."""
    with transaction(office.engine) as db:
        view = keep(db, office.world, by or who, query, **how)
        return view, ask_for(db, office.world, who, view)


def send(office: Office, days: float) -> None:
    """Queue and send, so many days later."""
    with clock(office.settings, days) as later:
        queue_due(later)
    office.run(days * DAY)


def figures(office: Office, who: str) -> list[str]:
    return [text_of(one) for one in office.mails(who) if "figures" in str(one["Subject"]).lower()]


def test_the_main_numbers_and_the_way_to_the_page_and_nothing_of_a_case(office: Office) -> None:
    with transaction(office.engine) as db:
        number = office.world.open_case(db)
    _, id = asked(office, "officer", query="period=last_month")
    send(office, 45)
    (said,) = figures(office, "officer")
    assert "Case opened: 1" in said
    assert f"/stop-mails/{id}/" in said
    assert "/figures?programme=BJ&as_of=" in said
    (mail,) = office.mails("officer")
    # A mail program stops it by itself, by the address that is in the mail.
    address = str(mail["List-Unsubscribe"])
    assert address[1:-1] in said.split()
    assert address.startswith("<http")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    with transaction(office.engine) as db:
        words = "SELECT title FROM cases UNION SELECT title FROM needs UNION SELECT name FROM people"
        secrets = db.execute(text(f"{words} UNION SELECT title FROM technologies")).scalars().all()
    assert [one for one in (*secrets, number) if one and one in str(mail)] == []


def test_a_mail_goes_once_however_often_a_worker_looks(office: Office) -> None:
    asked(office, "officer")
    for days in (45, 45.1, 45.2):
        send(office, days)
    assert len(figures(office, "officer")) == 1


def test_one_that_could_not_go_is_overtaken_by_the_next(office: Office) -> None:
    asked(office, "officer")
    for days in (45, 80):
        with clock(office.settings, days) as later:
            queue_due(later)
    office.run(80 * DAY)
    assert len(figures(office, "officer")) == 1
    assert sorted(office.states()) == ["cancelled", "sent"]


def test_numbers_say_how_many_more_they_are_than_the_time_before(office: Office) -> None:
    asked(office, "officer")
    with clock(office.settings, 70) as later, transaction(later) as db:
        office.world.open_case(db)
    send(office, 100)
    (said,) = figures(office, "officer")
    assert "Case opened: 1 (+1)" in said
    assert "In brackets" in said


def test_an_observer_is_told_what_is_told_outside_with_small_numbers_hidden(office: Office) -> None:
    with transaction(office.engine) as db:
        office.world.open_case(db)
    asked(office, "observer", by="supervisor", share=True, role="observer", query="source=office")
    send(office, 140)
    (said,) = figures(office, "observer")
    assert "with small numbers hidden" in said
    assert "Case opened: <3" in said
    # Filters would tell by what differs.
    assert "filters" not in said
    assert "/figures?" not in said


def test_whoever_reads_no_assessments_is_told_that_a_view_by_event_cannot_be_told(office: Office) -> None:
    with transaction(office.engine) as db:
        office.world.open_case(db)
    asked(office, "manager", by="supervisor", share=True, query="event=nothing&source=office")
    send(office, 45)
    (said,) = figures(office, "manager")
    assert "These figures cannot be told to you as the view asks for them" in " ".join(said.split())
    assert "Case opened" not in said
    assert "/figures?programme=BJ&source=office" in said


def test_whoever_became_an_observer_is_told_as_one(office: Office) -> None:
    with transaction(office.engine) as db:
        office.world.open_case(db)
    asked(office, "officer", query="")
    with transaction(office.engine) as db:
        officer = {"person": office.world.people["officer"]}
        db.execute(text("UPDATE memberships SET role = 'observer' WHERE person_id = CAST(:person AS uuid)"), officer)
    send(office, 140)
    (said,) = figures(office, "officer")
    assert "Case opened: <3" in said


def test_whose_role_ends_between_the_queue_and_the_mail_server_is_sent_nothing(office: Office) -> None:
    asked(office, "manager")
    with clock(office.settings, 45) as later:
        queue_due(later)
    with transaction(office.engine) as db:
        given = {"person": office.world.people["manager"]}
        query = text("SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)")
        end_role(db, db.execute(query, given).scalar_one())
    office.run(45 * DAY)
    assert figures(office, "manager") == []
    assert office.states()[-1] == "cancelled"


def test_what_is_stopped_or_shared_no_more_does_not_go_though_it_is_queued(office: Office) -> None:
    view, _ = asked(office, "manager", by="supervisor", share=True)
    _, own = asked(office, "officer")
    with clock(office.settings, 45) as later:
        queue_due(later)
    with transaction(office.engine) as db:
        unsubscribe(db, office.world.actor(db, "officer"), own, new_request())
        supervisor = office.world.actor(db, "supervisor")
        assert find_view(db, supervisor, view)[1].shared_with is not None
        change_view(db, supervisor, view, name="Ours", shared_with=None, request=new_request())
    office.run(45 * DAY)
    assert figures(office, "officer") == figures(office, "manager") == []


def test_a_reader_of_chinese_is_told_in_chinese(office: Office) -> None:
    asked(office, "officer")
    with transaction(office.engine) as db:
        db.execute(
            text("UPDATE people SET language = 'zh-Hans' WHERE id = CAST(:id AS uuid)"),
            {"id": office.world.people["officer"]},
        )
    send(office, 45)
    (mail,) = office.mails("officer")
    said = f"{mail['Subject']} {text_of(mail)}"
    assert "Case opened" not in said
    assert "Programme" not in said
    assert "截至" in said


@pytest.mark.parametrize("query", ["as_of=2020-01-01", "as_of=nonsense", "period=next_year"])
def test_a_view_of_which_nothing_can_be_told_is_not_mailed(office: Office, query: str) -> None:
    asked(office, "officer", query=query)
    send(office, 45)
    assert figures(office, "officer") == []


def test_what_numbers_are_called_is_what_the_page_calls_them() -> None:
    assert {step: CODES["funnel"][step] for step in MAIN} == {step: words for step, (_, words) in MAIN.items()}


def test_a_large_programme_is_counted_once_for_a_mail(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure_parts, "LARGE", 0)
    with transaction(office.engine) as db:
        office.world.open_case(db)
    asked(office, "officer")
    send(office, 45)
    (said,) = figures(office, "officer")
    assert "Case opened: 1" in said
    assert "In brackets" not in said


def test_of_a_word_that_is_said_twice_the_first_counts_as_on_the_page(office: Office) -> None:
    asked(office, "officer", query="period=last_month&period=next_year")
    send(office, 45)
    assert len(figures(office, "officer")) == 1


def test_mails_with_figures_go_one_after_the_other_and_hold_up_nobodys_others(office: Office) -> None:
    asked(office, "officer")
    asked(office, "manager")
    with clock(office.settings, 45) as later:
        queue_due(later)
        with transaction(later) as db:
            other = (
                "INSERT INTO mails (id, person_id, key, kind, sealed, made_at, send_at) SELECT gen_random_uuid(),"
                " CAST(:id AS uuid), 'other', 'immediate', false, casework_now(), casework_now()"
            )
            db.execute(text(other), {"id": office.world.people["officer"]})
        dispatch(later, mailing=True)
        with transaction(later) as db:
            locks = "SELECT lock FROM procrastinate_jobs WHERE task_name = 'casework:send' ORDER BY lock"
            found = db.execute(text(locks)).scalars().all()
    assert found == sorted([f"mails of {office.world.people['officer']}", "mails of figures", "mails of figures"])


def waiting(engine: Engine) -> str:
    with transaction(engine) as db:
        mail: str = db.execute(text("SELECT id::text FROM mails WHERE kind = 'figures'")).scalar_one()
    return mail


@pytest.mark.parametrize("who", ["officer", "observer"])
def test_a_mail_is_not_locked_while_it_is_counted(office: Office, who: str) -> None:
    asked(office, who, by="supervisor", share=True, role=who)
    with clock(office.settings, 140) as later:
        queue_due(later)
        mail = waiting(later)
        with transaction(later) as db:
            db.execute(text("SELECT 1 FROM mails FOR UPDATE")).all()
            assert count_for_mail(later, mail) is not None


def nothing(db: Connection, office: Office, view: str, id: str) -> None:
    """Nothing happens meanwhile."""


def stops(db: Connection, office: Office, view: str, id: str) -> None:
    unsubscribe(db, office.world.actor(db, "officer"), id, new_request())


def asks_for_other_figures(db: Connection, office: Office, view: str, id: str) -> None:
    supervisor = office.world.actor(db, "supervisor")
    save_view(db, supervisor, "figures", name="Ours", query="sector=steel", request=new_request(), replace=True)


def shares_it_no_more(db: Connection, office: Office, view: str, id: str) -> None:
    supervisor = office.world.actor(db, "supervisor")
    change_view(db, supervisor, view, name="Ours", shared_with=None, request=new_request())


def leaves(db: Connection, office: Office, view: str, id: str) -> None:
    given = {"person": office.world.people["officer"]}
    end_role(
        db, db.execute(text("SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)"), given).scalar_one()
    )


def becomes_an_observer(db: Connection, office: Office, view: str, id: str) -> None:
    change_view(
        db,
        office.world.actor(db, "supervisor"),
        view,
        name="Ours",
        shared_with=office.world.programmes["BJ"],
        shared_role="observer",
        request=new_request(),
    )
    given = {"person": office.world.people["officer"]}
    db.execute(text("UPDATE memberships SET role = 'observer' WHERE person_id = CAST(:person AS uuid)"), given)


@pytest.mark.parametrize(
    ("happens", "goes"),
    [
        (nothing, True),
        (stops, False),
        (asks_for_other_figures, False),
        (shares_it_no_more, False),
        (leaves, False),
        (becomes_an_observer, False),
    ],
)
def test_what_was_counted_is_told_if_its_reader_may_still_be_told_of_it(
    office: Office, happens: Callable[[Connection, Office, str, str], None], goes: bool
) -> None:
    view, id = asked(office, "officer", by="supervisor", share=True)
    with clock(office.settings, 45) as later:
        queue_due(later)
        mail = waiting(later)
        told = count_for_mail(later, mail)
        with transaction(later) as db:
            happens(db, office, view, id)
        with transaction(later) as db:
            composed = compose(db, mail, secret_box_of(office.settings), told)
    assert isinstance(composed, FiguresMail) == goes
    assert office.states()[-1] == ("queued" if goes else "cancelled")


def test_a_fault_in_counting_is_tried_again_and_cancels_nothing(office: Office) -> None:
    asked(office, "officer")
    count_ahead(office.engine, office.world.programmes["BJ"])
    with transaction(office.engine) as db:
        db.execute(text("UPDATE kept_figures SET told = 'nonsense'"))
    with clock(office.settings, 45) as later:
        queue_due(later)
        with pytest.raises(ValueError, match="invalid literal"):
            run_job(Hands(later, office.settings), waiting(later))
    assert office.states() == ["queued"]
