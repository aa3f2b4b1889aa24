"""A server that speaks S3 and checks signatures, as a process of its own: nanio. What is in a bucket lies in a folder beside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from casework.settings import Settings
from tests.support.mailbox import free_port

BUCKET = "office"
KEY_ID, SECRET = "AKOFFICEBACKUPS", "the-secret-of-the-tests-0123456789"
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class S3Server:
    """One that runs."""

    endpoint: str
    folder: Path

    def place(self, name: str) -> Path:
        """Where what is called so in the bucket lies."""
        return self.folder / BUCKET / name

    def unfinished(self) -> int:
        """How many uploads were begun and neither ended nor aborted."""
        kept = self.folder / ".nanio" / "multipart"
        return len(list(kept.iterdir())) if kept.exists() else 0

    def named(self, prefix: str, **more: Any) -> dict[str, Any]:
        """The settings of whoever keeps backups below this prefix."""
        given = {"backup_folder": f"s3://{BUCKET}/{prefix}", "backup_s3_endpoint": self.endpoint}
        return given | {"backup_s3_access_key_id": KEY_ID, "backup_s3_secret_access_key": SecretStr(SECRET)} | more

    def settings(self, var: Path, prefix: str, **more: Any) -> Settings:
        return Settings(profile="test", var=var, **self.named(prefix, **more))

    def environment(self, prefix: str) -> dict[str, str]:
        """The same for a process."""
        told = {"FOLDER": f"s3://{BUCKET}/{prefix}", "S3_ENDPOINT": self.endpoint}
        told |= {"S3_ACCESS_KEY_ID": KEY_ID, "S3_SECRET_ACCESS_KEY": SECRET}
        return {f"CASEWORK_BACKUP_{name}": value for name, value in told.items()}


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """One with an empty bucket, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="casework-s3-") as given:
        folder, port = Path(given), free_port()
        (folder / BUCKET).mkdir()
        with (folder / ".log").open("wb") as log:
            running = subprocess.Popen(
                [str(Path(sys.executable).with_name("nanio")), "serve", "--host", "127.0.0.1", "--port", str(port)],
                env={
                    "PATH": os.environ["PATH"],
                    "NANIO_ACCESS_KEY": KEY_ID,
                    "NANIO_SECRET_KEY": SECRET,
                    "NANIO_DATA_DIR": str(folder),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            server = S3Server(f"http://127.0.0.1:{port}", folder)
            _wait(server, running)
            yield server
        finally:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def _wait(server: S3Server, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while running.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(server.endpoint, timeout=5)
        except urllib.error.HTTPError:
            return  # It refuses whoever signs nothing.
        except OSError:
            time.sleep(0.05)
    raise AssertionError((server.folder / ".log").read_text())
