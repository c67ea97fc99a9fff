"""The page of a checkout session: what it costs, a code, a card."""

import re
from dataclasses import dataclass

from aiohttp import web

from dev.doubles.stripe import discounts
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.checkout import paying, sessions
from dev.doubles.stripe.pages.markup import Html, facts, field, notice, response, tag
from dev.doubles.stripe.pages.words import Words, language_of
from dev.doubles.stripe.problems import RefusedError

EVERY = {"month": "every month", "year": "every year"}
CARD_DIGITS = 16


@dataclass(frozen=True)
class Tried:
    """What the visitor wrote, and what came of it."""

    code: str = ""
    problem: str = ""


class CheckoutPages:
    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/pay/{session}", self.show), web.post("/pay/{session}", self.act)]

    async def show(self, request: web.Request) -> web.StreamResponse:
        session = found(self.account, "checkout.session", request)
        return self.page(request, session, Tried())

    async def act(self, request: web.Request) -> web.StreamResponse:
        session = found(self.account, "checkout.session", request)
        told = await request.post()
        code = str(told.get("code", "")).strip()
        if told.get("action") == "code" or session["status"] != "open":
            promotion = discounts.find_code(self.account, code) if code else None
            problem = "code wrong" if code and not promotion else ""
            return self.page(request, session, Tried("" if problem else code, problem))
        card = digits(str(told.get("card", "")))
        if len(card) != CARD_DIGITS:
            return self.page(request, session, Tried(code, "card short"))
        try:
            paying.pay(self.account, session, card=card, code=code)
        except RefusedError as refusal:
            problem = "declined" if refusal.error["type"] == "card_error" else "code wrong"
            return self.page(request, session, Tried(code, problem))
        url = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
        raise web.HTTPSeeOther(url)

    def page(self, request: web.Request, session: Record, tried: Tried) -> web.Response:
        words = Words(language_of(session["locale"], request.headers))
        title = words("pay title")
        if session["status"] != "open":
            over = words("paid already" if session["status"] == "complete" else "expired")
            return response(words, title, notice(over, "warn"), *back(words, session))
        (item,) = sessions.items_of(self.account, session)
        problem = notice(words(tried.problem), "warn") if tried.problem else Html()
        parts = (
            problem,
            tag("section", *self.sums(words, session, item, tried.code)),
            tag("section", self.form(words, session, tried.code)),
            test_cards(words),
            *back(words, session),
        )
        return response(words, title, *parts, leads_to=session["success_url"])

    def sums(self, words: Words, session: Record, item: Record, code: str) -> list[Html]:
        subtotal, currency = session["amount_subtotal"], item["currency"]
        off = 0
        if code and (promotion := discounts.find_code(self.account, code)):
            coupon = self.account.get("coupon", promotion["promotion"]["coupon"])
            off = discounts.taken_off(coupon, subtotal)
        price = f"{words.money(subtotal, currency)} {rhythm(words, item['price'])}"
        rows: dict[str, object] = {str(item["description"]): price}
        if off:
            rows[f"{words('code off')} {code.upper()}"] = words.money(-off, currency)
        if session["automatic_tax"]["enabled"]:
            rows[words("tax")] = words.money(0, currency)
        total = tag("p", words.money(subtotal - off, currency), class_="price")
        return [facts(rows), tag("p", words("total"), class_="hint"), total]

    def form(self, words: Words, session: Record, code: str) -> Html:
        parts = [*card_fields(words)]
        if session["allow_promotion_codes"]:
            wish = field(words("code"), "code", code, autocomplete="off")
            apply = tag("button", words("apply"), name="action", value="code", formnovalidate=True)
            parts += [
                tag("div", wish, apply, class_="row"),
                tag("p", words("code hint"), class_="hint"),
            ]
        parts.append(tag("button", words("pay"), name="action", value="pay", class_="primary"))
        # Enter presses the first button of a form, which must not be that of the code.
        hidden = tag("button", name="action", value="pay", hidden=True)
        return tag("form", hidden, *parts, method="post")


def card_fields(words: Words) -> list[Html]:
    number = field(
        words("number"),
        "card",
        "4242 4242 4242 4242",
        inputmode="numeric",
        autocomplete="off",
        required=True,
    )
    return [
        number,
        tag(
            "div",
            field(words("expiry"), "expiry", "12/34", autocomplete="cc-exp"),
            field(words("cvc"), "cvc", "123", inputmode="numeric", autocomplete="cc-csc"),
            class_="row",
        ),
    ]


def test_cards(words: Words) -> Html:
    cards = (words("card good"), words("card later"), words("card never"))
    return tag(
        "section",
        tag("h2", words("cards")),
        tag("ul", *(tag("li", card) for card in cards), class_="rows"),
        class_="test",
    )


def back(words: Words, session: Record) -> list[Html]:
    url = session.get("cancel_url") or session.get("return_url")
    return [tag("p", tag("a", words("back"), href=url))] if url else []


def rhythm(words: Words, price: Record) -> str:
    recurring = price["recurring"]
    return words(EVERY.get(recurring["interval"], "once") if recurring else "once")


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def found(account: Account, kind: str, request: web.Request) -> Record:
    try:
        return account.get(kind, request.match_info["session"])
    except RefusedError:
        raise web.HTTPNotFound from None
