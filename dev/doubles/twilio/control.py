"""The control API for tests, demos and the page: write as a patient, set faults, read messages."""

import dataclasses
from collections import Counter

from aiohttp import web

from dev.doubles.kit.control import json_object, reporting_errors, text_of
from dev.doubles.twilio import media
from dev.doubles.twilio.contents import Contents
from dev.doubles.twilio.faults import Trouble
from dev.doubles.twilio.inbound import Inbox, Reply
from dev.doubles.twilio.listing import shown
from dev.doubles.twilio.state import Channel, Direction, State, bare
from dev.doubles.twilio.webhooks import Postman

MESSAGES_SHOWN = 1000


class Control:
    def __init__(
        self,
        *,
        account_sid: str,
        state: State,
        trouble: Trouble,
        inbox: Inbox,
        contents: Contents,
        postman: Postman,
    ) -> None:
        self.account_sid = account_sid
        self.state = state
        self.trouble = trouble
        self.inbox = inbox
        self.contents = contents
        self.postman = postman

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/faults", self.faults),
            web.put("/control/faults", reporting_errors(self.change_faults)),
            web.get("/control/messages", self.messages),
            web.get("/control/mails", self.mails),
            web.get("/control/stats", self.stats),
            web.post("/control/reply", reporting_errors(self.reply)),
            web.post("/control/phones", reporting_errors(self.name_phones)),
            web.put("/control/contents/{sid}", reporting_errors(self.put_content)),
            web.post("/control/reset", self.reset),
        ]

    async def faults(self, _request: web.Request) -> web.Response:
        return web.json_response(dataclasses.asdict(self.trouble.faults))

    async def change_faults(self, request: web.Request) -> web.Response:
        """Change only the faults that are named."""
        self.trouble.change(await json_object(request))
        return await self.faults(request)

    async def messages(self, request: web.Request) -> web.Response:
        """Return how many messages the product sent to whom, and the newest of them in full."""
        to = request.query.get("to")
        wished = request.query.get("limit", "")
        limit = int(wished) if wished.isdecimal() else MESSAGES_SHOWN
        sent = [
            message
            for message in self.state.messages.values()
            if message.direction is Direction.API and to in (None, message.to)
        ]
        priced_after = self.trouble.faults.price_ms / 1000
        newest = sent[-limit:] if limit else []
        return web.json_response(
            {
                "total": len(sent),
                "forgotten": self.state.forgotten,
                "per_to": Counter(message.to for message in sent),
                "messages": [
                    {
                        **shown(message, self.account_sid, priced_after=priced_after),
                        "content_sid": message.content_sid,
                    }
                    for message in newest
                ],
            }
        )

    async def mails(self, request: web.Request) -> web.Response:
        to = request.query.get("to")
        mails = [mail for mail in self.state.mails if to in (None, mail.to)]
        per_to = Counter(mail.to for mail in mails)
        found = [dataclasses.asdict(mail) for mail in mails]
        return web.json_response({"total": len(mails), "per_to": per_to, "mails": found})

    async def stats(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "messages": len(self.state.messages),
                "forgotten": self.state.forgotten,
                "phones": len(self.state.phones),
                "webhooks_waiting": self.postman.waiting,
                "counts": dict(sorted(self.state.stats.items())),
            }
        )

    async def reply(self, request: web.Request) -> web.Response:
        """Write as a patient: `{from, to, body, channel}`, and button, replied_to, name, extra.

        Files come as `media: [{content_type, data}]`, with the data in base64.
        """
        body = await json_object(request)
        person, to = text_of(body, "from"), text_of(body, "to")
        if not person or not to:
            raise ValueError("A reply needs a from (the patient) and a to (whom they answer).")
        extra = body.get("extra", {})
        if not isinstance(extra, dict):
            raise ValueError("extra takes webhook fields by name.")
        message = self.inbox.receive(
            Reply(
                person=bare(person),
                to=to,
                body=text_of(body, "body"),
                channel=Channel(text_of(body, "channel") or Channel.SMS),
                button=text_of(body, "button"),
                replied_to=text_of(body, "replied_to"),
                name=text_of(body, "name"),
                media=media.read(body.get("media", [])),
                origin=str(request.url.origin()),
                extra={str(name): str(value) for name, value in extra.items()},
            )
        )
        return web.json_response({"sid": message.sid}, status=201)

    async def name_phones(self, request: web.Request) -> web.Response:
        """Show phones with names on the page: `{"+593991234567": "Ana Torres"}`."""
        for address, name in (await json_object(request)).items():
            self.state.phone(address).name = str(name)
            self.state.touch(address)
        return web.json_response({"phones": len(self.state.phones)})

    async def put_content(self, request: web.Request) -> web.Response:
        self.contents.put(request.match_info["sid"], await json_object(request))
        return web.Response(status=204)

    async def reset(self, _request: web.Request) -> web.Response:
        """Delete everything and reset the faults to those of the start."""
        self.state.clear()
        self.trouble.reset()
        self.state.changes.notify("")
        return web.Response(status=204)
