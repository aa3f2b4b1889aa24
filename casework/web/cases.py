"""The addresses of everything about cases: which view answers at which path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from casework.web import case_actions, case_list, case_page, case_tasks, new_tasks

blueprint = Blueprint("cases", __name__)

_CASE = "/cases/<number>"
_ACTION = f"{_CASE}/tracks/<uuid:track>/<transition>"
_TASK = f"{_CASE}/tasks/<uuid:task>"

Views = tuple[tuple[str, str, Callable[..., Any]], ...]

_NEW_TASK = f"{_CASE}/tracks/<uuid:track>/tasks/<kind>"
_SHOWN: Views = (
    ("/cases", "index", case_list.show),
    ("/cases.csv", "csv", case_list.export_csv),
    ("/cases.xlsx", "xlsx", case_list.export_xlsx),
    (_CASE, "show", case_page.show),
    (f"{_CASE}/hand-over", "hand_over", case_page.ask_hand_over),
    (f"{_CASE}/documents/new", "new_document", case_page.ask_document),
    (f"{_CASE}/consents/<uuid:consent>/withdraw", "withdraw", case_page.ask_withdrawal),
    (f"{_CASE}/interest", "interest", case_page.ask_interest),
    (_ACTION, "act", case_actions.show),
    (_TASK, "task", case_tasks.show),
    (_NEW_TASK, "new_task", new_tasks.show),
)
_DONE: Views = (
    ("/cases/filters", "save_filter", case_list.keep_filter),
    ("/cases/filters/<uuid:filter>/drop", "drop_filter", case_list.forget_filter),
    (f"{_CASE}/hand-over", "do_hand_over", case_page.hand_over),
    (f"{_CASE}/documents/new", "do_document", case_page.register_document),
    (f"{_CASE}/consents/<uuid:consent>/withdraw", "do_withdraw", case_page.withdraw_consent),
    (f"{_CASE}/interest", "do_interest", case_page.declare_interest),
    (_NEW_TASK, "add_task", new_tasks.add),
    (_ACTION, "fire", case_actions.fire),
)

for path, name, view in _SHOWN:
    blueprint.add_url_rule(path, name, view)
for path, name, view in _DONE:
    blueprint.add_url_rule(path, name, view, methods=["POST"])
