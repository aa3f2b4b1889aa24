"""In which encoding a file is written: UTF-8, or what it can only be instead; a file that fits none is read by nobody's guess."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO, NamedTuple

_CHUNK = 1 << 20
#: What is looked at of a file that is not UTF-8, in bytes.
_LOOKED_AT = 4 << 20
#: Letters of Western languages, and what their texts are set with.
_LETTERS = re.compile("[À-ÖØ-öø-ÿŒœŠšŽžŸ]")
_BESIDE_LETTER = re.compile("(?:(?<=[A-Za-z])[À-ÖØ-öø-ÿŒœŠšŽžŸ]|[À-ÖØ-öø-ÿŒœŠšŽžŸ](?=[A-Za-z]))")
#: Signs that stand within a word in no language that is written so: another encoding shows there, such as that of Central Europe.
_WITHIN_WORD = re.compile("(?<=[A-Za-zÀ-ÿ])[¡-¬®¯±-¶¸¹»-¿÷×‚„†‡ˆ‰‹›˜ìùðþý](?=[A-Za-zÀ-ÿ])")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
#: Two bytes of the characters that nearly all Chinese text is made of.
_COMMON = re.compile(rb"[\xb0-\xf7][\xa1-\xfe]|[\xa1\xa3][\xa1-\xfe]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANZI = re.compile("[\u4e00-\u9fff]")
#: What Chinese text cannot do without for long.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等"
    "部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数"
    "正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题程展五果料象员革位入常文总次品式活设及管特件长"
    "求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处理技术热能源环保污染治理节水泵系统"
)


#: The marks with which files in UTF-16 begin, and the encodings of those that have none, by where their ASCII letters have no bits.
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WITHOUT_MARK = {1: "utf-16-le", 0: "utf-16-be"}


def wide_of(head: bytes) -> str:
    """The encoding of a file that begins so, where it is UTF-16; else nothing.

    Without a mark it shows by its commas, ends of lines and digits: of the two bytes of each the one is zero, and always the same one.
    """
    if head.startswith(_WIDE_MARKS):
        return "utf-16"
    whole = head[: len(head) // 2 * 2]
    zeros = (whole[::2].count(0), whole[1::2].count(0))
    side = int(zeros[1] > zeros[0])
    # Some Chinese characters have such a byte on the other side: few, beside what a table or JSON is set with.
    if zeros[side] < max(4, len(whole) // 100) or zeros[1 - side] * 2 > zeros[side]:
        return ""
    words = whole.decode(_WITHOUT_MARK[side], "replace")
    odd = sum(not letter.isprintable() and letter not in "\r\n\t\ufeff" for letter in words)
    return "" if odd * 20 > len(words) else _WITHOUT_MARK[side]


class Place(NamedTuple):
    """Where a file stops being UTF-8."""

    row: int
    byte: int


def encoding_of(file: BinaryIO) -> tuple[str, Place | None]:
    """The encoding of an open file, from where it stands; and of one that is not UTF-8 where that shows, with "" where it may be anything.

    The file stands where it stood.
    """
    begin = file.tell()
    try:
        if (place := _undecodable(file, "utf-8")) is None:
            return "utf-8-sig", None
        file.seek(begin)
        other = _other(_whole_lines(file.read(_LOOKED_AT)))
        file.seek(begin)
        return "" if other and _undecodable(file, other) else other, place
    finally:
        file.seek(begin)


def _undecodable(file: BinaryIO, encoding: str) -> Place | None:
    decoder, lines = codecs.getincrementaldecoder(encoding)(), 0
    while True:
        chunk = file.read(_CHUNK)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as fault:
            return Place(lines + fault.object[: fault.start].count(b"\n") + 1, fault.object[fault.start])
        if not chunk:
            return None
        lines += chunk.count(b"\n")


def _whole_lines(content: bytes) -> bytes:
    """Not cut within a character."""
    return content if len(content) < _LOOKED_AT else content[: content.rfind(b"\n") + 1] or content


def _other(content: bytes) -> str:
    high = len(_HIGH.findall(content))
    if _is_chinese(content, high):
        return "gb18030"
    # UTF-8 with a damaged place is no other encoding.
    if 2 * sum(map(len, _MULTIBYTE.findall(content))) > high:
        return ""
    return "cp1252" if _is_western(content) else ""


def _is_chinese(content: bytes, high: int) -> bool:
    try:
        words = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    hanzi = _HANZI.findall(words)
    if not hanzi or 2 * len(_COMMON.findall(content)) < 0.8 * high or 10 * len(_KANA.findall(words)) > len(hanzi):
        return False
    return sum(letter in _FREQUENT for letter in hanzi) >= 0.15 * len(hanzi)


def _is_western(content: bytes) -> bool:
    try:
        words = content.decode("cp1252")
    except UnicodeDecodeError:
        return False
    odd = sum(letter > "\x7f" for letter in words)
    letters = len(_LETTERS.findall(words))
    plain = sum(letter.isalpha() for letter in words) - letters
    if letters > 0.4 * plain or 20 * len(_WITHIN_WORD.findall(words)) > odd:
        return False
    return letters == 0 or 2 * len(_BESIDE_LETTER.findall(words)) >= letters
