"""Send a flood of texts that are made to confuse or to slow down the reply parser."""

from itertools import cycle
from threading import Event
from typing import LiteralString

from tests.attacks.product import SENDER, Product
from tests.attacks.results import AttackResult
from tests.chaos import record
from tests.dev.doubles.background import eventually

SECONDS_BETWEEN = 0.02
TIMEOUT = 60
MAX_LENGTH = 1600  # Twilio's limit for one message

UNREAD: LiteralString = "SELECT 1 FROM core_incomingwebhook WHERE processed_at IS NULL"
# Other errors say that nobody was asked from this number, which is so.
FAILED: LiteralString = "SELECT 1 FROM core_incomingwebhook WHERE error LIKE 'not processed%'"

TEXTS = [
    text[:MAX_LENGTH]
    for text in (
        "5" * MAX_LENGTH,
        "no " * MAX_LENGTH,
        "no me " * MAX_LENGTH + "escriban",
        "⭐" * MAX_LENGTH,
        "👩🏽‍⚕️" * MAX_LENGTH,
        "\u200b" * (MAX_LENGTH - 1) + "5",
        "e\u0301" * MAX_LENGTH,
        "Z" + "\u0335\u0336\u0337" * MAX_LENGTH,
        "5/" * MAX_LENGTH,
        "((((" * MAX_LENGTH,
        "a" * (MAX_LENGTH - 1) + "!",
        "\u202e5 soicarg",
        "<script>alert(1)</script>",
        "{{name}} {% include 'x' %}",
        "'; DROP TABLE messaging_message; --",
        "",
    )
]


def attack_with_replies(product: Product, over: Event) -> list[AttackResult]:
    """Send hostile texts until the end, and check that all are processed without an error."""
    texts = cycle(TEXTS)
    sent = 0
    while not over.wait(SECONDS_BETWEEN):
        reply = {"from": f"+59397{sent:07}", "to": SENDER, "body": next(texts), "channel": "sms"}
        product.provider.control("POST", "reply", reply)
        sent += 1
    try:
        eventually(lambda: not record.fetch_column(UNREAD), seconds=TIMEOUT)
        is_read = True
    except AssertionError:
        is_read = False
    failed = len(record.fetch_column(FAILED))
    return [
        AttackResult(
            "hostile replies",
            f"{sent} texts of up to {MAX_LENGTH} letters",
            held=is_read and not failed,
            evidence=f"{'all read' if is_read else 'some unread'}, {failed} raised an error",
        )
    ]
