"""The addresses of everything about cases: which view answers at which path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from casework.web.cases import (
    action_page,
    case_action_pages,
    detail_page,
    forecast_page,
    link_pages,
    list_page,
    move_pages,
    past_page,
)
from casework.web.tasks import case_task_pages, new_task_page

blueprint = Blueprint("cases", __name__)

_CASE = "/cases/<number>"
_ACTION = f"{_CASE}/tracks/<uuid:track>/<transition>"
_TASK = f"{_CASE}/tasks/<uuid:task>"

Views = tuple[tuple[str, str, Callable[..., Any]], ...]

_NEW_TASK = f"{_CASE}/tracks/<uuid:track>/tasks/<kind>"
_SHOWN: Views = (
    ("/cases", "index", list_page.show),
    ("/cases.csv", "csv", list_page.export_csv),
    ("/cases.xlsx", "xlsx", list_page.export_xlsx),
    (_CASE, "show", detail_page.show),
    (f"{_CASE}/past", "past", past_page.show),
    (f"{_CASE}/forecast", "forecast", forecast_page.show),
    (f"{_CASE}/hand-over", "hand_over", case_action_pages.ask_hand_over),
    (f"{_CASE}/rights/add", "add_rights", case_action_pages.ask_more_rights),
    (f"{_CASE}/rights/remove", "remove_rights", case_action_pages.ask_less_rights),
    (f"{_CASE}/documents/new", "new_document", case_action_pages.ask_document),
    (f"{_CASE}/consents/<uuid:consent>/withdraw", "withdraw", case_action_pages.ask_withdrawal),
    (f"{_CASE}/interest", "interest", case_action_pages.ask_interest),
    (f"{_CASE}/links", "link", link_pages.ask_link),
    (f"{_CASE}/links/<uuid:case_link>/end", "end_link", link_pages.ask_end_link),
    (f"{_CASE}/move", "move", move_pages.show),
    (_ACTION, "act", action_page.show),
    (_TASK, "task", case_task_pages.show),
    (_NEW_TASK, "new_task", new_task_page.show),
)
_DONE: Views = (
    (f"{_CASE}/hand-over", "do_hand_over", case_action_pages.hand_over),
    (f"{_CASE}/rights/add", "do_add_rights", case_action_pages.add_rights),
    (f"{_CASE}/rights/remove", "do_remove_rights", case_action_pages.remove_rights),
    (f"{_CASE}/documents/new", "do_document", case_action_pages.register_document),
    (f"{_CASE}/consents/<uuid:consent>/withdraw", "do_withdraw", case_action_pages.withdraw_consent),
    (f"{_CASE}/interest", "do_interest", case_action_pages.declare_interest),
    (f"{_CASE}/links", "do_link", link_pages.link),
    (f"{_CASE}/links/<uuid:case_link>/end", "do_end_link", link_pages.end_link),
    (f"{_CASE}/move", "propose_move", move_pages.propose),
    (f"{_CASE}/move/decision", "decide_move", move_pages.decide),
    (_NEW_TASK, "add_task", new_task_page.add),
    (_ACTION, "fire", action_page.fire),
)

for path, name, view in _SHOWN:
    blueprint.add_url_rule(path, name, view)
for path, name, view in _DONE:
    blueprint.add_url_rule(path, name, view, methods=["POST"])
