"""The shapes of requests and answers: pydantic models, from which the OpenAPI document has its schemas.

Requests are strict: what is not named here is refused. Answers are open: a field may be added in a later release. Each
module has those of the routes of the same name; `shared` has what several use.
"""
