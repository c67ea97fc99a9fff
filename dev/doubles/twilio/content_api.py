"""Twilio's Content API: create, find, submit and delete templates, and what Meta says of them."""

import json
from collections.abc import Awaitable, Callable, Iterator

from aiohttp import web

from dev.doubles.twilio.contents import Content, Contents, approval, decision, shown
from dev.doubles.twilio.problems import RefusedError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CONTENT = "/v1/Content/{content}"


class ContentApi:
    def __init__(self, account_sid: str, contents: Contents) -> None:
        self.account_sid = account_sid
        self.contents = contents

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        yield "POST", "/v1/Content", self.create
        yield "GET", "/v2/Content", self.search
        yield "GET", CONTENT, self.fetch
        yield "DELETE", CONTENT, self.delete
        yield "GET", f"{CONTENT}/ApprovalRequests", self.fetch_approval
        yield "POST", f"{CONTENT}/ApprovalRequests/whatsapp", self.submit

    async def create(self, request: web.Request) -> web.Response:
        sid = self.contents.create(await _read_json(request))
        return _json(shown(sid, self.contents.get(sid), self.account_sid), status=201)

    async def search(self, request: web.Request) -> web.Response:
        found = self.contents.named(request.query.get("ContentName", ""))
        rows = [shown(sid, content, self.account_sid) for sid, content in found.items()]
        return _json({"contents": rows, "meta": {"page": 0, "key": "contents"}})

    async def fetch(self, request: web.Request) -> web.Response:
        sid, content = self._find(request)
        return _json(shown(sid, content, self.account_sid))

    async def delete(self, request: web.Request) -> web.Response:
        sid, _content = self._find(request)
        self.contents.delete(sid)
        return web.Response(status=204)

    async def fetch_approval(self, request: web.Request) -> web.Response:
        sid, content = self._find(request)
        return _json(approval(sid, content, self.account_sid))

    async def submit(self, request: web.Request) -> web.Response:
        sid, _content = self._find(request)
        wanted = await _read_json(request)
        name, category = str(wanted.get("name", "")), str(wanted.get("category", ""))
        content = self.contents.submit(sid, name=name, category=category)
        return _json(decision(sid, content), status=201)

    def _find(self, request: web.Request) -> tuple[str, Content]:
        sid = request.match_info["content"]
        if not (content := self.contents.find(sid)):
            raise RefusedError(20404, request.path)
        return sid, content


async def _read_json(request: web.Request) -> dict[str, object]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusedError(20001, "the body is no JSON object")
    return body


def _json(body: object, *, status: int = 200) -> web.Response:
    return answer(json.dumps(body).encode(), status=status)


def answer(body: bytes, *, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type="application/json")
