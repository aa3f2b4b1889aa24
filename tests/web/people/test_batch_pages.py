"""The pages of a move: chosen, planned with what becomes of each case, agreed to, watched, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Engine

from casework.operations.people.case_batch_worker import carry_on
from tests.operations.people.batch_scene import set_batching
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_a_move_from_its_plan_to_what_is_taken_back(
    world: World, engine: Engine, owner_engine: Engine, browser_for: Callable[[str], Browser]
) -> None:
    batching = set_batching(engine, owner_engine, world)
    number = batching.numbers["consent"]
    at = f"/programmes/{batching.programme}/settings/batches"
    supervisor, administrator = browser_for("supervisor"), browser_for("administrator")
    assert at in supervisor.get(f"/programmes/{batching.programme}/settings").text
    assert "No move was proposed yet." in words_of(supervisor.get(at).text)
    assert "See what becomes of each case" in words_of(supervisor.get(f"{at}/plan").text)
    assert (administrator.get(f"{at}/plan").status_code, browser_for("officer").get(at).status_code) == (403, 404)
    assert "No edition of case has the number 9" in words_of(
        supervisor.get(f"{at}/plan?workflow=case&earlier=1&later=9").text
    )
    # What is gone is asked for by hand, in the words of the editions; without it the case that stands there stays.
    asked = f"{at}/plan?workflow=case&earlier=1&later=2"
    plan = supervisor.get(asked).text
    assert 'name="states.consent"' in plan
    assert re.search(rf"{number}.*?stays.*?The later edition has no", words_of(plan))
    assert "“consent”" not in words_of(plan)
    by_hand = f"{asked}&states.consent=agreeing"
    plan = supervisor.get(by_hand).text
    assert re.search(rf"{number} moves, by other names", words_of(plan))
    digest = re.search(r"plan=([0-9a-f]{64})", plan)
    assert digest is not None
    to = f"{by_hand}&plan={digest[1]}"
    assert "Enter" in words_of(supervisor.post(to, {"revision": hidden(plan, "revision")}).text)
    given = {"f-reason": "The law changed.", "revision": hidden(plan, "revision")}
    assert supervisor.post(f"{by_hand}&plan={'0' * 64}", given).status_code == 409
    told = words_of(supervisor.post(to, given, follow=True).text)
    assert "No case moves before a second person agrees." in told
    assert "Take it back" in told
    row = re.search(rf'{at}/([0-9a-f-]{{36}})"', supervisor.get(at).text)
    assert row is not None
    here = f"{at}/{row[1]}"
    word = administrator.get(here).text
    assert f"{number} moves, by other names" in words_of(word)
    seen = {"seen": hidden(word, "seen")}
    assert administrator.post(f"{here}/decision", seen | {"decision": "refuse"}).status_code == 422
    told = words_of(administrator.post(f"{here}/decision", seen | {"decision": "agree"}, follow=True).text)
    assert "are done." in told
    assert 'data-progress="' in supervisor.get(here).text
    assert "stopped for now" in words_of(supervisor.post(f"{here}/steps", {"step": "suspend"}, follow=True).text)
    assert supervisor.post(f"{here}/steps", {"step": "suspend"}).status_code == 409
    assert supervisor.post(f"{here}/steps", {"step": "nothing"}).status_code == 409
    assert "under way" in words_of(administrator.post(f"{here}/steps", {"step": "resume"}, follow=True).text)
    carry_on(engine, batching.programme)
    done = supervisor.get(here).text
    assert "data-progress" not in done
    assert number in words_of(supervisor.get(f"{here}?state=moved").text)
    assert supervisor.get(f"{here}?state=no").status_code == 404
    back = supervisor.post(
        f"{here}/revert", {"f-reason": "Too soon.", "revision": hidden(done, "revision")}, follow=True
    )
    assert "takes an earlier move back" in words_of(back.text)
    elsewhere = here.replace(batching.programme, world.programmes["SH"])
    assert supervisor.get(elsewhere).status_code == 404
