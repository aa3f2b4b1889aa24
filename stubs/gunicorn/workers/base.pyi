import socket
from types import FrameType
from typing import Any

from gunicorn.config import Config

class _Socket:
    sock: socket.socket

class Worker:
    wsgi: Any
    cfg: Config
    sockets: list[_Socket]
    alive: bool
    ppid: int
    def notify(self) -> None: ...
    def run(self) -> None: ...
    def handle_quit(self, sig: int, frame: FrameType | None) -> None: ...
    def handle_exit(self, sig: int, frame: FrameType | None) -> None: ...
