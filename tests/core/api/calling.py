"""An API client for tests, with a key of its own."""

import json
from typing import Any

from django.test import Client

from integrations.models import ApiKey
from tests.factories import ApiKeyFactory

Answer = Any


class ApiClient:
    def __init__(self, key: ApiKey | None = None, **fields: Any) -> None:
        self.key = key or ApiKeyFactory.create(**fields)
        self.workspace = self.key.workspace
        self.client = Client(headers={"Authorization": f"Bearer {token_of(self.key)}"})

    def get(self, path: str, **options: Any) -> Answer:
        return self.client.get(f"/api/v1/{path}", **options)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request. Headers are keyword arguments such as `idempotency_key`."""
        return self.client.generic(
            method.upper(),
            f"/api/v1/{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.send("post", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.send("patch", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.send("delete", path, **headers)


def token_of(key: ApiKey) -> str:
    return f"rm_{key.prefix}_secret"


def problem_codes(answer: Answer) -> tuple[int, str, list[tuple[str, str]]]:
    """Return the status of a problem, its code, and the field and rule of each error."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return (
        answer.status_code,
        problem["code"],
        [(error["field"], error["rule"]) for error in problem.get("errors", [])],
    )
