"""`casework mail-in`, as a mail server runs it: a process for each mail, and exit codes that the server understands."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

from sqlalchemy import text

from casework.records.database import transaction
from tests.support.databases import ROOT
from tests.support.mail_office import Office

ADDRESS = "reply@office.example"


def started(settings: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "CASEWORK_PROFILE": "test", **settings}
    return subprocess.Popen(
        [sys.executable, "-m", "casework", "mail-in", *arguments],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_mail_that_is_handed_in_by_several_processes_is_one_message(office: Office) -> None:
    office.settings = office.settings.model_copy(update={"reply_address": ADDRESS})
    number, _ = office.referral()
    office.run()
    (offer,) = office.mails("provider")
    raw = (
        f"From: {office.address('provider')}\nTo: {offer['Reply-To']}\nMessage-ID: <1@lab>\n\nWe look at it, and answer soon.\n"
    ).encode()
    settings = {
        "DATABASE_URL": str(office.settings.database_url),
        "CASEWORK_VAR": str(office.settings.var),
        "CASEWORK_REPLY_ADDRESS": ADDRESS,
        "CASEWORK_SMTP_HOST": "127.0.0.1",
        "CASEWORK_BASE_URL": "https://casework.example",
    }
    to = ("--to", str(offer["Reply-To"]))
    away = settings | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
    runs = [
        (started(settings, *to), raw, 0),
        (started(settings, *to, "--sender", office.address("provider")), raw, 0),
        (started(settings), raw, 0),
        (started(settings, *to, "--sender", ""), raw.replace(b"<1@", b"<2@"), 0),
        (started(settings, "--to", "reply+abc@office.example"), raw, os.EX_NOUSER),
        (started(settings, *to), raw.replace(b"From: ", b"From: x"), os.EX_NOPERM),
        (started(settings, *to), b"a: " + b"x" * 70_000, os.EX_DATAERR),
        (started(away, *to), raw, os.EX_TEMPFAIL),
        (started({name: settings[name] for name in ("DATABASE_URL", "CASEWORK_VAR")}), raw, os.EX_TEMPFAIL),
    ]
    for process, given, code in runs:
        out, said = process.communicate(given, timeout=120)
        assert (process.returncode, out, b"Traceback" in said) == (code, b"", False), said
        assert bool(said.strip()) is (code != 0)
        assert number.encode() not in said
    with transaction(office.engine) as db:
        kept = text("SELECT body->'words'->>'value' FROM events WHERE kind = 'said' AND effects->>'channel' = 'mail'")
        assert db.execute(kept).scalars().all() == ["We look at it, and answer soon."]


def test_of_a_fault_that_nobody_foresaw_the_sender_is_told_nothing_and_who_runs_it_by_hand_is() -> None:
    settings = {
        "CASEWORK_REPLY_ADDRESS": ADDRESS,
        "CASEWORK_SMTP_HOST": "127.0.0.1",
        "CASEWORK_BASE_URL": "https://casework.example",
    }
    environment = {
        "PATH": os.environ["PATH"],
        "CASEWORK_PROFILE": "test",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        **settings,
    }
    # Without a standard input it cannot even begin.
    command = ["sh", "-c", 'exec "$0" -m casework mail-in <&-', sys.executable]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (os.EX_TEMPFAIL, b"")
    assert done.stderr == b"not taken now (unforeseen). `casework doctor` tells more.\n"
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=theirs) as process:
        os.close(theirs)
        assert process.wait(120) == os.EX_TEMPFAIL
    assert b"AttributeError" in os.read(ours, 100_000)
    os.close(ours)
