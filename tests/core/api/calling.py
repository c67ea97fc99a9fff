"""A program that calls with a key."""

import json
from typing import Any

from django.test import Client

from integrations.models import ApiKey
from tests.factories import ApiKeyFactory

Answer = Any


class Program:
    def __init__(self, key: ApiKey | None = None, **fields: Any) -> None:
        self.key = key or ApiKeyFactory.create(**fields)
        self.workspace = self.key.workspace
        self.client = Client(headers={"Authorization": f"Bearer {words_of(self.key)}"})

    def get(self, path: str, **options: Any) -> Answer:
        return self.client.get(f"/api/v1/{path}", **options)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Header names as Python can write them: `idempotency_key`."""
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


def words_of(key: ApiKey) -> str:
    return f"rm_{key.prefix}_secret"


def codes(answer: Answer) -> tuple[int, str, list[tuple[str, str]]]:
    """Its status, its code and each field with the rule that it breaks."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    told = answer.json()
    assert told["status"] == answer.status_code
    return (
        answer.status_code,
        told["code"],
        [(one["field"], one["rule"]) for one in told.get("errors", [])],
    )
