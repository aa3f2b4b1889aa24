"""The 35 fields of technology by which WIPO tells its statistics of patents apart, each made of codes of the patent classification.

The table is WIPO's concordance (Schmoch, Concept of a technology classification for country comparisons, 2008). What has entered the
classification since then stands where WIPO has put it, or where what it was taken out of stands. A technology is of the field of its first
code, as a patent is counted by its main one: each in one field, so that fields add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

#: By number its codes: subclasses by their last letters, a whole class by `#`, and main groups behind a colon, as one or as `first-last`.
_TABLE: Mapping[str, str] = {
    "1": "F21# H01BCFGHJKMRT H02# H05BCF H99Z",
    "2": "G09FG G11B H04N:3,5,9,13,15,17,23,25 H04RS H05K",
    "3": "G08C H01PQ H04BHJKMQ H04N:1,7,11,19",
    "4": "H04LW H04N:21",
    "5": "H03#",
    "6": "G06CDEFGJKMNTV G10L G11C G16BCYZ",
    "7": "G06Q",
    "8": "H01L H10#",
    "9": "G02# G03BCDFGH H01S",
    "10": "G01BCDFGHJKLM G01N:1-32,34-99 G01PQRSVW G04# G12B G99Z",
    "11": "G01N:33",
    "12": "G05BDF G07# G08BG G09BCD",
    "13": "A61BCDFGHJLMN G16H H05G",
    "14": "A61K:8 A61Q C07BCDFHJ C40B",
    "15": "C07GK C12MNPQRS",
    "16": "A61K:1-7,9-199 A61P",
    "17": "C08BCFGHKL",
    "18": "A01H A21D A23BCDFGJKL C12CFGHJ C13B:10,20,30,35,40,50,99 C13DFJK",
    "19": "A01NP C05# C06# C09BCDFGHJK C10BCFGHJKLMN C11BCD C99Z",
    "20": "B22# C01# C03C C04# C21# C22#",
    "21": "B05CD B32# C23# C25# C30#",
    "22": "B81# B82#",
    "23": "B01B B01D:1-43,54-99 B01FJL B02C B03# B04# B05B B06B B07# B08# C14C D06BCL F25J F26# H05H",
    "24": "A62CD B01D:45-53 B09# B65F C02# E01F:8 F01N F23GJ G01T",
    "25": "B25J B65BCDGH B66# B67#",
    "26": "B21# B23# B24# B25BCDFGH B26BDF B27# B30#",
    "27": "F01BCDKLMP F02# F03# F04# F23R F99Z G21#",
    "28": "A41H A43D A46D B31# B41# C14B D01# D02# D03# D04BCGH D05# D06GHJMPQ D21# D99Z",
    "29": "A01BCDFGJKLM A21BC A22# A23NP B02B B28# B29# B99Z C03B C08J C12L C13B:5,15,25,45 C13CGH F41# F42#",
    "30": "F22# F23BCDHKLMNQ F24# F25BC F27# F28#",
    "31": "F15# F16# F17# G05G",
    "32": "B60# B61# B62# B63BCGHJ B64#",
    "33": "A47# A63#",
    "34": "A24# A41BCDFG A42# A43BC A44# A45# A46B A62B A99Z B42# B43# B44# B68# D04D D06FN D07# F25D G10BCDFGHK",
    "35": "E01BCDH E01F:1-7,9-19 E02# E03# E04# E05# E06# E21# E99Z",
}  # fmt: skip
FIELDS = tuple(_TABLE)
_ENTRY = re.compile(r"([A-H][0-9]{2})(#|[A-Z]+)(?::([0-9,-]+))?")
_CODE = re.compile(r"([A-H][0-9]{2})(?:([A-Z])(?:([0-9]{1,4})/[0-9]{2,6})?)?")


def _read() -> tuple[dict[str, str], dict[tuple[str, int], str]]:
    """The field of each class and subclass that lies in one alone, and of each main group of those that several share."""
    whole, groups = dict[str, str](), dict[tuple[str, int], str]()
    for field, entries in _TABLE.items():
        for one in entries.split():
            found = _ENTRY.fullmatch(one)
            if found is None:
                raise ValueError(f"no entry of the table: {one}")
            place, letters, told = found.groups()
            if told:
                groups |= {(place + letters, group): field for group in _groups(told)}
            else:
                whole |= {place if letter == "#" else place + letter: field for letter in letters}
    return whole, groups


def _groups(told: str) -> Iterator[int]:
    for one in told.split(","):
        first, _, last = one.partition("-")
        yield from range(int(first), int(last or first) + 1)


_WHOLE, _GROUPS = _read()


def technology_field(codes: Sequence[str]) -> str | None:
    """The number of the field of a technology by its codes, the first of which is its main one; None where that tells of no field."""
    found = _CODE.fullmatch(codes[0]) if codes else None
    if found is None:
        return None
    place, letter, group = found.groups()
    whole = _WHOLE.get(place) or _WHOLE.get(f"{place}{letter}")
    return whole or (_GROUPS.get((f"{place}{letter}", int(group))) if group else None)
