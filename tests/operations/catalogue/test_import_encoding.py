"""In which encoding a file is: told by what it holds, and not guessed."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.operations.catalogue.import_encoding import encoding_of, wide_of

CHINESE = "本技术用于工业园区的热泵系统，能耗降低百分之三十，可以减少二氧化碳排放。"


def found(words: str, encoding: str) -> str:
    file = io.BytesIO(f"external_id,title\nT1,{words}\n".encode(encoding))
    name, _ = encoding_of(file)
    assert file.tell() == 0
    return name


@pytest.mark.parametrize(
    ("words", "encoding", "name"),
    [
        (CHINESE, "utf-8", "utf-8-sig"),
        (CHINESE, "gb18030", "gb18030"),
        ("热泵,沼气发酵\n膜分离,余热回收\n储能电池,光伏组件", "gbk", "gb18030"),
        ("Wärmepumpe für größere Anlagen", "cp1252", "cp1252"),
        ("Cette technologie améliore l'efficacité – déjà testée à Orléans", "cp1252", "cp1252"),
        ("25 °C, 10 µm, “quoted”", "cp1252", "cp1252"),
        ("本技術用於工業園區的熱泵系統", "big5", ""),
        ("이 기술은 산업용 히트펌프 시스템의 에너지 효율을 크게 향상시킨다", "euc-kr", ""),
        ("この技術は産業用ヒートポンプの効率を向上させます", "shift-jis", ""),
        ("この技術は産業用ヒートポンプの効率を向上させます", "euc-jp", ""),
        ("Эта технология повышает энергоэффективность", "cp1251", ""),
        ("Technologia zwiększa wydajność pomp ciepła, źródło łatwej energii", "cp1250", ""),
        ("Čištění vody a energetické úspory v průmyslu", "cp1250", ""),
    ],
)
def test_an_encoding_is_named_where_it_can_be_no_other(words: str, encoding: str, name: str) -> None:
    assert found(words, encoding) == name


@pytest.mark.parametrize("words", ["Heat pump", "Größe", CHINESE, "统一标准的一种" + CHINESE, '{"a": "热泵"}'])
@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("utf-8", ""), ("gb18030", "")],
)
def test_utf_16_is_told_with_a_mark_and_without(words: str, encoding: str, name: str) -> None:
    assert wide_of(f"external_id,title\n{words},1\n".encode(encoding)) == name


@pytest.mark.parametrize("head", [b"", b"a\0,b\n", b"a\0b\0", b"\0" * 100, b"a,b\n1,\0\0\0\0\0\0\n", bytes(range(256))])
def test_a_few_zeros_make_no_utf_16(head: bytes) -> None:
    assert wide_of(head) == ""


def test_utf_8_with_a_damaged_place_is_refused_there() -> None:
    file = io.BytesIO(f"a,{CHINESE}\n\n".encode() + b"b,\xff\n")
    assert encoding_of(file) == ("", (3, 0xFF))
    for damage in (b"\xe4", b"\xe4\xbd", b"\xbd"):
        for words in (CHINESE, "热泵系统", "größere Wärmepumpe – déjà"):
            assert encoding_of(io.BytesIO(f"a,{words}\n".encode() + damage + b"\n"))[0] == "", (damage, words)


def test_a_character_may_lie_across_what_is_read_at_once() -> None:
    assert found("x" * ((1 << 20) - 30) + CHINESE, "utf-8") == "utf-8-sig"


@given(st.binary(max_size=200))
def test_what_is_named_can_be_read(content: bytes) -> None:
    name, place = encoding_of(io.BytesIO(content))
    assert bool(name) or place is not None
    if name:
        content.decode(name)
