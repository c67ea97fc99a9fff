"""The plans as visitors see them, each with the address at which they sign up for it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from core.public_pages import chosen_language
from workspaces import support
from workspaces.models import Plan
from workspaces.plans import PACKS, PLANS, TRIAL, Terms


@dataclass(frozen=True)
class PlanOnOffer:
    terms: Terms
    href: str
    is_suggested: bool


def describe_plans(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the pages that show plans and prices."""
    is_yearly = request.GET.get("pay") == "yearly"
    language = chosen_language(request)
    return {
        "plans": [
            _offer(terms, is_yearly=is_yearly, language=language) for terms in PLANS.values()
        ],
        "packs": PACKS,
        "trial": TRIAL,
        "free_credits": PLANS[Plan.FREE].credits,
        "is_yearly": is_yearly,
    }


def _offer(terms: Terms, *, is_yearly: bool, language: str) -> PlanOnOffer:
    return PlanOnOffer(
        terms,
        _address_of(terms, is_yearly=is_yearly, language=language),
        is_suggested=terms.plan == TRIAL.plan,
    )


def _address_of(terms: Terms, *, is_yearly: bool, language: str) -> str:
    """Return where the plan's button leads.

    A plan that is paid by card is remembered in `next`: after the sign-up it leads to the billing
    page, with this plan first. Plans by agreement lead to the people who run the installation.
    """
    query = {"lang": language} if language else {}
    if terms.monthly:
        pay = "yearly" if is_yearly else "monthly"
        billing = f"{reverse('billing')}?{urlencode({'plan': terms.plan.value, 'pay': pay})}#plans"
        query["next"] = billing
    elif terms.plan != Plan.FREE and (ways := support.contact_ways()):
        return ways[0].href
    return f"{reverse('account_signup')}?{urlencode(query)}".removesuffix("?")
