"""A client of the APIs that adds the access token."""

from types import TracebackType
from typing import Any, Self

import requests

LOCATION = "v4/accounts/101/locations/11"


class ApiClient:
    def __init__(self, base: str, token: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.close()

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        url = f"{self.base}/{path}"
        return self.session.request(method, url, json=body, params=query, timeout=10)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, **query)
        assert answer.ok, answer.text
        return answer.json()

    def refusal(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        """Return the status code of an error, and the status in its body."""
        answer = self.call(method, path, body, **query)
        error = answer.json()["error"]
        assert error["code"] == answer.status_code
        return answer.status_code, error["status"]

    def all_reviews(self, path: str = LOCATION, **query: Any) -> list[dict[str, Any]]:
        """Return the reviews of all pages."""
        found: list[dict[str, Any]] = []
        page = self.get(f"{path}/reviews", **query)
        while True:
            found += page.get("reviews", [])
            if "nextPageToken" not in page:
                return found
            page = self.get(f"{path}/reviews", pageToken=page["nextPageToken"], **query)
