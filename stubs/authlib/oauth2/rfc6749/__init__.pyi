from typing import Any

class OAuth2Payload:
    client_id: str
    state: str | None
    redirect_uri: str
    scope: str
    data: dict[str, str]

class OAuth2Request:
    payload: OAuth2Payload
    client: Any
    user: Any

class ClientMixin: ...
class AuthorizationCodeMixin: ...

class AuthorizationCodeGrant:
    TOKEN_ENDPOINT_AUTH_METHODS: list[str]
    def save_authorization_code(self, code: str, request: OAuth2Request) -> Any: ...
    def query_authorization_code(self, code: str, client: Any) -> Any: ...
    def delete_authorization_code(self, authorization_code: Any) -> None: ...
    def authenticate_user(self, authorization_code: Any) -> Any: ...
