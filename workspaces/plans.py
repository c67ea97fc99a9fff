"""What each plan includes and costs. Limits, pages and Stripe's prices are read from here."""

from dataclasses import dataclass
from datetime import timedelta

from workspaces.models import Feature, Plan


@dataclass(frozen=True)
class Price:
    """An amount in cents. Stripe finds the price by `lookup_key`, so we store no ids of prices."""

    amount: int
    lookup_key: str
    currency: str = "usd"


@dataclass(frozen=True)
class Terms:
    """What a plan includes. `None` means unlimited; plans without prices are not sold online."""

    plan: Plan
    credits: int
    credits_monthly: bool
    users: int | None
    practices: int | None
    features: frozenset[Feature] = frozenset()
    monthly: Price | None = None
    yearly: Price | None = None


@dataclass(frozen=True)
class Pack:
    credits: int
    price: Price

    @property
    def lookup_key(self) -> str:
        return self.price.lookup_key


@dataclass(frozen=True)
class Trial:
    """The plan of a new clinic for its first days. It brings no credits of its own."""

    plan: Plan
    length: timedelta


# From the smallest to the largest. The order decides which of several plans is in force.
PLANS: dict[Plan, Terms] = {
    terms.plan: terms
    for terms in (
        Terms(plan=Plan.FREE, credits=50, credits_monthly=False, users=1, practices=1),
        Terms(
            plan=Plan.STARTER,
            credits=500,
            credits_monthly=True,
            users=3,
            practices=2,
            features=frozenset({Feature.WHATSAPP}),
            monthly=Price(29_00, "starter_monthly"),
            yearly=Price(290_00, "starter_yearly"),
        ),
        Terms(
            plan=Plan.PROFESSIONAL,
            credits=2_000,
            credits_monthly=True,
            users=10,
            practices=10,
            features=frozenset(Feature),
            monthly=Price(79_00, "professional_monthly"),
            yearly=Price(790_00, "professional_yearly"),
        ),
        # Its credits are part of each contract, and platform staff grant them by hand.
        Terms(
            plan=Plan.ENTERPRISE,
            credits=0,
            credits_monthly=False,
            users=None,
            practices=None,
            features=frozenset(Feature),
        ),
    )
}
ORDER = list(PLANS)

PACKS = (
    Pack(500, Price(20_00, "credits_500")),
    Pack(2_000, Price(70_00, "credits_2000")),
    Pack(10_000, Price(300_00, "credits_10000")),
)

TRIAL = Trial(plan=Plan.PROFESSIONAL, length=timedelta(days=14))


def plans_with_feature(feature: Feature) -> list[Plan]:
    return [plan for plan, terms in PLANS.items() if feature in terms.features]


def plan_of_price(lookup_key: str) -> Plan | None:
    """Return the plan that a price in Stripe belongs to."""
    for plan, terms in PLANS.items():
        if lookup_key in {price.lookup_key for price in (terms.monthly, terms.yearly) if price}:
            return plan
    return None


def find_pack(lookup_key: str) -> Pack | None:
    return next((each for each in PACKS if each.lookup_key == lookup_key), None)
