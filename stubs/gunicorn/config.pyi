from typing import Any

class Config:
    threads: int
    graceful_timeout: int
    def set(self, name: str, value: Any) -> None: ...
