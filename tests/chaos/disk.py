"""A disk of its own for an installation: small, so that it fills, and one from which the power can be taken.

A file with ext4 on it, mounted through a loop device. `EXT4_IOC_SHUTDOWN`, with which the makers of file systems try theirs, stops it
at once and drops what was written and not synced, as a power cut does; what a drive itself has not yet written is not among that.
Only root may do it, on a machine that has loop devices.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

#: `_IOR('X', 125, __u32)`, and its way that leaves out the journal as well.
_SHUTDOWN, _NO_LOG_FLUSH = 0x8004587D, 2


class NoDiskError(Exception):
    """It cannot be made here, and why."""


@dataclass
class Disk:
    megabytes: int = 600
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="casework-")))

    def __post_init__(self) -> None:
        self._image = self.folder.with_suffix(".img")
        self._ballast = self.folder / "ballast"
        if os.geteuid() != 0:
            raise NoDiskError("only root may mount a disk of its own: run this as root.")
        with self._image.open("wb") as image:
            image.truncate(self.megabytes << 20)
        # Without the fifth that root may still use when it is full: PostgreSQL is another user.
        _run("mkfs.ext4", "-q", "-m", "0", str(self._image))
        self.mount()

    def mount(self) -> None:
        _run("mount", "-o", "loop", str(self._image), str(self.folder))
        self.folder.chmod(0o711)

    def fill(self) -> None:
        """Leave no byte for anybody."""
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12, 1):
                block = b"\0" * size
                try:
                    while True:
                        ballast.write(block)
                except OSError:
                    continue

    def clear(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def cut(self) -> None:
        """The power is gone: what was not synced is lost. Whoever had it open must be ended before `mount`."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(descriptor)

    def unmount(self) -> None:
        _run("umount", str(self.folder))

    def remove(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True, check=False)
        self._image.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as fault:
        raise NoDiskError(f"{command[0]} is not there.") from fault
    except subprocess.CalledProcessError as fault:
        raise NoDiskError(f"{' '.join(command)}: {fault.stderr.strip()}") from fault
