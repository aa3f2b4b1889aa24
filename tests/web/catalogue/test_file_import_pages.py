"""A file of technologies on pages: looked at, its columns named, taken over, and what came of it."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Callable, Iterator
from io import BytesIO, RawIOBase
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.catalogue import file_imports, import_report
from casework.operations.catalogue.import_worker import carry_on
from casework.operations.catalogue.kept_records import confirm_field
from casework.operations.core.rate_limits import ALLOWANCES
from casework.operations.matching import meanings
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.web.catalogue import file_import_pages
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, add_record, new_request
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


def _play(world: World, db: Connection) -> str:
    return world.new_case(db)


pytestmark = pytest.mark.stage(play=_play)

TOLD = "Number;Name;Colour\nP1;<b>Kiln</b>;red\n;Nameless;red\n"


def hand_in(
    browser: Browser,
    world: World,
    content: bytes = TOLD.encode(),
    source: str = "PATENTS",
    *,
    records: str = "technologies",
) -> tuple[str, str]:
    """The address of the page that looks at it, and the page."""
    page = f"/programmes/{world.programmes['BJ']}/imports/{records}"
    assert page in browser.get(f"/{records.replace('_', '-')}").text
    sent = {**read_page(browser.get(page).text).sent, "source": source}
    shown = browser.flask.post(page, data={**sent, "file": (BytesIO(content), "kilns.csv")}, follow_redirects=True)
    return shown.request.path, shown.text


def send(browser: Browser, at: str, shown: str, **files: bytes) -> Any:
    """Answer the form that takes files, beside what the page has in it."""
    sent = dict(re.findall(r'name="(csrf_token|key|page)" value="([^"]*)"', shown))
    parts = {name: (BytesIO(content), f"{name}.json") for name, content in files.items()}
    return browser.flask.post(at, data={**sent, **parts}, follow_redirects=True)


def press(browser: Browser, at: str, shown: str, do: str, **read_as: str) -> str:
    columns = re.findall(r'name="column" value="([^"]*)"', shown)
    sent = dict(re.findall(r'name="(csrf_token|key|page)" value="([^"]*)"', shown))
    given = {
        **sent,
        "column": columns,
        "read_as": [read_as.get(name, "") for name in columns],
        "do": do,
        "licence": "CC BY 4.0",
    }
    return browser.flask.post(at, data=given, follow_redirects=True).text


def test_a_file_is_looked_at_named_and_taken_over(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    at, shown = hand_in(browser, world)
    assert "has no column external_id, title" in words_of(shown)
    named = {"number": "external_id", "name": "title"}
    again = press(browser, at, shown, "look", **named)
    words = words_of(again)
    assert "Nothing is recorded yet." in words
    assert "has no column" not in words
    assert "3 external_id is missing" in words
    assert 'value="CC BY 4.0"' in again
    assert "It is on its way." in words_of(press(browser, at, again, "take_over", **named))
    carry_on(engine, at.rpartition("/")[2])
    done = words_of(browser.get(at).text)
    assert "brought in" in done
    assert "3 external_id is missing" in done
    with transaction(engine) as db:
        assert db.execute(text("SELECT title FROM technologies WHERE external_id = 'P1'")).scalar_one() == "Kiln"
        id = db.execute(text("SELECT id FROM technologies WHERE external_id = 'P1'")).scalar_one()
    record = browser.get(f"/technologies/{id}").text
    assert "As its source has it" in record
    assert "&lt;b&gt;Kiln&lt;/b&gt;" in record
    listed = words_of(browser.get(at.rpartition("/")[0]).text)
    assert "PATENTS CC BY 4.0" in listed


def test_a_mapping_file_says_how_columns_are_read_and_is_taken_out_again(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    at, shown = hand_in(browser, world)
    told = b'{"Number": "external_id",\n "Name": "title",\n "Colour": null}'
    again = send(browser, f"{at}/mapping", shown, mapping=told)
    words = words_of(again.text)
    assert "The columns are read as the mapping file says." in words
    assert "3 external_id is missing" in words
    assert "has no column" not in words
    names = dict(re.findall(r'name="(csrf_token|key|page)" value="([^"]*)"', again.text))
    chosen = {"column": ["number", "name", "colour"], "read_as": ["external_id", "title_zh", "title"]}
    taken = browser.flask.post(at, data={**names, **chosen, "do": "take_out"})
    assert taken.headers["Content-Disposition"] == "attachment; filename=mapping-technologies.json"
    # As the page stands, and not as it stood when it was opened; the file goes on from there.
    meant = {"number": "external_id", "name": "title_zh", "colour": "title"}
    assert taken.json == meant
    assert browser.get(f"{at}/mapping").json == meant
    press(browser, at, again.text, "take_over", number="external_id", name="title")
    carry_on(engine, at.rpartition("/")[2])
    kept = {"number": "external_id", "name": "title", "colour": None}
    assert f'href="{at}/mapping"' in browser.get(at).text
    assert browser.get(f"{at}/mapping").json == kept
    listed = browser.get(at.rpartition("/")[0]).text
    (source,) = re.findall(r'href="(/programmes/[^"]*/sources/[^"]*)"', listed)
    assert f'href="{source}/mapping/technologies"' in browser.get(source).text
    assert browser.get(f"{source}/mapping/technologies").json == kept
    assert browser.get(f"{source}/mapping/needs").json == {}
    assert browser.get(f"{source}/mapping/matches").json == {}
    assert browser.get(f"{source}/mapping/colours").status_code == 404
    # The next file of the source is read so by itself.
    assert "has no column" not in words_of(hand_in(browser, world, b"Number;Name\nP2;Oven\n")[1])


def test_a_mapping_file_may_come_with_the_file_itself(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    page = f"/programmes/{world.programmes['BJ']}/imports/technologies"
    sent = {**read_page(browser.get(page).text).sent, "source": "PATENTS"}

    def both(mapping: bytes) -> Any:
        files = {"file": (BytesIO(TOLD.encode()), "kilns.csv"), "mapping": (BytesIO(mapping), "m.json")}
        return browser.flask.post(page, data={**sent, **files}, follow_redirects=True)

    refused = both(b'{"Number": "external_id",\n "Name": "headline"}')
    assert refused.status_code == 422
    assert "line 2: headline is no field of a need or a technology" in words_of(refused.text)
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM imports")).scalar_one() == 0
    shown = words_of(both(b'{"Number": "external_id", "Name": "title"}').text)
    assert "3 external_id is missing" in shown
    assert "has no column" not in shown


def test_a_mapping_file_that_is_wrong_changes_nothing_and_names_its_line(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    at, shown = hand_in(browser, world)
    for told, why in (
        (b'{"Number": "external_id",\n "Name": title}', "line 2: is no JSON object of names"),
        (b"", "choose the file"),
    ):
        answer = send(browser, f"{at}/mapping", shown, mapping=told)
        assert (answer.status_code, why in words_of(answer.text).replace("Choose", "choose")) == (422, True)
        assert browser.get(f"{at}/mapping").json == {}
    elsewhere = at.replace("/technologies/", "/needs/")
    assert send(browser, f"{elsewhere}/mapping", shown, mapping=b"{}").status_code == 404
    press(browser, at, shown, "take_over", number="external_id", name="title")
    answer = send(browser, f"{at}/mapping", shown, mapping=b"{}")
    assert (answer.status_code, "was taken over already" in words_of(answer.text)) == (422, True)


def test_what_is_wrong_and_what_is_left_as_it_is_is_said_in_the_language_of_the_reader(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, named = browser_for("officer"), {"number": "external_id", "name": "title"}
    page = ""
    for content in (b"Number;Name\nP1;Kiln\n", b"Number;Name\nP1;Oven\nP1;Stove\n"):
        at, shown = hand_in(browser, world, content)
        press(browser, at, shown, "take_over", **named)
        carry_on(engine, at.rpartition("/")[2])
        if not page:
            with transaction(engine) as db:
                id = db.execute(text("SELECT id::text FROM technologies WHERE external_id = 'P1'")).scalar_one()
                confirm_field(db, world.actor(db, "officer"), "technology", id, field="title", request=new_request())
        page = at
    told = words_of(browser.get(page).text)
    assert "3 external_id stands in an earlier row of this file: P1" in told
    assert "2 title was left as it is: a person has confirmed it" in told
    browser.post("/preferences", {"language": "zh-Hans", "page": page}, page=page)
    told = words_of(browser.get(page).text)
    assert "P1" in told
    assert [words for words in ("stands in an earlier row", "was left as it is") if words in told] == []


def test_a_look_holds_no_transaction_and_is_counted(
    browser_for: Enter, world: World, engine: Engine, superuser_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_for("officer")
    at, shown = hand_in(browser, world)
    look_at, open_ones = file_imports.look_at, list[int]()

    def look(*given: Any) -> Any:
        with superuser_engine.connect() as db:
            statement = text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            )
            open_ones.append(db.execute(statement).scalar_one())
        return look_at(*given)

    monkeypatch.setattr(file_imports, "look_at", look)
    assert browser.get(at).status_code == 200
    press(browser, at, shown, "look", number="external_id", name="title")
    assert open_ones == [0, 0]
    with transaction(engine) as db:
        # As if the person had asked as often as one may.
        db.execute(
            text("UPDATE allowances SET used = :most WHERE kind = 'preview'"), {"most": ALLOWANCES["preview"].most}
        )
    assert [browser.get(at).status_code, browser.post(at, data={"do": "look"}).status_code] == [429, 429]


@pytest.mark.parametrize("at", ["imports/technologies", "tables/rights/preview"])
def test_of_who_may_not_import_nothing_large_is_read(browser_for: Enter, world: World, at: str) -> None:
    for who, read in (("officer", True), ("auditor", False), ("foreign_officer", False)):
        body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n%s\r\n--x--\r\n' % (
            b"y" * 2_000_000
        )
        answer = browser_for(who).flask.post(
            f"/programmes/{world.programmes['BJ']}/{at}", data=body, content_type="multipart/form-data; boundary=x"
        )
        answer.request.environ["werkzeug.request"].close()
        assert (answer.status_code != 413) is read, who


def test_what_a_file_says_stands_on_the_page_of_its_record_with_its_source(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    told = "external_id;title;languages;contact;source_page;partner_countries\nP1;Kiln;English; TBD ;https://kiln.example/1;UK\n"
    at, shown = hand_in(browser, world, told.encode())
    press(browser, at, shown, "take_over", **{name: name for name in told.splitlines()[0].split(";")})
    carry_on(engine, at.rpartition("/")[2])
    with transaction(engine) as db:
        id = db.execute(text("SELECT id FROM technologies WHERE external_id = 'P1'")).scalar_one()
    words = words_of(browser.get(f"/technologies/{id}").text)
    for label, value in (
        ("Languages", "English"),
        ("Contact", "TBD placeholder"),
        ("Page at its source", "https://kiln.example/1"),
        ("Partner countries", "United Kingdom Its source says: UK"),
    ):
        assert f"{label} {value} claimed PATENTS" in words


def test_a_file_in_json_keeps_its_rights_and_its_verification(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    told = (
        b'[{"external_id": "P1", "title": "Kiln", "verification": {"number": "V-1", "verdict": "verified"},'
        b' "rights": [{"kind": "invention", "office": "CN", "number": "ZL 1"}]}]'
    )
    at, shown = hand_in(browser, world, told)
    chosen = re.findall(r'<option value="(verification|rights)" selected', shown)
    assert sorted(chosen) == ["rights", "verification"]
    press(browser, at, shown, "take_over", **{name: name for name in ("external_id", "title", *chosen)})
    carry_on(engine, at.rpartition("/")[2])
    with transaction(engine) as db:
        kept = db.execute(
            text("SELECT verification ->> 'number' FROM technologies WHERE external_id = 'P1'")
        ).scalar_one()
        rights = db.execute(text("SELECT number FROM rights WHERE number = 'ZL 1'")).scalars().all()
    assert (kept, list(rights)) == ("V-1", ["ZL 1"])


def test_every_refused_row_is_seen_a_page_at_a_time(
    browser_for: Enter, world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_import_pages, "_SHOWN", 2)
    monkeypatch.setattr(import_report, "MOST_KEPT", 5)
    monkeypatch.setattr(file_import_pages, "MOST_KEPT", 5)
    browser = browser_for("officer")
    told = "external_id;title;colour\n" + ";Nameless;red\n" * 7 + "P1;Kiln;red\n"
    at, shown = hand_in(browser, world, told.encode())

    def rows(page: str) -> list[str]:
        return re.findall(r"([0-9]+) external_id is missing", words_of(page))

    def walk(page: str) -> list[list[str]]:
        seen = [rows(page)]
        while found := re.search(r'<a href="([^"]*)" rel="next">', page):
            page = browser.get(found[1].replace("&amp;", "&")).text
            seen.append(rows(page))
        return seen

    # Looked at, all of the first rows; brought in, all there are, however few of the others are kept.
    assert walk(shown) == [["2", "3"], ["4", "5"], ["6", "7"], ["8"]]
    press(browser, at, shown, "take_over", external_id="external_id", title="title", colour="")
    carry_on(engine, at.rpartition("/")[2])
    done = browser.get(at).text
    assert walk(done) == [["2", "3"], ["4", "5"], ["6", "7"], ["8"]]
    assert "the first 5 are kept" not in words_of(done)
    for strange in ("-1", "99", "x"):
        assert rows(browser.get(f"{at}?start={strange}").text) == ["2", "3"]


def test_what_stands_for_a_text_and_what_nobody_reads_is_told(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    at, shown = hand_in(browser, world, b"external_id;title;colour\nP1;test;red\n")
    assert "Placeholders Row Column Why 2 title stands for a text" in words_of(shown)
    with transaction(engine) as db:
        actor = world.actor(db, "officer")
        file_imports.take_over(db, actor, world.programmes["BJ"], at.rpartition("/")[2], licence=None)
    carry_on(engine, at.rpartition("/")[2])
    words = words_of(browser.get(at).text)
    assert "Placeholders Row Column Why 2 title stands for a text" in words
    assert "Columns that nobody reads colour" in words


def test_what_is_missing_is_said_at_its_field(browser_for: Enter, world: World) -> None:
    browser = browser_for("supervisor")
    _, shown = hand_in(browser, world, b"", "")
    words = words_of(shown)
    assert "choose the file" in words.casefold()


def test_matches_are_tried_and_brought_in_and_what_they_name_that_is_not_there_is_told(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, programme = browser_for("officer"), world.programmes["BJ"]
    with transaction(engine) as db:
        add_record(db, programme, "need", "N1", {"title": "Steam"}, source="FAIR")
        add_record(db, programme, "technology", "T1", {"title": "Boiler"}, source="FAIR")
    told = b"Number;Need;What;Score\nM1;N1;T1;61.5\nM2;N1;T9;\nM3;;T1;\n"
    at, shown = hand_in(browser, world, told, "FAIR", records="matches")
    assert "has no column external_id, technology" in words_of(shown)
    named = {"number": "external_id", "need": "need", "what": "technology", "score": "score"}
    looked = words_of(press(browser, at, shown, "look", **named))
    assert ("4 need is missing" in looked, "has no column" in looked) == (True, False)
    press(browser, at, shown, "try", **named)
    carry_on(engine, at.rpartition("/")[2])
    tried = browser.get(at).text
    assert "New 1" in words_of(tried)
    assert "3 technology is not known: T9 of FAIR" in words_of(tried)
    lines = browser.get(f"{at}/refused-rows").get_data().decode("utf-8-sig").splitlines()
    assert [line.split(",")[2:] for line in lines[1:]] == [['"M2"', '"N1"', '"T9"', '""'], ['"M3"', '""', '"T1"', '""']]
    press(browser, at, tried, "take_over", **named)
    carry_on(engine, at.rpartition("/")[2])
    assert "brought in" in words_of(browser.get(at).text)
    listed = words_of(browser.get("/matches").text)
    assert "Steam" in listed
    assert "61.5" in listed
    # The next file is read so by itself, and changes nothing.
    again, page = hand_in(browser, world, told, "FAIR", records="matches")
    assert "has no column" not in words_of(page)
    press(browser, again, page, "take_over", **named)
    carry_on(engine, again.rpartition("/")[2])
    assert "On record as it is 1" in words_of(browser.get(again).text)
    assert list(verify_all(engine)) == []


def test_past_projects_are_brought_in_and_stand_in_their_list(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("supervisor")
    assert "Bring in a file of past projects." in words_of(browser.get("/past-projects").text)
    told = b"external_id,title,ended_on,outcome\nP1,Old boiler,2021-05-01,agreement_only\nP2,Lamp,2021-05-01,nowhere\n"
    at, shown = hand_in(browser, world, told, "ARCHIVE", records="past_projects")
    named = {name: name for name in ("external_id", "title", "ended_on", "outcome")}
    assert "mark those that it is without" not in browser.get(at.rpartition("/")[0]).text
    press(browser, at, shown, "take_over", **named)
    carry_on(engine, at.rpartition("/")[2])
    done = words_of(browser.get(at).text)
    assert ("New 1" in done, "3 outcome" in done) == (True, True)
    assert "Old boiler" in words_of(browser.get("/past-projects").text)
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize("records", ["matches", "past_projects"])
def test_whoever_only_reads_is_offered_no_file_to_bring_in(browser_for: Enter, world: World, records: str) -> None:
    browser = browser_for("auditor")
    page = f"/programmes/{world.programmes['BJ']}/imports/{records}"
    assert page not in browser.get(f"/{records.replace('_', '-')}").text
    assert browser.get(page).status_code == 403


@pytest.mark.parametrize(
    ("do", "said"), [("try", "The whole file is being tried."), ("take_over", "It is on its way.")]
)
def test_how_far_it_is_shows_itself_by_a_script_and_by_a_link(
    browser_for: Enter, world: World, engine: Engine, do: str, said: str
) -> None:
    browser, named = browser_for("officer"), {"number": "external_id", "name": "title"}
    at, shown = hand_in(browser, world)
    assert "progress.js" not in shown
    shown = press(browser, at, shown, do, **named)
    assert said in words_of(shown)
    (part,) = re.findall(r'(?s)<div data-progress="([^"]*)"(.*?)</div>\s*</div>', shown)
    assert part[0] == at
    assert f'href="{at}"' in part[1]
    assert "progress.js" in shown
    carry_on(engine, at.rpartition("/")[2])
    assert "data-progress" not in browser.get(at).text


def test_the_whole_file_is_tried_and_its_refused_rows_are_put_right(
    browser_for: Enter, world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_report, "MOST_KEPT", 3)
    monkeypatch.setattr(file_import_pages, "_SHOWN", 4)
    browser, named = browser_for("officer"), {"number": "external_id", "name": "title"}
    told = "Number;Name;Colour\n" + "".join(f"P{n};{'' if n < 9 else '=1+1'};@red\n" for n in range(12))
    at, shown = hand_in(browser, world, told.encode())
    trying = words_of(press(browser, at, shown, "try", **named))
    assert ("The whole file is being tried." in trying, "0 rows were read" in trying) == (True, True)
    carry_on(engine, at.rpartition("/")[2])
    page = browser.get(at).text
    # What was found stands before the columns, so that nobody looks for it below them.
    assert words_of(page).index("What the whole file would bring") < words_of(page).index("How its columns are read")
    assert "Refused rows 9" in words_of(page)
    # All of them, part by part, and not the first few alone.
    seen = [
        number
        for start in (0, 4, 8)
        for number in re.findall(r"(\d+) title is missing", words_of(browser.get(f"{at}?start={start}").text))
    ]
    assert seen == [str(n + 2) for n in range(9)]
    for name in ("refused.csv", "refused-rows"):
        assert f'href="{at}/{name}"' in page
    why = browser.get(f"{at}/refused.csv").get_data().decode("utf-8-sig").splitlines()
    assert (len(why), why[1]) == (10, '"2","title","is missing"')
    rows = browser.get(f"{at}/refused-rows")
    assert "refused-rows.csv" in rows.headers["Content-Disposition"]
    lines = rows.get_data().decode("utf-8-sig").splitlines()
    assert lines[:2] == [
        '"casework_row","casework_why","number","name","colour"',
        '"2","title: is missing","P0","","\'@red"',
    ]
    # What a person puts right is handed in again as it is.
    again, _ = hand_in(browser, world, "\n".join(lines).replace('"P0",""', '"P0","Kiln"').encode())
    press(browser, again, browser.get(again).text, "take_over", **named, colour="owner")
    carry_on(engine, again.rpartition("/")[2])
    assert "New 1" in words_of(browser.get(again).text)
    with transaction(engine) as db:
        (row,) = db.execute(text("SELECT row FROM source_rows")).scalars()
    assert row == '{"number":"P0","name":"Kiln","colour":"@red"}'


def test_the_refused_rows_of_a_file_with_lists_are_lines_of_json(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    at, shown = hand_in(browser, world, b'[{"external_id": "P1", "title": "", "ipc": ["F22B"]}, 7]')
    press(browser, at, shown, "try", **{name: name for name in ("external_id", "title", "ipc")})
    carry_on(engine, at.rpartition("/")[2])
    rows = browser.get(f"{at}/refused-rows").get_data().decode().splitlines()
    assert rows == [
        '{"casework_row": 1, "casework_why": "title: is missing", "external_id": "P1", "title": "", "ipc": ["F22B"]}'
    ]
    assert browser.get(f"{at.replace('/technologies/', '/needs/')}/refused-rows").status_code == 404
    assert browser.get(f"{at}?start=99999999999999999999").status_code == 200


def test_what_looks_like_a_formula_comes_back_as_it_was(browser_for: Enter, world: World, engine: Engine) -> None:
    browser, named = browser_for("officer"), {"number": "external_id", "name": "title", "@place": "owner"}
    at, shown = hand_in(browser, world, b"number,name,@place\nP0,,'=1\nP1,,=2\n")
    press(browser, at, shown, "try", **named)
    carry_on(engine, at.rpartition("/")[2])
    rows = (
        browser.get(f"{at}/refused-rows").get_data().replace(b'"P0",""', b'"P0","A"').replace(b'"P1",""', b'"P1","B"')
    )
    again, _ = hand_in(browser, world, rows)
    press(browser, again, browser.get(again).text, "take_over", **named)
    carry_on(engine, again.rpartition("/")[2])
    with transaction(engine) as db:
        kept = [json.loads(row) for row in db.execute(text("SELECT row FROM source_rows ORDER BY row")).scalars()]
    assert [one["@place"] for one in kept] == ["'=1", "=2"]


def test_it_is_told_at_how_many_technologies_a_model_has_looked(
    browser_for: Enter, world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"/programmes/{world.programmes['BJ']}/imports/technologies"
    browser = browser_for("officer")
    assert "Similar texts" not in words_of(browser.get(page).text)
    meanings.switch_on(engine, world.programmes["BJ"])
    shown = words_of(browser.get(page).text)
    assert re.search("A model has looked at 0 of [0-9]+ technologies[.].{0,3}Begun", shown), shown[
        shown.find("Similar") :
    ][:200]
    monkeypatch.setattr(meanings, "installed", lambda: False)
    assert "This server has no model" in words_of(browser.get(page).text)
    assert "Similar texts" not in words_of(browser.get(page.replace("technologies", "needs")).text)


class Sent(RawIOBase):
    """A form with a file that is made as it is read: a table of records of a thousand letters, of so many bytes at least."""

    def __init__(self, fields: dict[str, str], size: int) -> None:
        part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        head = "".join(part.format(name, value) for name, value in fields.items())
        head += '--x\r\nContent-Disposition: form-data; name="file"; filename="long.csv"\r\n\r\nexternal_id,title,description\n'
        self.parts: Iterator[bytes] = chain([head.encode()], self._rows(size), [b"\r\n--x--\r\n"])
        self.length = len(head.encode()) + sum(map(len, self._rows(size))) + len(b"\r\n--x--\r\n")
        self.held, self.at = b"", 0

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """It is asked how long it is."""
        self.at = offset + (self.length if whence == 2 else 0)
        return self.at

    @staticmethod
    def _rows(size: int) -> Iterator[bytes]:
        row = "L{:07},Kiln,{}\n"
        many = "".join(row.format(n, "x" * 1_000) for n in range(1_000)).encode()
        for _ in range(size // len(many) + 1):
            yield many

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        self.held = self.held or next(self.parts, b"")
        some, self.held = self.held[: len(buffer)], self.held[len(buffer) :]
        buffer[: len(some)] = some
        return len(some)


def test_a_long_file_comes_in_by_the_page_and_is_never_held_whole(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, page = browser_for("officer"), f"/programmes/{world.programmes['BJ']}/imports/technologies"
    sent = Sent({**read_page(browser.get(page).text).sent, "source": "LONG"}, 70_000_000)
    tracemalloc.start()
    try:
        kind = "multipart/form-data; boundary=x"
        answer = browser.flask.post(page, input_stream=sent, content_type=kind)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 303
    assert most < 20_000_000
    with transaction(engine) as db:
        assert db.execute(text("SELECT size FROM imports WHERE source = 'LONG'")).scalar_one() > 70_000_000
    assert "500 MB" in words_of(browser.get(page).text)


def test_a_file_that_is_too_large_is_refused_with_another_way_before_it_is_sent_and_after(
    browser_for: Enter, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, page = browser_for("officer"), f"/programmes/{world.programmes['BJ']}/imports/technologies"
    assert 'data-large="Has more than 500 MB; bring it in parts, or by the command line"' in browser.get(page).text
    monkeypatch.setattr(file_imports, "MOST_BYTES", 10)
    assert "MB; bring it in parts, or by the command line" in words_of(hand_in(browser, world)[1])


@pytest.mark.parametrize("records", ["needs", "technologies", "matches", "past_projects"])
def test_each_column_is_called_as_pages_call_it_beside_its_name_in_files(
    browser_for: Enter, world: World, records: str
) -> None:
    browser = browser_for("officer")
    page, shown = hand_in(browser, world, b"id;name\nX1;Kiln\n", records=records)
    asked = words_of(browser.get(page.rpartition("/")[0]).text)
    assert "external_id Number there" in asked
    offered = dict(re.findall(r'<option value="([a-z_0-9]+)"[^>]*>([^<]+)</option>', shown))
    assert offered["external_id"] == "Number there (external_id)"
    assert not [name for name, words in offered.items() if words in (name, f"{name} ({name})")]
