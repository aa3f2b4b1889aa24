"""Words are cut into what a model knows, and of a text those sentences are looked at that it can read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.word_pieces import SENTENCES, Pieces, sentences_of

PIECES = Pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "heat", "##ing", "pump", ",", "泵", "##s", "e"])


def test_each_word_is_cut_by_its_longest_pieces() -> None:
    assert PIECES.of("Heating pumps, HEAT") == [4, 5, 6, 9, 7, 4]
    assert PIECES.of("é 热泵") == [10, 1, 8]
    assert PIECES.of("heatwave") == [1]
    assert PIECES.of("heat" * 30) == [1]


@given(st.text())
def test_whatever_a_text_is_it_is_cut(text: str) -> None:
    assert all(0 < piece < 11 for piece in PIECES.of(text))
    assert len(sentences_of(text)) <= SENTENCES


def test_sentences_end_where_a_reader_sees_it() -> None:
    said = "Heat pump\nIt takes heat from sewage, at 3.5 kW. It gives it to a network; what does it cost? It is cheap."
    assert sentences_of(said) == [
        "Heat pump",
        "It takes heat from sewage, at 3.5 kW.",
        "It gives it to a network;",
        "what does it cost?",
        "It is cheap.",
    ]


def test_what_the_model_cannot_read_is_left_out() -> None:
    assert sentences_of("污水热泵\nA heat pump for sewage.") == ["A heat pump for sewage."]
    assert sentences_of("从污水中提取热量的热泵，用于区域供热网络 heat pump for sewage") == []
    assert sentences_of("Eine Wärmepumpe nimmt die Wärme aus dem Abwasser und gibt sie in das Netz.") == []
    assert sentences_of("Heat pump") == []
    assert sentences_of("12 34 56 78") == []
