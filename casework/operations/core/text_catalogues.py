"""Our words in a language, for what is said without a page; it loads neither templates nor formats of dates."""

from __future__ import annotations

import gettext
from functools import cache
from importlib.resources import files


@cache
def catalogue(domain: str, chinese: bool) -> gettext.NullTranslations:
    folder = files("casework").joinpath("translations")
    return gettext.translation(domain, str(folder), ["zh_Hans"] if chinese else ["en"], fallback=True)
