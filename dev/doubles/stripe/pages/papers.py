"""The page of an invoice, and the home page with the last events."""

from itertools import islice
from pathlib import Path

from aiohttp import web

from dev.doubles.kit.markup import facts, static_files, tag
from dev.doubles.kit.words import language_of
from dev.doubles.stripe.account import Account
from dev.doubles.stripe.pages.checkout import get_or_404, test_cards
from dev.doubles.stripe.pages.frame import response
from dev.doubles.stripe.pages.words import Words

STATIC = Path(__file__).parent / "static"
EVENTS_SHOWN = 25


class Papers:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self.front),
            *static_files(STATIC),
            web.get("/invoice/{id}", self.invoice),
        ]

    async def front(self, request: web.Request) -> web.Response:
        words = Words(language_of(None, request.headers))
        events = islice(reversed([*self.account.of("event")]), EVENTS_SHOWN)
        rows = [
            tag(
                "li",
                tag("code", event["type"]),
                tag("span", words("undelivered" if event["pending_webhooks"] else "delivered")),
            )
            for event in events
        ]
        happened = tag("ul", *rows, class_="rows") if rows else tag("p", words("nothing yet"))
        return response(
            words,
            words("front title"),
            tag("p", words("front")),
            test_cards(words),
            tag("section", tag("h2", words("happened")), happened),
        )

    async def invoice(self, request: web.Request) -> web.Response:
        invoice = get_or_404(self.account, "invoice", request)
        words = Words(language_of(None, request.headers))
        rows = {
            words("issued", words.day(invoice["created"])): words(f"status {invoice['status']}"),
            words("billed"): invoice["customer_name"] or "-",
        }
        for line in invoice["lines"]["data"]:
            rows[line["description"]] = words.money(line["amount"])
        if off := invoice["subtotal"] - invoice["total"]:
            rows[words("code off")] = words.money(-off)
        rows[words("sum")] = words.money(invoice["total"])
        title = f"{words('invoice')} {invoice['number'] or ''}".strip()
        return response(words, title, tag("section", facts(rows)))
