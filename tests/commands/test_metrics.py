"""`casework metrics` answers whoever may ask, at an address of its own, and nobody else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.databases import ROOT, run_casework

TOKEN = "a token of the tests, long enough"


@contextmanager
def answering(environment: dict[str, str], end: signal.Signals = signal.SIGTERM) -> Iterator[str]:
    """Its address, for the length of the block; also where whoever starts it ignores the signal that ends it."""
    with running(environment, "metrics", "--port", "0", end=end) as address:
        yield address


@contextmanager
def running(environment: dict[str, str], *words: str, end: signal.Signals = signal.SIGTERM) -> Iterator[str]:
    """The address that a command answers at, for the length of the block."""
    running = subprocess.Popen(
        [sys.executable, "-u", "-m", "casework", *words],
        env={"PATH": os.environ["PATH"], "CASEWORK_PROFILE": "test", **environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(end, signal.SIG_IGN),
    )
    try:
        assert running.stdout is not None
        yield running.stdout.readline().split()[-1]
    finally:
        running.send_signal(end)
        try:
            running.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
    assert running.returncode == 0


def ask(address: str, token: str | None = None) -> tuple[int, str]:
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_it_answers_with_the_state(database_url: str) -> None:
    with answering({"DATABASE_URL": database_url}) as address:
        status, said = ask(address)
        assert (status, "casework_database_up 1\n" in said, "casework_workers 0\n" in said) == (200, True, True)
        assert ask(address.replace("/metrics", "/"))[0] == 404


def test_with_a_token_whoever_lacks_it_is_told_nothing(database_url: str) -> None:
    environment = {"DATABASE_URL": database_url, "CASEWORK_METRICS_TOKEN": TOKEN}
    with answering(environment, signal.SIGINT) as address:
        for given in (None, "another", TOKEN[:-1], "é"):
            status, said = ask(address, given and given.encode().decode("latin-1"))
            assert (status, "casework" in said) == (401, False)
        assert ask(address, TOKEN)[0] == 200


def test_a_database_that_does_not_answer_is_a_figure() -> None:
    done = run_casework("metrics", "--once", environment={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/it"})
    assert done.returncode == 0
    assert "casework_database_up 0\n" in done.stdout
    assert "casework_workers" not in done.stdout


def test_other_machines_are_answered_with_a_token_alone(database_url: str) -> None:
    given = {"DATABASE_URL": database_url}
    open_door = run_casework("metrics", "--host", "0.0.0.0", "--port", "0", environment=given)
    short = run_casework("metrics", "--port", "0", environment=given | {"CASEWORK_METRICS_TOKEN": "short"})
    assert (open_door.returncode, short.returncode) == (1, 1)
    assert "set CASEWORK_METRICS_TOKEN" in open_door.stderr
    assert "20 characters" in short.stderr
