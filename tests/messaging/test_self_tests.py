"""A text sent to oneself: once, by the real way, paid, and known to no statistics."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from billing.models import CreditEntry
from core import tenancy
from core.ids import uuid7
from core.models import AuditEvent
from messaging.dispatch import rates
from messaging.models import Sender
from messaging.text_previews import self_tests
from messaging.text_previews.self_tests import SelfTestOrder
from patients.models import Patient
from tests.dev.doubles.simulation import Simulation
from tests.factories import (
    SenderFactory,
    SuppressionFactory,
    TemplateFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.messaging.world import messages
from workspaces.models import Plan, User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+593987654321"


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", name="Ana Ruiz", phone=PHONE)
    client.force_login(user)
    return user


def ordered(user: User, *, channel: str = "SMS", rate: int = 100, **text: Any) -> SelfTestOrder:
    """As the page leaves it to a worker."""
    fields = {"content": "Hola {{firstName}}: {{ratingLink}}"} | text
    template = TemplateFactory.create(workspace=user.workspace, **fields)
    SenderFactory.create(workspace=user.workspace, channel=channel, rate_per_second=rate)
    return SelfTestOrder(uuid7(), template.workspace_id, template.pk, channel, user.pk)


def use_rate(order: SelfTestOrder, *, tokens: int) -> None:
    """Take what the order's sender may send within this second."""
    with tenancy.within(order.workspace_id):
        sender = Sender.objects.get()
    assert rates.take(sender.pk, rate=float(sender.rate_per_second), want=tokens) == tokens


def state(order: SelfTestOrder) -> str:
    workspace = Workspace(pk=order.workspace_id)
    found = self_tests.find_outcome(workspace, str(order.id))
    return found.state if found else ""


def ledger(user: User) -> list[int]:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        entries = CreditEntry.objects.filter(cause__startswith="text-test:").order_by("pk")
        amounts = list(entries.values_list("amount", flat=True))
        left = Workspace.objects.get(pk=user.workspace_id).message_credits
    assert left == 50 + sum(amounts)
    return amounts


def test_a_test_arrives_marked_and_costs_a_credit(simulator: Simulation, owner: User) -> None:
    order = ordered(owner)

    self_tests.send_self_test(order)

    (told,) = simulator.told()
    assert told["to"] == PHONE
    assert told["body"].startswith("PRUEBA: Hola Ana: http")
    assert state(order) == "sent"
    assert ledger(owner) == [-1]


def test_a_test_is_no_message_to_a_patient(simulator: Simulation, owner: User) -> None:
    self_tests.send_self_test(ordered(owner))

    assert messages() == []
    with tenancy.platform("test"):
        assert not Patient.objects.exists()
        event = AuditEvent.objects.get(action="template.test")
    assert (event.actor_name, event.new) == ("Ana Ruiz", {"channel": "SMS"})


def test_an_order_that_is_carried_out_twice_is_one(simulator: Simulation, owner: User) -> None:
    order = ordered(owner)

    self_tests.send_self_test(order)
    self_tests.send_self_test(order)

    assert len(simulator.told()) == 1
    assert ledger(owner) == [-1]


def test_what_the_provider_refuses_costs_nothing_and_says_why(
    simulator: Simulation, client: Client
) -> None:
    owner = UserFactory.create(phone="+593987650011", language="en")
    client.force_login(owner)
    order = ordered(owner)

    self_tests.send_self_test(order)

    assert ledger(owner) == [-1, 1]
    page = reverse("template_test", args=[order.template_id])
    said = client.get(page, {"test": str(order.id)}).content.decode()
    assert "This phone number does not exist." in said
    assert "the credit is back" in said


def test_a_provider_that_is_away_costs_nothing(simulator: Simulation, owner: User) -> None:
    order = ordered(owner)

    with override_settings(TWILIO_API_BASE_URL="http://127.0.0.1:9"):
        self_tests.send_self_test(order)

    assert state(order) == "busy"
    assert ledger(owner) == [-1, 1]


def test_test_message_waits_while_asks_use_the_rate(simulator: Simulation, owner: User) -> None:
    order = ordered(owner, rate=4)
    use_rate(order, tokens=4)

    self_tests.send_self_test(order)

    assert state(order) == "sent"


def test_test_message_is_given_up_when_the_rate_stays_used(
    simulator: Simulation, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = ordered(owner, rate=1)
    use_rate(order, tokens=1)
    monkeypatch.setattr("messaging.dispatch.sending.WAIT_FOR_RATE", 0.2)

    self_tests.send_self_test(order)

    assert state(order) == "busy"
    assert ledger(owner) == [-1, 1]


def test_an_email_goes_to_ones_own_address(simulator: Simulation, owner: User) -> None:
    order = ordered(owner, channel="EMAIL", subject="Su cita", language="pt")

    self_tests.send_self_test(order)

    (mail,) = simulator.control("GET", f"mails?to={owner.email}")["mails"]
    assert mail["subject"] == "TESTE: Su cita"
    assert state(order) == "sent"


def test_whatsapp_gets_the_approved_words(simulator: Simulation, owner: User) -> None:
    sid = "HX" + "ab" * 16
    order = ordered(owner, channel="WHATSAPP", whatsapp_content_sid=sid)

    self_tests.send_self_test(order)

    assert [told["content_sid"] for told in simulator.told()] == [sid]
    assert state(order) == "sent"


def test_the_last_credit_is_not_spent_twice(simulator: Simulation) -> None:
    owner = UserFactory.create(workspace=WorkspaceFactory.create(message_credits=0), phone=PHONE)
    order = ordered(owner)

    self_tests.send_self_test(order)

    assert state(order) == "unpaid"
    assert simulator.told() == []


def posted(client: Client, order: SelfTestOrder, **said: str) -> Any:
    page = reverse("template_test", args=[order.template_id])
    return client.post(page, {"channel": order.channel} | said)


def test_the_page_orders_a_test_and_pays_nothing_yet(client: Client, owner: User) -> None:
    response = posted(client, ordered(owner))

    assert "?test=" in response["Location"]
    page = client.get(response["Location"])
    assert "on its way" in page.content.decode()
    part = client.get(response["Location"], headers={"hx-request": "true"}).content.decode()
    assert "<h1" not in part
    assert ledger(owner) == []


def test_a_missing_phone_is_asked_for_and_kept(client: Client) -> None:
    owner = UserFactory.create(language="en")
    client.force_login(owner)
    order = ordered(owner)

    refused = posted(client, order)
    assert list(refused.context["form"].errors) == ["phone"]
    wrong = posted(client, order, phone="123")
    assert list(wrong.context["form"].errors) == ["phone"]
    posted(client, order, phone="098 765 4321")

    owner.refresh_from_db()
    assert owner.phone == PHONE


def test_ten_tests_an_hour_are_enough(client: Client, owner: User) -> None:
    order = ordered(owner)

    answers = [posted(client, order).status_code for _ in range(11)]

    assert answers == [302] * 10 + [200]
    assert "10 tests within an hour" in posted(client, order).content.decode()


def test_whoever_opted_out_gets_no_test_either(client: Client, owner: User) -> None:
    order = ordered(owner)
    SuppressionFactory.create(workspace=owner.workspace, address=PHONE)

    assert "opted out of your messages" in posted(client, order).content.decode()


def test_a_plan_without_whatsapp_tests_none(client: Client) -> None:
    user = UserFactory.create(language="en", phone=PHONE, workspace__plan=Plan.FREE)
    client.force_login(user)
    order = ordered(user, channel="WHATSAPP")

    response = client.post(
        reverse("template_test", args=[order.template_id]), {"channel": "WHATSAPP"}
    )

    assert "WhatsApp is part of the Starter plan" in response.content.decode()


def test_a_channel_without_a_sender_is_not_offered(client: Client, owner: User) -> None:
    text = TemplateFactory.create(workspace=owner.workspace)

    page = client.get(reverse("template_test", args=[text.pk]))

    assert "There is no sender for this channel yet" in page.content.decode()


def test_a_test_that_nobody_carried_out_is_told_after_a_while(client: Client, owner: User) -> None:
    response = posted(client, ordered(owner))
    asked = response["Location"].partition("=")[2]
    key = f"text-test:{owner.workspace_id}:{asked}"
    cache.set(key, cache.get(key) | {"at": 0}, 60)

    assert "Nothing was heard" in client.get(response["Location"]).content.decode()


def test_a_strangers_test_tells_nothing(simulator: Simulation, client: Client) -> None:
    theirs = ordered(UserFactory.create(phone=PHONE))
    self_tests.send_self_test(theirs)
    owner = UserFactory.create(language="en")
    client.force_login(owner)
    mine = TemplateFactory.create(workspace=owner.workspace)

    page = client.get(reverse("template_test", args=[mine.pk]), {"test": str(theirs.id)})

    assert page.context["outcome"] is None
