"""The lists of a programme on their pages: looked at, an entry added, changed and retired, and a table pasted."""

from __future__ import annotations

from collections.abc import Callable

from casework.engine.case_objects.programme_lists import MOST_SIGNS
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]
STEEL = {"f-code": "steel", "f-label": "Steel", "f-label_zh": "钢铁", "f-position": "15"}


def _revision(page: str) -> str:
    return page.split('name="revision" value="')[1].split('"')[0]


def test_an_administrator_adds_an_entry_and_retires_it(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("administrator"), f"/programmes/{world.programmes['BJ']}/settings"
    assert f"{where}/lists?list=sectors" in browser.get(where).text
    page = browser.get(f"{where}/lists?list=sectors").text
    assert "建筑与施工" in page
    form = browser.get(f"{where}/lists/entry?list=sectors").text
    # What an entry is known by is asked before what it is called.
    assert form.index('name="f-code"') < form.index('name="f-label"')
    page = browser.post(f"{where}/lists/entry?list=sectors", STEEL | {"revision": _revision(form)}, follow=True).text
    assert "Steel" in page
    assert "钢铁" in page
    form = browser.get(f"{where}/lists/entry?list=sectors&key=steel").text
    assert 'name="f-code"' not in form
    retired = {"f-label": "Steel", "f-label_zh": "钢铁", "f-position": "15", "f-retired": "yes"}
    retired |= {"revision": _revision(form)}
    refused = browser.post(f"{where}/lists/entry?list=sectors&key=steel", retired)
    assert refused.status_code == 422
    page = browser.post(
        f"{where}/lists/entry?list=sectors&key=steel", retired | {"f-reason": "Nobody asks."}, follow=True
    ).text
    assert "<del><code>steel</code></del>" in page
    history = browser.get(where).text
    assert "changed a list" in history
    assert "Sectors: steel" in history
    assert "Nobody asks." in history


def test_an_entry_without_a_place_stands_last_and_says_so(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings/lists"
    form = browser.get(f"{where}/entry?list=sectors").text
    placeless = STEEL | {"f-position": "", "revision": _revision(form)}
    row = browser.post(f"{where}/entry?list=sectors", placeless, follow=True).text.split("steel")[1].split("</tr>")[0]
    assert ">last<" in row.replace("\n", "")
    assert "99999" not in row
    assert 'value="99999"' not in browser.get(f"{where}/entry?list=sectors&key=steel").text


def test_a_pasted_table_names_every_row_that_is_wrong(world: World, browser_for: BrowserFor) -> None:
    browser = browser_for("supervisor")
    where = f"/programmes/{world.programmes['BJ']}/settings/lists/import?list=green_items"
    form = browser.get(where).text
    given = {"f-content": "version\tcode\tlabel\tlabel_zh\n2025\t1/3\tA\t甲\n2025\t1.4\tB\t\n", "f-reason": "Printed."}
    refused = browser.post(where, given | {"revision": _revision(form)})
    assert refused.status_code == 422
    assert "Row 2, code: " in refused.text
    assert "Row 3, label_zh: " in refused.text
    given["f-content"] = "version\tcode\tlabel\tlabel_zh\n2025\t1.3\tA\t甲\n"
    page = browser.post(where, given | {"revision": _revision(form)}, follow=True).text
    assert "1 entry is added" in page
    assert "1.3" in page


def test_an_officer_sees_none_of_it_and_a_list_that_is_none_is_not_there(world: World, browser_for: BrowserFor) -> None:
    where = f"/programmes/{world.programmes['BJ']}/settings/lists"
    assert browser_for("officer").get(f"{where}?list=sectors").status_code == 404
    browser = browser_for("administrator")
    for address in ("?list=colours", "", "/entry?list=colours", "/entry?list=sectors&key=nothing", "/import?list=x"):
        assert browser.get(f"{where}{address}").status_code == 404


def test_an_indicator_is_added_with_its_kind_and_its_unit_last(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("administrator"), f"/programmes/{world.programmes['BJ']}/settings/lists"
    form = browser.get(f"{where}/entry?list=indicators").text
    assert 'value="pollutant"' in form
    steam = {"f-version": "energy", "f-code": "steam t", "f-label": "Steam (t)", "f-label_zh": "蒸汽（t）"}
    page = browser.post(f"{where}/entry?list=indicators", steam | {"revision": _revision(form)}, follow=True).text
    assert "Steam (t)" in page
    assert "output: more is better" in page
    table = browser.get(f"{where}/import?list=indicators").text
    assert "kind, code, label, label_zh, position, retired" in table
    assert "kind,code,label,label_zh\nenergy,MWh,Energy used (MWh)" in table


def test_a_table_of_the_most_signs_comes_in_and_one_more_is_refused(world: World, browser_for: BrowserFor) -> None:
    browser = browser_for("supervisor")
    where = f"/programmes/{world.programmes['BJ']}/settings/lists/import?list=sectors"
    revision = _revision(browser.get(where).text)
    head = "code,label,label_zh\n"
    rows = [f"s{n},{'钢' * 290},{'铁' * 290}\n" for n in range(150)]
    # Every sign takes nine bytes in a form: so much as one request may bring.
    blank = MOST_SIGNS - len(head) - sum(map(len, rows))
    content = head + "".join(rows[:-1]) + "\n" * blank + rows[-1].rstrip() + "铁"
    assert len(content) == MOST_SIGNS
    given = {"f-content": content, "f-reason": "As the city has them.", "revision": revision}
    refused = browser.post(where, given | {"f-content": f"{content}铁"})
    assert refused.status_code == 422
    page = browser.post(where, given, follow=True)
    assert page.status_code == 200
    assert "150 entries are added" in page.text


FROB = {"f-code": "frob", "f-label": "frobnicator", "f-label_zh": "弗罗布"}


def test_an_officer_comes_from_the_desk_and_adds_a_word_of_the_glossary(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("officer"), f"/programmes/{world.programmes['BJ']}/settings/lists"
    assert f"{where}?list=glossary" in browser.get("/desk").text
    page = browser.get(f"{where}?list=glossary").text
    assert "热泵" in page
    assert "version 1" in page
    assert "Nothing was set yet." in page
    # The other settings are not the officer's, and nothing leads there.
    assert '/settings"' not in page
    form = browser.get(f"{where}/entry?list=glossary").text
    assert '/settings"' not in form
    page = browser.post(f"{where}/entry?list=glossary", FROB | {"revision": _revision(form)}, follow=True).text
    assert "version 2" in page
    assert "frobnicator / 弗罗布" in page
    assert browser.get(f"{where}/import?list=glossary").status_code == 200
    history = browser_for("supervisor").get(f"/programmes/{world.programmes['BJ']}/settings").text
    assert "changed a list: Glossary of matching, version 2" in history


def test_of_two_officers_at_once_the_second_is_told_and_loses_nothing(world: World, browser_for: BrowserFor) -> None:
    first, second = browser_for("officer"), browser_for("other_officer")
    where = f"/programmes/{world.programmes['BJ']}/settings/lists/entry?list=glossary"
    revision = _revision(first.get(where).text)
    assert _revision(second.get(where).text) == revision
    first.post(where, FROB | {"revision": revision}, follow=True)
    typed = {"f-code": "grob", "f-label": "grobnicator", "f-label_zh": "格罗布", "revision": revision}
    refused = second.post(where, typed)
    assert refused.status_code == 409
    for words in ("grob", "grobnicator", "格罗布"):
        assert f'value="{words}"' in refused.text
    page = second.post(where, typed | {"revision": _revision(refused.text)}, follow=True).text
    assert "grobnicator" in page
    assert "frobnicator" in page
    assert "version 3" in page


def test_who_only_reads_cases_does_not_get_to_the_glossary(world: World, browser_for: BrowserFor) -> None:
    where = f"/programmes/{world.programmes['BJ']}/settings/lists?list=glossary"
    for name in ("auditor", "manager", "compliance", "foreign_officer", "provider", "observer"):
        assert browser_for(name).get(where).status_code == 404
    assert "settings/lists" not in browser_for("auditor").get("/desk").text
