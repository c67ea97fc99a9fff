"""The constraints of notifications, each broken by a raw write."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.factories import (
    NotificationChoiceFactory,
    NotificationFactory,
    QuietHoursFactory,
    UserFactory,
    WorkspaceFactory,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)


def test_same_row_twice_is_refused_by_the_database() -> None:
    owner = UserFactory.create()
    values = {"workspace": owner.workspace, "user": owner, "subscription": None, "cause": "x"}
    NotificationFactory.create(**values)

    with pytest.raises(IntegrityError, match="workspaces_notification_once"), transaction.atomic():
        NotificationFactory.create(**values)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"outcome": "LOST", "done_at": NOON}, "workspaces_notification_outcome_known"),
        ({"outcome": "SENT"}, "workspaces_notification_done_or_waiting"),
        ({"done_at": NOON}, "workspaces_notification_done_or_waiting"),
    ],
)
def test_impossible_states_are_refused_by_the_database(values: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        NotificationFactory.create(**values)


def test_quiet_hours_of_a_whole_day_are_refused_by_the_database() -> None:
    hours = {"starts": "07:00", "ends": "07:00"}
    name = "workspaces_quiethours_not_the_whole_day"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        QuietHoursFactory.create(**hours)


def test_member_has_one_choice_of_each_kind_and_one_set_of_quiet_hours() -> None:
    user = UserFactory.create(workspace=WorkspaceFactory.create())
    for factory, name in (
        (NotificationChoiceFactory, "workspaces_notificationchoice_once"),
        (QuietHoursFactory, "workspaces_quiethours_one_a_member"),
    ):
        factory.create(workspace=user.workspace, user=user)
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            factory.create(workspace=user.workspace, user=user)
