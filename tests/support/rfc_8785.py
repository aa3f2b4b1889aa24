"""What RFC 8785 itself writes down, section by section: what goes in, and the canonical text of it; typed from its text."""

from __future__ import annotations

import struct
from typing import Any

#: Section 3.2.2: values of all kinds, whose numbers are no whole ones.
VALUES: dict[str, Any] = {
    "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
    "literals": [None, True, False],
}
#: Section 3.2.3: members as they are sorted, by the units of UTF-16.
SORTED = {
    "\r": "Carriage Return", "1": "One", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis", "\u20ac": "Euro Sign",
    "\U0001f600": "Emoji: Grinning Face", "\ufb33": "Hebrew Letter Dalet With Dagesh",
}  # fmt: skip
#: Section 3.2.4: the bytes of 3.2.2.
VALUES_IN_UTF_8 = bytes.fromhex(
    "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e"
    "756d62657273223a5b3333333333333333332e333333333333332c31652b3330"
    "2c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac24"
    "5c75303030665c6e4127425c225c5c5c5c5c222f227d"
)
#: Appendix B: doubles by their bits, and how each is written; of what is none, nothing.
NUMBERS: dict[str, str | None] = {
    "0000000000000000": "0", "8000000000000000": "0", "0000000000000001": "5e-324", "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308", "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992", "c340000000000000": "-9007199254740992", "4430000000000000": "295147905179352830000",
    "7fffffffffffffff": None, "7ff0000000000000": None, "44b52d02c7e14af5": "9.999999999999997e+22", "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23", "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000", "444b1ae4d6e2ef50": "1e+21", "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001", "41b3de4355555553": "333333333.3333332", "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333", "41b3de4355555556": "333333333.3333334", "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333", "43143ff3c1cb0959": "1424953923781206.2",
}  # fmt: skip


def double(bits: str) -> float:
    return float(struct.unpack(">d", bytes.fromhex(bits))[0])
