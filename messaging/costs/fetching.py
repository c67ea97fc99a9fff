"""Fetch from Twilio what each message cost.

Twilio knows a price up to a day after the message. So its list is read one day at a time, and each
day several times, later each time. After every page the start of the next one is saved: a run that
ends early, or is killed, continues there. Reading a page twice changes nothing.
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

PAGE_SIZE = 500
PAGES_A_RUN = 40
# The worker has other tasks, so a slow Twilio must not keep it longer.
SECONDS_A_RUN = 30.0
# How long after the end of a day (UTC) it is read.
PASSES = (timedelta(hours=6), timedelta(hours=30), timedelta(hours=78), timedelta(days=7))
# After so many passes a day is done, if all its messages have a price.
ENOUGH_PASSES = 2
# The first run begins so many days back.
DAYS_BACK = 30
CURRENCY_LENGTH = 3
UNREACHABLE = (aiohttp.ClientError, TimeoutError, ValueError, ThrottledError)
SERVER_ERROR = 500

# Uses the unique index on the provider's id. `updated_at` stays, because the sweeper recognises
# recent failures by it.
UPDATE_COSTS = """
UPDATE messaging_message m SET cost = v.cost, cost_currency = v.currency
FROM unnest(%(sids)s::text[], %(costs)s::numeric[], %(currencies)s::text[])
     AS v(sid, cost, currency)
WHERE m.external_id = v.sid
  AND (m.cost IS DISTINCT FROM v.cost OR m.cost_currency <> v.currency)
"""

FIND_OURS = "SELECT external_id FROM messaging_message WHERE external_id = ANY(%(sids)s)"


@dataclass(frozen=True)
class MessageCost:
    sid: str
    cost: Decimal
    currency: str


@dataclass(frozen=True)
class CostPage:
    priced: list[MessageCost]
    unpriced: int
    next_page: str


def fetch_costs(*, now: datetime | None = None, pages: int = PAGES_A_RUN) -> int:
    """Read pages of the days that are due, at most `pages`. Return how many were read."""
    now = now or timezone.now()
    if not settings.TWILIO_ACCOUNT_SID:
        return 0
    _create_days(now)
    ends = monotonic() + SECONDS_A_RUN
    for done in range(pages):
        day = _next_due_day(now)
        if day is None or monotonic() > ends:
            return done
        try:
            page = asyncio.run(_fetch_page(day))
        except TwilioException as error:
            log.warning("costs_refused", day=str(day.day))
            if _is_page_gone(error):
                _start_over(day)
            return done
        except UNREACHABLE as error:
            log.warning("costs_unreachable", day=str(day.day), error=type(error).__name__)
            return done
        if not _save_page(day, page, now):
            return done  # another worker reads this day
    return pages


def _create_days(now: datetime) -> None:
    """Create a row for each day that is over. The first run creates those of the last month."""
    today = now.astimezone(UTC).date()
    with tenancy.platform("costs"):
        CostDay.objects.bulk_create(
            [
                CostDay(day=day, next_pass_at=_end_of_day(day) + PASSES[0])
                for day in (today - timedelta(days=back) for back in range(DAYS_BACK, 0, -1))
            ],
            ignore_conflicts=True,
        )


def _next_due_day(now: datetime) -> CostDay | None:
    """Return the newest day that is due. Platform staff look at yesterday's costs first."""
    with tenancy.platform("costs"):
        return CostDay.objects.filter(next_pass_at__lte=now).order_by("-day").first()


async def _fetch_page(day: CostDay) -> CostPage:
    transport = TwilioTransport(connections=1)
    client = Client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=transport)
    try:
        if day.next_page:
            page = await client.messages.get_page_async(day.next_page)
        else:
            page = await client.messages.page_async(
                date_sent=day.day.isoformat(), page_size=PAGE_SIZE
            )
        messages = [(item.sid, item.direction, item.price, item.price_unit) for item in page]
    finally:
        await transport.session.close()
    priced = [
        MessageCost(sid, cost, str(unit).upper())
        for sid, _direction, price, unit in messages
        if (cost := cost_of(price)) is not None and len(str(unit)) == CURRENCY_LENGTH
    ]
    unpriced = [
        sid
        for sid, direction, price, _unit in messages
        if price is None and str(direction).startswith("outbound")
    ]
    return CostPage(priced, len(unpriced), page.next_page_url or "")


def cost_of(price: str | None) -> Decimal | None:
    """Return the cost for a price, which Twilio gives as a negative number. None while unknown."""
    try:
        return 0 - Decimal(price) if price is not None else None
    except InvalidOperation:
        return None


def _save_page(read: CostDay, page: CostPage, now: datetime) -> bool:
    """Save a page. Return False when another worker has saved it in the meantime."""
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
        sids = [item.sid for item in page.priced]
        ours = {row["external_id"] for row in sql.fetch(FIND_OURS, sids=sids)} if sids else set()
        _save_costs([item for item in page.priced if item.sid in ours])
        _add_other_costs(day, (item for item in page.priced if item.sid not in ours))
        day.unpriced += page.unpriced
        day.next_page = page.next_page
        if not page.next_page:
            day.passes += 1
            day.next_pass_at = _next_pass(day, now)
        day.save()
    return True


def _save_costs(priced: list[MessageCost]) -> None:
    if priced:
        sql.execute(
            UPDATE_COSTS,
            sids=[item.sid for item in priced],
            costs=[item.cost for item in priced],
            currencies=[item.currency for item in priced],
        )


def _add_other_costs(day: CostDay, priced: Iterable[MessageCost]) -> None:
    """Add costs without a message of ours: replies, self-tests, and earlier attempts."""
    for item in priced:
        before = Decimal(day.other_costs.get(item.currency, "0"))
        day.other_costs[item.currency] = str(before + item.cost)


def _next_pass(day: CostDay, now: datetime) -> datetime | None:
    if day.passes >= ENOUGH_PASSES and not day.unpriced:
        return None
    end = _end_of_day(day.day)
    # A day that was read late skips the passes that are past.
    remaining = [end + after for after in PASSES[day.passes :] if end + after > now]
    return remaining[0] if remaining else None


def _is_page_gone(error: TwilioException) -> bool:
    """Return whether Twilio no longer knows the page. The SDK hides the response in the args."""
    return any(getattr(part, "status_code", SERVER_ERROR) < SERVER_ERROR for part in error.args)


def _start_over(day: CostDay) -> None:
    """Read the day from its beginning again, because Twilio no longer knows the saved page."""
    with tenancy.platform("costs"):
        CostDay.objects.filter(pk=day.pk).exclude(next_page="").update(next_page="")


def _end_of_day(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)
