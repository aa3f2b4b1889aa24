"""Officers ask both sides of shortlisted matches whether they are interested; what is told is fixed then, and no more than is published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.catalogue.matches import judge_match, show_match
from casework.operations.core.encryption import SecretBox
from casework.operations.links.office_links import open_link, secret_of
from casework.operations.matching import interest
from casework.operations.matching.interest import Asked
from casework.operations.matching.interest_answers import answers_by_match
from casework.operations.matching.interest_links import Says, send_interest
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.matching.shortlist import set_shortlisted
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.world import World, new_request

BOX = SecretBox(["k" * 32])
ADDRESS = "zhou@campus.example"


def shortlisted(db: Connection, world: World, *, who: str = "officer") -> str:
    """A match of the world on its need's shortlist."""
    match = world.matches[0]
    set_shortlisted(db, world.actor(db, who), match, on=True, request=new_request())
    return match


def asked(
    db: Connection, world: World, *, who: str = "officer", side: Any = "need_owner", **more: Any
) -> tuple[str, str]:
    """A side is asked about it: (the question, the secret of its link)."""
    match = shortlisted(db, world)
    given: dict[str, Any] = {"matches": [match], "address": ADDRESS, "language": "zh-Hans", "message": "请看。"} | more
    done = interest.ask_side(db, world.actor(db, who), BOX, Asked(side=side, **given), new_request())
    id = str(done.answer["id"])
    return id, secret_of(BOX, INTEREST, id)


def title_of_match(db: Connection, match: str) -> str:
    query = text(
        "SELECT t.title FROM matches m JOIN technologies t ON t.id = m.technology_id WHERE m.id = CAST(:id AS uuid)"
    )
    return str(db.execute(query, {"id": match}).scalar_one())


def publish(db: Connection, world: World, level: str) -> None:
    db.execute(text("UPDATE needs SET publication = :level, problem = 'Heat is lost.'"), {"level": level})


def test_a_side_is_asked_and_answers_and_all_of_it_is_on_record(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        id, token = asked(db, world)
        officer = world.actor(db, "officer")
        one = interest.show_interest(db, officer, id)
        assert (one.state, one.side, one.address, one.matches) == ("open", "need_owner", ADDRESS, [world.matches[0]])
    with transaction(engine) as db:
        says = {world.matches[0]: Says(says="no", why="too_dear", words="超出预算。")}
        send_interest(db, token, open_link(db, INTEREST, token), says, by="周敏", position="厂长")
    with transaction(engine) as db:
        (one,) = interest.list_interest(db, officer, one.need)
        assert (one.state, one.by, one.position) == ("answered", "周敏", "厂长")
        found, answer = answers_by_match([one])[world.matches[0], "need_owner"]
        assert answer is not None
        assert (found.id, answer.says, answer.why, answer.words) == (id, "no", "too_dear", "超出预算。")
        kinds = db.execute(text("SELECT kind, actor_id FROM events WHERE kind LIKE 'interest%' ORDER BY seq")).all()
        assert [tuple(row) for row in kinds] == [("interest_asked", officer.person), ("interest_answered", "party")]
    assert list(verify_all(engine)) == []


def test_an_enterprise_is_told_what_is_published_and_never_whose_it_is(world: World, db: Connection) -> None:
    db.execute(
        text(
            "UPDATE technologies SET description = 'Takes heat back.', contact = 'Its owner', source_page = 'https://y',"
            " website = 'https://x'"
        )
    )
    told = interest.told_to(db, world.actor(db, "officer"), "need_owner", [shortlisted(db, world)])
    assert told.organisation == world.organisations["need_owner"]
    (one,) = told.matches
    assert one["says"]["description"] == "Takes heat back."
    assert set(one["says"]) <= set(interest.SAYS)
    assert not {"contact", "source_page", "website", "acronym"} & set(one["says"])
    assert set(one) == {"match", "technology", "title", "title_zh", "says", "publication"}


@pytest.mark.parametrize(
    ("level", "told"),
    [("public", {"title", "title_zh", "problem", "target"}), ("on_request", {"title", "title_zh"}), ("closed", set())],
)
def test_an_owner_is_told_of_the_need_what_its_publication_allows(
    world: World, db: Connection, level: str, told: set[str]
) -> None:
    publish(db, world, level)
    found = interest.told_to(db, world.actor(db, "officer"), "technology_owner", [shortlisted(db, world)])
    assert found.organisation == world.organisations["technology_owner"]
    assert set(found.need_told) <= told
    assert ("problem" in found.need_told) is (level == "public")
    assert found.matches[0]["says"] == {}


def test_of_a_closed_need_the_officers_words_alone_are_told(world: World, db: Connection) -> None:
    publish(db, world, "closed")
    with pytest.raises(InvalidForm) as missing:
        asked(db, world, side="technology_owner")
    assert list(missing.value.fields) == ["need_words"]
    id, _ = asked(db, world, side="technology_owner", need_words="A works in the north loses heat at 40 °C.")
    shown = db.execute(
        text("SELECT shown FROM interest_requests WHERE id = CAST(:id AS uuid)"), {"id": id}
    ).scalar_one()
    assert shown["need"] == {"words": "A works in the north loses heat at 40 °C."}


def test_only_officers_of_the_programme_ask_and_others_find_nothing(world: World, db: Connection) -> None:
    id, _ = asked(db, world)
    for who in ("auditor", "compliance"):
        with pytest.raises(NotAllowed):
            asked(db, world, who=who)
    with pytest.raises(NotFound):
        asked(db, world, who="foreign_officer")
    with pytest.raises(NotFound):
        interest.show_interest(db, world.actor(db, "foreign_officer"), id)
    with pytest.raises(NotAllowed):
        interest.withdraw_interest(db, world.actor(db, "auditor"), id, new_request())


def test_what_is_on_no_shortlist_or_asked_already_is_not_asked(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, match = world.actor(db, "officer"), world.matches[0]
    with pytest.raises(Refused) as refused:
        interest.told_to(db, officer, "need_owner", [match])
    assert refused.value.reasons == [reasons.catalogue.NOT_SHORTLISTED]
    id, _ = asked(db, world)
    with pytest.raises(Refused) as refused:
        asked(db, world)
    assert refused.value.reasons == [reasons.catalogue.ASKED_ALREADY(match=title_of_match(db, match))]
    interest.withdraw_interest(db, officer, id, new_request())
    asked(db, world)
    # The owner is asked beside.
    publish(db, world, "public")
    monkeypatch.setattr(interest, "MOST_A_DAY", 2)
    with pytest.raises(Refused) as refused:
        asked(db, world, side="technology_owner")
    assert refused.value.reasons == [reasons.catalogue.TOO_MANY_ASKED]
    judge_match(db, officer, match, refused=True, code="other", reason="No.", request=new_request())
    with pytest.raises(Refused):
        interest.told_to(db, officer, "need_owner", [match])


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"address": "nobody"}, "address"),
        ({"days": 91}, "days"),
        ({"language": "fr"}, "language"),
        ({"message": "x" * 5_000}, "message"),
    ],
)
def test_a_question_says_what_is_wrong(world: World, db: Connection, more: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidForm) as wrong:
        asked(db, world, **more)
    assert list(wrong.value.fields) == [field]


def test_what_is_taken_back_opens_nothing_and_is_over_once(world: World, db: Connection) -> None:
    id, token = asked(db, world)
    opened = open_link(db, INTEREST, token)
    interest.withdraw_interest(db, world.actor(db, "officer"), id, new_request())
    with pytest.raises(NotFound):
        send_interest(db, token, opened, {world.matches[0]: Says(says="yes")}, by="Zhou")
    with pytest.raises(Refused) as refused:
        interest.withdraw_interest(db, world.actor(db, "officer"), id, new_request())
    assert refused.value.reasons == [reasons.catalogue.INTEREST_ENDED]
    mails = text("SELECT state FROM mails WHERE office_link_id = CAST(:id AS uuid)")
    assert set(db.execute(mails, {"id": id}).scalars()) == {"cancelled"}


def test_whom_one_writes_to_and_who_answered_is_told_to_readers_of_closed_needs_alone(
    world: World, db: Connection
) -> None:
    publish(db, world, "public")
    _, token = asked(db, world)
    says = {world.matches[0]: Says(says="yes")}
    send_interest(db, token, open_link(db, INTEREST, token), says, by="周敏", position="厂长")
    asked(db, world, side="technology_owner")
    seen = {}
    for who in ("officer", "manager"):
        actor = world.actor(db, who)
        need = show_match(db, actor, world.matches[0]).need.id
        seen[who] = [(one.address, one.by, one.position) for one in interest.list_interest(db, actor, need)]
    assert seen == {"officer": [(ADDRESS, "", ""), (None, "周敏", "厂长")], "manager": [(None, "", "")] * 2}


def test_nothing_else_is_sent_than_what_was_looked_at(world: World, db: Connection) -> None:
    match, officer = shortlisted(db, world), world.actor(db, "officer")
    question = Asked(side="need_owner", matches=[match], address=ADDRESS, language="en", message="Look.")
    seen = interest.digest_of(question, interest.told_to(db, officer, "need_owner", [match]))
    db.execute(text("UPDATE technologies SET advantage = 'Cheaper.'"))
    with pytest.raises(Refused) as refused:
        interest.ask_side(db, officer, BOX, question, new_request(), seen=seen)
    assert refused.value.reasons == [reasons.catalogue.SHOWN_CHANGED]
    with pytest.raises(Refused):
        interest.ask_side(db, officer, BOX, replace(question, address="other@campus.example"), new_request(), seen=seen)
    seen = interest.digest_of(question, interest.told_to(db, officer, "need_owner", [match]))
    interest.ask_side(db, officer, BOX, question, new_request(), seen=seen)
