"""Of a mail what its sender wrote is kept: in doubt all of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.operations.notifications.mail_words import own_words, plain, text_of_html


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("Yes, on Monday.\n", "Yes, on Monday."),
        ("Yes.\n\nOn Tue, 3 Mar 2026, Casework wrote:\n> BJ-1: New offer\n>\n> https://x\n", "Yes."),
        ("Yes.\n\nOn Tue, 3 Mar 2026 at 10:00,\nCasework <casework@x> wrote:\n\n> New offer", "Yes."),
        ("好的。\n\n在 2026年3月3日，Casework 写道：\n> 新的邀请\n", "好的。"),
        ("Yes.\n-- \nChen Li\nLab 7", "Yes."),
        ("Yes.\n\n-----Original Message-----\nFrom: Casework", "Yes."),
        ("好的。\n\n-----原始邮件-----\n发件人: Casework", "好的。"),
        ("Yes.\n\n________________________________\nFrom: A <a@x>\nSent: Tuesday\nTo: B\nSubject: S\n\nold", "Yes."),
        ("好的。\n\n发件人：A\n发送时间：周二\n收件人：B\n主题：S\n旧的", "好的。"),
        ("> When?\n", ""),
    ],
)
def test_what_is_quoted_at_the_end_and_a_signature_are_cut(came: str, kept: str) -> None:
    assert own_words(came) == kept


@pytest.mark.parametrize(
    "came",
    [
        # Answered line by line.
        "> When?\nOn Monday.\n> Who?\nChen.",
        "> When?\nOn Monday.",
        "> When?\nOn Monday.\n\n> Who?",
        # A sentence that begins like a head, a rule between paragraphs, a list with dashes.
        "From: what we know now nothing follows.\nIt stays.",
        "From: A\nTo: B",
        "One.\n--\nTwo.",
        "The steps:\n- one\n- two",
        "-----Forwarded message-----\nFrom: A\nThis is what they say.",
    ],
)
def test_in_doubt_everything_stays(came: str) -> None:
    assert own_words(came) == came


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("<p>Yes,<br>on <b>Monday</b>.</p>", "Yes,\non Monday."),
        (
            "<html><head><title>T</title><style>p{}</style></head><body><script>x()</script><div>Yes &amp; no</div></body>",
            "Yes & no",
        ),
        ("<p>Yes.</p><p>A wrote:</p><blockquote>When?<div>Who?</div></blockquote>", "Yes."),
        ("<p>a<blockquote><p>unclosed", "a"),
    ],
)
def test_html_is_read_as_text(came: str, kept: str) -> None:
    assert own_words(text_of_html(came)) == kept


def test_what_nobody_sees_is_left_out() -> None:
    assert plain("a\u202eb\x00c\u200bd\te\r\nf\u00a0g\ud800") == "abcd    e\nf g"


@given(st.text(alphabet=st.sampled_from("> \n-:_aF发件人From: Sent: To:<p>blockquote/"), max_size=300))
def test_nothing_is_put_into_anybodys_mouth(came: str) -> None:
    kept = own_words(plain(came))
    # What is kept are lines of the mail, from its beginning, in their order.
    lines = [line.rstrip() for line in plain(came).split("\n")]
    assert "\n".join(lines).strip().startswith(kept)
    assert own_words(kept + "\n") in (kept, own_words(kept))
    assert isinstance(text_of_html(came), str)
