"""An invoice as a page and as a PDF, and what happened last."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from aiohttp import web

from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.pages import pdf
from dev.doubles.stripe.pages.checkout import found, test_cards
from dev.doubles.stripe.pages.markup import facts, response, tag
from dev.doubles.stripe.pages.words import Words, language_of

STATIC = Path(__file__).parent / "static"
FILES = {"payments.css": "text/css", "icon.svg": "image/svg+xml"}
EVENTS_SHOWN = 25


class Papers:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.front),
            web.get("/static/{name}", self.file),
            web.get("/invoice/{session}", self.invoice),
            web.get("/invoice/{session}/pdf", self.invoice_pdf),
            web.get("/receipt/{session}", self.receipt),
        ]

    async def front(self, request: web.Request) -> web.Response:
        words = Words(language_of(None, request.headers))
        events = islice(reversed([*self.account.of("event")]), EVENTS_SHOWN)
        rows = [
            tag(
                "li",
                tag("code", event["type"]),
                tag("span", words("untold" if event["pending_webhooks"] else "told")),
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

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in FILES:
            raise web.HTTPNotFound
        return web.Response(
            body=(STATIC / name).read_bytes(),
            headers={"Content-Type": f"{FILES[name]}; charset=utf-8"},
        )

    async def invoice(self, request: web.Request) -> web.Response:
        invoice = found(self.account, "invoice", request)
        words = Words(language_of(None, request.headers))
        title = f"{words('invoice')} {invoice['number'] or ''}".strip()
        return response(
            words,
            title,
            tag("section", facts(dict(said(words, invoice)))),
            tag("p", tag("a", words("pdf"), href=f"/invoice/{invoice['id']}/pdf")),
        )

    async def invoice_pdf(self, request: web.Request) -> web.Response:
        invoice = found(self.account, "invoice", request)
        words = Words(language_of(None, request.headers))
        lines = [f"{name}: {value}" for name, value in said(words, invoice)]
        heading = [f"Reputation Manager · {words('invoice')} {invoice['number'] or ''}", ""]
        name = f"{invoice['number'] or invoice['id']}.pdf"
        return web.Response(
            body=pdf.page([*heading, *lines, "", words("test")]),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def receipt(self, request: web.Request) -> web.Response:
        charge = found(self.account, "charge", request)
        words = Words(language_of(None, request.headers))
        amount = words.money(charge["amount"], charge["currency"])
        rows = facts({words.day(charge["created"]): amount})
        return response(words, words("status paid"), tag("section", rows))


def said(words: Words, invoice: Record) -> Iterator[tuple[str, str]]:
    currency = invoice["currency"]
    yield words("issued", words.day(invoice["created"])), words(f"status {invoice['status']}")
    yield words("billed"), invoice["customer_name"] or invoice["customer_email"] or "-"
    for line in invoice["lines"]["data"]:
        yield line["description"], words.money(line["amount"], currency)
    yield words("subtotal"), words.money(invoice["subtotal"], currency)
    if off := invoice["subtotal"] - invoice["total"]:
        yield words("discount"), words.money(-off, currency)
    yield words("sum"), words.money(invoice["total"], currency)
