"""What somebody does to the file of a case, and does well: checksums, hashes and the head fit again wherever that can be done."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from casework_verify.integrity.canonical import digest
from casework_verify.integrity.chain import commitment, event_hash, genesis
from casework_verify.read_me import READ_ME, read_me_of

HISTORY, INDEX, PROOF, SUMS = "history.ndjson", "index.json", "proof.json", "SHA256SUMS"
Row = dict[str, Any]


class Forgery:
    """The parts of a file, as they are changed."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.rows: list[Row] = [json.loads(line) for line in self.parts[HISTORY].decode().splitlines()]
        self.index: dict[str, Any] = json.loads(self.parts[INDEX])
        self.proof: dict[str, Any] = json.loads(self.parts[PROOF])

    def rechain(self, start: int = 0) -> None:
        """Every digest, hash and number from here on is right again, and the head names the last of them."""
        before = self.rows[start - 1]["hash"] if start else genesis(self.index["log"])
        for n, row in enumerate(self.rows[start:], start + 1):
            header = row["header"]
            row["seq"] = header["seq"] = n
            row["log"] = header["log"] = self.index["log"]
            row["at"] = header["at"]
            header.update(effects=digest(row["effects"]), body=commitment(row["body"]), prev=before)
            before = row["hash"] = event_hash(header)
        self.index["head"] = {"seq": len(self.rows), "hash": before}

    def write(self, path: Path, change: Callable[[dict[str, bytes]], None] = lambda parts: None) -> Path:
        """The file, with checksums that fit."""
        parts = dict(self.parts)
        parts[HISTORY] = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows).encode()
        parts[INDEX] = json.dumps(self.index, ensure_ascii=False).encode()
        parts[PROOF] = json.dumps(self.proof).encode()
        parts[READ_ME] = read_me_of(self.index)
        change(parts)
        parts.pop(SUMS, None)
        sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in parts.items())
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in {**parts, SUMS: sums.encode()}.items():
                archive.writestr(name, content)
        return path
