"""Where backups lie: in a folder, or in a bucket of an S3 server, used the same way.

A file has its name there when all of it is, and not before: whoever is killed leaves none that is cut. What is in a bucket may be copied
into a folder, and the other way round.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from casework.errors import BackupUnusable
from casework.records import bucket_faults, bucket_uploads
from casework.records.bucket_uploads import Access
from casework.records.durable import make_folder, put_whole, sync
from casework.settings import BUCKET, Settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

_HALF, _LOCK = ".half-", ".lock"
_PIECE = 1 << 17
#: A bucket takes 10,000 parts of a file, and memory two of them at once; so much is asked of it at a time.
PART, WINDOW = 1 << 25, 1 << 23
_AT_ONCE = 2
#: Small files that are asked for at once.
_HANDS = 8


class Shelf(ABC):
    """Files by names such as 2026-03-01T020000Z/manifest.json."""

    #: What people call it.
    address: str

    @property
    @abstractmethod
    def me(self) -> str:
        """Who is at work here: whoever holds its lock, and is called so, is the only one."""

    @abstractmethod
    def names(self, below: str = "") -> set[str]:
        """What lies directly below, files and folders; nothing where nothing does."""

    @abstractmethod
    def size(self, name: str) -> int:
        """How long a file is. Raises FileNotFoundError."""

    @abstractmethod
    def read(self, name: str) -> Iterator[bytes]:
        """What is in a file. Raises FileNotFoundError."""

    @abstractmethod
    def small(self, names: Sequence[str]) -> list[bytes | None]:
        """All that is in some small files; None for each that is not there."""

    @abstractmethod
    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """A file: all of it or, whoever is killed, what was there before. When this returns no power cut takes it."""

    @abstractmethod
    def remove(self, names: Sequence[str]) -> None:
        """Take files away that may be gone already."""

    @abstractmethod
    def remove_below(self, folder: str, last: str = "") -> None:
        """Take a folder away with all that is in it; one file the last."""

    @abstractmethod
    def clear(self, of: Callable[[str], bool]) -> None:
        """Take away what was left of files of these names by whoever was killed while writing them."""

    @abstractmethod
    def alone(self, part: str = "") -> AbstractContextManager[bool]:
        """Whether nobody else on this machine is at work in this part; nobody will be until the end."""

    @abstractmethod
    def parted(self) -> tuple[Shelf, str] | None:
        """The shelf that this is a folder of, and what it is called there."""

    def has(self, name: str) -> bool:
        with suppress(FileNotFoundError):
            return self.size(name) >= 0
        return False


class Folder(Shelf):
    """A folder of this machine's."""

    me = ""

    def __init__(self, root: Path) -> None:
        self.root, self.address = root, str(root)

    def names(self, below: str = "") -> set[str]:
        try:
            return {one.name for one in os.scandir(self.root / below) if not one.name.startswith(".")}
        except (FileNotFoundError, NotADirectoryError):
            return set()

    def size(self, name: str) -> int:
        return (self.root / name).stat().st_size

    def read(self, name: str) -> Iterator[bytes]:
        with (self.root / name).open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece

    def small(self, names: Sequence[str]) -> list[bytes | None]:
        found: list[bytes | None] = []
        for name in names:
            try:
                found.append((self.root / name).read_bytes())
            except OSError:
                found.append(None)
        return found

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        path = self.root / name
        make_folder(path.parent, 0o700)
        half = path.with_name(f"{_HALF}{path.name}")
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)
        sync(path.parent)

    def remove(self, names: Sequence[str]) -> None:
        for name in names:
            (self.root / name).unlink(missing_ok=True)

    def remove_below(self, folder: str, last: str = "") -> None:
        self.remove([f"{folder}/{one}" for one in self.names(folder) if one != last])
        shutil.rmtree(self.root / folder, ignore_errors=True)

    def clear(self, of: Callable[[str], bool]) -> None:
        for left in self.root.glob(f"**/{_HALF}*"):
            if of(str(left.relative_to(self.root).with_name(left.name.removeprefix(_HALF)))):
                left.unlink(missing_ok=True)

    @contextmanager
    def alone(self, part: str = "") -> Iterator[bool]:
        make_folder(self.root / part, 0o700)
        with _locked(self.root / part / _LOCK) as is_alone:
            yield is_alone

    def parted(self) -> tuple[Shelf, str] | None:
        root = self.root.absolute()
        return Folder(root.parent), root.name


class Bucket(Shelf):
    """A bucket of an S3 server, or what is below a prefix in it: nothing else there is looked at."""

    def __init__(self, address: str, settings: Settings, *, hurried: bool = False) -> None:
        """Where it is hurried, as while somebody waits for a page, it is not tried again. Raises BackupUnusable."""
        named = BUCKET.fullmatch(address)
        key, secret = settings.backup_s3_access_key_id, settings.backup_s3_secret_access_key
        if named is None:
            raise BackupUnusable(f"{address} is no address of a bucket: write s3://bucket/prefix.")
        if key is None or secret is None:
            raise BackupUnusable(
                f"{address} needs an access key: set CASEWORK_BACKUP_S3_ACCESS_KEY_ID and CASEWORK_BACKUP_S3_SECRET_ACCESS_KEY."
            )
        self.address, self._settings, self._hurried = address.rstrip("/"), settings, hurried
        self._bucket, self._prefix = named[1], (named[2] or "").strip("/")
        region = settings.backup_s3_region
        endpoint = settings.backup_s3_endpoint or _amazon(region)
        in_host = (urlsplit(endpoint).hostname or "").startswith(f"{self._bucket}.")
        self._access = Access(
            endpoint=endpoint,
            base="" if in_host else f"/{self._bucket}",
            region=region,
            key_id=key,
            secret=secret.get_secret_value(),
        )
        config: S3Config = {
            "endpoint": endpoint,
            "region": region,
            "access_key_id": key,
            "secret_access_key": self._access.secret,
            "virtual_hosted_style_request": in_host,
        }
        client: ClientConfig = {
            "connect_timeout": "3s" if hurried else "10s",
            # One part of a file has to come through in it, also over a slow line.
            "timeout": "5s" if hurried else "10m",
            "allow_http": endpoint.startswith("http://"),
        }
        retries = 0 if hurried else 5
        with self._asking():
            self._store = S3Store(
                self._bucket,
                prefix=self._prefix or None,
                config=config,
                client_options=client,
                retry_config={"max_retries": retries, "retry_timeout": timedelta(minutes=2)},
            )

    @property
    def me(self) -> str:
        path = self._settings.var / "bucket-holder"
        if not path.exists():
            put_whole(path, secrets.token_hex(8), 0o600)
        return path.read_text()

    def names(self, below: str = "") -> set[str]:
        with self._asking():
            found = obstore.list_with_delimiter(self._store, below or None)
        paths = [*found["common_prefixes"], *(one["path"] for one in found["objects"])]
        return {path.rstrip("/").rsplit("/", 1)[-1] for path in paths}

    def size(self, name: str) -> int:
        with self._asking():
            # Not by HEAD, which has no room to say why it is refused.
            return obstore.get(self._store, name).meta["size"]

    def read(self, name: str) -> Iterator[bytes]:
        # In a thread of its own, which asks for the next while this one is used; also, whoever uses it may be inside of the library.
        with ThreadPoolExecutor(1, thread_name_prefix="casework-bucket") as hand:
            size, ahead = hand.submit(self.size, name).result(), None
            for start in range(0, size, WINDOW):
                following = hand.submit(self._window, name, start, size)
                if ahead is not None:
                    yield ahead.result()
                ahead = following
            if ahead is not None:
                yield ahead.result()

    def _window(self, name: str, start: int, size: int) -> bytes:
        with self._asking():
            return bytes(obstore.get_range(self._store, name, start=start, length=min(WINDOW, size - start)))

    def small(self, names: Sequence[str]) -> list[bytes | None]:
        if not names:
            return []
        with ThreadPoolExecutor(min(_HANDS, len(names)), thread_name_prefix="casework-bucket") as hands:
            return list(hands.map(self._small, names))

    def _small(self, name: str) -> bytes | None:
        try:
            with self._asking():
                return bytes(obstore.get(self._store, name).bytes())
        except FileNotFoundError:
            return None

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        source = _Source(pieces)
        try:
            with (
                self._asking(),
                obstore.open_writer(self._store, name, buffer_size=PART, max_concurrency=_AT_ONCE) as file,
            ):
                for piece in source:
                    file.write(piece)
        except Exception:
            if source.fault is not None:
                raise source.fault from None
            raise

    def remove(self, names: Sequence[str]) -> None:
        if names:
            with self._asking():
                obstore.delete(self._store, list(names))

    def remove_below(self, folder: str, last: str = "") -> None:
        with self._asking():
            names = [one["path"] for some in obstore.list(self._store, folder) for one in some]
        self.remove([one for one in names if one != f"{folder}/{last}"])
        self.remove([f"{folder}/{last}"] if last else [])

    def clear(self, of: Callable[[str], bool]) -> None:
        prefix = f"{self._prefix}/" if self._prefix else ""
        with self._asking():
            bucket_uploads.abort(self._access, prefix, lambda key: of(key.removeprefix(prefix)))

    @contextmanager
    def alone(self, part: str = "") -> Iterator[bool]:
        make_folder(self._settings.var)
        with _locked(self._settings.var / f"bucket-{part or 'backups'}{_LOCK}") as is_alone:
            yield is_alone

    def parted(self) -> tuple[Shelf, str] | None:
        if not self._prefix:
            return None
        address, _, name = self.address.rpartition("/")
        return Bucket(address, self._settings, hurried=self._hurried), name

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Raises FileNotFoundError where there is no such file, and BackupUnusable for whatever else goes wrong there."""
        try:
            yield
        except (BaseError, OSError, ValueError) as fault:
            said = str(fault)
            if isinstance(fault, FileNotFoundError) and bucket_faults.read(said).code != "NoSuchBucket":
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from None
            # Without what the server said: some tell the key there.
            raise BackupUnusable(f"{self.address} at {self._access.endpoint}: {bucket_faults.say(said)}") from None


def is_bucket(address: str) -> bool:
    """Whether an address names a bucket, and not a folder."""
    return address.startswith("s3://")


def shelf_at(address: str, settings: Settings, *, hurried: bool = False) -> Shelf:
    """What an address leads to. Raises BackupUnusable for a bucket without a key."""
    if is_bucket(address):
        return Bucket(address, settings, hurried=hurried)
    return Folder(Path(address))


def _amazon(region: str) -> str:
    return f"https://s3.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


class _Source:
    """What is to be written; what goes wrong with it, and not with where it goes, is kept."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces
        self.fault: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.pieces
        except Exception as fault:
            self.fault = fault
            raise


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
