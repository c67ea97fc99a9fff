"""The page of a checkout session: the price, a promotion code and the card."""

import re

from aiohttp import web

from dev.doubles.kit.markup import Html, facts, field, notice, tag
from dev.doubles.kit.words import language_of
from dev.doubles.stripe import catalogue, checkout
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.pages.frame import response
from dev.doubles.stripe.pages.words import Words
from dev.doubles.stripe.problems import RefusedError

INTERVALS = {"month": "every month", "year": "every year"}
CARD_DIGITS = 16


class CheckoutPages:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/pay/{id}", self.show), web.post("/pay/{id}", self.act)]

    async def show(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, get_or_404(self.account, "checkout.session", request))

    async def act(self, request: web.Request) -> web.StreamResponse:
        session = get_or_404(self.account, "checkout.session", request)
        posted = await request.post()
        code = str(posted.get("code", "")).strip()
        if posted.get("action") == "code" or session["status"] != "open":
            if code and not catalogue.find_promotion(self.account, code):
                return self._page(request, session, problem="code wrong")
            return self._page(request, session, code=code)
        card = digits(str(posted.get("card", "")))
        if len(card) != CARD_DIGITS:
            return self._page(request, session, code=code, problem="card short")
        try:
            checkout.pay(self.account, session, card=card, code=code)
        except RefusedError as refusal:
            problem = "declined" if refusal.error["type"] == "card_error" else "code wrong"
            return self._page(request, session, code=code, problem=problem)
        raise web.HTTPSeeOther(session["success_url"])

    def _page(
        self, request: web.Request, session: Record, *, code: str = "", problem: str = ""
    ) -> web.Response:
        words = Words(language_of(session["locale"], request.headers))
        title, back = words("pay title"), back_link(words, session["cancel_url"])
        if session["status"] != "open":
            text = words("paid already" if session["status"] == "complete" else "expired")
            return response(words, title, notice(text, "warn"), back)
        return response(
            words,
            title,
            notice(words(problem), "warn") if problem else Html(),
            tag("section", *self._sums(words, session, code)),
            tag("section", self._form(words, session, code)),
            test_cards(words),
            back,
            leads_to=session["success_url"],
        )

    def _sums(self, words: Words, session: Record, code: str) -> list[Html]:
        price = self.account.get("price", session["price"])
        promotion = catalogue.find_promotion(self.account, code) if code else None
        amount, off = session["amount"], catalogue.discount_of(promotion, session["amount"])
        rows = {
            catalogue.name_of(self.account, price): f"{words.money(amount)} {per(words, price)}"
        }
        if off:
            rows[f"{words('code off')} {code.upper()}"] = words.money(-off)
        if session["is_taxed"]:
            rows[words("tax")] = words.money(0)
        total = tag("p", words.money(amount - off), class_="price")
        return [facts(rows), tag("p", words("total"), class_="hint"), total]

    def _form(self, words: Words, session: Record, code: str) -> Html:
        parts = [*card_fields(words)]
        if session["allow_promotion_codes"]:
            code_field = field(words("code"), "code", code, autocomplete="off")
            apply = tag("button", words("apply"), name="action", value="code", formnovalidate=True)
            parts += [
                tag("div", code_field, apply, class_="row"),
                tag("p", words("code hint"), class_="hint"),
            ]
        parts.append(tag("button", words("pay"), name="action", value="pay", class_="primary"))
        # Enter presses the first button of a form, so the button of the code is not the first.
        hidden = tag("button", name="action", value="pay", hidden=True)
        return tag("form", hidden, *parts, method="post")


def card_fields(words: Words) -> list[Html]:
    options = {"autocomplete": "off", "inputmode": "numeric"}
    number = field(words("number"), "card", "4242 4242 4242 4242", required=True, **options)
    expiry = field(words("expiry"), "expiry", "12/34", autocomplete="off")
    code = field(words("cvc"), "cvc", "123", **options)
    return [number, tag("div", expiry, code, class_="row")]


def test_cards(words: Words) -> Html:
    cards = (tag("li", words(card)) for card in ("card good", "card later", "card never"))
    return tag(
        "section", tag("h2", words("cards")), tag("ul", *cards, class_="rows"), class_="test"
    )


def back_link(words: Words, url: str | None) -> Html:
    return tag("p", tag("a", words("back"), href=url)) if url else Html()


def per(words: Words, price: Record) -> str:
    """Return how often the price is paid, in words."""
    recurring = price["recurring"]
    return words(INTERVALS[recurring["interval"]] if recurring else "once")


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def get_or_404(account: Account, kind: str, request: web.Request) -> Record:
    try:
        return account.get(kind, request.match_info["id"])
    except RefusedError:
        raise web.HTTPNotFound from None
