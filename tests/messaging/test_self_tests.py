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
from patients.addresses import hash_address
from patients.models import Patient
from tests.dev.doubles.simulation import Simulation
from tests.factories import (
    SenderFactory,
    SuppressionFactory,
    TemplateFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.messaging.world import find_messages
from workspaces.models import Plan, User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+593987654321"


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", name="Ana Ruiz", phone=PHONE)
    client.force_login(user)
    return user


def create_order(
    user: User, *, channel: str = "SMS", rate: int = 100, **text: Any
) -> SelfTestOrder:
    """As the page leaves it to a worker."""
    fields = {"content": "Hola {{firstName}}: {{ratingLink}}"} | text
    template = TemplateFactory.create(workspace=user.workspace, **fields)
    SenderFactory.create(workspace=user.workspace, channel=channel, rate_per_second=rate)
    return SelfTestOrder(uuid7(), template.workspace_id, template.pk, channel, user.pk)


def use_rate(order: SelfTestOrder, *, tokens: int) -> None:
    """Take what the order's sender may send within this second."""
    with tenancy.within(order.workspace_id):
        sender = Sender.objects.get()
    assert rates.take_tokens(sender.pk, rate=float(sender.rate_per_second), want=tokens) == tokens


def read_state(order: SelfTestOrder) -> str:
    workspace = Workspace(pk=order.workspace_id)
    found = self_tests.find_outcome(workspace, str(order.id))
    return found.state if found else ""


def read_ledger(user: User) -> list[int]:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        entries = CreditEntry.objects.filter(cause__startswith="text-test:").order_by("pk")
        amounts = list(entries.values_list("amount", flat=True))
        left = Workspace.objects.get(pk=user.workspace_id).message_credits
    assert left == 50 + sum(amounts)
    return amounts


def test_self_test_is_marked_and_costs_a_credit(simulator: Simulation, owner: User) -> None:
    order = create_order(owner)

    self_tests.send_self_test(order)

    (told,) = simulator.told()
    assert told["to"] == PHONE
    assert told["body"].startswith("PRUEBA: Hola Ana: http")
    assert read_state(order) == "sent"
    assert read_ledger(owner) == [-1]


def test_self_test_creates_no_message(simulator: Simulation, owner: User) -> None:
    self_tests.send_self_test(create_order(owner))

    assert find_messages() == []
    with tenancy.platform("test"):
        assert not Patient.objects.exists()
        event = AuditEvent.objects.get(action="template.test")
    assert (event.actor_name, event.new) == ("Ana Ruiz", {"channel": "SMS"})


def test_order_run_twice_sends_one_message(simulator: Simulation, owner: User) -> None:
    order = create_order(owner)

    self_tests.send_self_test(order)
    self_tests.send_self_test(order)

    assert len(simulator.told()) == 1
    assert read_ledger(owner) == [-1]


def test_refused_test_is_explained_and_free(simulator: Simulation, client: Client) -> None:
    owner = UserFactory.create(phone="+593987650011", language="en")
    client.force_login(owner)
    order = create_order(owner)

    self_tests.send_self_test(order)

    assert read_ledger(owner) == [-1, 1]
    page = reverse("template_test", args=[order.template_id])
    said = client.get(page, {"test": str(order.id)}).content.decode()
    assert "This phone number does not exist." in said
    assert "the credit is back" in said


def test_unreachable_provider_costs_nothing(simulator: Simulation, owner: User) -> None:
    order = create_order(owner)

    with override_settings(TWILIO_API_BASE_URL="http://127.0.0.1:9"):
        self_tests.send_self_test(order)

    assert read_state(order) == "busy"
    assert read_ledger(owner) == [-1, 1]


def test_test_message_waits_while_asks_use_the_rate(simulator: Simulation, owner: User) -> None:
    order = create_order(owner, rate=4)
    use_rate(order, tokens=4)

    self_tests.send_self_test(order)

    assert read_state(order) == "sent"


def test_test_message_is_given_up_when_the_rate_stays_used(
    simulator: Simulation, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = create_order(owner, rate=1)
    use_rate(order, tokens=1)
    monkeypatch.setattr("messaging.dispatch.sending.WAIT_FOR_RATE", 0.2)

    self_tests.send_self_test(order)

    assert read_state(order) == "busy"
    assert read_ledger(owner) == [-1, 1]


def test_email_is_sent_to_the_users_address(simulator: Simulation, owner: User) -> None:
    order = create_order(owner, channel="EMAIL", subject="Su cita", language="pt")

    self_tests.send_self_test(order)

    (mail,) = simulator.control("GET", f"mails?to={owner.email}")["mails"]
    assert mail["subject"] == "TESTE: Su cita"
    assert read_state(order) == "sent"


def test_whatsapp_sends_the_approved_text(simulator: Simulation, owner: User) -> None:
    sid = "HX" + "ab" * 16
    order = create_order(owner, channel="WHATSAPP", whatsapp_content_sid=sid)

    self_tests.send_self_test(order)

    assert [told["content_sid"] for told in simulator.told()] == [sid]
    assert read_state(order) == "sent"


def test_last_credit_is_spent_once(simulator: Simulation) -> None:
    owner = UserFactory.create(workspace=WorkspaceFactory.create(message_credits=0), phone=PHONE)
    order = create_order(owner)

    self_tests.send_self_test(order)

    assert read_state(order) == "unpaid"
    assert simulator.told() == []


def post_test(client: Client, order: SelfTestOrder, **said: str) -> Any:
    page = reverse("template_test", args=[order.template_id])
    return client.post(page, {"channel": order.channel} | said)


def test_page_queues_a_test_without_debiting(client: Client, owner: User) -> None:
    response = post_test(client, create_order(owner))

    assert "?test=" in response["Location"]
    page = client.get(response["Location"])
    assert "on its way" in page.content.decode()
    part = client.get(response["Location"], headers={"hx-request": "true"}).content.decode()
    assert "<h1" not in part
    assert read_ledger(owner) == []


def test_missing_phone_is_asked_for_and_saved(client: Client) -> None:
    owner = UserFactory.create(language="en")
    client.force_login(owner)
    order = create_order(owner)

    refused = post_test(client, order)
    assert list(refused.context["form"].errors) == ["phone"]
    wrong = post_test(client, order, phone="123")
    assert list(wrong.context["form"].errors) == ["phone"]
    post_test(client, order, phone="098 765 4321")

    owner.refresh_from_db()
    assert owner.phone == PHONE


def test_tests_an_hour_are_limited(client: Client, owner: User) -> None:
    order = create_order(owner)

    answers = [post_test(client, order).status_code for _ in range(11)]

    assert answers == [302] * 10 + [200]
    assert "10 tests within an hour" in post_test(client, order).content.decode()


@pytest.mark.parametrize("address", [PHONE, ""], ids=["suppressed", "erased"])
def test_suppressed_address_gets_no_test(client: Client, owner: User, address: str) -> None:
    order = create_order(owner)
    digest = hash_address(PHONE)
    SuppressionFactory.create(workspace=owner.workspace, address=address, digest=digest)

    assert "opted out of your messages" in post_test(client, order).content.decode()


def test_plan_without_whatsapp_refuses_a_whatsapp_test(client: Client) -> None:
    user = UserFactory.create(language="en", phone=PHONE, workspace__plan=Plan.FREE)
    client.force_login(user)
    order = create_order(user, channel="WHATSAPP")

    response = client.post(
        reverse("template_test", args=[order.template_id]), {"channel": "WHATSAPP"}
    )

    assert "WhatsApp is part of the Starter plan" in response.content.decode()


def test_channel_without_sender_is_not_offered(client: Client, owner: User) -> None:
    text = TemplateFactory.create(workspace=owner.workspace)

    page = client.get(reverse("template_test", args=[text.pk]))

    assert "There is no sender for this channel yet" in page.content.decode()


def test_test_that_never_ran_is_reported_after_a_while(client: Client, owner: User) -> None:
    response = post_test(client, create_order(owner))
    asked = response["Location"].partition("=")[2]
    key = f"text-test:{owner.workspace_id}:{asked}"
    cache.set(key, cache.get(key) | {"at": 0}, 60)

    assert "Nothing was heard" in client.get(response["Location"]).content.decode()


def test_outcome_of_another_workspace_is_hidden(simulator: Simulation, client: Client) -> None:
    theirs = create_order(UserFactory.create(phone=PHONE))
    self_tests.send_self_test(theirs)
    owner = UserFactory.create(language="en")
    client.force_login(owner)
    mine = TemplateFactory.create(workspace=owner.workspace)

    page = client.get(reverse("template_test", args=[mine.pk]), {"test": str(theirs.id)})

    assert page.context["outcome"] is None
