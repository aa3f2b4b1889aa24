"""Beyond setup.cfg: a wheel, and an editable install, carry the compiled catalogues of translations."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py

TRANSLATIONS = Path(__file__).parent / "casework" / "translations"


class build_py_with_catalogues(build_py):
    """Compiles the catalogues before the files are gathered."""

    def run(self) -> None:
        for po in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
            with po.open("rb") as read, po.with_suffix(".mo").open("wb") as written:
                write_mo(written, read_po(read))
        super().run()


setup(cmdclass={"build_py": build_py_with_catalogues})
