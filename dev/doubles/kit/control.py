"""What the control APIs of the doubles share: read a JSON body, and report what is wrong in it."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.Response]]


def reporting_errors(act: Handler) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        try:
            return await act(request)
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)

    return handle


async def json_object(request: web.Request) -> dict[str, Any]:
    body = json.loads(await request.text())
    if not isinstance(body, dict):
        raise ValueError("A JSON object is expected.")
    return body


def text_of(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} takes a text.")
    return value
