"""Mails from us to strangers, by inviting them and withdrawing the invitation."""

import re
from collections import Counter
from threading import Event

from tests.attacks.stage import Stage
from tests.attacks.table import Row

SECONDS_BETWEEN = 0.2
VICTIM = "victima@example.org"
MOST_TO_ONE = 5
MOST_IN_ALL = 60
WITHDRAW = re.compile(r'action="([^"]*/withdraw)"')


def attack_with_invitations(stage: Stage, over: Event) -> list[Row]:
    """Invite a victim and strangers in turn, and withdraw each invitation at once."""
    person = stage.attacker.person
    tried = 0
    while not over.wait(SECONDS_BETWEEN):
        email = VICTIM if tried % 2 else f"extrana{tried}@example.org"
        person.post("/team/invite", {"email": email, "role": "RECEPTIONIST"}, form="/team/invite")
        for path in WITHDRAW.findall(person.get("/team/").text):
            person.post(path, {}, form="/team/")
        tried += 1
    mails: Counter[str] = Counter(stage.provider.control("GET", "mails")["per_to"])
    sent = {to: count for to, count in mails.items() if to.endswith("@example.org")}
    to_victim, in_all = sent.get(VICTIM, 0), sum(sent.values())
    return [
        Row(
            "invitation flood",
            f"{tried} invitations, half of them to one address, each withdrawn at once",
            held=0 < to_victim <= MOST_TO_ONE and in_all <= MOST_IN_ALL,
            evidence=f"{in_all} mails, {to_victim} to that address",
        )
    ]
