"""Each request gets its number, which every line of the logs that comes of it has, and is counted: by the pattern of its address, how it
was answered and how long that took; of what changes something also whether it was done, and if not, why.

Labels are words of ours. What is said to a sealed mediation is counted with addresses that are none, and tells nobody that there is one.
"""

from __future__ import annotations

import re
import time

import uuid_utils
from flask import Flask, Response, current_app, g, request

from casework import logs, traces
from casework.counts import ACTIONS, REQUESTS, Counts
from casework.errors import CaseworkError, InvalidForm, NobodyLeft, Refused
from casework.web.shell.request_origin import SAFE
from casework.web.shell.security_log import SEALED_PATTERN

#: What is counted of addresses that are none, and of what nobody is to know of.
OTHER = "other"
#: Beginnings of codes that belong to sealed mediations.
SEALED_REASON = re.compile(r"mediat|seal|emergency")
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
_CODE = re.compile(r"[a-z][a-z0-9_.-]{0,99}")


def register(app: Flask) -> None:
    """Before all others, so that it is the last to see the answer."""
    app.extensions["casework.counts"] = Counts()
    app.before_request(_begin)
    app.after_request(_count)
    app.teardown_request(_end)


def _begin() -> None:
    g.request_id = str(uuid_utils.uuid7())
    g.begun = time.monotonic()
    logs.tell(request=g.request_id)
    g.span = traces.span("request", "SERVER")
    g.span.__enter__()


def _count(response: Response) -> Response:
    counts: Counts = current_app.extensions["casework.counts"]
    pattern = pattern_of(request.url_rule.rule if request.url_rule is not None else None)
    method = request.method if request.method in METHODS else OTHER
    took = time.monotonic() - g.get("begun", time.monotonic())
    counts.took(REQUESTS, took, pattern, method, f"{response.status_code // 100}xx")
    told: dict[str, str | int] = {
        "casework.request": g.request_id,
        "http.request.method": method,
        "http.route": pattern,
    }
    told["http.response.status_code"] = response.status_code
    traces.tell(f"{method} {pattern}", told, failed=response.status_code >= 500)
    if request.method not in SAFE and pattern != OTHER and request.endpoint is not None:
        outcome, reasons = outcome_of(response.status_code, g.get("refusal"))
        for reason in reasons:
            counts.add(ACTIONS, request.endpoint.removeprefix("api."), outcome, reason)
    return response


def _end(fault: BaseException | None) -> None:
    if (span := g.pop("span", None)) is not None:
        span.__exit__(None, None, None)
    logs.forget()


def pattern_of(rule: str | None) -> str:
    """By which an address is counted."""
    return OTHER if rule is None or SEALED_PATTERN.search(rule) else rule


def outcome_of(status: int, refusal: CaseworkError | None) -> tuple[str, list[str]]:
    """Whether an action was done, and each reason why not."""
    if status >= 500:
        return "fault", [""]
    if refusal is None and status < 400:
        return "done", [""]
    return "refused", reasons_of(refusal) if refusal is not None else [f"status_{status}"]


def reasons_of(refusal: CaseworkError) -> list[str]:
    """The codes of what was refused, each once."""
    match refusal:
        case InvalidForm():
            whys = [*refusal.fields.values(), *refusal.beside]
        case Refused() | NobodyLeft():
            whys = list(refusal.reasons)
        case _:
            whys = []
    codes = {why.code for why in whys} or {refusal.code}
    return sorted({code if _CODE.fullmatch(code) and not SEALED_REASON.search(code) else OTHER for code in codes})


__all__ = ["OTHER", "outcome_of", "pattern_of", "reasons_of", "register"]
