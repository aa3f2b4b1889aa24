"""The match desk shows a need, what a run ranked for it and why, what filters say, and takes a run again of what it has kept."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Engine, text

from casework.operations.catalogue.matches import create_match
from casework.operations.matching.candidates import CANDIDATES
from casework.operations.matching.decisions import decide
from casework.operations.people.registry import register_organisation
from casework.records.database import transaction
from casework.web.matching.desk_words import say_apart, say_checks, say_why
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_proposal_twins import put as put_proposed
from tests.operations.matching.test_proposals import propose
from tests.operations.matching.test_run_twins import put_twins
from tests.operations.matching.test_runs import put
from tests.operations.matching.test_twin_groups import alike
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


def open_desk(browser: Browser, world: World, engine: Engine) -> tuple[dict[str, str], str]:
    """The desk of a need after its first search; gives the records by their names, and the address."""
    with transaction(engine) as db:
        ids = put(world, db)
    page = f"/needs/{ids['need']}/desk"
    assert "Nobody has searched for this need yet." in browser.get(page).text
    assert browser.post(page, {}, page=page).status_code == 303
    return ids, page


def newest_run(engine: Engine) -> str:
    with transaction(engine) as db:
        return str(db.execute(text("SELECT id FROM match_runs ORDER BY made_at DESC LIMIT 1")).scalar_one())


def test_a_search_shows_candidates_with_why_and_what_nobody_knows(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    told = "UPDATE technologies SET description = 'It is new. The heat pump lifts heat. It is kept.' WHERE id = CAST(:id AS uuid)"
    with transaction(engine) as db:
        db.execute(text(told), {"id": ids["pump"]})
    said = browser.get(page).text
    words = words_of(said)
    assert "热泵 = heat pump" in words
    assert "(glossary 1)" in words
    glossary = f"/programmes/{world.programmes['BJ']}/settings/lists?list=glossary"
    assert glossary in said
    assert glossary not in browser_for("auditor").get(page).text
    assert "codes in common: F24D" in words
    assert "costs CNY 900,000 of a budget of CNY 1,200,000" in words
    assert f'id="c-{ids["pump"]}"' in said
    assert f'id="c-{ids["idea"]}"' not in said
    assert "wanted 5 to 9" in words
    assert "1 removed by filters" in words
    assert "Its record says: The heat pump lifts heat." in words
    assert "In which fields" in words
    assert "Words alone were compared: similar texts are not switched on." in words
    # What a record does not say is not known, and is marked.
    assert "? not known" in words
    assert "Readiness not known the record does not say" in words
    assert page in browser.get(f"/needs/{ids['need']}").text
    assert page in browser.get("/desk").text
    assert "/desk" in browser.get("/matches").text


def test_figures_of_a_need_stand_beside_its_candidates(browser_for: Enter, world: World, engine: Engine) -> None:
    ids, page = open_desk(browser_for("officer"), world, engine)
    rows = [
        {"parameter": "NOx", "unit": "mg/m3", "now": "80", "comparison": "at_most", "target": "30"},
        {"parameter": "Noise", "unit": "dB", "comparison": "below", "target": "60", "condition": "at night"},
    ]
    with transaction(engine) as db:
        db.execute(
            text("UPDATE needs SET figures = CAST(:rows AS jsonb) WHERE id = CAST(:id AS uuid)"),
            {"rows": orjson.dumps(rows).decode(), "id": ids["need"]},
        )
    words = words_of(browser_for("officer").get(page).text)
    assert "NOx now 80 mg/m3, wanted ≤ 30 mg/m3" in words
    assert "Noise wanted &lt; 60 dB (at night)" in words


def test_a_word_says_where_in_the_record_it_stands_as_far_as_its_run_kept_that(app: Flask) -> None:
    part = {"kind": "word", "text": "heat", "source": "", "title": True, "share": 0.5}
    similar = {**part, "kind": "similar", "title": False}
    parts = [{**part, "fields": ["title", "problem"]}, part, {**part, "title": False}, similar]
    for language, wanted in {
        "en": ["Title, Problem solved", "Title", "not in the title", ""],
        "zh_Hans": ["标题、解决的问题", "标题", "不在标题中", ""],
    }.items():
        with app.test_request_context(), force_locale(language):
            assert [row[2] for row in say_why(parts).rows] == wanted


def test_a_filter_is_left_out_with_a_reason_that_the_run_keeps(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    earlier = newest_run(engine)
    browser.post(page, {"said": "heat pump", "leave.readiness": "A pilot will do."}, page=page)
    said = browser.get(page).text
    assert f'id="c-{ids["idea"]}"' in said
    assert "left out: A pilot will do." in words_of(said)
    assert "does not pass" in words_of(said)
    assert f"run={earlier}" in browser.get(f"{page}?view=runs").text
    before = browser.get(f"{page}?run={earlier}").text
    assert "This is an earlier run." in before
    assert f'id="c-{ids["idea"]}"' not in before
    assert browser.get(f"{page}?run={ids['pump']}").status_code == 404


def test_an_auditor_makes_a_run_again_and_is_told_of_a_changed_one(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    _, page = open_desk(browser_for("officer"), world, engine)
    auditor, run = browser_for("auditor"), newest_run(engine)
    assert f"/match-runs/{run}/replay" in auditor.get(page).text
    assert "Search again" not in auditor.get(page).text
    assert "The same list" in auditor.get(f"/match-runs/{run}/replay").text
    with transaction(engine) as db:
        db.execute(
            text("UPDATE match_runs SET list = jsonb_set(CAST(list AS jsonb), '{candidates,0,score}', '99')::text")
        )
    told = auditor.get(f"/match-runs/{run}/replay").text
    assert "Another list." in told
    assert "somebody changed it" in told


def test_a_run_that_is_made_again_tells_who_decided_what_and_when(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    ids, _ = open_desk(browser_for("officer"), world, engine)
    run, auditor = newest_run(engine), browser_for("auditor")
    page = f"/match-runs/{run}/replay"
    assert "Decisions on its candidates" not in auditor.get(page).text
    with transaction(engine) as db:
        opened = decide(
            db, world.actor(db, "supervisor"), run, technology=ids["pump"], decision="accept", request=new_request()
        )
        decide(
            db,
            world.actor(db, "officer"),
            run,
            technology=ids["unknown"],
            decision="refuse",
            code="not_ready",
            reason="It is an <idea>.",
            request=new_request(),
        )
    said = auditor.get(page).text
    words = words_of(said)
    number = opened.answer["case"]
    assert f'href="/cases/{number}"' in said
    assert f"Heat pump for dye houses accepted {number} Supervisor" in words
    assert "Another heat pump refused The technology is not ready: It is an &lt;idea&gt;. Officer" in words
    assert "<idea>" not in said
    for who in ("provider", "observer"):
        assert browser_for(who).get(page).status_code == 404


def test_ranks_come_ten_at_a_time(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    with transaction(engine) as db:
        for n in range(12):
            enter(world, db, "technology", title=f"Heat pump {n}", readiness_low=5, readiness_high=6)
    _, page = open_desk(browser, world, engine)
    first, second = browser.get(page).text, browser.get(f"{page}?start=10").text
    assert first.count('class="cand') - first.count('class="cand-') == 10
    assert "start=10" in first
    assert "First page" in second


def test_a_match_that_was_proposed_otherwise_is_triaged_on_the_desk(browser_for: Enter, world: World) -> None:
    browser, match, need = browser_for("officer"), world.matches[0], world.needs[0]
    page = f"/needs/{need}/desk?view=proposed"
    assert page.replace("&", "&amp;") in browser.get(f"/matches/{match}").text
    assert f"/matches/{match}/shortlist" in browser.get(page).text
    browser.post(f"/matches/{match}/shortlist", {"on": "yes", "back": page}, page=page)
    assert f"/matches/{match}/shortlist" in browser.get(f"/needs/{need}/desk?view=shortlist").text
    assert f"/matches/{match}/shortlist" not in browser.get(page).text


def test_each_twin_of_what_is_proposed_leads_to_both_beside_each_other(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        need, ids = put_proposed(world, db, 3)
        alike(db, world.programmes["BJ"], (ids[0], ids[1]), (ids[0], ids[2]))
    propose(engine, world)
    page = f"/needs/{need}/desk?view=proposed"
    shown = browser_for("officer").get(page).text
    ways = [f'href="/technologies/{twin}/merge?into={ids[0]}"' for twin in ids[1:]]
    assert [way in shown for way in ways] == [True, True]
    assert "/merge?into=" not in browser_for("auditor").get(page).text


def test_what_passes_in_part_says_so(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        (one,) = say_checks([{"name": "readiness", "verdict": "partly"}], [], {})
        (relaxed,) = say_checks([{"name": "readiness", "verdict": "partly"}], [], {"readiness": "It may wait."})
    assert (one.verdict, one.more) == ("yes", "in part")
    assert relaxed.more == "left out: It may wait."


def test_what_passes_in_part_says_what_was_seen_where_the_run_kept_it(app: Flask) -> None:
    kept = {"name": "readiness", "verdict": "partly", "says": [6, 9], "wanted": [5, 6]}
    with app.test_request_context(headers={"Accept-Language": "en"}):
        (one,) = say_checks([kept], [], {})
    assert one.more == "in part: 6 to 9, wanted 5 to 6"


def test_a_run_shows_what_it_saw_and_what_the_record_says_by_now(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    before = words_of(browser.get(page).text)
    assert "Readiness 5 to 6 wanted 5 to 9" in before
    assert "by now" not in before
    told = "UPDATE technologies SET readiness_low = 2, readiness_high = 3, deployed_in = '{DE}' WHERE id = CAST(:id AS uuid)"
    with transaction(engine) as db:
        db.execute(text(told), {"id": ids["pump"]})
        made = db.execute(text("SELECT id::text FROM match_runs ORDER BY made_at DESC LIMIT 1")).scalar_one()
    for address in (page, f"/match-runs/{made}/{ids['pump']}/refuse"):
        words = words_of(browser.get(address).text)
        assert "Readiness 5 to 6 wanted 5 to 9 (by now its record says 2 to 3)" in words
        assert "Deployed in ? not known by now its record says Germany" in words


def test_a_run_from_before_it_kept_what_it_saw_shows_what_records_say_now(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    with transaction(engine) as db:
        evidence, found = db.execute(text("SELECT evidence, list FROM match_runs")).one()
        opened = orjson.loads(evidence)
        del opened["compared"]
        listed = orjson.loads(found)
        for one in listed["candidates"]:
            for said in one["explanation"]["filters"]:
                said.pop("says", None)
                said.pop("wanted", None)
        given = {"evidence": orjson.dumps(opened).decode(), "list": orjson.dumps(listed).decode()}
        db.execute(text("UPDATE match_runs SET evidence = :evidence, list = :list"), given)
        told = "UPDATE technologies SET readiness_low = 5, readiness_high = 5 WHERE id = CAST(:id AS uuid)"
        db.execute(text(told), {"id": ids["pump"]})
    words = words_of(browser.get(page).text)
    assert "Readiness 5 wanted 5 to 9" in words
    assert "by now" not in words


def give(engine: Engine, owners: dict[str, str]) -> None:
    """Say whose some records are, and that the pump runs in Germany and comes from Sweden."""
    with transaction(engine) as db:
        for id, owner in owners.items():
            for table in ("needs", "technologies"):
                told = f"UPDATE {table} SET owner_id = CAST(:owner AS uuid) WHERE id = CAST(:id AS uuid)"
                db.execute(text(told), {"owner": owner, "id": id})


def test_where_candidates_run_is_shown_and_a_search_asks_for_it(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    with transaction(engine) as db:
        abroad = enter(
            world, db, "technology", title="Heat pump abroad", readiness_low=5, developed_in=["SE"], deployed_in=["DE"]
        )
    browser.post(page, {}, page=page)
    words = words_of(browser.get(page).text)
    assert "Deployed in Germany" in words
    assert "Developed in Sweden" in words
    assert "deployed in Germany; developed in Sweden" in words
    # What candidates say is offered, and what is chosen stays chosen.
    assert "Germany (1)" in words
    browser.post(page, {"country": ["CN"]}, page=page)
    said = browser.get(page).text
    assert f'id="c-{abroad}"' not in said
    assert f'id="c-{ids["unknown"]}"' in said
    assert "wanted China" in words_of(said)
    assert read_page(said).sent.getlist("country") == ["CN"]
    browser.post(page, {"country": ["CN"], "leave.country": "It is a pilot."}, page=page)
    said = browser.get(page).text
    assert f'id="c-{abroad}"' in said
    assert "Country does not pass left out: It is a pilot." in words_of(said)


def test_an_organisation_is_left_out_and_what_it_has_is_not_listed(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, owner = browser_for("officer"), world.organisations["technology_owner"]
    ids, page = open_desk(browser, world, engine)
    give(engine, {ids["pump"]: owner})
    browser.post(page, {}, page=page)
    assert f'value="{owner}"' in browser.get(page).text
    # What is no id is nobody's, and what nobody here has a reason to know is not named.
    with transaction(engine) as db:
        stranger = register_organisation(db, name="Foreign Fans", programme=world.programmes["SH"])
    browser.post(page, {"excluded": [owner, "x", stranger]}, page=page)
    said = browser.get(page).text
    assert f'id="c-{ids["pump"]}"' not in said
    assert read_page(said).sent.getlist("excluded") == [owner]
    assert "Foreign Fans" not in said


def test_a_conflict_of_interest_is_shown_where_it_was_left_out_with_a_reason(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, owner = browser_for("officer"), world.organisations["need_owner"]
    ids, page = open_desk(browser, world, engine)
    give(engine, {ids["pump"]: owner, ids["need"]: owner})
    browser.post(page, {}, page=page)
    said = browser.get(page).text
    assert f'id="c-{ids["pump"]}"' not in said
    assert "Conflict of interest" in words_of(said)
    browser.post(page, {"leave.conflict": "It is a group."}, page=page)
    said = browser.get(page).text
    assert f'id="c-{ids["pump"]}"' in said
    told = (
        "Conflict of interest does not pass need and technology belong to one organisation (left out: It is a group.)"
    )
    assert told in words_of(said)
    accept = browser.get(f"/match-runs/{newest_run(engine)}/{ids['pump']}/accept").text
    assert told in words_of(accept)


def test_a_legal_restriction_is_shown_and_asked_for_where_the_need_is(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    with transaction(engine) as db:
        rows = {
            "barred": [{"kind": "export_control", "countries": "CN, RU", "words": "Annex I"}],
            "ships": [{"kind": "field_of_use", "words": "Ships"}],
        }
        told = {
            name: enter(world, db, "technology", title=f"Heat pump {name}", readiness_low=5, restrictions=says)
            for name, says in rows.items()
        }
    browser.post(page, {}, page=page)
    said = browser.get(page).text
    assert f'id="c-{told["barred"]}"' not in said
    words = words_of(said)
    assert "Legal restriction not known the record does not say" in words
    assert "Legal restriction not known for one field of use alone" in words
    assert read_page(said).sent["territory"] == "CN"
    compare = f"/match-runs/{newest_run(engine)}/compare?technology={told['ships']}&technology={ids['pump']}"
    compared = words_of(browser.get(compare).text)
    assert "Legal restrictions to be used in China" in compared
    assert "for one field of use alone, Ships" in compared
    browser.post(page, {"leave.restriction": "A licence is granted."}, page=page)
    words = words_of(browser.get(page).text)
    assert (
        "Legal restriction does not pass export controlled (China, Russia) (left out: A licence is granted.)" in words
    )
    # Where it is used elsewhere, it bars nothing; what is no country is refused at its field, and nothing is searched.
    browser.post(page, {"territory": "de"}, page=page)
    said = browser.get(page).text
    assert f'id="c-{told["barred"]}"' in said
    assert read_page(said).sent["territory"] == "DE"
    made, wrong = newest_run(engine), {"territory": "<b", "said": "Something else", "leave.licence": "It is bought."}
    refused = browser.post(page, wrong, page=page)
    assert (refused.status_code, newest_run(engine)) == (422, made)
    assert 'id="territory-fault">is no code of a country or region<' in refused.text
    assert "Something else" in refused.text


def test_matches_that_an_import_has_brought_come_ten_at_a_time_by_their_score(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, need = browser_for("officer"), world.needs[0]
    with transaction(engine) as db:
        officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
        for n in range(104):
            made = enter(world, db, "technology", title=f"Kiln {n:03}")
            create_match(
                db,
                officer,
                programme=programme,
                need=need,
                technology=made,
                source="A list",
                external_id=f"k-{n}",
                proposed_on=None,
                proposed_by=None,
                score=format(0.9 - n / 1000, ".3f"),
                rationale=None,
                request=new_request(),
            )
    page = f"/needs/{need}/desk?view=proposed"
    said = browser.get(page).text
    assert [title for n in range(12) if (title := f"Kiln {n:03}") in said] == [f"Kiln {n:03}" for n in range(10)]
    assert len(said) < 150_000
    assert "start=10" in said
    assert "Kiln 103" in browser.get(f"{page}&start=100").text


def test_of_two_channels_the_rank_in_each_is_said(app: Flask) -> None:
    def said(ranks: dict[str, int]) -> str:
        return say_apart({"similar": {}}, {"technology": "t", "explanation": {"ranks": ranks}})

    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert said({"words": 3, "text": 1}) == "Rank 3 by its words, 1 among similar texts."
        assert said({"words": 3}) == "Rank 3 by its words; not among similar texts."
        assert said({"text": 1}).startswith("It shares no word with the need")


def test_what_may_be_the_same_stands_behind_the_best_of_it_with_what_became_of_it(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        ids = put_twins(world, db)
    browser, page = browser_for("officer"), f"/needs/{ids['need']}/desk"
    browser.post(page, {}, page=page)
    said = browser.get(page).text
    assert "and 2 that may be the same" in words_of(said)
    (lead,) = [ids[name] for name in ("pump", "again", "third") if f'id="c-{ids[name]}"' in said]
    behind = [ids[name] for name in ("pump", "again", "third") if ids[name] != lead]
    run = newest_run(engine)
    beside = f"/match-runs/{run}/compare?" + "&".join(f"technology={id}" for id in (lead, *behind))
    told = browser.get(beside).text
    assert "1.1 Heat pump for dye houses" in words_of(told)
    assert f"/match-runs/{run}/{behind[0]}/accept" in told
    assert browser.get(f"/match-runs/{run}/{behind[0]}/accept").status_code == 200
    browser.post(f"/match-runs/{run}/{behind[0]}/shortlist", {"on": "yes", "back": page}, page=page)
    assert "Heat pump for dye houses Shortlisted" in words_of(browser.get(page).text)
    assert "/twins" not in browser_for("auditor").get(page).text


def test_a_run_says_that_it_had_more_than_it_lists(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    assert "Narrow the search" not in browser.get(page).text
    told = (
        "UPDATE match_runs SET list = jsonb_set(CAST(list AS jsonb), '{candidates}', '[]')::text, evidence = :evidence"
    )
    with transaction(engine) as db:
        evidence = orjson.loads(db.execute(text("SELECT evidence FROM match_runs")).scalar_one())
        one = next(one for one in evidence["candidates"] if one["id"] == ids["pump"])
        evidence["candidates"] = [one] * CANDIDATES
        db.execute(text(told), {"evidence": orjson.dumps(evidence).decode()})
    words = words_of(browser.get(page).text)
    assert "Only the 300 closest records were compared. Narrow the search to see others." in words
