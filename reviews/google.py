"""The client of Google's Business Profile APIs.

    async with GoogleClient(access_token) as google:
        page = await google.list_reviews("accounts/1/locations/2")

Each request is counted against our budgets before it is sent. Server errors and lost answers are
retried a few times: nothing that we call does harm when it is carried out twice.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp

from reviews.google_answers import as_error, read_json
from reviews.google_errors import GoogleUnavailable, NotFoundAtGoogle, OverQuota
from reviews.google_hosts import GoogleHost, url_at
from reviews.google_payloads import (
    AccountData,
    LocationData,
    NotificationSetting,
    ReplyData,
    ReviewData,
    ReviewPage,
    objects_in,
    parse_account,
    parse_location,
    parse_notification_setting,
    parse_reply,
    parse_review,
    parse_review_page,
)
from reviews.request_budget import LEFT_TO_PEOPLE, Budget, edits_of_location, requests_of_api

TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
ATTEMPTS = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
# How long a call waits for our own budget before it gives up.
PATIENCE = 20.0
PAGE_SIZE = 50
LOCATIONS_A_PAGE = 100
# A listing that never ends is an error of Google's, and must not hold a worker.
MOST_PAGES = 500
LOCATION_FIELDS = "name,title,storefrontAddress,metadata"


class GoogleClient:
    """Calls Google with the access of one connected user.

    With `is_background` it leaves a part of the budget to people who wait for an answer. Pass a
    `session` to share its connections between clients; it is not closed then.
    """

    def __init__(
        self,
        access_token: str,
        *,
        is_background: bool = False,
        patience: float = PATIENCE,
        session: aiohttp.ClientSession | None = None,
    ) -> None:
        self._headers = {"Authorization": f"Bearer {access_token}"}
        self._leave = LEFT_TO_PEOPLE if is_background else 0
        self._patience = patience
        self._shared_session = session
        # How many requests were sent, retries included.
        self.requests = 0

    async def __aenter__(self) -> Self:
        self._session = self._shared_session or open_session()
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not self._shared_session:
            await self._session.close()

    async def list_accounts(self) -> list[AccountData]:
        pages = self._pages(GoogleHost.ACCOUNTS, "/v1/accounts", {"pageSize": "20"})
        return [
            parse_account(each) async for page in pages for each in objects_in(page, "accounts")
        ]

    async def list_locations(self, account: str) -> list[LocationData]:
        parameters = {"readMask": LOCATION_FIELDS, "pageSize": str(LOCATIONS_A_PAGE)}
        pages = self._pages(GoogleHost.LOCATIONS, f"/v1/{account}/locations", parameters)
        return [
            parse_location(account, each)
            async for page in pages
            for each in objects_in(page, "locations")
        ]

    async def list_reviews(
        self,
        location_path: str,
        page_token: str = "",
        page_size: int = PAGE_SIZE,
        order_by: str = "updateTime desc",
    ) -> ReviewPage:
        """Return a page of the reviews of `accounts/1/locations/2`."""
        parameters = {"pageSize": str(page_size), "orderBy": order_by}
        if page_token:
            parameters["pageToken"] = page_token
        answer = await self._call(
            "GET", GoogleHost.REVIEWS, f"/v4/{location_path}/reviews", parameters
        )
        return parse_review_page(answer)

    async def get_review(self, path: str) -> ReviewData:
        """Return the review of `accounts/1/locations/2/reviews/3`."""
        review = parse_review(await self._call("GET", GoogleHost.REVIEWS, f"/v4/{path}"))
        if review is None:
            raise GoogleUnavailable("The answer has no review that can be read.")
        return review

    async def put_reply(self, review_path: str, text: str) -> ReplyData:
        """Set the reply to a review. To set the same text again changes nothing."""
        answer = await self._call(
            "PUT",
            GoogleHost.REVIEWS,
            f"/v4/{review_path}/reply",
            body={"comment": text},
            edits=_location_of(review_path),
        )
        return parse_reply(answer)

    async def delete_reply(self, review_path: str) -> None:
        """Delete the reply to a review. It is no error if there is none."""
        try:
            await self._call(
                "DELETE",
                GoogleHost.REVIEWS,
                f"/v4/{review_path}/reply",
                edits=_location_of(review_path),
            )
        except NotFoundAtGoogle:
            return

    async def get_notification_setting(self, account: str) -> NotificationSetting:
        path = f"/v1/{account}/notificationSetting"
        return parse_notification_setting(await self._call("GET", GoogleHost.NOTIFICATIONS, path))

    async def set_notification_setting(
        self, account: str, setting: NotificationSetting
    ) -> NotificationSetting:
        """Replace the setting of an account. It has only one, which may be another tool's."""
        name = f"{account}/notificationSetting"
        answer = await self._call(
            "PATCH",
            GoogleHost.NOTIFICATIONS,
            f"/v1/{name}",
            {"updateMask": "pubsubTopic,notificationTypes"},
            body={
                "name": name,
                "pubsubTopic": setting.topic,
                "notificationTypes": list(setting.types),
            },
        )
        return parse_notification_setting(answer)

    async def _pages(
        self, host: GoogleHost, path: str, parameters: Mapping[str, str]
    ) -> AsyncIterator[dict[str, Any]]:
        token = ""
        for _ in range(MOST_PAGES):
            following = {"pageToken": token} if token else {}
            page = await self._call("GET", host, path, {**parameters, **following})
            yield page
            token = page.get("nextPageToken", "")
            if not token:
                return
        raise GoogleUnavailable("The listing does not end.")

    async def _call(
        self,
        method: str,
        host: GoogleHost,
        path: str,
        parameters: Mapping[str, str] | None = None,
        *,
        body: Mapping[str, Any] | None = None,
        edits: str = "",
    ) -> dict[str, Any]:
        """Send a request within our budgets until it is answered, at most `ATTEMPTS` times."""
        for attempt in range(ATTEMPTS):
            if edits:
                await self._take(edits_of_location(edits))
            await self._take(requests_of_api(host.name), leave=self._leave)
            try:
                return await self._send(method, url_at(host, path), parameters, body)
            except OverQuota as error:
                if error.is_unapproved or attempt == ATTEMPTS - 1:
                    raise
            except GoogleUnavailable:
                if attempt == ATTEMPTS - 1:
                    raise
            await asyncio.sleep(_pause_after(attempt))
        raise AssertionError("The last attempt returns or raises.")

    async def _take(self, budget: Budget, *, leave: int = 0) -> None:
        waited = 0.0
        while pause := budget.take(leave=leave):
            if waited + pause > self._patience:
                raise OverQuota("Our own budget of requests is used up.", retry_after=pause)
            await asyncio.sleep(pause)
            waited += pause

    async def _send(
        self,
        method: str,
        url: str,
        parameters: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        self.requests += 1
        try:
            async with self._session.request(
                method,
                url,
                params=parameters,
                json=body,
                headers=self._headers,
                allow_redirects=False,
            ) as response:
                answer = read_json(await response.read())
                if response.status == HTTPStatus.OK and isinstance(answer, dict):
                    return answer
                raise as_error(response.status, answer, response.headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise GoogleUnavailable(f"No answer: {type(error).__name__}") from error


def open_session() -> aiohttp.ClientSession:
    """Open the session of one client, or of several in one event loop."""
    return aiohttp.ClientSession(
        timeout=TIMEOUT,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "Reputation-Manager/1"},
    )


def _location_of(review_path: str) -> str:
    """Return `locations/2` of `accounts/1/locations/2/reviews/3`."""
    return "/".join(review_path.split("/")[2:4])


def _pause_after(attempt: int) -> float:
    """Return a random pause, so that workers that failed together do not return together."""
    return random.uniform(0, min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE))  # noqa: S311  # no secret
