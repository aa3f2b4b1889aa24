"""Witnesses: what their command signs and what it does not, and who counts when a file is checked."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from casework.ledger import merkle
from casework.ledger.cosignatures import open_cosigned, parse_witness_key
from casework_verify.command import main as verify
from casework_verify.witness_command import main
from tests.verifier.test_memory import KEY, LEAVES, OTHERS, note_of

NAME = "witness.example/w1"


class Witness:
    """Somebody with the command, a folder and the log's key."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.log = folder / "keys.pub"
        self.log.write_text(KEY.public.line + "\n")
        self.public = self.run("key", NAME, folder / "key")[1].strip()

    def run(self, *arguments: object) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = main([str(one) for one in arguments])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def signs(self, command: str, what: object, *more: object) -> tuple[int, str, str]:
        own = ("--key", self.folder / "key", "--log", self.log, "--state", self.folder / "state.json")
        return self.run(command, what, *own, *more)

    def cosigns(self, note: str, *more: object) -> tuple[int, str, str]:
        (self.folder / "checkpoint").write_text(note)
        return self.signs("cosign", self.folder / "checkpoint", *more)

    def at_of(self, signed: str) -> int:
        return open_cosigned(signed, parse_witness_key(self.public))[1].at


@pytest.fixture
def witness(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Witness:
    return Witness(tmp_path, capsys)


def lay_tiles(folder: Path, leaves: list[bytes], size: int) -> Path:
    level, below = 0, leaves[:size]
    while below:
        for n in range(0, len(below), 256):
            part = below[n : n + 256]
            path = folder / "tile" / str(level) / (f"{n // 256:03}" + ("" if len(part) == 256 else f".p/{len(part)}"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(part))
        whole = len(below) // 256 * 256
        below = [merkle.root_of(below[n : n + 256]) for n in range(0, whole, 256)]
        level += 1
    return folder


# --- its key ------------------------------------------------------------------------------------------------------------------


def test_a_key_is_its_owners_alone_and_never_made_twice(witness: Witness) -> None:
    assert stat.S_IMODE((witness.folder / "key").stat().st_mode) == 0o400
    assert witness.run("public", witness.folder / "key") == (0, witness.public + "\n", "")
    code, out, err = witness.run("key", NAME, witness.folder / "key")
    assert (code, out) == (2, "")
    assert "cannot be used" in err


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_name_that_no_key_can_have_is_refused(witness: Witness, name: str) -> None:
    assert witness.run("key", name, witness.folder / "other")[0] == 2
    assert not (witness.folder / "other").exists()


def test_what_is_no_key_signs_nothing(witness: Witness) -> None:
    for content in (b"", b"\xff\xfe", KEY.line.encode(), witness.public.encode()):
        (witness.folder / "other").write_bytes(content)
        assert witness.run("public", witness.folder / "other")[0] == 2


# --- what it signs --------------------------------------------------------------------------------------------------------------


def test_the_first_checkpoint_is_signed_and_remembered(witness: Witness) -> None:
    code, signed, err = witness.cosigns(note_of(LEAVES, 7))
    assert (code, err) == (0, "")
    assert signed.startswith(note_of(LEAVES, 7))
    assert witness.at_of(signed) > 1_700_000_000
    (kept,) = json.loads((witness.folder / "state.json").read_text())["checkpoints"]
    assert kept == signed


def test_the_same_one_is_signed_again_with_one_line(witness: Witness) -> None:
    witness.cosigns(note_of(LEAVES, 7))
    code, signed, _ = witness.cosigns(note_of(LEAVES, 7))
    assert code == 0
    assert signed.count(NAME) == 1


def test_one_that_goes_on_is_signed_when_its_tiles_show_it(witness: Witness) -> None:
    witness.cosigns(note_of(LEAVES, 7))
    code, signed, err = witness.cosigns(note_of(LEAVES, 300))
    assert (code, signed) == (2, "")
    assert "tile/" in err
    tiles = lay_tiles(witness.folder / "tiles", LEAVES, 300)
    code, signed, _ = witness.cosigns(note_of(LEAVES, 300), "--tiles", tiles)
    assert code == 0
    assert witness.at_of(signed)


def test_one_of_before_is_not_signed_any_more(witness: Witness) -> None:
    witness.cosigns(note_of(LEAVES, 300))
    tiles = lay_tiles(witness.folder / "tiles", LEAVES, 300)
    kept = (witness.folder / "state.json").read_bytes()
    assert witness.cosigns(note_of(LEAVES, 7), "--tiles", tiles)[:2] == (2, "")
    assert (witness.folder / "state.json").read_bytes() == kept


def test_another_tree_of_the_same_size_is_not_signed(witness: Witness) -> None:
    witness.cosigns(note_of(LEAVES, 7))
    assert witness.cosigns(note_of(OTHERS, 7))[:2] == (1, "")


def test_a_rewritten_tree_is_not_signed(witness: Witness) -> None:
    witness.cosigns(note_of(LEAVES, 7))
    tiles = lay_tiles(witness.folder / "tiles", OTHERS, 300)
    code, signed, err = witness.cosigns(note_of(OTHERS, 300), "--tiles", tiles)
    assert (code, signed) == (1, "")
    assert "rewritten" in err


def test_what_the_log_did_not_sign_is_not_signed(witness: Witness) -> None:
    assert witness.cosigns(note_of(LEAVES, 7).replace("\n7\n", "\n8\n"))[:2] == (1, "")
    assert witness.cosigns("hello\n")[:2] == (1, "")
    assert not (witness.folder / "state.json").exists()


def test_what_cannot_be_kept_is_not_signed(witness: Witness) -> None:
    (witness.folder / "state.json").mkdir()
    assert witness.cosigns(note_of(LEAVES, 7))[:2] == (2, "")


# --- at an address --------------------------------------------------------------------------------------------------------------


class Site:
    """An address at which a log is published, as it pleases whoever runs it."""

    def __init__(self) -> None:
        self.leaves, self.size = LEAVES, 7
        self.answer = 201
        self.sent: list[tuple[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = site.content(self.path)
                self.send_response(302 if content is None else 200)
                if content is None:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()
                self.wfile.write(content or b"")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.sent.append((self.headers["Authorization"], json.loads(body)["note"]))
                self.send_response(site.answer)
                self.end_headers()
                self.wfile.write(b'{"detail": "No."}')

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def content(self, path: str) -> bytes | None:
        if path == "/log/checkpoint":
            return note_of(self.leaves, self.size).encode()
        for level in (0, 1):
            roots = [
                merkle.root_of(self.leaves[n : n + 256**level])
                for n in range(0, self.size // 256**level * 256**level, 256**level)
            ]
            for n in range(2):
                part = roots[n * 256 : n * 256 + 256]
                if path == f"/log/tile/{level}/{n:03}" + ("" if len(part) == 256 else f".p/{len(part)}"):
                    return b"".join(part)
        return None


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def test_a_published_log_is_watched_and_its_tiles_are_fetched(witness: Witness, site: Site) -> None:
    assert witness.signs("watch", site.address, "--once")[0] == 0
    site.size = 300
    code, signed, err = witness.signs("watch", site.address, "--once")
    assert (code, err) == (0, "")
    assert "\n300\n" in signed
    assert witness.at_of(signed)
    assert site.sent == []


def test_what_was_signed_is_sent_where_there_is_a_token(witness: Witness, site: Site) -> None:
    (witness.folder / "token").write_text("abc\n")
    code, signed, _ = witness.signs("watch", site.address, "--once", "--token", witness.folder / "token")
    assert code == 0
    assert site.sent == [("Bearer abc", signed)]
    site.answer = 403
    code, _, err = witness.signs("watch", site.address, "--once", "--token", witness.folder / "token")
    assert code == 2
    assert "403 No." in err
    given = ("watch", site.address, "--once", "--token", witness.folder / "token", "--language", "zh")
    assert "服务器答复 403：No。" in witness.signs(*given)[2]


@pytest.mark.parametrize(
    ("leaves", "size"), [(OTHERS, 7), (OTHERS, 300), (LEAVES, 3)], ids=["split", "rewritten", "shorter"]
)
def test_a_log_that_tells_another_tale_is_shown_what_was_signed(
    witness: Witness, site: Site, leaves: list[bytes], size: int
) -> None:
    _, signed, _ = witness.signs("watch", site.address, "--once")
    (witness.folder / "token").write_text("abc")
    site.leaves, site.size = leaves, size
    code, out, err = witness.signs("watch", site.address, "--once", "--token", witness.folder / "token")
    assert (code, out) == (1, "")
    assert err.startswith("!")
    assert site.sent == [("Bearer abc", signed)]


def test_an_address_that_answers_nothing_is_no_accusation(witness: Witness, site: Site) -> None:
    assert witness.signs("watch", site.address + "/elsewhere", "--once")[:2] == (2, "")
    assert witness.signs("watch", "http://127.0.0.1:1", "--once")[:2] == (2, "")
    for address in ("ftp://example.org", "file:///etc/passwd", "example.org", "http://"):
        assert witness.signs("watch", address, "--once")[:2] == (2, "")


def test_a_token_is_not_sent_in_the_clear(witness: Witness) -> None:
    (witness.folder / "token").write_text("abc")
    code, _, err = witness.signs("watch", "http://example.org", "--once", "--token", witness.folder / "token")
    assert code == 2
    assert "https" in err


# --- who counts -----------------------------------------------------------------------------------------------------------------


def check(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, object]]]:
    capsys.readouterr()
    code = verify([*(str(one) for one in arguments), "--json"])
    return code, [one for file in json.loads(capsys.readouterr().out)["files"] for one in file["faults"]]


def test_the_signatures_of_trusted_witnesses_are_counted(
    witness: Witness, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, signed, _ = witness.cosigns(note_of(LEAVES, 7))
    (tmp_path / "signed").write_text(signed)
    keys = tmp_path / "trusted"
    keys.write_text(f"{KEY.public.line}\n{witness.public}\n")
    code, (fault,) = check(capsys, tmp_path / "signed", "--key", keys)
    assert (code, fault["code"], fault["level"]) == (0, "witnessed", "note")
    assert NAME in str(fault["sentence"])
    assert check(capsys, tmp_path / "signed", "--key", keys, "--witnesses", 1)[0] == 0
    code, faults = check(capsys, tmp_path / "signed", "--key", keys, "--witnesses", 2)
    assert (code, [one["code"] for one in faults]) == (2, ["witnessed", "witnesses_few"])
    assert check(capsys, tmp_path / "signed", "--key", witness.log) == (0, [])


def test_a_witness_of_a_later_tree_is_one_of_what_it_goes_on_from(
    witness: Witness, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    keys, state = tmp_path / "trusted", tmp_path / "mine.json"
    keys.write_text(f"{KEY.public.line}\n{witness.public}\n")
    _, signed, _ = witness.cosigns(note_of(LEAVES, 300))
    (tmp_path / "later").write_text(signed)
    (tmp_path / "earlier").write_text(note_of(LEAVES, 7))
    code, (fault,) = check(capsys, tmp_path / "earlier", "--key", keys)
    assert (code, fault["code"]) == (0, "witnessed_not")
    assert check(capsys, tmp_path / "later", "--key", keys, "--state", state)[0] == 0
    tiles = lay_tiles(tmp_path / "tiles", LEAVES, 300)
    code, faults = check(capsys, tmp_path / "earlier", "--state", state, "--tiles", tiles, "--witnesses", 1)
    assert (code, [one["code"] for one in faults]) == (0, ["witnessed"])


def test_a_signature_of_a_trusted_witness_that_does_not_hold_is_wrong(
    witness: Witness, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, signed, _ = witness.cosigns(note_of(LEAVES, 7))
    (tmp_path / "signed").write_text(note_of(OTHERS, 7) + signed.splitlines(keepends=True)[-1])
    keys = tmp_path / "trusted"
    keys.write_text(f"{KEY.public.line}\n{witness.public}\n")
    code, (fault,) = check(capsys, tmp_path / "signed", "--key", keys)
    assert (code, fault["code"]) == (1, "witness_signature")
    assert check(capsys, tmp_path / "signed", "--key", witness.log)[0] == 0


def test_a_witness_alone_is_no_key_of_the_log(
    witness: Witness, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "signed").write_text(witness.cosigns(note_of(LEAVES, 7))[1])
    (tmp_path / "trusted").write_text(witness.public)
    code, (fault,) = check(capsys, tmp_path / "signed", "--key", tmp_path / "trusted")
    assert (code, fault["code"]) == (2, "key_unusable")
