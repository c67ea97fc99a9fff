"""The main navigation: its entries, their tabs, and how many patients wait."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import ngettext_lazy

from config import member_pages
from config.member_pages import INBOX, RECOVERY, Page, Section
from messaging import waiting
from workspaces.models import User, Workspace

# A phone has room for this many entries beside "More".
IN_BAR = 4
# Of the position in a list, a download, or the open view of a list: not for another tab.
NOT_KEPT = ("before", "after", "as", "view")


@dataclass(frozen=True)
class Waiting:
    """How many wait: the number to see, and words for screen readers."""

    number: str
    words: str


@dataclass(frozen=True)
class NavigationLink:
    page: Page
    href: str
    is_current: bool
    waiting: Waiting | None = None


@dataclass(frozen=True)
class Navigation:
    daily: list[NavigationLink]
    settings: list[NavigationLink]
    tabs: list[NavigationLink] = field(default_factory=list)
    tabs_keep_filters: bool = False

    @property
    def in_bar(self) -> list[NavigationLink]:
        return self.daily[:IN_BAR]

    @property
    def beyond_bar(self) -> list[NavigationLink]:
        """The links in the sheet "More" of a phone."""
        return self.daily[IN_BAR:] + self.settings

    @property
    def is_beyond_bar(self) -> bool:
        return any(link.is_current for link in self.beyond_bar)


@dataclass(frozen=True)
class _Count:
    count: Callable[[Workspace, User], int]
    words: str | Promise


COUNTS = {
    INBOX.name: _Count(
        waiting.count_waiting_conversations,
        ngettext_lazy(
            "%(shown)s patient waits for an answer",
            "%(shown)s patients wait for an answer",
            "count",
        ),
    ),
    RECOVERY.name: _Count(
        waiting.count_open_cases,
        ngettext_lazy(
            "%(shown)s case of an unhappy patient is not resolved",
            "%(shown)s cases of unhappy patients are not resolved",
            "count",
        ),
    ),
}


def links(request: HttpRequest) -> dict[str, Any]:
    """Add `navigation`. It is lazy: responses to htmx do not show it and must not count."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.is_staff:
        return {}
    return {"navigation": SimpleLazyObject(partial(_build, request, user))}


def _build(request: HttpRequest, user: User) -> Navigation:
    workspace: Workspace | None = getattr(request, "workspace", None)
    daily = []
    tabs: list[NavigationLink] = []
    keeps_filters = False
    for section in member_pages.DAILY:
        pages = section.pages_of(user)
        if not pages:
            continue
        is_current = any(_is_below(request.path, page) for page in pages)
        waits = _count_waiting(pages[0], workspace, user)
        daily.append(NavigationLink(pages[0], pages[0].href, is_current, waits))
        if len(pages) > 1 and any(request.path == page.href for page in pages):
            tabs, keeps_filters = _tabs(request, section, pages), section.keeps_filters
    return Navigation(daily, _settings_link(request, user, daily), tabs, keeps_filters)


def _settings_link(
    request: HttpRequest, user: User, daily: list[NavigationLink]
) -> list[NavigationLink]:
    """Return the link to Settings, or nothing for a role without any page there."""
    if not member_pages.settings_groups_of(user):
        return []
    settings = member_pages.SETTINGS
    below = (settings, *member_pages.settings_pages())
    # The canned answers belong to Settings, but are below the messages.
    is_current = not any(link.is_current for link in daily) and any(
        _is_below(request.path, page) for page in below
    )
    return [NavigationLink(settings, settings.href, is_current)]


def _is_below(path: str, page: Page) -> bool:
    href = page.href
    return path == href if href == "/" else path.startswith(href)


def _tabs(request: HttpRequest, section: Section, pages: list[Page]) -> list[NavigationLink]:
    query = ""
    if section.keeps_filters and request.GET:
        kept = request.GET.copy()
        for name in NOT_KEPT:
            kept.pop(name, None)
        query = f"?{kept.urlencode()}" if kept else ""
    return [
        NavigationLink(page, f"{page.href}{query}", request.path == page.href) for page in pages
    ]


def _count_waiting(page: Page, workspace: Workspace | None, user: User) -> Waiting | None:
    if workspace is None or page.name not in COUNTS:
        return None
    counted = COUNTS[page.name]
    count = counted.count(workspace, user)
    if not count:
        return None
    shown = str(count) if count < waiting.MAX_COUNT else f"{waiting.MAX_COUNT - 1}+"
    return Waiting(shown, counted.words % {"count": count, "shown": shown})
