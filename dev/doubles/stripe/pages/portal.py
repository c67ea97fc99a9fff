"""The customer portal: plan and invoices, and buttons that renew, decline, refund or dispute."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

from dev.doubles.kit.markup import Html, button, notice, tag
from dev.doubles.kit.words import language_of
from dev.doubles.stripe import catalogue, customers, payments
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.pages.checkout import back_link, card_fields, digits, get_or_404, per
from dev.doubles.stripe.pages.frame import response
from dev.doubles.stripe.pages.words import Words
from dev.doubles.stripe.problems import RefusedError
from dev.doubles.stripe.subscriptions import cancelling, changing, renewing

Posted = Mapping[str, Any]
Act = Callable[[Record, Posted], object]


class PortalPages:
    def __init__(self, account: Account) -> None:
        self.account = account
        self.acts: dict[str, Act] = {
            "change": self._change_plan,
            "cancel": self._on_plan(cancelling.end_with_period),
            "keep": self._on_plan(lambda account, plan: account.change(plan, next_price=None)),
            "resume": self._on_plan(cancelling.resume),
            "end": self._on_plan(cancelling.end),
            "fail": self._on_plan(lambda account, plan: account.failing.add(plan["id"])),
            "next": self._on_plan(renewing.bring_forward),
            "card": self._keep_card,
            "pay": self._pay_invoices,
            "refund": lambda customer, _: payments.refund(account, self._last_charge(customer)),
            "dispute": lambda customer, _: payments.open_dispute(
                account, self._last_charge(customer)
            ),
        }

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/portal/{id}", self.show), web.post("/portal/{id}", self.act)]

    async def show(self, request: web.Request) -> web.Response:
        session = get_or_404(self.account, "billing_portal.session", request)
        words = Words(language_of(session["locale"], request.headers))
        done = notice(words("done")) if "done" in request.query else Html()
        return self._page(words, session, done)

    async def act(self, request: web.Request) -> web.StreamResponse:
        session = get_or_404(self.account, "billing_portal.session", request)
        words = Words(language_of(session["locale"], request.headers))
        posted = await request.post()
        act = self.acts.get(str(posted.get("action")))
        if not act:
            raise web.HTTPBadRequest
        try:
            act(self.account.get("customer", session["customer"]), posted)
        except RefusedError as refusal:
            is_card = refusal.error["type"] == "card_error"
            text = words("declined") if is_card else words("refused", refusal)
            return self._page(words, session, notice(text, "warn"))
        raise web.HTTPSeeOther(f"{request.path}?done=1")

    def _page(self, words: Words, session: Record, message: Html) -> web.Response:
        customer = self.account.get("customer", session["customer"])
        plan, back = self._running(customer), back_link(words, session["return_url"])
        if plan and (price := self._to_confirm(session, plan)):
            confirm = [
                *self._price(words, price),
                tag("p", words("change hint"), class_="hint"),
                button(words("confirm"), "change", style="primary", price=price["id"]),
            ]
            return response(words, words("change title"), message, tag("section", *confirm), back)
        return response(
            words,
            words("portal title"),
            message,
            back,
            tag("section", *self._plan_part(words, plan)),
            self._change_part(words, plan) if plan else Html(),
            tag("section", tag("h2", words("invoices")), self._invoice_part(words, customer)),
            self._card_part(words, customer, plan),
            self._test_part(words, plan),
        )

    def _price(self, words: Words, price: Record) -> list[Html]:
        cost = f"{words.money(price['unit_amount'])} {per(words, price)}"
        name = catalogue.name_of(self.account, price)
        return [tag("h2", name), tag("p", cost, class_="price")]

    def _plan_part(self, words: Words, plan: Record | None) -> list[Html]:
        if not plan:
            return [tag("h2", words("plan")), tag("p", words("no plan"))]
        (item,) = plan["items"]["data"]
        parts = self._price(words, item["price"])
        if plan["status"] == "past_due":
            parts.append(notice(words("past due"), "warn"))
        if plan["cancel_at"]:
            parts.append(notice(words("ends", words.day(plan["cancel_at"])), "warn"))
            return [*parts, button(words("resume"), "resume", style="primary")]
        until = words.day(item["current_period_end"])
        if plan["next_price"]:
            planned = self.account.get("price", plan["next_price"])
            name = catalogue.name_of(self.account, planned)
            parts.append(notice(words("planned", name, per(words, planned), until)))
            parts.append(button(words("keep"), "keep"))
        word = "trial" if plan["status"] == "trialing" else "renews"
        return [*parts, tag("p", words(word, until)), button(words("cancel"), "cancel")]

    def _to_confirm(self, session: Record, plan: Record) -> Record | None:
        """Return the price that the session was opened for, unless the plan has or will have it."""
        asked = session["confirm"]
        known = (plan["items"]["data"][0]["price"]["id"], plan["next_price"])
        if not asked or asked["subscription"] != plan["id"] or asked["price"] in known:
            return None
        return self.account.get("price", asked["price"])

    def _change_part(self, words: Words, plan: Record) -> Html:
        current = plan["items"]["data"][0]["price"]
        prices = [
            price
            for price in self.account.of("price", active=True, type="recurring")
            if price["id"] != current["id"]
        ]
        rows = (
            tag(
                "li",
                tag(
                    "span",
                    f"{catalogue.name_of(self.account, price)} · "
                    f"{words.money(price['unit_amount'])} {per(words, price)}",
                ),
                button(words("change"), "change", price=price["id"]),
            )
            for price in sorted(prices, key=lambda price: price["unit_amount"])
        )
        return tag(
            "section",
            tag("h2", words("change title")),
            tag("p", words("change hint"), class_="hint"),
            tag("ul", *rows, class_="rows"),
        )

    def _invoice_part(self, words: Words, customer: Record) -> Html:
        invoices: Iterable[Record] = [*self.account.of("invoice", customer=customer["id"])][::-1]
        rows = [
            tag(
                "li",
                tag("a", invoice["number"], href=f"/invoice/{invoice['id']}"),
                tag("span", words.day(invoice["created"])),
                tag("span", words.money(invoice["total"])),
                tag("span", words(f"status {invoice['status']}")),
            )
            for invoice in invoices
        ]
        return tag("ul", *rows, class_="rows columns") if rows else tag("p", words("no invoices"))

    def _card_part(self, words: Words, customer: Record, plan: Record | None) -> Html:
        parts = [tag("h2", words("card on file"))]
        if card := self.account.records.get(customer["default_card"] or ""):
            parts.append(tag("p", f"Visa ···· {card['last4']}"))
        owes = bool(plan and renewing.open_invoices(self.account, plan))
        label, action = ("pay now", "pay") if owes else ("new card", "card")
        submit = tag("button", words(label), name="action", value=action)
        return tag("section", *parts, tag("form", *card_fields(words), submit, method="post"))

    def _test_part(self, words: Words, plan: Record | None) -> Html:
        names = [*(("next", "fail", "end") if plan else ()), "refund", "dispute"]
        parts = [tag("h2", words("test title")), tag("p", words("test hint"), class_="hint")]
        if plan and plan["id"] in self.account.failing:
            parts.append(notice(words("failing"), "warn"))
        buttons = tag("div", *(button(words(name), name) for name in names), class_="row")
        return tag("section", *parts, buttons, class_="test")

    def _on_plan(self, act: Callable[[Account, Record], object]) -> Act:
        return lambda customer, _posted: act(self.account, self._plan(customer))

    def _change_plan(self, customer: Record, posted: Posted) -> None:
        price = self.account.get("price", str(posted.get("price")), param="price")
        changing.change_plan(self.account, self._plan(customer), price)

    def _keep_card(self, customer: Record, posted: Posted) -> None:
        card = customers.add_card(self.account, customer, digits(str(posted.get("card"))))
        if plan := self._running(customer):
            self.account.change(plan, default_card=card["id"])

    def _pay_invoices(self, customer: Record, posted: Posted) -> None:
        for invoice in renewing.open_invoices(self.account, self._plan(customer)):
            if not renewing.pay_with(self.account, invoice, digits(str(posted.get("card")))):
                raise RefusedError.declined()

    def _running(self, customer: Record) -> Record | None:
        plans = [*self.account.of("subscription", customer=customer["id"], ended_at=None)]
        return plans[-1] if plans else None

    def _plan(self, customer: Record) -> Record:
        if plan := self._running(customer):
            return plan
        raise RefusedError.invalid("There is no plan.")

    def _last_charge(self, customer: Record) -> Record:
        charges = self.account.of(
            "charge", customer=customer["id"], paid=True, refunded=False, disputed=False
        )
        if found := [*charges]:
            return found[-1]
        raise RefusedError.invalid("There is no payment.")
