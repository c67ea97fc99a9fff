"""Read from Twilio what each message cost.

Twilio knows a price up to a day after the message, so its list is read a day at a time and each day
a few times, later each time. After every page it is noted where the next one begins: a run that
ends early, or is killed, goes on there. To read a page twice changes nothing.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from time import monotonic

import aiohttp
import structlog
from django.conf import settings
from django.utils import timezone
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from core import sql, tenancy
from messaging.channels.twilio import ThrottledError, TwilioTransport
from messaging.models import CostDay

log = structlog.get_logger("costs")

PAGE = 500
PAGES_A_RUN = 40
# Its worker has other things to do, however slowly Twilio answers.
SECONDS_A_RUN = 30.0
# How long after the end of a day (UTC) it is read.
PASSES = (timedelta(hours=6), timedelta(hours=30), timedelta(hours=78), timedelta(days=7))
# A day on which all messages had their price is read no more often than this.
ENOUGH_PASSES = 2
# Where nothing was read before, it begins so many days back.
BACK_TO = 30
LETTERS_OF_A_CURRENCY = 3
UNREACHABLE = (aiohttp.ClientError, TimeoutError, ValueError, ThrottledError)
SERVER_ERROR = 500

# By the unique index on the provider's id. `updated_at` stays: by that the sweeper tells what has
# failed a moment ago.
WRITE = """
UPDATE messaging_message m SET cost = v.cost, cost_currency = v.currency
FROM unnest(%(sids)s::text[], %(costs)s::numeric[], %(currencies)s::text[])
     AS v(sid, cost, currency)
WHERE m.external_id = v.sid
  AND (m.cost IS DISTINCT FROM v.cost OR m.cost_currency <> v.currency)
"""

KNOWN = "SELECT external_id FROM messaging_message WHERE external_id = ANY(%(sids)s)"


@dataclass(frozen=True)
class Priced:
    sid: str
    cost: Decimal
    currency: str


@dataclass(frozen=True)
class CostPage:
    priced: list[Priced]
    unpriced: int
    next_page: str


def fetch_costs(*, now: datetime | None = None, pages: int = PAGES_A_RUN) -> int:
    """Read pages of the days that are due, at most so many. Return how many were read."""
    now = now or timezone.now()
    if not settings.TWILIO_ACCOUNT_SID:
        return 0
    _note_days(now)
    ends = monotonic() + SECONDS_A_RUN
    for done in range(pages):
        day = _due(now)
        if day is None or monotonic() > ends:
            return done
        try:
            page = asyncio.run(_read(day))
        except TwilioException as error:
            log.warning("costs_refused", day=str(day.day))
            if _is_gone(error):
                _start_over(day)
            return done
        except UNREACHABLE as error:
            log.warning("costs_unreachable", day=str(day.day), error=type(error).__name__)
            return done
        if not _write_down(day, page, now):
            return done  # somebody else reads this day
    return pages


def _note_days(now: datetime) -> None:
    """A row for each day that is over, the first time for those of the last month."""
    today = now.astimezone(UTC).date()
    with tenancy.platform("costs"):
        CostDay.objects.bulk_create(
            [
                CostDay(day=day, next_pass_at=_end_of(day) + PASSES[0])
                for day in (today - timedelta(days=back) for back in range(BACK_TO, 0, -1))
            ],
            ignore_conflicts=True,
        )


def _due(now: datetime) -> CostDay | None:
    """The newest first: yesterday's prices are asked for, those of a month ago can wait."""
    with tenancy.platform("costs"):
        return CostDay.objects.filter(next_pass_at__lte=now).order_by("-day").first()


async def _read(day: CostDay) -> CostPage:
    transport = TwilioTransport(connections=1)
    client = Client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=transport)
    try:
        if day.next_page:
            found = await client.messages.get_page_async(day.next_page)
        else:
            found = await client.messages.page_async(date_sent=day.day.isoformat(), page_size=PAGE)
        told = [(one.sid, one.direction, one.price, one.price_unit) for one in found]
    finally:
        await transport.session.close()
    priced = [
        Priced(sid, cost, str(unit).upper())
        for sid, _direction, price, unit in told
        if (cost := cost_of(price)) is not None and len(str(unit)) == LETTERS_OF_A_CURRENCY
    ]
    unpriced = [
        sid
        for sid, direction, price, _unit in told
        if price is None and str(direction).startswith("outbound")
    ]
    return CostPage(priced, len(unpriced), found.next_page_url or "")


def cost_of(price: str | None) -> Decimal | None:
    """Twilio says a charge as a negative number. None while it is not known."""
    try:
        return 0 - Decimal(price) if price is not None else None
    except InvalidOperation:
        return None


def _write_down(read: CostDay, page: CostPage, now: datetime) -> bool:
    """False when another worker has read this page meanwhile."""
    with tenancy.platform("costs"):
        day = (
            CostDay.objects.select_for_update()
            .filter(pk=read.pk, passes=read.passes, next_page=read.next_page)
            .first()
        )
        if day is None:
            return False
        if not day.next_page:
            day.unpriced, day.other_costs = 0, {}
        sids = [one.sid for one in page.priced]
        known = {row["external_id"] for row in sql.fetch(KNOWN, sids=sids)} if sids else set()
        _write([one for one in page.priced if one.sid in known])
        _add_others(day, (one for one in page.priced if one.sid not in known))
        day.unpriced += page.unpriced
        day.next_page = page.next_page
        if not page.next_page:
            day.passes += 1
            day.next_pass_at = _next_pass(day, now)
        day.save()
    return True


def _write(priced: list[Priced]) -> None:
    if priced:
        sql.execute(
            WRITE,
            sids=[one.sid for one in priced],
            costs=[one.cost for one in priced],
            currencies=[one.currency for one in priced],
        )


def _add_others(day: CostDay, priced: Iterable[Priced]) -> None:
    """Answers of patients, tests, and attempts before the one that a message keeps the id of."""
    for one in priced:
        before = Decimal(day.other_costs.get(one.currency, "0"))
        day.other_costs[one.currency] = str(before + one.cost)


def _next_pass(day: CostDay, now: datetime) -> datetime | None:
    if day.passes >= ENOUGH_PASSES and not day.unpriced:
        return None
    end = _end_of(day.day)
    # A day that was taken up late does not catch up on readings that are past.
    left = [end + after for after in PASSES[day.passes :] if end + after > now]
    return left[0] if left else None


def _is_gone(error: TwilioException) -> bool:
    """The SDK puts the answer to a page that it could not read behind its own words."""
    return any(getattr(part, "status_code", SERVER_ERROR) < SERVER_ERROR for part in error.args)


def _start_over(day: CostDay) -> None:
    """A place in the list that Twilio no longer knows: the day is read from its beginning."""
    with tenancy.platform("costs"):
        CostDay.objects.filter(pk=day.pk).exclude(next_page="").update(next_page="")


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)
