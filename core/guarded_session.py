"""A client session for addresses that somebody else named. It connects to public ones only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.abc import AbstractResolver

from core.outgoing_addresses import open_guarded_socket


@asynccontextmanager
async def open_guarded_session(
    *,
    max_connections: int,
    timeout: aiohttp.ClientTimeout,
    agent: str,
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a client session that keeps no connection, cookie or address between requests."""
    connector = aiohttp.TCPConnector(
        limit=max_connections,
        force_close=True,
        use_dns_cache=False,
        resolver=resolver,
        socket_factory=open_guarded_socket,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        skip_auto_headers=["Accept-Encoding"],
        headers={"User-Agent": agent},
    ) as session:
        yield session
