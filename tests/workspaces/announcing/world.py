"""What tests of announcing say in one line."""

from typing import Any
from uuid import UUID

from tests.factories import EndpointFactory
from workspaces import tenancy
from workspaces.announcing import Happening, announce_many
from workspaces.models import Announcement, Attempt, Endpoint, Event

RATING = Event.RATING_RECEIVED


def endpoint(url: str = "https://hooks.example.com/", **values: Any) -> Endpoint:
    made: Endpoint = EndpointFactory.create(url=url, **values)
    return made


def happens(workspace_id: UUID, *numbers: int, event: Event = RATING) -> None:
    with tenancy.within(workspace_id):
        announce_many(Happening(event, workspace_id, {"number": number}) for number in numbers)


def now(endpoint: Endpoint) -> Endpoint:
    with tenancy.platform("test"):
        return Endpoint.objects.get(pk=endpoint.pk)


def put(endpoint: Endpoint, **values: Any) -> None:
    with tenancy.platform("test"):
        Endpoint.objects.filter(pk=endpoint.pk).update(**values)


def log(endpoint: Endpoint) -> list[Announcement]:
    with tenancy.platform("test"):
        return list(Announcement.objects.filter(endpoint=endpoint).order_by("position"))


def states(endpoint: Endpoint) -> list[tuple[int, str]]:
    return [(one.data["number"], one.status) for one in log(endpoint)]


def attempts(endpoint: Endpoint) -> list[Attempt]:
    with tenancy.platform("test"):
        return list(Attempt.objects.filter(announcement__endpoint=endpoint).order_by("pk"))
