"""Hundreds of files that mean harm, sent to the running application: none is shown, none stops it, none fills its memory."""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable
from urllib.parse import quote

from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.core.rate_limits import ALLOWANCES
from casework.records.database import transaction
from tests.support.malice import Harm, harms
from tests.support.web_client import _TOKEN, Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


def body_of(harm: Harm, fields: dict[str, str]) -> tuple[str, bytes]:
    """A form as a hostile program would write it: the name of the file as it is, whatever is in it."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f"--x\r\nContent-Disposition: form-data; name=\"files\"; filename*=UTF-8''{quote(harm.name)}\r\nContent-Type: text/html\r\n\r\n"
    return "multipart/form-data; boundary=x", b"".join([*parts, head.encode(), harm.content, b"\r\n--x--\r\n"])


def test_three_hundred_files_that_mean_harm_do_none(
    app: Flask, browser_for: Enter, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
    officer, path = browser_for("officer"), f"/cases/{number}/documents"
    token = _TOKEN.search(officer.get(path).text)
    assert token is not None
    everything, meanwhile, over = list(harms()), [], threading.Event()

    def ask() -> None:
        client = app.test_client()
        while not over.is_set():
            meanwhile.append(client.get("/health").status_code)
            over.wait(0.02)

    asking = threading.Thread(target=ask)
    asking.start()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    odd = []
    for n, harm in enumerate(everything):
        if n % ALLOWANCES["upload"].most == 0:
            with transaction(engine) as db:
                # Nobody hands in so many files at once; whoever means harm has the patience to wait.
                db.execute(
                    text("UPDATE allowances SET began = began - :within"), {"within": ALLOWANCES["upload"].within}
                )
        type_, body = body_of(
            harm, {"csrf_token": token[1], "key": f"{n:024}", "f-kind": "report", "f-whose": "both", "part": "0"}
        )
        answer = officer.flask.post(path, data=body, content_type=type_, headers={"Accept": "application/json"})
        told = answer.get_json()
        # A name that no form of ours could send is refused before the page looks at it.
        if answer.status_code == 400 and "\0" in harm.name:
            continue
        if answer.status_code != 200 or harm.refused and told["taken"]:
            odd.append((harm.what, harm.name[:40], answer.status_code, told))
    over.set()
    asking.join()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert odd == []
    assert len(everything) >= 300
    # Kilobytes, at the highest; and everybody else was answered all the time.
    assert grown < 200_000
    assert len(meanwhile) > 10
    assert set(meanwhile) == {200}
    with transaction(engine) as db:
        kept = db.execute(text("SELECT document_id, version FROM files ORDER BY filed_at")).all()
    assert kept != []
    for one in kept:
        answer = officer.get(f"/documents/{one.document_id}/{one.version}")
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
