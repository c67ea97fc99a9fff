"""Call Google's APIs for a connection, and keep on it what became of the call."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from reviews.connection import access_tokens
from reviews.google import GoogleClient
from reviews.google_errors import AccessDenied, AccessLost, GoogleError
from reviews.models import GoogleConnection

P = ParamSpec("P")
T = TypeVar("T")


def call_google(
    connection: GoogleConnection,
    act: Callable[Concatenate[GoogleClient, P], Awaitable[T]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run `act(client, …)` with an access token, and with another one if Google refuses
    that.

    What Google answers is noted on the connection. Raise GoogleError.
    """

    async def call(token: str) -> T:
        async with GoogleClient(token) as google:
            return await act(google, *args, **kwargs)

    token = access_tokens.get_access_token(connection.pk)
    try:
        try:
            answer = asyncio.run(call(token))
        except AccessLost:
            token = access_tokens.renew_access_token(connection.pk, refused=token)
            answer = asyncio.run(call(token))
    except AccessDenied as error:
        if error.is_scope_missing:
            access_tokens.report_missing_scope(connection.pk)
        access_tokens.record_error(connection.pk, error)
        raise
    except GoogleError as error:
        access_tokens.record_error(connection.pk, error)
        raise
    access_tokens.record_success(connection.pk)
    return answer
