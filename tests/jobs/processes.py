"""Workers as processes of their own, whose clock may be wrong, and which may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import time_machine

from casework.cli import main
from tests.support.databases import ROOT

#: Whatever is wrong, nothing waits longer than this.
PATIENCE_S = 60.0


@dataclass
class Hand:
    """`casework worker`, whose process believes that it is `wrong_by` seconds later than it is."""

    environment: Mapping[str, str]
    wrong_by: int
    log: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _starts: int = 0

    def start(self, **more: str) -> None:
        self._starts = self._greetings() + 1
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.processes", str(self.wrong_by), "worker", "--concurrency", "2"],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], **self.environment, **more},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it at once, without any warning."""
        self._end(signal.SIGKILL)

    def listen(self) -> None:
        """Wait until it works: before that whatever goes wrong ends it, as whoever starts it sees."""
        wait_until(lambda: self._greetings() >= self._starts, "the worker's greeting")

    def stop(self) -> int:
        """Ask it to end, once it hears what it is asked; gives how it did."""
        self.listen()
        return self._end(signal.SIGTERM)

    def _greetings(self) -> int:
        return self.log.read_text().count("Working:")

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.poll() is None:
            os.killpg(self._process.pid, how)
        status = self._process.wait(timeout=PATIENCE_S)
        self._process = None
        return status


@contextmanager
def hands(*made: Hand) -> Iterator[None]:
    """None of them outlives the block."""
    try:
        yield
    finally:
        for one in made:
            one.kill()


def wait_until(come: Callable[[], object], what: str) -> None:
    """Look until it has come."""
    begun = time.monotonic()
    while not come():
        if time.monotonic() - begun > PATIENCE_S:
            raise AssertionError(f"{what} has not come")
        time.sleep(0.05)


def _run() -> None:
    wrong_by = int(sys.argv.pop(1))
    with time_machine.travel(time.time() + wrong_by, tick=True):
        main()


if __name__ == "__main__":
    _run()
