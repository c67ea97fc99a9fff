"""A throw-away clinic writes to strangers through the public API, as an attacker would."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from messaging.channels import OutgoingMessage
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.models import Message, Sender
from templates_app.actions import install_defaults
from tests.concurrency import run_concurrently
from tests.core.api.calling import ApiClient
from tests.factories import ApiKeyFactory, EntitlementFactory, UnvettedWorkspaceFactory
from tests.messaging.world import running_campaign, shared_sender
from workspaces.models import EntitlementSource, Plan, Workspace
from workspaces.vetting import limits

pytestmark = pytest.mark.django_db

STRANGERS = 50
PHISHING = "Su cuenta fue bloqueada, verifique en https://evil.example {{ratingLink}}"
OWN_WORDS = "Hola {{firstName}}, del 1 al 5, como le fue? {{ratingLink}}"


class ThrowAway:
    """A clinic a minute old: a trial, an API key, a campaign, and the texts that came with it."""

    def __init__(self) -> None:
        self.workspace: Workspace = UnvettedWorkspaceFactory.create(message_credits=500)
        EntitlementFactory.create(
            workspace=self.workspace, source=EntitlementSource.TRIAL, plan=Plan.PROFESSIONAL
        )
        with tenancy.platform("test"):
            install_defaults(workspace=self.workspace)
        self.campaign: Campaign = running_campaign(self.workspace)
        self.api_client = ApiClient(ApiKeyFactory.create(workspace=self.workspace))

    def writes(self, content: str) -> int:
        text = {
            "name": "Aviso",
            "type": "INITIAL",
            "language": "es",
            "content": content,
            "is_default": True,
        }
        made = self.api_client.post("templates/", text)
        if made.status_code == 201:
            self.api_client.post(f"templates/{made.json()['id']}/default/", {"everywhere": True})
        return int(made.status_code)

    def sends_in(self, number: int = STRANGERS, **values: str) -> Any:
        patients = [
            {
                "name": "Ana Torres",
                "phone": f"+5939870{number:05}",
                "appointment_time": (timezone.now() - timedelta(hours=3)).isoformat(),
                "has_consent": True,
                **values,
            }
            for number in range(number)
        ]
        return self.api_client.post(
            "patients/batches/", {"campaign_id": str(self.campaign.pk), "patients": patients}
        ).json()


@pytest.fixture
def sender() -> Sender:
    return shared_sender()


@pytest.fixture
def clinic() -> ThrowAway:
    return ThrowAway()


def what_leaves(sender: Sender) -> list[OutgoingMessage]:
    """Plan and claim until nothing is left."""
    assert plan_messages()
    left: list[OutgoingMessage] = []
    while some := claim_batch(sender=sender, limit=200):
        left += some
    return left


def test_text_with_a_link_is_refused(clinic: ThrowAway) -> None:
    assert clinic.writes(PHISHING) == 400


@pytest.mark.parametrize("content", [OWN_WORDS, PHISHING])
def test_own_text_reaches_no_stranger(sender: Sender, clinic: ThrowAway, content: str) -> None:
    if content == PHISHING:  # past the form, as a text from before this rule
        clinic.writes(OWN_WORDS)
        with tenancy.platform("test"):
            clinic.workspace.templates.filter(name="Aviso").update(content=PHISHING)
    else:
        assert clinic.writes(content) == 201
    clinic.sends_in()

    assert what_leaves(sender) == []
    with tenancy.platform("test"):
        assert Message.objects.filter(status="PENDING").count() == STRANGERS


def test_names_with_links_are_refused(sender: Sender, clinic: ThrowAway) -> None:
    answer = clinic.sends_in(name="Su cuenta fue bloqueada: evil . example")

    assert {one["status"] for one in answer["results"]} == {"refused"}


def test_other_values_with_links_are_omitted(sender: Sender, clinic: ThrowAway) -> None:
    clinic.sends_in(2, doctor_name="https://evil.example", appointment_type="Cuenta evil[.]example")

    bodies = [message.body for message in what_leaves(sender)]

    assert bodies
    assert not any("evil" in body for body in bodies)


@pytest.mark.django_db(transaction=True)
def test_default_texts_reach_at_most_the_limit_of_strangers() -> None:
    """Two claims at once, again and again."""
    sender, clinic = shared_sender(), ThrowAway()
    clinic.sends_in()
    assert plan_messages()

    left = [
        message
        for _ in range(3)
        for some in run_concurrently(*[lambda: claim_batch(sender=sender, limit=20)] * 2)
        for message in some
    ]

    assert len(left) == limits.STRANGERS_BEFORE_TRUST
    assert len({message.to for message in left}) == limits.STRANGERS_BEFORE_TRUST
