"""By what a page says which alerts it knows."""

from __future__ import annotations

from casework.operations.notifications.views import Unread


def test_what_a_page_knows_is_how_many_there_are_and_the_newest() -> None:
    ids = ("01a2224b-9f58-7779-8aad-12b4398aad5d", "01a2224b-9f58-7779-8aad-aaaaaaaaaaaa")
    assert Unread(count=40, newest=ids).known == f"40.{ids[0]}.{ids[1]}"
    assert Unread().known == "0"


def test_another_number_or_another_alert_is_another_mark() -> None:
    one = Unread(count=1, newest=("01a2224b-9f58-7779-8aad-12b4398aad5d",))
    assert one.known != Unread(count=2, newest=one.newest).known
    assert one.known != Unread(count=1, newest=("01a2224b-9f58-7779-8aad-12b4398aad5e",)).known
