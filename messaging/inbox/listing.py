"""The list of conversations: which ones, in which order, and how many of each kind.

With any number of conversations a page costs the same: it is read from the end of an index, and
numbers are counted up to a maximum only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.paging import Page, newest_first, oldest_first
from messaging import waiting
from messaging.inbox import thread
from messaging.inbox.search import search_conversations
from messaging.models import Conversation, Topic
from messaging.models.conversation import ConversationQuerySet
from messaging.text_labels.topic_filter import about_topic, parse_topic
from patients import holds
from templates_app.models import Channel
from workspaces.requests import MemberRequest

PAGE_SIZE = 50
LONGEST_SEARCH = 80
STATES: Mapping[str, str | Promise] = {
    "waiting": _("Waiting"),
    "mine": _("Mine"),
    "unassigned": _("Nobody’s"),
    "held": _("To decide"),
    "snoozed": _("Put aside"),
    "open": pgettext_lazy("conversations", "Open"),
    "closed": _("Closed"),
    "all": pgettext_lazy("conversations", "All"),
}
FIRST_STATE = "waiting"


@dataclass(frozen=True)
class InboxFilters:
    """What the address of the inbox asks for. Invalid values are ignored."""

    state: str
    channel: str
    topic: Topic | None
    typed: str

    @classmethod
    def read(cls, query: QueryDict) -> "InboxFilters":
        typed = query.get("q", "")[:LONGEST_SEARCH].strip()
        state, channel = query.get("state", ""), query.get("channel", "")
        return cls(
            state=state if state in STATES else _usual_state(typed),
            channel=channel if channel in Channel.values else "",
            topic=parse_topic(query),
            typed=typed,
        )

    @property
    def is_state_chosen(self) -> bool:
        return self.state != _usual_state(self.typed)

    @property
    def query(self) -> str:
        """Return the part of an address that asks for this list."""
        chosen = {
            "q": self.typed,
            "state": self.state if self.is_state_chosen else "",
            "channel": self.channel,
            "topic": self.topic or "",
        }
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in chosen.items() if value})
        return query.urlencode()

    @property
    def is_narrowed(self) -> bool:
        return bool(self.channel or self.topic)


def _usual_state(typed: str) -> str:
    """A search without a choice goes through everything: it is for a person, not for a state."""
    return "all" if typed else FIRST_STATE


def visible_conversations(request: MemberRequest) -> ConversationQuerySet:
    seen = Conversation.objects.within(request.workspace).visible_to(request.user)
    return seen.select_related("patient__campaign__practice", "patient__workspace", "assignee")


def filtered_conversations(request: MemberRequest, filters: InboxFilters) -> ConversationQuerySet:
    """Return the conversations of the channel and topic that match the search, in any state."""
    found = about_topic(visible_conversations(request), filters.topic)
    if filters.channel:
        found = found.filter(channel=filters.channel)
    return search_conversations(found, workspace=request.workspace, typed=filters.typed)


def list_conversations(request: MemberRequest, filters: InboxFilters) -> dict[str, Any]:
    """Return the context of the list."""
    held_addresses = set(holds.addresses_to_decide(request.workspace))
    page = _page(request, filters, held_addresses)
    waits = waiting.waiting_conversations(request.workspace, visible_to=request.user)
    since = waits.order_by("waiting_since").values_list("waiting_since", flat=True)
    times = list(since[: waiting.MAX_COUNT])
    return {
        "filters": filters,
        "list_query": _list_query(request),
        "page": page,
        "words": thread.last_words(page.rows),
        "held": _held(page.rows, held_addresses),
        "states": [
            (value, label, "?" + _query_of_state(filters, value)) for value, label in STATES.items()
        ],
        "waiting": len(times),
        "waiting_longest": times[0] if times else None,
        "max_count": waiting.MAX_COUNT,
        "channels_to_choose": Channel.choices,
        "topics": Topic.choices,
    }


def _page(
    request: MemberRequest, filters: InboxFilters, held_addresses: set[str]
) -> Page[Conversation]:
    everyone = filtered_conversations(request, filters)
    is_held = Q(patient__phone__in=held_addresses) | Q(patient__email__in=held_addresses)
    match filters.state:
        case "waiting":
            return oldest_first(everyone.waiting(), request, size=PAGE_SIZE, by="waiting_since")
        case "snoozed":
            return oldest_first(everyone.snoozed(), request, size=PAGE_SIZE, by="snoozed_until")
        case "mine":
            chosen = everyone.open().awake().filter(assignee=request.user)
        case "unassigned":
            chosen = everyone.open().awake().filter(assignee=None)
        case "held":
            chosen = everyone.filter(is_held)
        case "open":
            chosen = everyone.open()
        case "closed":
            chosen = everyone.filter(closed_at__isnull=False)
        case _:
            chosen = everyone
    return newest_first(chosen, request, size=PAGE_SIZE, by="last_at")


def _list_query(request: MemberRequest) -> str:
    """Return the query of this address that a link to one of the conversations keeps."""
    query = request.GET.copy()
    query.pop("shown", None)
    return query.urlencode()


def _held(rows: list[Conversation], addresses: set[str]) -> set[UUID]:
    return {row.pk for row in rows if addresses & {row.patient.phone, row.patient.email}}


def _query_of_state(filters: InboxFilters, state: str) -> str:
    chosen = InboxFilters(state, filters.channel, filters.topic, filters.typed)
    return chosen.query or f"state={state}"
