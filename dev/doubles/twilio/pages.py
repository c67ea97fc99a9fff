"""The page of phones, and its events."""

import asyncio
import json
from itertools import islice
from pathlib import Path

import phonenumbers
from aiohttp import web

from dev.doubles.twilio.media import path_of
from dev.doubles.twilio.state import Direction, Mail, Message, Phone, State

STATIC = Path(__file__).parent / "static"
FILES = {
    "phones.css": "text/css",
    "phones.js": "text/javascript",
    "drawing.js": "text/javascript",
    "pictures.js": "text/javascript",
    "words.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
PHONES_SHOWN = 60
PHONES_AT_ONCE = 30
# The pause between two events, so that a burst of changes becomes one.
BREATH = 0.1
HEARTBEAT = 15

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
# A mail may have styles, but no scripts and nothing from other hosts.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self';"
    " form-action 'none'; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
NEW_TAB = '<!doctype html><meta charset="utf-8"><base target="_blank">'


class Pages:
    def __init__(self, state: State) -> None:
        self.state = state

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.page),
            web.get("/static/{name}", self.file),
            web.get("/phones", self.phones),
            web.get("/events", self.events),
            web.get("/mails/{mail}", self.mail),
        ]

    async def page(self, _request: web.Request) -> web.Response:
        html = (STATIC / "phones.html").read_text("utf-8")
        headers = {"Content-Security-Policy": PAGE_POLICY}
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in FILES:
            raise web.HTTPNotFound
        return web.Response(
            body=(STATIC / name).read_bytes(),
            headers={"Content-Type": f"{FILES[name]}; charset=utf-8"},
        )

    async def phones(self, _request: web.Request) -> web.Response:
        newest = islice(self.state.newest_phones(), PHONES_SHOWN)
        return web.json_response(
            {
                "phones": [shown(phone) for phone in newest],
                "total": len(self.state.phones),
                "senders": self.state.senders(),
            }
        )

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream changed phones as a whole, so that a page that missed an event recovers."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with self.state.changes.watch() as watcher:
            await response.write(b": watching\n\n")
            while True:
                changed = await watcher.wait_for_changes(at_most=PHONES_AT_ONCE, within=HEARTBEAT)
                lines = [self._event(address) for address in changed]
                try:
                    await response.write("".join(lines or [": still here\n\n"]).encode())
                except ConnectionError:
                    return response
                await asyncio.sleep(BREATH)

    def _event(self, address: str) -> str:
        phone = self.state.phones.get(address)
        if not phone:  # it was deleted, perhaps with all others
            return "event: reset\ndata: {}\n\n"
        return f"data: {json.dumps(shown(phone))}\n\n"

    async def mail(self, request: web.Request) -> web.Response:
        wanted = request.match_info["mail"]
        mail = next((mail for mail in self.state.mails if mail.id == wanted), None)
        if not mail:
            raise web.HTTPNotFound
        headers = {"Content-Security-Policy": MAIL_POLICY, "Referrer-Policy": "no-referrer"}
        return web.Response(text=NEW_TAB + mail.html, content_type="text/html", headers=headers)


def shown(phone: Phone) -> dict[str, object]:
    return {
        "address": phone.address,
        "label": label(phone.address),
        "name": phone.name,
        "touched": phone.touched,
        "items": [
            shown_mail(item) if isinstance(item, Mail) else shown_message(item)
            for item in phone.items
        ],
    }


def shown_message(message: Message) -> dict[str, object]:
    mine = message.direction is Direction.INBOUND
    return {
        "id": message.sid,
        "kind": message.channel,
        "mine": mine,
        "line": message.to if mine else message.sender or message.service,
        "body": message.body,
        "buttons": [{"title": b.title, "payload": b.payload} for b in message.buttons],
        "media": [
            {"path": path_of(message, media), "type": media.content_type} for media in message.media
        ],
        "status": message.status,
        "error": message.error,
        "heard": message.heard,
        "at": message.created,
    }


def shown_mail(mail: Mail) -> dict[str, object]:
    return {
        "id": mail.id,
        "kind": "mail",
        "mine": False,
        "line": mail.sender,
        "subject": mail.subject,
        "body": mail.text,
        "html": bool(mail.html),
        "unsubscribe": mail.unsubscribe,
        "at": mail.created,
    }


def label(address: str) -> str:
    """Return the number with spaces: +593 99 123 4567."""
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return address
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
