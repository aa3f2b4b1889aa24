"""What letters say, read out of their PDFs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.operations.letters.content import BOTH, CHINESE, ENGLISH, Content, Named, subject_of, write_paper
from casework.operations.letters.pdf import print_pdf
from tests.support.papers import heights_of, words_of

HOSTILE = (
    "<script>alert(1)</script>", "<img src=file:///etc/passwd>", "</title></style><h1>Forged", "@import 'http://x';", "url(http://x)",
    "{{ 7 * 7 }}", "%(name)s %s {0}", "<a href=javascript:alert(1)>x</a>", "&lt;b&gt;", "﹤b﹥ ＜script＞",
)  # fmt: skip

SENT = Content(
    kind="referral",
    side="provider",
    programme=Named("Beijing pilot", "北京试点"),
    number="BJ-2026-0001",
    day=date(2026, 11, 26),
    name=Named("Haidian Lab", "海淀实验室"),
    need=Named("Steam", "蒸汽"),
    technology=Named("Boiler", "锅炉"),
    need_owner=Named("Hebei Steam Works", "河北蒸汽厂"),
    technology_owner=Named("Nordwind Boilers"),
    service=Named("green technology assessment", "绿色技术评估"),
    question="Does it reach 180 degrees?",
    by=date(2026, 12, 3),
    contact=Named("Li Na", "李娜"),
    email="li@example.org",
    words="Bring boots.",
)


def read(language: str, **changed: Any) -> str:
    return words_of(print_pdf(write_paper(replace(SENT, **changed), language)))


@pytest.mark.parametrize(
    ("language", "heading", "text"), [(ENGLISH, "Request:", "conflict"), (CHINESE, "委托函：绿色技术评估", "此致敬礼")]
)
def test_the_heading_is_told_from_the_text_without_bold_letters(language: str, heading: str, text: str) -> None:
    heights = heights_of(print_pdf(write_paper(SENT, language)))
    assert heights[heading] > 1.4 * heights[text]


def test_a_request_says_who_asks_for_what_by_when() -> None:
    said = read(ENGLISH)
    for words in (
        "Beijing pilot",
        "26 November 2026",
        "Case BJ-2026-0001",
        "To: Haidian Lab",
        "Request: green technology assessment",
        "Hebei Steam Works and Nordwind Boilers",
        "What we ask: Does it reach 180 degrees?",
        "Please answer by Thu 3 Dec 2026.",
        "Bring boots.",
        "Your contact: Li Na, li@example.org",
    ):
        assert words in said
    assert "北京" not in said


def test_the_same_in_chinese() -> None:
    said = read(CHINESE).replace(" ", "")
    for words in (
        "北京试点",
        "2026年11月26日",
        "致：海淀实验室",
        "委托函：绿色技术评估",
        "河北蒸汽厂与NordwindBoilers",
        "请于2026年12月3日",
    ):
        assert words in said
    assert "Request" not in said


def test_both_stand_side_by_side_and_ones_own_words_once() -> None:
    said = read(BOTH)
    assert "Please answer by Thu 3 Dec 2026." in said
    assert "委托函：绿色技术评估" in said.replace(" ", "")
    assert said.count("Bring boots.") == 1
    assert subject_of(SENT, BOTH) == "Request: green technology assessment · 委托函：绿色技术评估"


@pytest.mark.parametrize("kind", ["invitation", "question", "progress", "reminder", "closing"])
def test_titles_and_the_contact_stand_in_the_language_of_the_letter(kind: str) -> None:
    said = read(CHINESE, kind=kind, side="need_owner").replace(" ", "")
    assert "“蒸汽”" in said
    assert "“锅炉”" in said
    assert "经办人：李娜" in said
    assert not {"Steam", "Boiler", "Li Na"} & set(said.split())


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {"kind": "invitation", "side": "need_owner"},
            "For the need that you published, “Steam”, we have found a technology: “Boiler”.",
        ),
        (
            {"kind": "invitation", "side": "technology_owner"},
            "We have found a need that your technology may meet. The need: “Steam”.",
        ),
        ({"kind": "invitation", "by": None}, "Please tell us whether you wish to go on"),
        (
            {"kind": "reminder", "action": Named("Answer the offer")},
            "In this case we wait for you: Answer the offer. It is due on Thu 3 Dec 2026.",
        ),
        ({"kind": "reminder", "late": True}, "In this case we wait for your answer. It was due on Thu 3 Dec 2026."),
        (
            {"kind": "progress", "side": "need_owner", "stands": Named("The technology is in use.")},
            "We write to you about the need “Steam” and the technology “Boiler”. The technology is in use. Bring boots.",
        ),
        ({"kind": "closing", "outcome": Named("deployed")}, "The case is closed. Its outcome: deployed. We thank you"),
        (
            {"kind": "closing", "side": "need_owner", "outcome": Named("deployed")},
            "about the need “Steam” and the technology “Boiler”. The case is closed.",
        ),
        (
            {"kind": "question", "side": "need_owner", "action": Named("Do you agree?")},
            "“Boiler”. We ask you: Do you agree? Please answer by Thu 3 Dec 2026.",
        ),
        ({"kind": "question", "by": None}, "In this matter we ask you for your answer. Please answer soon."),
        (
            {"kind": "reminder", "side": "need_owner", "action": Named("Do you agree?")},
            "“Boiler”. In this case we wait for your answer: Do you agree? It is due on",
        ),
        (
            {"kind": "reminder", "need": Named("")},
            "about your work: green technology assessment. In this case we wait",
        ),
        ({"kind": "closing"}, "If you still hold papers of it, please give them back or destroy them"),
    ],
)
def test_each_kind_says_what_it_is_for(changed: dict[str, Any], says: str) -> None:
    assert says in read(ENGLISH, **changed)


@pytest.mark.parametrize(("language", "day"), [(ENGLISH, "26 November 2026"), (CHINESE, "2026年11月26日")])
def test_the_day_and_the_place_for_the_seal_stand_at_the_foot(language: str, day: str) -> None:
    said = read(language, signatory=Named("Director", "主任"), office=Named("Office", "办公室")).replace(" ", "")
    foot = said[said.index("Director" if language == ENGLISH else "主任") :]
    assert day.replace(" ", "") in foot
    assert foot.index(day.replace(" ", "")) < foot.index("seal" if language == ENGLISH else "盖章处")
    assert said.count(day.replace(" ", "")) == 1
    # A day of the week stands beside a day to keep, not under a letter.
    assert "Thu" not in foot
    assert "周" not in foot


def test_who_is_to_read_it_is_named_under_the_recipient() -> None:
    assert "To: Haidian Lab For the attention of Li Wen" in read(ENGLISH, attention="Li Wen")
    assert "收件人：李文" in read(CHINESE, attention="李文")
    assert "attention" not in read(ENGLISH)


@pytest.mark.parametrize("kind", ["invitation", "question", "progress", "closing"])
def test_a_letter_names_no_other_than_it_must(kind: str) -> None:
    said = read(ENGLISH, kind=kind)
    assert "Hebei" not in said
    assert "Nordwind" not in said
    assert "180 degrees" not in said


@pytest.mark.parametrize("kind", ["invitation", "question", "progress", "referral", "reminder", "closing"])
def test_whatever_anybody_typed_is_words(kind: str) -> None:
    typed = " ".join(HOSTILE)
    said = read(
        BOTH,
        kind=kind,
        name=Named(typed, typed),
        programme=Named(typed, typed),
        need=Named(typed),
        technology=Named(typed),
        number=typed,
        need_owner=Named(typed),
        technology_owner=Named(typed),
        service=Named(typed),
        question=typed,
        action=Named(typed),
        outcome=Named(typed),
        attention=typed,
        contact=Named(typed),
        email=typed,
        words=typed,
    )
    for words in HOSTILE:
        assert words.replace(" ", "") in said.replace(" ", ""), words
