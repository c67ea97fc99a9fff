"""Measure signed status callbacks per second, each stored before its answer, and bare inserts."""

from statistics import median
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.urls import reverse
from twilio.request_validator import RequestValidator

from core import tenancy
from core.ids import uuid7
from core.models import IncomingWebhook
from dev.benches import Case
from dev.benches.calling import calls_per_second, post
from dev.benches.database import as_owner, own_database
from dev.benches.serving import serving

TOKEN = "bench-token"  # noqa: S105
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

# The same columns and indexes as the table of webhooks, without its row security.
BARE = """
CREATE TABLE bench_bare (LIKE core_incomingwebhook INCLUDING ALL);
GRANT INSERT ON bench_bare TO PUBLIC;
"""


def arguments(parser: CommandParser) -> None:
    parser.add_argument("--calls", type=int, default=3000, help="in each round (3000)")
    parser.add_argument("--rounds", type=int, default=5, help="of ours and the bare view's (5)")
    parser.add_argument("--connections", type=int, default=16, help="at the same time (16)")


def run(*, calls: int, rounds: int, connections: int) -> list[Case]:
    ours, bare = [], []
    with own_database("webhooks") as servers:
        with as_owner(settings.DATABASES["default"]["NAME"]) as owner:
            owner.execute(BARE)
        environment = {**servers, "TWILIO_AUTH_TOKEN": TOKEN}
        with (
            serving("config.wsgi:application", environment) as our_port,
            serving("dev.benches.bare:application", environment) as bare_port,
        ):
            for measured in range(-1, rounds):
                requests = [_callback() for _ in range(calls if measured >= 0 else calls // 10)]
                plain = [post("/", request.partition(b"\r\n\r\n")[2], FORM) for request in requests]
                limit = calls_per_second(bare_port, plain, connections=connections)
                reached = calls_per_second(our_port, requests, connections=connections)
                if measured >= 0:
                    ours.append(reached)
                    bare.append(limit)
            _check_all_are_stored(calls * rounds + calls // 10)
    return [Case("signed status callbacks", median(ours), median(bare), "calls/s", at_least=0.6)]


def _check_all_are_stored(expected: int) -> None:
    with tenancy.platform("bench"):
        stored = IncomingWebhook.objects.count()
    if stored != expected:
        raise CommandError(f"Of {expected} calls that were answered {stored} are stored.")


def _callback() -> bytes:
    message = uuid7()
    path = f"{reverse('twilio_status', args=[message])}?attempt=1"
    fields = _fields(message)
    signature = RequestValidator(TOKEN).compute_signature(settings.SITE_URL + path, fields)
    token = {"I-Twilio-Idempotency-Token": uuid7().hex}
    headers = {**FORM, **token, "X-Twilio-Signature": signature}
    return post(path, urlencode(fields).encode(), headers)


def _fields(message: UUID) -> dict[str, str]:
    """The fields that Twilio sends with each receipt."""
    sid = f"SM{message.hex}"
    return {
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": "delivered",
        "SmsStatus": "delivered",
        "AccountSid": "AC" + "0" * 32,
        "From": "+15005550006",
        "To": "+593991234567",
        "ApiVersion": "2010-04-01",
        "RawDlrDoneDate": "2601021504",
    }
