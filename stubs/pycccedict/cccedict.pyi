from typing import TypedDict

class _Entry(TypedDict):
    traditional: str
    simplified: str
    definitions: list[str]

class CcCedict:
    def get_entries(self) -> list[_Entry]: ...
