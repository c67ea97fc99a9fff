"""The main navigation: its pages, and the permission that each of them needs."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workspaces.access import Can, may
from workspaces.models import User


@dataclass(frozen=True)
class NavigationPage:
    name: str  # URL name
    icon: str
    label: str | Promise
    permission: Can | None = None


@dataclass(frozen=True)
class NavigationLink:
    page: NavigationPage
    href: str
    is_current: bool


# Pages for every day, and below them those for setting up.
DAILY = (
    NavigationPage("home", "home", _("Home")),
    NavigationPage("inbox", "mail", _("Inbox"), Can.ANSWER_PATIENTS),
    NavigationPage("recovery", "heart", _("Unhappy"), Can.ANSWER_PATIENTS),
    NavigationPage("patients", "user", _("Patients"), Can.SEE_PATIENTS),
    NavigationPage("imports", "list", _("Lists"), Can.UPLOAD_LISTS),
    NavigationPage("campaigns", "campaign", _("Campaigns"), Can.SEE_CAMPAIGN_NAMES),
)
SET_UP = (
    NavigationPage("templates", "text", _("Texts"), Can.SEE_TEXTS),
    NavigationPage("practices", "practice", _("Practices"), Can.SEE_PRACTICES),
    NavigationPage("sharing", "star", _("Sharing"), Can.MANAGE_SHARING),
    NavigationPage("suppressions", "shield", _("Suppressions"), Can.SEE_SUPPRESSIONS),
    NavigationPage("keys", "key", _("API"), Can.MANAGE_KEYS),
    NavigationPage("endpoints", "announce", _("Webhooks"), Can.MANAGE_WEBHOOKS),
    NavigationPage("team", "team", _("Team"), Can.MANAGE_USERS),
    NavigationPage("billing", "credits", _("Billing"), Can.MANAGE_BILLING),
    NavigationPage("audit", "audit", _("Audit"), Can.SEE_AUDIT),
)


def links(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.is_staff:
        return {}
    return {"navigation": [_links(pages, user, request.path) for pages in (DAILY, SET_UP)]}


def _links(pages: tuple[NavigationPage, ...], user: User, path: str) -> list[NavigationLink]:
    shown = [page for page in pages if page.permission is None or may(user, page.permission)]
    return [_link(page, path) for page in shown]


def _link(page: NavigationPage, path: str) -> NavigationLink:
    href = reverse(page.name)
    is_current = path == href if page.name == "home" else path.startswith(href)
    return NavigationLink(page, href, is_current)
