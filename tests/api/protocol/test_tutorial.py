"""`docs/tutorial/first-case.md`, followed word by word against a running server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.support.world import World

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "tutorial" / "first-case.md"
#: Where there is no curl, the page's two functions that use it are done by this.
ASK = """
import json, os, sys, urllib.error, urllib.request, uuid
method, path, body, revision = [*sys.argv[1:], *["{}", "0"][len(sys.argv) - 3:]]
headers = {"Authorization": f"Bearer {os.environ['OFFICER']}"}
if method == "POST":
    headers |= {"Idempotency-Key": str(uuid.uuid4()), "If-Match": f'"{revision}"', "Content-Type": "application/json"}
sent = body.encode() if method == "POST" else None
request = urllib.request.Request(os.environ["BASE"] + "/api/v1" + path, sent, headers, method=method)
try:
    print(urllib.request.urlopen(request).read().decode())
except urllib.error.HTTPError as refused:
    print(refused.read().decode())
"""


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def blocks_of(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def done_here(blocks: list[str]) -> list[str]:
    """The page's blocks, with this interpreter."""
    return [re.sub(r"(?<!\S)\.venv/bin/python", sys.executable, one) for one in blocks]


def test_the_tutorial_leads_where_it_says(base: str, world: World, tmp_path: Path) -> None:
    ask = tmp_path / "ask.py"
    ask.write_text(ASK)
    functions = [f'{name.lower()}() {{ "{sys.executable}" {ask} {name} "$@"; }}' for name in ("GET", "POST")]
    asking = "\n".join(done_here(blocks_of("bash")) if shutil.which("curl") else ["EMPTY='{}'", *functions])
    script = "\n".join([asking, *(f"echo; echo '=== {n}'\n{one}" for n, one in enumerate(done_here(blocks_of("sh"))))])
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        env=os.environ | {"BASE": base, "OFFICER": world.tokens["officer"], "TZ": "Asia/Shanghai"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    me, opened, taken, refused, why_not, passed, consented, history = re.split(r"=== \d+\n", done.stdout)[1:]
    assert '"officer"' in me
    assert re.search(r"BJ-\d{4}-0001", opened)
    assert "('proposed', 'Assign or take the case', 'intake')" in opened
    assert '"triage"' in taken
    assert '"status": 409' in refused
    assert "'Pass triage'" in why_not
    assert "'duplicate_checked'" in passed
    assert '"consent"' in passed
    assert "('scoping'," in consented
    assert history.count("(") == 7
    assert "confirmed both parties' interest" in history
