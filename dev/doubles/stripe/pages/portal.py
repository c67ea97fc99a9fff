"""The customer portal: the plan, the invoices, and buttons for what only time or a bank brings."""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from dev.doubles.stripe import customers
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.invoices.endpoints import pay_with
from dev.doubles.stripe.pages.checkout import back, card_fields, digits, found, rhythm
from dev.doubles.stripe.pages.markup import Html, button, notice, response, tag, void
from dev.doubles.stripe.pages.words import Words, language_of
from dev.doubles.stripe.payments import disputes, refunds
from dev.doubles.stripe.portal import CONFIRM
from dev.doubles.stripe.problems import RefusedError
from dev.doubles.stripe.subscriptions import cancelling, changing, renewing, scheduling

Told = Mapping[str, Any]


class PortalPages:
    def __init__(self, account: Account) -> None:
        self.account = account
        self.acts: dict[str, Callable[[Record, Told], object]] = {
            "change": self.change_plan,
            "cancel": lambda customer, _: cancelling.end_with_period(
                account, self.plan(customer), in_portal=True
            ),
            "keep": lambda customer, _: scheduling.release(account, self.plan(customer)),
            "resume": lambda customer, _: cancelling.go_on(account, self.plan(customer)),
            "end": lambda customer, _: cancelling.end(account, self.plan(customer)),
            "fail": lambda customer, _: account.failing.add(self.plan(customer)["id"]),
            "next": lambda customer, _: renewing.bring_forward(account, self.plan(customer)),
            "card": self.keep_card,
            "pay": self.pay_invoice,
            "refund": lambda customer, _: refunds.refund(account, self.last_charge(customer)),
            "dispute": lambda customer, _: disputes.open_dispute(
                account, self.last_charge(customer)
            ),
        }

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/portal/{session}", self.show), web.post("/portal/{session}", self.act)]

    async def show(self, request: web.Request) -> web.Response:
        session = found(self.account, "billing_portal.session", request)
        words = Words(language_of(session["locale"], request.headers))
        said = notice(words("done")) if "done" in request.query else Html()
        return self.page(words, session, said)

    async def act(self, request: web.Request) -> web.StreamResponse:
        session = found(self.account, "billing_portal.session", request)
        words = Words(language_of(session["locale"], request.headers))
        told = await request.post()
        customer = self.account.get("customer", session["customer"])
        act = self.acts.get(str(told.get("action")))
        if not act:
            raise web.HTTPBadRequest
        try:
            act(customer, told)
        except RefusedError as refusal:
            is_card = refusal.error["type"] == "card_error"
            said = words("declined") if is_card else words("refused", refusal)
            return self.page(words, session, notice(said, "warn"))
        raise web.HTTPSeeOther(f"{request.path}?done=1")

    def page(self, words: Words, session: Record, said: Html) -> web.Response:
        customer = self.account.get("customer", session["customer"])
        plan = self.running(customer)
        if plan and (wish := self.to_confirm(session, plan)):
            asked = tag("section", *self.confirm_part(words, wish))
            return response(words, words("change title"), said, asked, *back(words, session))
        parts = (
            said,
            *back(words, session),
            tag("section", *self.plan_part(words, plan)),
            *([self.change_part(words, plan)] if plan else []),
            tag("section", tag("h2", words("invoices")), self.invoice_part(words, customer)),
            self.card_part(words, customer, plan),
            self.test_part(words, plan),
        )
        return response(words, words("portal title"), *parts)

    def plan_part(self, words: Words, plan: Record | None) -> list[Html]:
        if not plan:
            return [tag("h2", words("plan")), tag("p", words("no plan"))]
        (item,) = plan["items"]["data"]
        price = item["price"]
        cost = f"{words.money(price['unit_amount'], price['currency'])} {rhythm(words, price)}"
        parts = [
            tag("h2", self.account.get("product", price["product"])["name"]),
            tag("p", cost, class_="price"),
        ]
        if plan["status"] == "past_due":
            parts.append(notice(words("past due"), "warn"))
        if plan["cancel_at"]:
            parts.append(notice(words("ends", words.day(plan["cancel_at"])), "warn"))
            return [*parts, button(words("resume"), "resume", style="primary")]
        until = words.day(item["current_period_end"])
        if planned := scheduling.next_price(self.account, plan):
            name = self.account.get("product", planned["product"])["name"]
            parts.append(notice(words("planned", name, rhythm(words, planned), until)))
            parts.append(button(words("keep"), "keep"))
        word = "trial" if plan["status"] == "trialing" else "renews"
        return [*parts, tag("p", words(word, until)), button(words("cancel"), "cancel")]

    def to_confirm(self, session: Record, plan: Record) -> Record | None:
        """The price that the session was opened for, until the plan has it or is to have it."""
        asked = (session["flow"] or {}).get(CONFIRM)
        if not asked or asked["subscription"] != plan["id"]:
            return None
        price = self.account.get("price", asked["items"][0]["price"])
        known = (plan["items"]["data"][0]["price"], scheduling.next_price(self.account, plan))
        return None if price in known else price

    def confirm_part(self, words: Words, price: Record) -> list[Html]:
        name = self.account.get("product", price["product"])["name"]
        cost = f"{words.money(price['unit_amount'], price['currency'])} {rhythm(words, price)}"
        return [
            tag("h2", name),
            tag("p", cost, class_="price"),
            tag("p", words("change hint"), class_="hint"),
            button(words("confirm"), "change", wished(price), style="primary"),
        ]

    def change_part(self, words: Words, plan: Record) -> Html:
        current = plan["items"]["data"][0]["price"]
        prices = [
            price
            for price in self.account.of("price", active=True, type="recurring")
            if price["lookup_key"] and price["id"] != current["id"]
        ]
        rows = [
            tag(
                "li",
                tag(
                    "span",
                    f"{self.account.get('product', price['product'])['name']} · "
                    f"{words.money(price['unit_amount'], price['currency'])} "
                    f"{rhythm(words, price)}",
                ),
                button(words("change"), "change", wished(price)),
            )
            for price in sorted(prices, key=lambda price: price["unit_amount"])
        ]
        hint = tag("p", words("change hint"), class_="hint")
        return tag(
            "section", tag("h2", words("change title")), hint, tag("ul", *rows, class_="rows")
        )

    def invoice_part(self, words: Words, customer: Record) -> Html:
        found = [*self.account.of("invoice", customer=customer["id"])][::-1]
        if not found:
            return tag("p", words("no invoices"))
        return tag("ul", *(self.invoice_row(words, one) for one in found), class_="rows columns")

    def invoice_row(self, words: Words, invoice: Record) -> Html:
        return tag(
            "li",
            tag("a", invoice["number"] or invoice["id"], href=f"/invoice/{invoice['id']}"),
            tag("span", words.day(invoice["created"])),
            tag("span", words.money(invoice["total"], invoice["currency"])),
            tag("span", words(f"status {invoice['status']}")),
        )

    def card_part(self, words: Words, customer: Record, plan: Record | None) -> Html:
        wanted = customer["invoice_settings"]["default_payment_method"]
        card = self.account.records.get(wanted or "")
        parts = [tag("h2", words("card on file"))]
        if card:
            parts.append(tag("p", f"Visa ···· {card['card']['last4']}"))
        owes = bool(plan and renewing.open_invoices(self.account, plan))
        label, action = ("pay now", "pay") if owes else ("new card", "card")
        pressed = tag("button", words(label), name="action", value=action)
        return tag("section", *parts, tag("form", *card_fields(words), pressed, method="post"))

    def test_part(self, words: Words, plan: Record | None) -> Html:
        buttons = []
        if plan:
            names = ("next", "fail", "end now")
            buttons = [button(words(name), name.split()[0]) for name in names]
        buttons += [button(words(name), name) for name in ("refund", "dispute")]
        parts = [tag("h2", words("test title")), tag("p", words("test hint"), class_="hint")]
        if plan and plan["id"] in self.account.failing:
            parts.append(notice(words("failing"), "warn"))
        return tag("section", *parts, tag("div", *buttons, class_="row"), class_="test")

    def change_plan(self, customer: Record, told: Told) -> None:
        """A larger one is paid for at once; a smaller one begins with the next period."""
        plan = self.plan(customer)
        price = self.account.get("price", str(told.get("price")), param="price")
        if scheduling.is_smaller(plan["items"]["data"][0]["price"], price):
            scheduling.at_period_end(self.account, plan, price)
        else:
            changing.change_price(self.account, plan, price, proration=changing.AT_ONCE)

    def keep_card(self, customer: Record, told: Told) -> None:
        card = customers.add_card(self.account, customer, digits(str(told.get("card"))))
        if plan := self.running(customer):
            self.account.change(plan, default_payment_method=card["id"])

    def pay_invoice(self, customer: Record, told: Told) -> None:
        for invoice in renewing.open_invoices(self.account, self.plan(customer)):
            if not pay_with(self.account, invoice, digits(str(told.get("card")))):
                raise RefusedError.declined("generic_decline")

    def running(self, customer: Record) -> Record | None:
        plans = [*self.account.of("subscription", customer=customer["id"], ended_at=None)]
        return plans[-1] if plans else None

    def plan(self, customer: Record) -> Record:
        if plan := self.running(customer):
            return plan
        raise RefusedError.invalid("There is no plan.")

    def last_charge(self, customer: Record) -> Record:
        charges = self.account.of("charge", customer=customer["id"], paid=True, refunded=False)
        found = [charge for charge in charges if not charge["disputed"]]
        if not found:
            raise RefusedError.invalid("There is no payment.")
        return found[-1]


def wished(price: Record) -> Html:
    return void("input", type="hidden", name="price", value=price["id"])
