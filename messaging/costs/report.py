"""The report on costs: what the messages of a month cost, and what their credits brought.

Costs are summed by clinic, campaign and channel, each currency separately. A message belongs to the
month in which it became due, in the platform's time zone.
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

# Ids contain the time and are indexed, so a month is one range of ids.
SUM_MESSAGES = f"""
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
    """The sums of a campaign on one channel, or of several of these."""

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
        """The costs by currency. In a template `costs.items` would create the key "items"."""
        return sorted(self.costs.items())

    def worth(self, prices: CreditPrices) -> Decimal | None:
        return None if prices.each is None else prices.each * self.credits

    def currency(self, prices: CreditPrices) -> str:
        """Return the currency of costs and credits, or "" when they differ."""
        used = {*self.costs, prices.currency} - {""}
        return used.pop() if len(used) == 1 else ""

    def margin(self, prices: CreditPrices) -> Decimal | None:
        """Return the margin. None unless all costs and prices are known and in one currency."""
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
    # The currency of `worth` and `margin`.
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


def build_report(*, starts: datetime, ends: datetime) -> CostReport:
    """Return the report for a time range. Call this as the platform."""
    rows = sql.fetch(SUM_MESSAGES, first=first_id(starts), last=first_id(ends))
    workspaces = {row["workspace_id"] for row in rows}
    prices = credit_prices(workspaces, since=starts, until=ends)
    clinics = [
        _build_clinic(clinic_rows, prices[workspace])
        for workspace, clinic_rows in _group_by(rows, "workspace_id").items()
    ]
    channels = [
        CostRow("", str(Channel(channel).label), _sum_rows(channel_rows))
        for channel, channel_rows in sorted(_group_by(rows, "channel").items())
    ]
    return CostReport(
        sorted(clinics, key=lambda clinic: clinic.name), channels, _sum_other_costs(starts, ends)
    )


def _build_clinic(rows: list[dict[str, Any]], prices: CreditPrices) -> ClinicCosts:
    campaigns = [
        _build_row(
            channel_rows[0]["campaign"],
            str(Channel(channel).label),
            _sum_rows(channel_rows),
            prices,
        )
        for campaign in _group_by(rows, "campaign_id").values()
        for channel, channel_rows in sorted(_group_by(campaign, "channel").items())
    ]
    return ClinicCosts(
        id=rows[0]["workspace_id"],
        name=rows[0]["clinic"],
        prices=prices,
        rows=sorted(campaigns, key=lambda row: (row.label, row.channel)),
        total=_build_row("", "", _sum_rows(rows), prices),
    )


def _build_row(label: str, channel: str, line: CostLine, prices: CreditPrices) -> CostRow:
    return CostRow(
        label, channel, line, line.worth(prices), line.margin(prices), line.currency(prices)
    )


def _sum_rows(rows: Iterable[dict[str, Any]]) -> CostLine:
    line = CostLine()
    for row in rows:
        line.add(row)
    return line


def _group_by(rows: Iterable[dict[str, Any]], name: str) -> dict[Any, list[dict[str, Any]]]:
    groups: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups


def _sum_other_costs(starts: datetime, ends: datetime) -> dict[str, Decimal]:
    """Sum the costs without a message of ours: replies, self-tests, earlier attempts."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    days = CostDay.objects.filter(day__gte=starts.date(), day__lt=ends.date())
    for costs in days.values_list("other_costs", flat=True):
        for currency, cost in costs.items():
            sums[currency] += Decimal(cost)
    return dict(sums)
