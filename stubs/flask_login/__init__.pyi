from collections.abc import Callable
from typing import Any

from flask import Flask, Request

class UserMixin:
    @property
    def is_authenticated(self) -> bool: ...

class AnonymousUserMixin:
    @property
    def is_authenticated(self) -> bool: ...

class LoginManager:
    session_protection: str | None
    def __init__(self, app: Flask | None = ...) -> None: ...
    def init_app(self, app: Flask) -> None: ...
    def request_loader(self, callback: Callable[[Request], UserMixin | None]) -> Any: ...

class _CurrentUser:
    @property
    def is_authenticated(self) -> bool: ...
    def _get_current_object(self) -> UserMixin | AnonymousUserMixin: ...

current_user: _CurrentUser
