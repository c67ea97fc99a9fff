"""A flood of texts that are made to confuse, or to slow down, whatever reads them."""

from itertools import cycle
from threading import Event
from typing import LiteralString

from tests.attacks.stage import SENDER, Stage
from tests.attacks.table import Row
from tests.chaos import record
from tests.dev.doubles.simulation import eventually

SECONDS_BETWEEN = 0.02
SECONDS_TO_END = 60
LONGEST = 1600  # what Twilio takes as one message

UNREAD: LiteralString = "SELECT 1 FROM core_incomingwebhook WHERE processed_at IS NULL"
# Other errors say that nobody was asked from this number, which is so.
FAILED: LiteralString = "SELECT 1 FROM core_incomingwebhook WHERE error LIKE 'not processed%'"

TEXTS = [
    text[:LONGEST]
    for text in (
        "5" * LONGEST,
        "no " * LONGEST,
        "no me " * LONGEST + "escriban",
        "⭐" * LONGEST,
        "👩🏽‍⚕️" * LONGEST,
        "\u200b" * (LONGEST - 1) + "5",
        "e\u0301" * LONGEST,
        "Z" + "\u0335\u0336\u0337" * LONGEST,
        "5/" * LONGEST,
        "((((" * LONGEST,
        "a" * (LONGEST - 1) + "!",
        "\u202e5 soicarg",
        "<script>alert(1)</script>",
        "{{name}} {% include 'x' %}",
        "'; DROP TABLE messaging_message; --",
        "",
    )
]


def attack_with_replies(stage: Stage, over: Event) -> list[Row]:
    texts = cycle(TEXTS)
    sent = 0
    while not over.wait(SECONDS_BETWEEN):
        reply = {"from": f"+59397{sent:07}", "to": SENDER, "body": next(texts), "channel": "sms"}
        stage.provider.control("POST", "reply", reply)
        sent += 1
    try:
        eventually(lambda: not record.column(UNREAD), seconds=SECONDS_TO_END)
        read = True
    except AssertionError:
        read = False
    failed = len(record.column(FAILED))
    return [
        Row(
            "hostile replies",
            f"{sent} texts of up to {LONGEST} letters",
            held=read and not failed,
            evidence=f"{'all read' if read else 'some unread'}, {failed} raised an error",
        )
    ]
