"""How much an upload may hold, and what any file is looked at for first."""

from __future__ import annotations

from casework import reasons

MEGABYTE = 1_000_000
#: Of one file, and of one request: how many files, and how much altogether.
MOST_BYTES, MOST_FILES, MOST_AT_ONCE = 50 * MEGABYTE, 20, 200 * MEGABYTE
#: Of one archive, with what is inside it.
MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO = 1_000, 200 * MEGABYTE, 100
MOST_DIRECTORY = 1 * MEGABYTE
#: A picture that is small when it is packed may fill the memory of whoever opens it.
MOST_PIXELS, MOST_SIDE = 100_000_000, 30_000
LONGEST_NAME = 150
PIECE = 65_536
#: In memory up to here, in a file without a name beyond it.
IN_MEMORY = 512 * 1024


#: The virus that is none, by which everybody tests whether somebody looks; put together here, so that no scanner finds it in this file.
_TEST_VIRUS = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!"
VIRUS = reasons.files.VIRUS


class VirusWatch:
    """Looks for the test virus in pieces, of which two may share it."""

    def __init__(self) -> None:
        self._last = b""

    def sees(self, piece: bytes) -> bool:
        joined = self._last + piece
        self._last = joined[-len(_TEST_VIRUS) :]
        return _TEST_VIRUS in joined


def extension_of(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
