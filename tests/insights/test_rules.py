from datetime import date
from typing import Any

import pytest

from tests.constraints import assert_refused
from tests.factories import (
    DayTallyFactory,
    FailureTallyFactory,
    HourTallyFactory,
    MonthlyMailFactory,
    ReportFactory,
    SavedViewFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "factory", "values"),
    [
        ("insights_daytally_facet_known", DayTallyFactory, {"facet": "moon"}),
        ("insights_hourtally_facet_known", HourTallyFactory, {"facet": "moon"}),
        ("insights_failuretally_facet_known", FailureTallyFactory, {"facet": "moon"}),
        ("insights_hourtally_a_day_of_24", HourTallyFactory, {"weekday": 0}),
        ("insights_hourtally_a_day_of_24", HourTallyFactory, {"weekday": 8}),
        ("insights_hourtally_a_day_of_24", HourTallyFactory, {"hours": [0] * 23}),
    ],
)
def test_invalid_tally_is_refused(constraint: str, factory: Any, values: dict[str, Any]) -> None:
    assert_refused(constraint, factory, **values)


@pytest.mark.parametrize(
    ("constraint", "factory"),
    [
        ("insights_daytally_once", DayTallyFactory),
        ("insights_hourtally_once", HourTallyFactory),
        ("insights_failuretally_once", FailureTallyFactory),
    ],
)
def test_second_tally_of_same_day_is_refused(constraint: str, factory: Any) -> None:
    tally = factory.create()

    assert_refused(constraint, factory, workspace=tally.workspace, campaign=tally.campaign)


@pytest.mark.parametrize("address", ["http://example.com", "javascript:alert(1)"])
def test_report_cannot_link_to_an_address_without_tls(address: str) -> None:
    assert_refused("insights_report_booking_url_is_https", ReportFactory, booking_url=address)


def test_second_mail_of_a_month_is_refused() -> None:
    mail = MonthlyMailFactory.create()

    assert_refused(
        "insights_monthlymail_once", MonthlyMailFactory, workspace=mail.workspace, user=mail.user
    )


def test_mail_of_a_part_of_a_month_is_refused() -> None:
    assert_refused(
        "insights_monthlymail_of_a_whole_month", MonthlyMailFactory, month=date(2026, 1, 2)
    )


def test_clinic_has_one_view_of_a_name() -> None:
    view = SavedViewFactory.create(name="Low ratings")
    SavedViewFactory.create(name="Low ratings")  # another clinic's
    owner = UserFactory.create(workspace=view.workspace)
    SavedViewFactory.create(workspace=view.workspace, user=owner, name="Low ratings")

    assert_refused(
        "insights_savedview_once_a_clinic",
        SavedViewFactory,
        workspace=view.workspace,
        name="LOW ratings",
    )


def test_member_has_one_view_of_a_name() -> None:
    owner = UserFactory.create()
    SavedViewFactory.create(workspace=owner.workspace, user=owner, name="Low ratings")

    assert_refused(
        "insights_savedview_once_a_member",
        SavedViewFactory,
        workspace=owner.workspace,
        user=owner,
        name="low ratings",
    )
