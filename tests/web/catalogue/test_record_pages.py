"""Needs and technologies as officers keep them: listed, entered, put right with a reason, confirmed, with their history."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable

import pytest
from sqlalchemy import Engine, text

from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.people.programme_lists import set_entry
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.catalogue.test_outcomes import deploy
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]
NEW = {"title": "Ice from waste heat", "source": "A call of 5 January", "sector": "Energy", "confirmed": "no"}


def fill(browser: Browser, page: str, **answers: str) -> str:
    """What the page says after its form was sent with these answers."""
    sent = read_page(browser.get(page).text).sent
    for name, value in answers.items():
        sent[f"f-{name}"] = value
    return words_of(browser.flask.post(page, data=sent, follow_redirects=True).text)


@pytest.mark.parametrize("plural", ["needs", "technologies"])
def test_one_is_entered_corrected_and_confirmed_and_its_history_tells_it(
    browser_for: Enter, world: World, engine: Engine, plural: str
) -> None:
    browser, programme = browser_for("officer"), world.programmes["BJ"]
    asked = {name: value for name, value in NEW.items() if plural == "needs" or name != "sector"}
    said = fill(browser, f"/programmes/{programme}/{plural}/new", **asked)
    assert "It is entered." in said
    assert "Officer entered it · source: A call of 5 January" in said
    with transaction(engine) as db:
        page = f"/{plural}/" + str(
            db.execute(text(f"SELECT id FROM {plural} WHERE source LIKE 'A call%'")).scalar_one()
        )
    assert page in browser.get(f"/{plural}?q=waste").text
    assert page not in browser.get(f"/{plural}?q=waste&stands=confirmed").text
    assert "claimed" in words_of(browser.get(page).text)
    # All of the one source at once; then what was confirmed takes a reason.
    done = browser.post(f"{page}/confirm", {"source": asked["source"]}, page=page, follow=True)
    assert "Confirmed: from now on rules may rely on it." in done.text
    assert page in browser.get(f"/{plural}?stands=confirmed").text
    refused = fill(browser, f"{page}/correct", title="Ice from waste water", source="The works")
    assert "say why" in refused
    said = fill(browser, f"{page}/correct", title="Ice from waste water", source="The works", reason="Misheard.")
    assert "Put right: from now on rules may rely on it." in said
    assert "Misheard." in said
    assert "Ice from waste heat Ice from waste water" in said
    assert "nothing is changed" in fill(browser, f"{page}/correct", source="The works", reason="None.")
    assert browser.post(f"{page}/confirm", {"source": "Nobody"}, page=page).status_code == 422
    assert list(verify_all(engine)) == []


def test_the_figures_of_a_need_are_rows_that_are_entered_put_right_and_confirmed(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, programme = browser_for("officer"), world.programmes["BJ"]
    new = f"/programmes/{programme}/needs/new"
    row = {
        "figures.0.f-parameter": "NOx",
        "figures.0.f-unit": "mg/m3",
        "figures.0.f-now": "80",
        "figures.0.f-target": "30",
    }
    assert "say how the value is to stand" in fill(browser, new, **NEW, **row, **{"figures.0.f-comparison": ""})
    fill(browser, new, **NEW, **row, **{"figures.0.f-comparison": "at_most"})
    with transaction(engine) as db:
        id, told = db.execute(text("SELECT id::text, figures FROM needs WHERE source LIKE 'A call%'")).one()
    assert told == [{"parameter": "NOx", "unit": "mg/m3", "now": "80", "comparison": "at_most", "target": "30"}]
    page = f"/needs/{id}"
    assert "Parameter Value now Target value Unit NOx 80 ≤ 30 mg/m3" in words_of(browser.get(page).text)
    assert "NOx: now 80 mg/m3, wanted ≤ 30 mg/m3" in words_of(browser.get(page).text)
    browser.post(f"{page}/confirm", {"field": "figures"}, page=page)
    correct = f"{page}/correct"
    assert "say why" in fill(browser, correct, **{"figures.0.f-target": "25"}, source="The works")
    said = fill(browser, correct, **{"figures.0.f-target": "25"}, source="The works", reason="A stricter limit.")
    assert "NOx: now 80 mg/m3, wanted ≤ 30 mg/m3 NOx: now 80 mg/m3, wanted ≤ 25 mg/m3" in said
    # Without its rows it has none.
    fill(browser, correct, **dict.fromkeys([*row, "figures.0.f-comparison"], ""), source="The works", reason="Unknown.")
    with transaction(engine) as db:
        assert db.execute(text("SELECT figures FROM needs WHERE id = CAST(:id AS uuid)"), {"id": id}).scalar_one() == []
    assert list(verify_all(engine)) == []


def test_legal_restrictions_are_rows_that_are_entered_put_right_and_confirmed(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, programme = browser_for("officer"), world.programmes["BJ"]
    new = f"/programmes/{programme}/technologies/new"
    row = {"restrictions.0.f-kind": "territory", "restrictions.0.f-words": "Licence of the institute"}
    asked = {name: value for name, value in NEW.items() if name != "sector"}
    assert "say in which countries alone" in fill(browser, new, **asked, **row)
    fill(browser, new, **asked, **row, **{"restrictions.0.f-countries": "cn; de"})
    with transaction(engine) as db:
        query = "SELECT id::text, restrictions FROM technologies WHERE source LIKE 'A call%'"
        id, told = db.execute(text(query)).one()
    assert told == [{"kind": "territory", "countries": "CN, DE", "words": "Licence of the institute"}]
    page = f"/technologies/{id}"
    shown = "to be had in these countries alone: China, Germany, Licence of the institute"
    assert shown in words_of(browser.get(page).text)
    browser.post(f"{page}/confirm", {"field": "restrictions"}, page=page)
    changed = {"restrictions.0.f-kind": "none", "restrictions.0.f-countries": "", "source": "The institute"}
    assert "say why" in fill(browser, f"{page}/correct", **changed)
    said = fill(browser, f"{page}/correct", **changed, reason="It ended.")
    assert f"{shown} none known, Licence of the institute" in said
    assert list(verify_all(engine)) == []


def test_a_statement_of_verification_is_entered_put_right_and_taken_out_again(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, programme = browser_for("officer"), world.programmes["BJ"]
    new = f"/programmes/{programme}/technologies/new"
    asked = {name: value for name, value in NEW.items() if name != "sector"} | {"confirmed": "no"}
    stated = {"verification_verdict": "verified_with_limits", "verification_valid_until": "2027-01-31"}
    assert "“Number of the statement”" in fill(browser, new, **asked, **stated)
    fill(browser, new, **asked, **stated, verification_number="V 7")
    with transaction(engine) as db:
        query = "SELECT id::text, verification FROM technologies WHERE source LIKE 'A call%'"
        id, told = db.execute(text(query)).one()
    assert told == {"number": "V 7", "verdict": "verified_with_limits", "valid_until": "2027-01-31"}
    page = f"/technologies/{id}"
    shown = words_of(browser.get(page).text)
    assert "number: V 7; verdict: verified within limits; valid until: Sun 31 Jan 2027" in shown
    browser.post(f"{page}/confirm", {"field": "verification"}, page=page)
    correct = f"{page}/correct"
    assert "say why" in fill(browser, correct, verification_valid_until="", source="The verifier")
    fill(browser, correct, verification_valid_until="", source="The verifier", reason="It has no last day.")
    with transaction(engine) as db:
        after = db.execute(text(query)).one().verification
    assert after == {"number": "V 7", "verdict": "verified_with_limits"}
    # A number without what it comes to is no statement: it is refused, not dropped.
    gone = {"verification_verdict": "", "source": "The verifier", "reason": "It was taken back."}
    assert "does not apply here" in fill(browser, correct, **gone)
    fill(browser, correct, **gone, verification_number="")
    with transaction(engine) as db:
        assert db.execute(text(query)).one().verification is None
    assert list(verify_all(engine)) == []


#: By form what is entered of a need and of a technology, what it says then, and what each is called.
ASKED = {
    "needs": {
        "function": ("Dry the sludge", "Dry the manure", "Function wanted"), "site": ("Hall 1", "Hall 2", "Site"),
        "baseline": ("80 mg", "60 mg", "Baseline"), "process": ("Tannery", "Dairy", "Process"),
        "tried": ("Centrifuges", "Presses", "What has been tried"), "constraints": ("Basement", "No steam", "Constraints"),
        "country": ("DE", "FR", "Country where it is to be used"),
        "required_standards": ("ISO 9001", "CE", "Certificates and standards that it must have"),
        "contact": ("The engineer", "The head", "Contact"), "readiness_text": ("Runs", "Prototype", "Readiness, in words"),
    },
    "technologies": {
        "languages": ("English", "Deutsch", "Languages"), "contact": ("An office", "Its head", "Contact"),
        "source_page": ("https://c.example/1", "https://c.example/2", "Page at its source"), "acronym": ("DRY", "DRIER", "Acronym"),
        "partner_countries": ("DE", "FR", "Partner countries"), "total_cost": ("1500", "2500", "Total cost"),
        "total_cost_currency": ("EUR", "CNY", "Currency of the total cost"), "start_date": ("2021-03-01", "2021-04-01", "Begun on"),
        "end_date": ("2023-08-31", "2023-09-30", "Ended on"),
    },
}  # fmt: skip


def unknown_in(html: str, labels: Iterable[str]) -> set[str]:
    """Which of these the page of a record says that nobody has said."""
    (told,) = re.findall(r"<p[^>]*>Not known \(which does not mean no\): ([^<]*)</p>", html)
    return {label for label in labels if f", {label}," in f", {told},"}


@pytest.mark.parametrize("plural", ["needs", "technologies"])
def test_each_field_is_put_right_by_its_form_and_has_its_own_origin_and_history(
    browser_for: Enter, world: World, engine: Engine, plural: str
) -> None:
    browser, told = browser_for("officer"), ASKED[plural]
    new = f"/programmes/{world.programmes['BJ']}/{plural}/new"
    given = {name: value for name, value in NEW.items() if name != "sector"}
    fill(browser, new, **given, **{name: first for name, (first, _, _) in told.items()})
    with transaction(engine) as db:
        id = str(db.execute(text(f"SELECT id FROM {plural} WHERE source LIKE 'A call%'")).scalar_one())
    page = f"/{plural}/{id}"
    assert browser.post(f"{page}/confirm", {"field": next(iter(told))}, page=page).status_code == 303
    for name, (_, then, _) in list(told.items())[1:]:
        assert "Put right" in fill(browser, f"{page}/correct", **{name: then}, source=f"About {name}")
    html = browser.get(page).text
    shown, (first, *others) = words_of(html), told
    with transaction(engine) as db:
        origins = db.execute(
            text(f"SELECT provenance FROM {plural} WHERE id = CAST(:id AS uuid)"), {"id": id}
        ).scalar_one()
    assert (origins[first]["source"], "confirmed_by" in origins[first]) == ("A call of 5 January", True)
    assert {name: origins[name]["source"] for name in others} == {name: f"About {name}" for name in others}
    for name in others:
        assert f"source: About {name} {told[name][2]}" in shown, name
    assert f"confirmed: {told[first][2]}" in shown
    assert unknown_in(html, [label for _, _, label in told.values()]) == set()
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize("plural", ["needs", "technologies"])
def test_what_nobody_has_said_is_told_to_be_unknown(
    browser_for: Enter, world: World, engine: Engine, plural: str
) -> None:
    browser = browser_for("officer")
    given = {name: value for name, value in NEW.items() if name != "sector"}
    fill(browser, f"/programmes/{world.programmes['BJ']}/{plural}/new", **given)
    with transaction(engine) as db:
        id = db.execute(text(f"SELECT id FROM {plural} WHERE source LIKE 'A call%'")).scalar_one()
    # A currency goes with its amount.
    labels = {label for name, (_, _, label) in ASKED[plural].items() if not name.endswith("_currency")}
    assert unknown_in(browser.get(f"/{plural}/{id}").text, labels | {"Title"}) == labels


def test_what_is_wrong_is_said_at_its_field(browser_for: Enter, world: World) -> None:
    browser, page = browser_for("officer"), f"/programmes/{world.programmes['BJ']}/needs/new"
    for wrong, words in (
        ({"title": ""}, "Title"),
        ({"readiness_low": "7", "readiness_high": "3"}, "must not be below the other end"),
        ({"readiness_low": "12"}, "Readiness from"),
        ({"ipc": "F24D 3/08\nheat"}, "heat, which is no code of the patent classification"),
        ({"ipc": "", "owner": "Nobody's Works"}, "is not known here"),
    ):
        # The page that is opened anew has what was typed last.
        said = fill(browser, page, **NEW | {"readiness_low": "", "readiness_high": ""} | wrong)
        assert words in said
        assert "It is entered." not in said
    assert "Nobody&#39;s Works" in browser.get(page).text
    owner = fill(
        browser,
        page,
        **NEW | {"owner": "Nordwind Boilers", "title": "<script>alert(1)</script>", "ipc": "F24D 3/08\r\nF23D"},
    )
    assert "It is entered." in owner
    assert "F24D3/08, F23D" in owner
    assert "Nordwind Boilers" in owner
    assert "<script>alert(1)" not in browser.get("/needs?q=script").text


def test_a_form_that_was_opened_before_another_correction_records_nothing(browser_for: Enter, world: World) -> None:
    browser, page = browser_for("officer"), f"/needs/{world.needs[0]}/correct"
    late = read_page(browser.get(page).text).sent
    assert "Put right" in fill(browser, page, sector="Water", source="The works")
    answer = browser.flask.post(page, data=late | {"f-sector": "Transportation", "f-source": "The works"})
    assert answer.status_code == 409
    assert "Water" in browser.get(f"/needs/{world.needs[0]}").text


def test_a_record_is_called_by_its_chinese_title_in_chinese(browser_for: Enter, world: World, engine: Engine) -> None:
    browser, page = browser_for("officer"), f"/needs/{world.needs[0]}"
    assert "Put right" in fill(browser, f"{page}/correct", title_zh="不用煤的蒸汽", source="The works")
    with transaction(engine) as db:
        db.execute(text("UPDATE people SET language = 'zh-Hans'"))
    assert "不用煤的蒸汽</h1>" in browser.get(page).text.replace("\n", "")
    assert "不用煤的蒸汽</a>" in browser.get("/needs").text


def test_its_matches_and_cases_stand_on_its_page(browser_for: Enter, world: World) -> None:
    browser = browser_for("auditor")
    shown = browser.get(f"/needs/{world.needs[0]}").text
    assert f"/matches/{world.matches[0]}" in shown
    assert "/correct" not in shown
    assert "/confirm" not in shown


def test_the_form_offers_what_the_programme_has_on_its_lists(browser_for: Enter, world: World, engine: Engine) -> None:
    browser, page = browser_for("officer"), f"/needs/{world.needs[0]}/correct"
    with transaction(engine) as db:
        officer, said = world.actor(db, "officer"), {"sector": "Brewing"}
        correct_record(
            db, officer, "need", world.needs[0], fields=said, source="A call", reason=None, request=new_request()
        )
        for code, retired in (("steel", False), ("Transportation", True)):
            fields = {"code": code, "label": "Iron and steel", "label_zh": "钢铁", "retired": retired}
            administrator, programme = world.actor(db, "administrator"), world.programmes["BJ"]
            set_entry(db, administrator, programme, "sectors", fields=fields, reason="Ours.", request=new_request())
    form = browser.get(page).text
    assert 'value="steel"' in form
    assert 'value="Brewing"' in form
    assert 'value="Transportation"' not in form
    sent = read_page(form).sent | {"f-sector": "Transportation", "f-source": "The works"}
    assert browser.flask.post(page, data=sent).status_code == 422
    assert "Iron and steel" in fill(browser, page, sector="steel", source="The works", reason="It is.")
    with transaction(engine) as db:
        sector = text("SELECT sector FROM needs WHERE id = CAST(:id AS uuid)")
        assert db.execute(sector, {"id": world.needs[0]}).scalar_one() == "steel"


def test_the_history_says_what_an_import_entered_and_what_it_changed(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    head = "external_id,title,acronym,total_cost,total_cost_currency,partner_countries\n"
    for row in ("T-9,Kiln,KLN,5000,EUR,DE; NO", "T-9,Kiln,KILN,5000,EUR,DE; NO"):
        import_records(engine, "technologies", io.BytesIO(f"{head}{row}\n".encode()), programme="BJ")
    with transaction(engine) as db:
        id = db.execute(text("SELECT id FROM technologies WHERE external_id = 'T-9'")).scalar_one()
    told = words_of(browser_for("officer").get(f"/technologies/{id}").text)
    assert "The system imported it" in told
    assert "The system imported other values of it" in told
    assert "Acronym" in told
    assert "Total cost" in told
    assert "Other columns" not in told


@pytest.mark.parametrize("plural", ["needs", "technologies"])
def test_a_page_tells_what_came_of_its_record_and_what_is_like_it(
    browser_for: Enter, world: World, engine: Engine, plural: str
) -> None:
    id = (world.needs if plural == "needs" else world.technologies)[0]
    browser = browser_for("auditor")
    assert "No case has come of it yet." in words_of(browser.get(f"/{plural}/{id}").text)
    with transaction(engine) as db:
        number = world.open_case(db)
    assert f"What came of it {number} Proposed" in words_of(browser.get(f"/{plural}/{id}").text)
    with transaction(engine) as db:
        deploy(db, number)
    said = words_of(browser.get(f"/{plural}/{id}").text)
    assert f"{number} Deployed, effect verified" in said
    assert "2026 · Energy used (MWh): 31 % less, verified" in said


def test_what_a_source_says_stands_beside_what_was_understood(browser_for: Enter, world: World, engine: Engine) -> None:
    told = "external_id,title,description,colour\nT1,<b>Pump</b>,It pumps.,red\n"
    import_records(engine, "technologies", io.BytesIO(told.encode()), programme="BJ", source="A fair", name="fair.csv")
    with transaction(engine) as db:
        id = db.execute(text("SELECT id::text FROM technologies WHERE external_id = 'T1'")).scalar_one()
    said = words_of(browser_for("officer").get(f"/technologies/{id}").text)
    said = said[said.index("What is on record") : said.index("History")]
    assert "Title Pump Its source says: &lt;b&gt;Pump&lt;/b&gt;" in said
    # What says the same is not said twice; what became no value is shown below.
    assert said.count("It pumps.") == 1
    assert "As its source has it external_id T1 colour red" in said


def test_a_search_is_saved_from_its_list_renamed_and_removed(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    page = "/technologies?q=boiler"
    assert "Save this view" in words_of(browser.get(page).text)
    assert "Save this view" not in words_of(browser.get("/technologies").text)
    sent = {"list": "technologies", "query": "q=boiler&_external=1", "name": "Boilers"}
    said = words_of(browser.post("/views", sent, page=page, follow=True).text)
    assert "Boilers" in said
    assert "You are told of new records that fit a view of yours." in said
    with transaction(engine) as db:
        id, query = db.execute(text("SELECT id::text, query FROM saved_views")).one()
    assert query == "q=boiler"
    browser.post(f"/views/{id}", {"name": "Steam boilers"}, page=f"/views/{id}")
    assert "Steam boilers" in words_of(browser.get("/technologies").text)
    browser.post(f"/views/{id}/drop", {}, page=f"/views/{id}")
    assert "Steam boilers" not in words_of(browser.get("/technologies").text)


def test_a_need_is_kept_as_a_draft_by_a_button_of_its_own_and_published_on_its_page(
    browser_for: Enter, world: World
) -> None:
    browser, programme = browser_for("officer"), world.programmes["BJ"]
    page = f"/programmes/{programme}/needs/new"
    sent = read_page(browser.get(page).text).sent | {f"f-{name}": value for name, value in NEW.items()}
    sent |= {"f-publication": "public", "draft": "yes"}
    kept = browser.flask.post(page, data=sent, follow_redirects=True)
    assert "It is kept as a draft." in words_of(kept.text)
    assert "Nothing is looked for, matched or counted until it is published." in words_of(kept.text)
    assert "Find technologies" not in words_of(kept.text)
    at = kept.request.path
    assert browser_for("manager").get(at).status_code == 404
    assert "draft" in words_of(browser.get("/needs?status=draft").text)
    done = browser.post(f"{at}/publish", page=at, follow=True)
    assert "It is published: from now on technologies are looked for." in words_of(done.text)
    assert "Officer published it" in words_of(done.text)
    assert browser_for("manager").get(at).status_code == 200
