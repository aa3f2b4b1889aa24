"""Who writes Chinese in a script has Chinese words for all that the English has words for."""

from __future__ import annotations

import re
from datetime import date

from casework.playbook.chinese import CHINESE, said_in
from casework.playbook.words import WORDS

#: A number, a code or a unit is in every language the same.
CODE = re.compile(r"[A-Z0-9./-]+[0-9][A-Z0-9./-]*|kWh/t")


def test_every_ordinary_word_is_there_in_chinese() -> None:
    assert {words for words in WORDS.values() if not CODE.fullmatch(words)} - CHINESE.keys() == set()


def test_each_is_chinese_and_ends_as_the_english_does() -> None:
    ends = {".": "。", "?": "？", ";": "；"}
    for words, chinese in CHINESE.items():
        assert re.search("[一-龥]", chinese)
        assert not re.search(r"[a-z]{4,}|[,;?!]", chinese), chinese
        assert (chinese[-1] in ends.values()) == (words[-1] in ends), words
        assert words[-1] not in ends or chinese[-1] == ends[words[-1]], words


def test_what_has_no_other_words_stays_as_it_is() -> None:
    assert said_in("zh-Hans", "VS-0127") == said_in("en", "VS-0127") == "VS-0127"
    assert (said_in("zh", "See the file."), said_in("en", "See the file.")) == ("见案卷。", "See the file.")
    assert said_in("zh", date(2026, 1, 1).isoformat()) == "2026-01-01"
