"""Files that patients send with a message: behind the API's password, and shown on their phones."""

import base64
import re
from collections.abc import Mapping

from aiohttp import web

from dev.doubles.twilio.problems import RefusedError
from dev.doubles.twilio.state import Media, Message, State

CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
MOST = 10
# What a patient sends may be a page with a script.
POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}


def read(value: object) -> tuple[Media, ...]:
    """Read the list `[{content_type, data}]` of a request, with the data in base64."""
    if not isinstance(value, list) or len(value) > MOST:
        raise ValueError(f"media takes a list of at most {MOST} files.")
    return tuple(_read_one(file) for file in value)


def _read_one(file: object) -> Media:
    told = file if isinstance(file, dict) else {}
    content_type, data = str(told.get("content_type", "")), str(told.get("data", ""))
    if not CONTENT_TYPE.fullmatch(content_type) or not data:
        raise ValueError("A file needs a content_type and its data in base64.")
    base64.b64decode(data, validate=True)
    return Media(content_type=content_type, data=data)


def webhook_fields(message: Message, resource: str) -> dict[str, str]:
    """Return the fields of a webhook about the files. `resource` is the URL of the message."""
    fields = {"NumMedia": str(len(message.media))}
    for place, media in enumerate(message.media):
        fields[f"MediaUrl{place}"] = f"{resource}/Media/{media.sid}"
        fields[f"MediaContentType{place}"] = media.content_type
    return fields


def message_type(message: Message) -> str:
    """Return what WhatsApp calls a message with this file."""
    if not message.media:
        return "text"
    kind = message.media[0].content_type.partition("/")[0]
    return kind if kind in {"image", "audio", "video"} else "document"


class MediaStore:
    """Twilio's API asks for the password and redirects to a store, which asks for none."""

    def __init__(self, state: State) -> None:
        self.state = state

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/media/{message}/{media}", self.file)]

    async def redirect(self, request: web.Request) -> web.Response:
        if not (found := self._find(request.match_info)):
            raise RefusedError(20404, request.path)
        message, media = found
        return web.Response(status=307, headers={"Location": path_of(message, media)})

    async def file(self, request: web.Request) -> web.Response:
        if not (found := self._find(request.match_info)):
            raise web.HTTPNotFound
        _message, media = found
        return web.Response(
            body=base64.b64decode(media.data), content_type=media.content_type, headers=POLICY
        )

    def _find(self, wanted: Mapping[str, str]) -> tuple[Message, Media] | None:
        message = self.state.messages.get(wanted["message"])
        for media in message.media if message else ():
            if message and media.sid == wanted["media"]:
                return message, media
        return None


def path_of(message: Message, media: Media) -> str:
    return f"/media/{message.sid}/{media.sid}"
