"""What a month's messages cost us, and what the credits spent on them were worth: for staff.

By clinic, campaign and channel, each currency for itself. A month is that in which messages fell
due, by the platform's clock.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.credit_prices import CreditPrices, credit_prices
from core import sql
from core.ids import first_id
from messaging.message_days import COUNTS
from messaging.models import CostDay
from templates_app.models import Channel

# By ids, which tell the time and are always indexed: one range, whatever lies before and after.
MESSAGES = f"""
SELECT m.workspace_id, w.name AS clinic, m.campaign_id, c.name AS campaign, m.channel,
       m.cost_currency AS currency, count(*) AS messages,
       count(*) FILTER (WHERE m.sent_at IS NOT NULL OR m.status <> 'FAILED') AS credits,
       count(*) FILTER (WHERE m.cost IS NULL
                          AND (m.sent_at IS NOT NULL OR m.external_id IS NOT NULL)) AS unpriced,
       count(*) FILTER (WHERE m.status = 'FAILED' AND m.cost > 0) AS failed_at_a_cost,
       coalesce(sum(m.cost), 0) AS cost
FROM messaging_message m
JOIN workspaces_workspace w ON w.id = m.workspace_id
JOIN campaigns_campaign c ON c.id = m.campaign_id
WHERE m.id >= %(first)s AND m.id < %(last)s AND {COUNTS}
GROUP BY m.workspace_id, w.name, m.campaign_id, c.name, m.channel, m.cost_currency
"""  # noqa: S608 - of constants


@dataclass
class CostLine:
    """Messages of a campaign on a channel, or of several of these together."""

    messages: int = 0
    credits: int = 0
    unpriced: int = 0
    failed_at_a_cost: int = 0
    costs: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, row: dict[str, Any]) -> None:
        self.messages += row["messages"]
        self.credits += row["credits"]
        self.failed_at_a_cost += row["failed_at_a_cost"]
        if row["channel"] != Channel.EMAIL:  # which no provider bills by the message
            self.unpriced += row["unpriced"]
        if row["currency"]:
            self.costs[row["currency"]] += row["cost"]

    @property
    def amounts(self) -> list[tuple[str, Decimal]]:
        """By currency. A template that looks up `items` in a defaultdict would add it as a key."""
        return sorted(self.costs.items())

    def worth(self, prices: CreditPrices) -> Decimal | None:
        return None if prices.each is None else prices.each * self.credits

    def currency(self, prices: CreditPrices) -> str:
        """The one of both sides; none where they differ."""
        used = {*self.costs, prices.currency} - {""}
        return used.pop() if len(used) == 1 else ""

    def margin(self, prices: CreditPrices) -> Decimal | None:
        """Only where both sides are known, all of it and in one currency."""
        worth = self.worth(prices)
        if worth is None or self.unpriced or not self.currency(prices):
            return None
        return worth - sum(self.costs.values(), Decimal())


@dataclass(frozen=True)
class CostRow:
    label: str
    channel: str
    line: CostLine
    worth: Decimal | None = None
    margin: Decimal | None = None
    # Of the worth and of the margin.
    currency: str = ""


@dataclass(frozen=True)
class ClinicCosts:
    id: UUID
    name: str
    prices: CreditPrices
    rows: list[CostRow]
    total: CostRow


@dataclass(frozen=True)
class CostReport:
    clinics: list[ClinicCosts]
    channels: list[CostRow]
    others: dict[str, Decimal]


def report(*, starts: datetime, ends: datetime) -> CostReport:
    """The caller holds the platform's door."""
    found = sql.fetch(MESSAGES, first=first_id(starts), last=first_id(ends))
    workspaces = {row["workspace_id"] for row in found}
    prices = credit_prices(workspaces, since=starts, until=ends)
    clinics = [
        _clinic(rows, prices[workspace]) for workspace, rows in _by(found, "workspace_id").items()
    ]
    channels = [
        CostRow("", str(Channel(channel).label), _line(rows))
        for channel, rows in sorted(_by(found, "channel").items())
    ]
    return CostReport(
        sorted(clinics, key=lambda clinic: clinic.name), channels, _others(starts, ends)
    )


def _clinic(rows: list[dict[str, Any]], prices: CreditPrices) -> ClinicCosts:
    campaigns = [
        _row(rows_[0]["campaign"], str(Channel(channel).label), _line(rows_), prices)
        for campaign in _by(rows, "campaign_id").values()
        for channel, rows_ in sorted(_by(campaign, "channel").items())
    ]
    return ClinicCosts(
        id=rows[0]["workspace_id"],
        name=rows[0]["clinic"],
        prices=prices,
        rows=sorted(campaigns, key=lambda row: (row.label, row.channel)),
        total=_row("", "", _line(rows), prices),
    )


def _row(label: str, channel: str, line: CostLine, prices: CreditPrices) -> CostRow:
    return CostRow(
        label, channel, line, line.worth(prices), line.margin(prices), line.currency(prices)
    )


def _line(rows: Iterable[dict[str, Any]]) -> CostLine:
    line = CostLine()
    for row in rows:
        line.add(row)
    return line


def _by(rows: Iterable[dict[str, Any]], name: str) -> dict[Any, list[dict[str, Any]]]:
    groups: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups


def _others(starts: datetime, ends: datetime) -> dict[str, Decimal]:
    """What no message here has the id of: patients' answers, tests, earlier attempts."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    days = CostDay.objects.filter(day__gte=starts.date(), day__lt=ends.date())
    for costs in days.values_list("other_costs", flat=True):
        for currency, cost in costs.items():
            sums[currency] += Decimal(cost)
    return dict(sums)
