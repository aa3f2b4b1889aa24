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
        # The sentence above a quote, as programs make it, right below what was written, too.
        ("Yes.\nOn 03/03/2026 10:00, Casework wrote:\n> New", "Yes."),
        (
            "Yes,\nas agreed\nOn Tue, 3 Mar 2026 at 10:00 AM The Office for Technology Transfer <\nc@x> wrote:\n\n> New",
            "Yes,\nas agreed",
        ),
        ("Ja.\n\nAm 03.03.26 um 10:00 schrieb Casework:\n> New", "Ja."),
        ("Oui.\n\nLe mar. 3 mars 2026 à 10:00, Casework <c@x> a écrit :\n> New", "Oui."),
        ("好的。\n\nCasework <c@x> 于2026年3月3日周二 10:00写道：\n\n> 新", "好的。"),
        ("はい。\n\n2026年3月3日(火) 10:00 Casework <c@x>:\n\n> 新", "はい。"),
        ("Yes.\n\nChen Li wrote:\n> New", "Yes."),
        ("好的。\n张三写道：\n> 新", "好的。"),
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


OWN = [
    "I object to this sentence:",
    "I object to what you wrote:",
    "I object to what you wrote on 3 Mar 2026 at 10:00:",
    "On 3 Mar 2026, 10:00, we found what he wrote:",
    "Please send to li@x by 3 Mar 2026:",
    "As Li wrote:",
    "This is wrong,\nand must go:",
    "One.\nTwo:\nThree:",
    "On 3 Mar 2026 10:00 " * 20_000 + "Casework wrote:",
    "我反对这句话：",
    "我不同意张三写道：",
]


@pytest.mark.parametrize("came", OWN, ids=range(len(OWN)))
@pytest.mark.parametrize("above", ["\n", "\n\n"])
def test_a_sentence_of_ones_own_above_a_quote_stays(came: str, above: str) -> None:
    assert own_words(f"{came}{above}> It is so.\n") == came


OWN_LINES = st.lists(
    st.one_of(st.text(alphabet=st.sampled_from("aOnI 20:.,：，在我年<x"), max_size=70), st.sampled_from(OWN[:3])),
    min_size=1,
    max_size=4,
)
MADE = [
    "",
    "On Tue, 3 Mar 2026, Casework wrote:",
    "在 2026年3月3日，Casework <c@x> 写道：",
    "Am 03.03.26 um 10:00 schrieb Casework:",
]


@given(OWN_LINES, st.sampled_from(MADE), st.sampled_from(["\n", "\n\n"]))
def test_what_stands_above_a_quote_and_is_no_attribution_is_never_cut(own: list[str], made: str, between: str) -> None:
    written = "\n".join(line.rstrip() for line in own)
    assert (
        own_words(f"{written}\n{made}{between}> It is so.\n")
        == "\n".join(line.rstrip() for line in written.split("\n")).strip()
    )


def test_a_signature_ends_its_part_and_a_quote_the_whole() -> None:
    assert own_words("Yes.\n-- \nChen", "And this.", "> When?") == "Yes.\n\nAnd this."
    assert own_words("> When?", "On Monday.") == "> When?\n\nOn Monday."


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
        # A head that is never closed, or with something in it that is not.
        ("<html><head><meta charset=utf-8><body>Yes.</body></html>", "Yes."),
        ("<head><style>p{}</style><p>Yes.</p>", "Yes."),
        ("<head><template>T</head>Yes.", "Yes."),
        ("<head><template><p>T</p></template></head><p>Yes.</p>", "Yes."),
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
