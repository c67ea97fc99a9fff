from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from insights import rollup
from messaging.models import Message, MessageStatus, RecoveryStatus
from tests.core.api.calling import ApiClient, problem_codes
from tests.factories import (
    CampaignFactory,
    FeedbackFactory,
    MessageFactory,
    PracticeFactory,
    UserFactory,
)
from workspaces.models import Role

pytestmark = pytest.mark.django_db


def create_answered_message(api_client: ApiClient, rating: int | None, **fields: Any) -> Message:
    now = timezone.now()
    made: Message = MessageFactory.create(
        workspace=api_client.workspace,
        status=MessageStatus.REPLIED,
        rating=rating,
        sent_at=now - timedelta(minutes=30),
        delivered_at=now - timedelta(minutes=29),
        replied_at=now,
        **fields,
    )
    return made


def test_messages_are_filtered_and_read(api_client: ApiClient) -> None:
    good = create_answered_message(api_client, 5, comment="muy bien")
    create_answered_message(api_client, 2)
    MessageFactory.create()

    (row,) = api_client.get("messages/?rating=5&status=REPLIED&type=INITIAL").json()["results"]

    assert api_client.get(f"messages/{good.pk}/").json() == row
    assert (row["comment"], row["patient_id"]) == ("muy bien", str(good.patient_id))
    assert len(api_client.get(f"messages/?patient_id={good.patient_id}").json()["results"]) == 1
    assert problem_codes(api_client.get("messages/?rating=6"))[2] == [("rating", "max_value")]
    assert api_client.get("messages/?sent_after=0192-10-24T17:25:34%2B20:46").status_code == 200


def test_case_goes_through_its_states(api_client: ApiClient) -> None:
    case = FeedbackFactory.create(
        workspace=api_client.workspace, message__comment="esperé mucho", comment=""
    )
    colleague = UserFactory.create(workspace=api_client.workspace, role=Role.DOCTOR)
    path = f"feedback/{case.pk}/"

    (listed,) = api_client.get("feedback/?status=OPEN").json()["results"]
    assigned = api_client.post(f"{path}assign/", {"assignee_id": str(colleague.pk)}).json()
    api_client.post(f"{path}notes/", {"text": "llamar mañana"})
    steps = [
        api_client.post(f"{path}{act}/", body).json()["status"]
        for act, body in (("start", None), ("resolve", {"text": "se disculpó"}), ("reopen", None))
    ]

    assert listed["comment"] == "esperé mucho"
    assert assigned["assignee_id"] == str(colleague.pk)
    assert steps == [RecoveryStatus.IN_PROGRESS, RecoveryStatus.RESOLVED, "IN_PROGRESS"]
    assert problem_codes(api_client.post(f"{path}reopen/"))[:2] == (409, "conflict")


def test_case_is_assigned_only_to_people_who_may_answer(api_client: ApiClient) -> None:
    case = FeedbackFactory.create(workspace=api_client.workspace)
    others = [
        UserFactory.create(workspace=api_client.workspace, role=Role.RECEPTIONIST),
        UserFactory.create(),
    ]

    for other in others:
        answer = api_client.post(f"feedback/{case.pk}/assign/", {"assignee_id": str(other.pk)})
        assert problem_codes(answer)[2] == [("assignee_id", "invalid_choice")]
        sent = {"assignee_id": str(other.pk), "colour": "red"}
        answer = api_client.post(f"feedback/{case.pk}/assign/", sent)
        assert problem_codes(answer)[2] == [
            ("colour", "unknown"),
            ("assignee_id", "invalid_choice"),
        ]


def test_figures_equal_those_of_the_pages(api_client: ApiClient) -> None:
    campaign = CampaignFactory.create(workspace=api_client.workspace)
    for rating in (5, 5, 4, 1):
        create_answered_message(
            api_client, rating, patient__campaign=campaign, patient__doctor_name="Dra. Ruiz"
        )
    rollup.roll_up_workspace(workspace_id=api_client.workspace.pk)

    summary = api_client.get("insights/summary/?period=7").json()
    series = api_client.get("insights/series/?period=7").json()
    groups = api_client.get("insights/breakdown/?by=doctor").json()["groups"]
    hours = api_client.get("insights/hours/").json()["weekdays"]

    assert summary["figures"]["nps"] == 50
    assert summary["figures"]["ratings"] == [1, 0, 0, 1, 2]
    assert summary["figures"]["answer_rate"] == 1
    assert summary["figures"]["rating_rate"] == 1
    assert summary["before"]["nps"] is None
    assert (series["step"], len(series["points"])) == ("day", 7)
    assert sum(point["figures"]["rated"] for point in series["points"]) == 4
    assert [(group["key"], group["figures"]["rated"]) for group in groups] == [("Dra. Ruiz", 4)]
    assert sum(sum(day) for day in hours) == 4
    assert api_client.get("insights/failures/").json()["failures"] == []


def test_answers_ratings_and_opt_outs_are_counted_separately(api_client: ApiClient) -> None:
    campaign = CampaignFactory.create(workspace=api_client.workspace)
    create_answered_message(api_client, 5, patient__campaign=campaign)
    create_answered_message(
        api_client, None, patient__campaign=campaign, patient__opted_out_at=timezone.now()
    )  # wrote STOP
    MessageFactory.create(
        workspace=api_client.workspace,
        patient__campaign=campaign,
        channel="EMAIL",
        status="SENT",
        sent_at=timezone.now(),
    )

    figures = api_client.get("insights/summary/?period=7").json()["figures"]

    assert (figures["asked"], figures["delivered"], figures["answered"]) == (3, 3, 2)
    assert (figures["rated"], figures["opted_out"]) == (1, 1)
    assert (figures["answer_rate"], figures["rating_rate"]) == (2 / 3, 1 / 3)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("period=8", "period"),
        ("from=2026-13-01", "from"),
        ("from=2026-02-02&to=2026-01-01", "from"),
        ("channel=FAX", "channel"),
        ("campaign_id=01890a5d-ac96-774b-bcce-b302099a8057", "campaign_id"),
        ("practice_id=x", "practice_id"),
        ("colour=red", "colour"),
        ("step=hour", "step"),
    ],
)
def test_wrong_query_is_refused(api_client: ApiClient, query: str, field: str) -> None:
    answer = api_client.get(f"insights/series/?{query}")

    assert problem_codes(answer)[:2] == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_wrong_query_is_refused_with_all_errors(api_client: ApiClient) -> None:
    other = PracticeFactory.create()

    answer = api_client.get(
        f"insights/series/?step=hour&channel=FAX&practice_id={other.pk}&colour=1"
    )

    assert problem_codes(answer)[2] == [
        ("channel", "invalid_choice"),
        ("step", "invalid_choice"),
        ("practice_id", "does_not_exist"),
        ("colour", "unknown"),
    ]


def test_practice_of_another_clinic_is_refused(api_client: ApiClient) -> None:
    theirs = PracticeFactory.create()

    assert api_client.get(f"insights/summary/?practice_id={theirs.pk}").status_code == 400
