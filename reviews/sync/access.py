"""Google with the access of one connection, for work that nobody waits for.

All that the engine needs of `reviews.connection` is imported here.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import ParamSpec, TypeVar
from uuid import UUID

import aiohttp
from asgiref.sync import sync_to_async
from django.core.cache import cache

from core import tenancy
from reviews.connection import access_tokens, locations
from reviews.google import PAGE_SIZE, GoogleClient
from reviews.google_errors import AccessDenied, AccessLost, GoogleError
from reviews.google_payloads import ReviewData, ReviewPage
from reviews.models import ConnectionStatus, GoogleConnection

REFRESHED_EVERY = 24 * 3600

T = TypeVar("T")
P = ParamSpec("P")


@dataclass
class Access:
    connection_id: UUID
    session: aiohttp.ClientSession
    # How many requests were sent, for the bench.
    requests: int = 0

    async def list_reviews(
        self, location_path: str, page_token: str = "", page_size: int = PAGE_SIZE
    ) -> ReviewPage:
        return await self._call(
            lambda google: google.list_reviews(location_path, page_token, page_size)
        )

    async def get_review(self, path: str) -> ReviewData:
        return await self._call(lambda google: google.get_review(path))

    async def _call(self, act: Callable[[GoogleClient], Awaitable[T]]) -> T:
        """Run `act` with a client. The token is asked for each time.

        So a connection that was disconnected a moment ago is not used any more.
        """
        token = await in_database(access_tokens.get_access_token, self.connection_id)
        try:
            return await self._call_with(token, act)
        except AccessLost:
            token = await in_database(
                access_tokens.renew_access_token, self.connection_id, refused=token
            )
            return await self._call_with(token, act)
        except AccessDenied as error:
            if not error.is_scope_missing:
                raise
            await in_database(access_tokens.report_missing_scope, self.connection_id)
            raise AccessLost(str(error)) from error

    async def _call_with(self, token: str, act: Callable[[GoogleClient], Awaitable[T]]) -> T:
        async with GoogleClient(token, is_background=True, session=self.session) as google:
            try:
                return await act(google)
            finally:
                self.requests += google.requests


note_success = access_tokens.record_success
note_error = access_tokens.record_error


def refresh_locations(workspace_id: UUID, connection_id: UUID) -> None:
    """Read the titles, addresses and verification of a connection's locations, once a day.

    A failure is noted on the connection, and is none of the reviews.
    """
    if not cache.add(f"google-locations-read:{connection_id}", 1, REFRESHED_EVERY):
        return
    with tenancy.within(workspace_id):
        connection = GoogleConnection.objects.filter(
            pk=connection_id, status=ConnectionStatus.CONNECTED
        ).first()
    # After the transaction: whatever is locked in it would stay so while Google is asked.
    if connection:
        with suppress(GoogleError):
            locations.refresh_locations(connection)


async def in_database(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `act` in the thread that started the event loop, which has the database's connection."""
    return await sync_to_async(act, thread_sensitive=True)(*args, **kwargs)
