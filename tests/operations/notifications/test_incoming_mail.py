"""A mail is read without believing it: no bytes raise, what no person wrote is told apart, and charsets of all offices are read."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.operations.notifications.incoming_mail import (
    MOST_BYTES,
    MOST_HEAD,
    MOST_LINE,
    Incoming,
    is_empty_sender,
    read_mail,
)

HEAD = "From: Li <Li@Office.Example>\nTo: reply+abc@office.example\nMessage-ID: <1@x>\nSubject: Re\n"


def read(head: str = "", body: str = "Yes.") -> Incoming:
    came = read_mail(f"{HEAD}{head}\n{body}".encode())
    assert came is not None
    return came


def test_a_plain_answer_is_read() -> None:
    assert read() == Incoming("li@office.example", ("reply+abc@office.example",), "1@x", "", "Yes.", 0, ())


@pytest.mark.parametrize(
    ("head", "automatic"),
    [
        ("Auto-Submitted: auto-replied\n", "auto-submitted"),
        ("Auto-Submitted: auto-generated; owner-email=a@x\n", "auto-submitted"),
        ("Auto-Submitted: No\n", ""),
        ("Precedence: bulk\n", "list"),
        ("Precedence: AUTO_REPLY\n", "list"),
        ("Precedence: first-class\n", ""),
        ("List-Id: <l.x>\n", "list"),
        ("Return-Path: <>\n", "bounce"),
        ("Return-Path: <li@office.example>\n", ""),
        ("X-Autoreply: yes\n", "program"),
        ("X-Failed-Recipients: a@x\n", "program"),
        ("Content-Type: multipart/report; boundary=b\n", "report"),
        ("Content-Type: message/disposition-notification\n", "report"),
        ("X-Auto-Response-Suppress: OOF\n", ""),
    ],
)
def test_what_no_person_wrote_is_told_apart(head: str, automatic: str) -> None:
    assert read(head).automatic == automatic


@pytest.mark.parametrize(
    ("sender", "empty"),
    [("", True), ("<>", True), ("MAILER-DAEMON", True), ("mailer-daemon@mx.x", True), ("li@x", False)],
)
def test_an_envelope_without_a_sender_wants_no_answer(sender: str, empty: bool) -> None:
    assert is_empty_sender(sender) is empty


@pytest.mark.parametrize(
    ("charset", "named"), [("utf-8", "utf-8"), ("gb18030", "gb2312"), ("gbk", "GBK"), ("utf-8", "no-such-charset")]
)
def test_words_are_read_in_the_charsets_of_offices(charset: str, named: str) -> None:
    raw = f"{HEAD}Content-Type: text/plain; charset={named}\n\n好的，周一。".encode(charset)
    came = read_mail(raw)
    assert came is not None
    assert came.words == "好的，周一。"


def test_of_a_mail_with_both_the_text_is_read_and_of_html_alone_that() -> None:
    both = EmailMessage()
    both.set_content("Yes.")
    both.add_alternative("<p>No.</p>", subtype="html")
    both.add_attachment(b"x", maintype="application", subtype="pdf", filename="a.pdf")
    came = read_mail(bytes(both))
    assert came is not None
    assert (came.words, came.files, len(came.id)) == ("Yes.", 1, 64)
    assert read("Content-Type: text/html\n", "<p>No.</p>").words == "No."


def of_parts(kind: str, *parts: str) -> str:
    return (
        f"Content-Type: multipart/{kind}; boundary={kind}\n\n"
        + "".join(f"--{kind}\n{part}\n" for part in parts)
        + f"--{kind}--\n"
    )


TEXT, HTML = "Content-Type: text/plain\n\n", "Content-Type: text/html\n\n"
PDF = "Content-Type: application/pdf\nContent-Disposition: inline; filename=a.pdf\n\nx"
PICTURE = "Content-Type: image/png\nContent-ID: <p>\n\nx"
MORE = "Content-Type: message/rfc822\n\nFrom: a@x\n\nTheirs."
BOTH = of_parts("alternative", f"{TEXT}Yes.", f"{HTML}<p>No.</p>")


@pytest.mark.parametrize(
    ("parts", "words", "files"),
    [
        (of_parts("mixed", f"{TEXT}Yes.", PDF, f"{TEXT}And this."), "Yes.\n\nAnd this.", 1),
        (of_parts("mixed", f"{TEXT}Yes.\n-- \nChen", PDF, f"{HTML}<p>And this.</p>"), "Yes.\n\nAnd this.", 1),
        (of_parts("mixed", BOTH, f"{TEXT}> When?"), "Yes.", 0),
        (of_parts("mixed", BOTH, PICTURE, MORE), "Yes.", 2),
        (of_parts("mixed", f"{TEXT}Yes.", "Content-Type: text/plain; name=a.txt\n\nNo."), "Yes.", 1),
        (of_parts("mixed", f"{TEXT}Yes.", "Content-Type: text/csv\n\na,b"), "Yes.", 1),
        (of_parts("mixed", f"{TEXT}Yes.", "Content-Disposition: attachment\n\nNo."), "Yes.", 1),
        (of_parts("alternative", f"{HTML}No.", f"{TEXT}Yes."), "Yes.", 0),
        (of_parts("alternative", f"{TEXT}Yes.", of_parts("mixed", f"{HTML}No.", PDF, f"{HTML}No.")), "Yes.", 1),
        (of_parts("related", f"{HTML}<p>Yes.</p>", PICTURE), "Yes.", 1),
        (PDF, "", 1),
    ],
)
def test_all_text_is_read_in_its_order_and_all_else_counts_as_left_out(parts: str, words: str, files: int) -> None:
    came = read_mail(f"{HEAD}{parts}".encode())
    assert came is not None
    assert (came.words, came.files) == (words, files)


@pytest.mark.parametrize("name", ["Content-Type", "Content-Disposition", "content-id"])
def test_a_part_whose_head_says_too_much_is_not_read(name: str) -> None:
    long = f"{name}: a/b; " + "a=b; " * (MOST_LINE // 5) + "\n\nx"
    many = [f"{name}: a/b; " + "x" * 1_000 + "\n\nx"] * (MOST_HEAD // 1_000 + 1)
    for parts in (of_parts("mixed", f"{TEXT}Yes.", long), of_parts("mixed", *many), long):
        assert read_mail(f"{HEAD}{parts}".encode()) is None


@pytest.mark.parametrize(
    ("line", "proved"),
    [
        ("mx.office.example; dmarc=pass header.from=x", True),
        ("MX.office.example 1; spf=fail; dmarc = pass (p=none)", True),
        ("mx.office.example; dmarc=fail", False),
        ("mx.office.example; dmarc=passed", False),
        ("mx.office.example; spf=pass (dmarc=pass)", False),
        ('mx.office.example; spf=pass reason="; dmarc=pass"', False),
        ("other.example; dmarc=pass", False),
        ("mx.office.example.evil.example; dmarc=pass", False),
        ("mx.office.example; dmarc=fail\nAuthentication-Results: mx.office.example; dmarc=pass", False),
    ],
)
def test_the_named_server_alone_says_whether_the_sender_is_true(line: str, proved: bool) -> None:
    assert read(f"Authentication-Results: {line}\n").proved_by("mx.office.example") is proved


@pytest.mark.parametrize("written", ["a@x, b@x", "", "nobody", "a@x\nFrom: b@x"])
def test_a_sender_who_is_not_one_is_nobody(written: str) -> None:
    came = read_mail(f"From: {written}\n\nYes.".encode())
    assert came is None or came.sender == ""


def test_what_is_too_large_or_has_no_end_of_parts_is_not_read() -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2_000))
    many = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1_000_000
    for raw in (
        b"a" * (MOST_BYTES + 1),
        b"A: " + b"x" * MOST_HEAD + b"\n\nYes.",
        nested.encode(),
        many,
        many.replace(b"\n", b"\r"),
    ):
        assert read_mail(raw) is None


NAMES = ["From", "To", "Message-ID", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Return-Path"]
VALUES = st.one_of(
    st.text(alphabet=st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(
        ["text/html; charset=\x00", "multipart/mixed; boundary=b", "base64", "<@>", "=?x?q?=?=", '"a\\', "a@[", "g:;"]
    ),
)


@given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6), st.binary(max_size=200))
def test_no_bytes_raise(heads: list[tuple[str, str]], body: bytes) -> None:
    head = "".join(f"{name}: {value}\n" for name, value in heads).encode()
    for raw in (head + b"\n" + body, body):
        came = read_mail(raw)
        assert came is None or "\x00" not in came.words
