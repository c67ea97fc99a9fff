"""What the endpoints of all APIs share: the call, its checks, and paging."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from dev.doubles.google.faults import Trouble
from dev.doubles.google.problems import Json, forbidden, invalid, not_found
from dev.doubles.google.state import Account, Location, Loss, State, User

T = TypeVar("T")

ACCOUNTS = "mybusinessaccountmanagement.googleapis.com"
INFORMATION = "mybusinessbusinessinformation.googleapis.com"
NOTIFICATIONS = "mybusinessnotifications.googleapis.com"
REVIEWS = "mybusiness.googleapis.com"


@dataclass(frozen=True)
class Call:
    state: State
    trouble: Trouble
    user: User
    # The address of the double, for links in the answer.
    base: str
    match: Mapping[str, str]
    query: Mapping[str, str]
    body: Json

    def account(self) -> Account:
        """Return the account of the path, which must be one of the caller's."""
        if self.match["account"] not in self.user.accounts:
            raise forbidden()
        return self.state.accounts[self.match["account"]]

    def location(self, account: Account, wanted: str = "") -> Location:
        """Return a location of the account, unless another owner has taken it over."""
        location = self.state.locations.get(wanted or self.match["location"])
        if location is None or location.account != account.id:
            raise not_found()
        if location.lost == Loss.FORBIDDEN:
            raise forbidden()
        if location.lost:
            raise not_found()
        return location


class Endpoint(NamedTuple):
    method: str
    path: str
    service: str
    act: Callable[[Call], Json]
    # It counts as an edit of its location. Google allows few edits a minute.
    is_edit: bool = False


class Page(NamedTuple):
    items: Sequence[Any]
    token: str


def read_size(parameters: Mapping[str, Any], *, usual: int, most: int) -> int:
    value = parameters.get("pageSize") or usual
    try:
        size = int(value)
    except (TypeError, ValueError):
        size = -1
    if not size > 0:
        raise invalid("page_size", "Must be a positive number.")
    return min(size, most)


def paged(call: Call, items: Sequence[T], size: int, token: str, *, request: str) -> Page:
    """Return a page. A token is a position, so reviews that change meanwhile shift what follows.

    It is valid for the same request only.
    """
    digest = hashlib.sha256(f"{request} {size}".encode()).hexdigest()[:12]
    offset = _read_token(token, digest) if token else 0
    if token and call.trouble.page_has_expired():
        raise invalid("page_token", "Invalid page token.")
    after = offset + size
    following = _write_token(after, digest) if after < len(items) else ""
    return Page(items[offset:after], following)


def _write_token(offset: int, digest: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([offset, digest]).encode()).decode()


def _read_token(token: str, digest: str) -> int:
    try:
        offset, meant = json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        offset, meant = 0, ""
    if meant != digest or not isinstance(offset, int):
        raise invalid("page_token", "Invalid page token.")
    return offset


def required_text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise invalid(name, "Field is required")
    return value


def timestamp(moment: float) -> str:
    """Return a moment as Google writes it: 2026-08-20T10:00:00.123456Z."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def with_token(answer: Json, page: Page) -> Json:
    return {**answer, "nextPageToken": page.token} if page.token else answer
