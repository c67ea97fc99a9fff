"""Send mails to strangers by inviting them and withdrawing the invitation."""

import re
from collections import Counter
from threading import Event

from tests.attacks.product import Product
from tests.attacks.results import AttackResult

SECONDS_BETWEEN = 0.2
VICTIM = "victima@example.org"
MAX_TO_ONE_ADDRESS = 5
MAX_IN_TOTAL = 60
WITHDRAW = re.compile(r'action="([^"]*/withdraw)"')


def attack_with_invitations(product: Product, over: Event) -> list[AttackResult]:
    """Invite a victim and strangers alternately, and withdraw each invitation at once."""
    browser = product.attacker.browser
    tried = 0
    while not over.wait(SECONDS_BETWEEN):
        email = VICTIM if tried % 2 else f"extrana{tried}@example.org"
        browser.post("/team/invite", {"email": email, "role": "RECEPTIONIST"}, form="/team/invite")
        for path in WITHDRAW.findall(browser.get("/team/").text):
            browser.post(path, {}, form="/team/")
        tried += 1
    mails: Counter[str] = Counter(product.provider.control("GET", "mails")["per_to"])
    sent = {to: count for to, count in mails.items() if to.endswith("@example.org")}
    to_victim, total = sent.get(VICTIM, 0), sum(sent.values())
    return [
        AttackResult(
            "invitation flood",
            f"{tried} invitations, half of them to one address, each withdrawn at once",
            held=0 < to_victim <= MAX_TO_ONE_ADDRESS and total <= MAX_IN_TOTAL,
            evidence=f"{total} mails, {to_victim} to that address",
        )
    ]
