import pytest
from django.utils import timezone

from campaigns.models import CampaignStatus
from core import tenancy
from core.models import AuditEvent
from templates_app.actions import install_defaults
from tests.core.api.calling import ApiClient, problem_codes
from tests.factories import CampaignFactory, PracticeFactory, UserFactory
from workspaces.models import Role

pytestmark = pytest.mark.django_db


def test_campaign_goes_through_its_states(api_client: ApiClient) -> None:
    with tenancy.within(api_client.workspace.pk):
        install_defaults(workspace=api_client.workspace)
    practice = PracticeFactory.create(
        workspace=api_client.workspace, google_place_id="ChIJ0123456789"
    )

    made = api_client.post("campaigns/", {"name": "Consultas", "practice_id": str(practice.pk)})
    path = made["Location"].partition("/api/v1/")[2]
    changed = api_client.patch(path, {"scheduled_hours_after": 4})
    result = [
        api_client.post(f"{path}{act}/").json()["status"]
        for act in ("activate", "pause", "resume", "cancel")
    ]

    assert (made.status_code, made.json()["status"]) == (201, "DRAFT")
    assert (changed.json()["scheduled_hours_after"], changed.json()["name"]) == (4, "Consultas")
    assert result == ["ACTIVE", "PAUSED", "ACTIVE", "CANCELLED"]
    assert problem_codes(api_client.patch(path, {"name": "Otra"}))[:2] == (409, "conflict")
    with tenancy.platform("test"):
        acts = AuditEvent.objects.filter(entity_type="campaign").order_by("pk")
        assert [act.action.partition(".")[2] for act in acts] == [
            "create", "change", "activate", "pause", "resume", "cancel",
        ]  # fmt: skip
        assert {act.actor_name for act in acts} == {api_client.key.made_by.name}  # type: ignore[union-attr]


def test_impossible_campaign_action_is_a_conflict(api_client: ApiClient) -> None:
    draft = CampaignFactory.create(workspace=api_client.workspace)
    ended = CampaignFactory.create(
        workspace=api_client.workspace, status=CampaignStatus.CANCELLED, ended_at=timezone.now()
    )

    assert problem_codes(api_client.post(f"campaigns/{draft.pk}/resume/"))[:2] == (409, "conflict")
    assert problem_codes(api_client.post(f"campaigns/{ended.pk}/complete/"))[:2] == (
        409,
        "conflict",
    )


@pytest.mark.parametrize(
    ("body", "mistakes"),
    [
        ({"practice_id": None}, [("practice_id", "null")]),
        ({"practice_id": "01890a5d-ac96-774b-bcce-b302099a8057"},
         [("practice_id", "invalid_choice")]),
        ({"scheduled_hours_after": 73}, [("scheduled_hours_after", "max_value")]),
        ({"scheduled_hours_after": "4"}, [("scheduled_hours_after", "invalid")]),
        ({"scheduled_hours_after": True}, [("scheduled_hours_after", "invalid")]),
        ({"scheduled_hours_after": 10**400}, [("scheduled_hours_after", "max_value")]),
        ({"is_ongoing": 1}, [("is_ongoing", "invalid")]),
        ({"status": "ACTIVE"}, [("status", "unknown")]),
        ({"status": "ACTIVE", "is_ongoing": 1,
          "practice_id": "01890a5d-ac96-774b-bcce-b302099a8057"},
         [("is_ongoing", "invalid"), ("status", "unknown"), ("practice_id", "invalid_choice")]),
    ],
)  # fmt: skip
def test_wrong_campaign_is_refused_with_all_errors(
    api_client: ApiClient, body: dict[str, object], mistakes: list[tuple[str, str]]
) -> None:
    practice = PracticeFactory.create(workspace=api_client.workspace)
    whole = {"name": "Consultas", "practice_id": str(practice.pk)} | body

    assert problem_codes(api_client.post("campaigns/", whole)) == (400, "invalid", mistakes)


def test_practice_of_another_clinic_is_refused(api_client: ApiClient) -> None:
    body = {"name": "Consultas", "practice_id": str(PracticeFactory.create().pk)}

    assert problem_codes(api_client.post("campaigns/", body))[2] == [
        ("practice_id", "invalid_choice")
    ]


def test_doctor_sees_their_own_campaigns(api_client: ApiClient) -> None:
    doctor = UserFactory.create(workspace=api_client.workspace, role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=api_client.workspace, created_by=doctor)
    CampaignFactory.create(workspace=api_client.workspace)
    del api_client.client.defaults["HTTP_AUTHORIZATION"]
    api_client.client.force_login(doctor)

    result = api_client.get("campaigns/").json()["results"]

    assert [campaign["id"] for campaign in result] == [str(own.pk)]


def test_campaigns_are_filtered(api_client: ApiClient) -> None:
    active = CampaignFactory.create(
        workspace=api_client.workspace, status=CampaignStatus.ACTIVE, activated_at=timezone.now()
    )
    CampaignFactory.create(workspace=api_client.workspace, is_ongoing=True)

    for query in ("status=ACTIVE", f"practice_id={active.practice_id}", "is_ongoing=false"):
        result = api_client.get(f"campaigns/?{query}").json()["results"]
        assert [campaign["id"] for campaign in result] == [str(active.pk)]
