"""What a definition says of a link stands in its edition, and what it cannot mean is a fault."""

from __future__ import annotations

import pytest

from casework.engine.definition.by_link import LINK_FILLS, ByLink
from casework.engine.definition.forms import Text, YesNo
from casework.engine.definition.grammar import Final, Form, State, Task, Workflow, working_days
from casework.engine.definition.publisher import publish
from casework.engine.definition.validation import faults
from casework.engine.roles import Role
from tests.engine.asked import Asked


class Small(Form):
    yes = YesNo(label="Yes?")
    then = Text(label="Then", when=("yes", (True,)))


def asking(by_link: ByLink, queue: Role = Role.OFFICER) -> type[Workflow]:
    class Asking(Workflow):
        """Asks."""

        begun = State("Begun", Role.OFFICER, working_days(5), "One", do="Ask")
        over = Final("Over", step="One")
        finish = begun.to(over, by=Role.OFFICER, do="Finish", done="finished")
        on_request = (((begun,), (Role.OFFICER,), Task("ask", "Ask", queue, working_days(5), Small, by_link=by_link)),)

    return Asking


def test_an_edition_holds_it_with_its_words() -> None:
    edition = publish(Asked)
    assert edition.tasks["ask"].by_link == {
        "leaves": ["way"],
        "name": "who",
        "day": "on",
        "files": "papers",
        "without": {"said": ["nothing"]},
    }
    assert edition.tasks["office"].by_link is None
    assert edition.text("tasks.ask.asks") == "Do you agree?"
    assert set(LINK_FILLS) == {"party", "name", "day", "files"}


@pytest.mark.parametrize(
    ("by_link", "queue", "fault"),
    [
        (ByLink("?", name="nobody"), Role.OFFICER, "unknown_link_field"),
        (ByLink("?", leaves=("nothing",)), Role.OFFICER, "unknown_link_field"),
        (ByLink("?", leaves=("yes",)), Role.OFFICER, "link_asks_too_late"),
        (ByLink("?", without=(("nobody", ("x",)),)), Role.OFFICER, "unknown_link_field"),
        (ByLink("?", without=(("then", ("x",)),)), Role.OFFICER, "unknown_link_choice"),
        (ByLink("?"), Role.PROVIDER, "link_of_provider"),
    ],
)
def test_what_it_cannot_mean_is_a_fault(by_link: ByLink, queue: Role, fault: str) -> None:
    assert fault in {found.kind for found in faults(publish(asking(by_link, queue)))}


def test_what_it_can_mean_is_none() -> None:
    found = {fault.kind for fault in faults(publish(asking(ByLink("?", name="then"))))}
    assert not found & {"unknown_link_field", "unknown_link_choice", "link_asks_too_late", "link_of_provider"}
