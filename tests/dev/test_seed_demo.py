"""The demo's data is built once for the whole module; what a test changes it takes back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.db.models import F, Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker, Settings

from billing.models import CreditEntry, CreditLot, Payment
from billing.stripe import prices, reconciliation, sync
from campaigns import actions
from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from core.models import AuditEvent
from dev import demo_data
from dev.demo import payments
from dev.demo_data import words
from dev.demo_data.story import ANDES, DEMO, PASSWORD, STAFF
from dev.demo_data.today import CAMPAIGN, TODAY
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.sweeping import retry_failed
from messaging.models import Conversation, Feedback, InboundMessage, Message, MessageStatus, Sender
from messaging.replies.reading import read
from patients.lists.cells import ListRow
from patients.lists.fields import Field
from patients.lists.row_reader import RowReader
from patients.lists.survey import Survey
from patients.models import Import, ImportProblem, Patient, Suppression
from patients.people.facts import Refusal
from tests.dev.doubles.stripe.stage import StripeDouble
from tests.guards import tenants
from workspaces import entitlements
from workspaces.models import Practice, User, Workspace

ZONE = ZoneInfo("America/Guayaquil")
MIRRORED = (
    *("plan", "message_credits", "stripe_subscription_id", "subscription_status"),
    *("current_period_end", "cancel_at_period_end", "past_due_since", "credits_next_at"),
)
NOON = datetime(2025, 3, 12, 12, tzinfo=ZONE)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic(), tenancy.platform("test"):
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), taken_back():
        demo_data.seed(now=NOON)
        yield


@pytest.fixture(autouse=True)
def _a_test_leaves_no_trace(demo: None) -> Iterator[None]:
    with taken_back():
        yield


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in tenants.our_models()}


def asks() -> Any:
    return Message.objects.filter(type="INITIAL", workspace_id=DEMO.id)


def share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1)


# Once


def test_a_second_time_changes_nothing_and_is_quick() -> None:
    before = counts()

    with CaptureQueriesContext(connection) as queries:
        assert demo_data.seed(now=NOON) is False

    assert counts() == before
    assert len(queries) <= 8


def test_it_stands_whatever_was_renamed_since() -> None:
    User.objects.filter(workspace_id=DEMO.id).update(email=F("name"))
    Workspace.objects.filter(pk=DEMO.id).update(name="Mi consultorio")

    assert demo_data.seed(now=NOON) is False


def test_three_of_today_wait_for_a_demo_that_starts_days_later() -> None:
    later = NOON + timedelta(days=5)

    demo_data.seed(now=later)

    for patient in Patient.objects.filter(campaign__name=CAMPAIGN):
        assert later - timedelta(hours=5) < patient.appointment_time < later


def test_who_was_asked_keeps_the_time_of_the_visit() -> None:
    patients = Patient.objects.filter(campaign__name=CAMPAIGN)
    before = set(patients.values_list("appointment_time", flat=True))
    patients.update(asked_at=NOON)

    demo_data.seed(now=NOON + timedelta(days=5))

    assert set(patients.values_list("appointment_time", flat=True)) == before


def test_it_refuses_where_people_work_with_real_patients(settings: Settings) -> None:
    settings.EMBEDDED = settings.DEMO = False

    with pytest.raises(CommandError, match="everybody knows"):
        call_command("seed_demo", verbosity=0)
    call_command("seed_demo", force=True, verbosity=0)


# Who is there


@pytest.mark.parametrize(
    ("email", "name", "role", "workspace"),
    [
        ("demo@reputationmanager.com", "Dr. Demo", "OWNER", "Consultorio Demo"),
        ("doctor@reputationmanager.com", "Dra. María López", "DOCTOR", "Consultorio Demo"),
        ("recepcion@reputationmanager.com", "Recepción", "RECEPTIONIST", "Consultorio Demo"),
        ("andes@reputationmanager.com", "Dra. Elena Carrión", "OWNER", "Clínica Los Andes"),
        (STAFF, "Plataforma", "", None),
    ],
)
def test_everybody_signs_in(
    email: str, name: str, role: str, workspace: str | None, client: Client
) -> None:
    client.post(reverse("account_login"), {"login": email, "password": PASSWORD})

    user = User.objects.get(pk=client.session["_auth_user_id"])
    assert (user.name, user.role) == (name, role)
    assert (user.workspace and user.workspace.name) == workspace
    assert user.is_superuser is (workspace is None)
    assert EmailAddress.objects.get(user=user).verified


def test_the_clinic_is_as_the_front_page_says() -> None:
    workspace = Workspace.objects.get(name="Consultorio Demo")
    practice = Practice.objects.get(name="Consultorio Centro")

    assert (entitlements.limits_of(workspace).plan, workspace.message_credits) == (
        "PROFESSIONAL",
        2000,
    )
    assert workspace.language == "es"
    assert practice.workspace == workspace
    assert (practice.address, practice.city, practice.country) == (
        "Av. Amazonas N24-03",
        "Quito",
        "EC",
    )
    assert practice.google_place_id == "ChIJN1t_tDeuEmsRUsoyG83frY4"
    assert practice.timezone == "America/Guayaquil"
    assert {t.language for t in workspace.templates.filter(is_default=True)} == {"es", "en", "pt"}


def test_every_channel_has_a_sender_that_all_share() -> None:
    senders = {sender.channel: sender for sender in Sender.objects.filter(workspace=None)}

    assert set(senders) == {"SMS", "WHATSAPP", "EMAIL"}
    assert (senders["SMS"].address, senders["SMS"].two_way) == ("+12025550123", False)
    assert senders["WHATSAPP"].address == "whatsapp:+12025550124"
    assert senders["WHATSAPP"].two_way


def test_what_is_activated_asks_the_patients_of_today() -> None:
    campaign = Campaign.objects.get(name=CAMPAIGN)
    people = {p.phone: (p.name, p.preferred_channel) for p in campaign.patients.all()}
    assert campaign.status == CampaignStatus.DRAFT
    assert people == {
        "+593987654321": ("Juan Pérez", "SMS"),
        "+593987654322": ("María García", "WHATSAPP"),
        "+593987654323": ("Carlos Ramírez", "SMS"),
    }

    assert plan_messages(now=NOON) == 0  # nothing of the past is due
    assert campaign.created_by
    actions.activate_campaign(campaign=campaign, by=campaign.created_by)
    assert plan_messages(now=NOON) == 2
    assert plan_messages(now=NOON + timedelta(hours=2)) == 1


# Two clinics, two walls


def test_each_clinic_sees_its_own_rows_alone() -> None:
    for clinic, patients in ((DEMO, 1503), (ANDES, 60)):
        with tenancy.within(clinic.id):
            for model in tenants.tenant_models():
                owners = set(model._default_manager.values_list("workspace_id", flat=True))
                assert owners <= {clinic.id, None}, model
            assert Patient.objects.count() == patients
            assert Message.objects.filter(rating__isnull=False).exists()


def test_the_clinics_share_no_patient() -> None:
    def phones(clinic: Any) -> set[str]:
        found = Patient.objects.filter(workspace_id=clinic.id).exclude(phone="")
        return set(found.values_list("phone", flat=True))

    assert not phones(DEMO) & phones(ANDES)


def test_every_key_and_every_rule_of_the_database_holds() -> None:
    connection.check_constraints()


# Credits


@pytest.mark.parametrize(("clinic", "balance"), [(DEMO, 2000), (ANDES, 200)])
def test_the_balance_is_the_sum_of_the_ledger_and_never_was_below_nothing(
    clinic: Any, balance: int
) -> None:
    ledger = CreditEntry.objects.filter(workspace_id=clinic.id)
    movements = list(ledger.order_by("created_at", "id").values_list("amount", flat=True))

    assert Workspace.objects.get(pk=clinic.id).message_credits == sum(movements) == balance
    assert min(accumulate(movements)) >= 0
    assert ledger.get(cause="opening").amount == 50
    assert ledger.get(cause="demo:credits").amount > 0


def test_the_month_in_progress_has_what_was_not_spent_of_it() -> None:
    (month,) = (
        CreditLot.objects.filter(workspace_id=DEMO.id)
        .exclude(expires_at__lte=NOON)
        .exclude(expires_at=None)
    )

    assert month.entry.cause.startswith("month:sub_")
    assert month.amount == 2000
    assert 0 < month.remaining < 2000


def test_stripe_says_the_same_of_the_clinic_that_pays() -> None:
    workspace = Workspace.objects.get(pk=DEMO.id)
    before = counts()
    assert Payment.objects.filter(workspace=workspace).count() == 5

    with StripeDouble() as double, double.in_use():
        double.load(payments.build_account())
        double.at(NOON)
        assert prices.publish_prices(language="es") == []
        assert reconciliation.reconcile(now=NOON) == []
        sync.sync_customer(workspace.stripe_customer_id or "", now=NOON)
        for payment in Payment.objects.filter(workspace=workspace):
            sync.sync_payment(payment.payment_intent, now=NOON)
        assert double.events() == []

    assert counts() == before
    after = Workspace.objects.get(pk=DEMO.id)
    for field in MIRRORED:
        assert getattr(after, field) == getattr(workspace, field), field


def test_every_message_that_left_was_paid() -> None:
    sent = Message.objects.exclude(sent_at=None).aggregate(all=Sum("attempt"))["all"]
    paid = CreditEntry.objects.filter(kind="DEBIT").aggregate(all=Sum("amount"))["all"]

    assert sent == -paid


# Half a year


def test_the_past_is_past() -> None:
    for model in (Message, InboundMessage, Feedback, Import, ImportProblem, Suppression):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateTimeField):
                assert not model._default_manager.filter(**{f"{field.name}__gt": NOON}).exists()


def test_there_are_fifteen_hundred_visits_of_half_a_year() -> None:
    visits = Patient.objects.filter(workspace_id=DEMO.id).exclude(campaign__name=CAMPAIGN)
    days = set(visits.values_list("appointment_time__date", flat=True))

    assert visits.count() == 1500
    assert timedelta(days=170) < max(days) - min(days) < timedelta(days=190)
    assert max(days) >= NOON.date() - timedelta(days=4)
    assert not [day for day in days if day.weekday() == 6]
    assert visits.values("doctor_name").distinct().count() == 3
    assert visits.values("campaign").distinct().count() == 4
    assert visits.values("campaign__practice").distinct().count() == 2


def test_ids_tell_the_time_of_their_rows() -> None:
    for model in (Message, Patient, InboundMessage, AuditEvent):
        at = "at" if model is AuditEvent else "created_at"
        moments = model._default_manager.filter(workspace_id=DEMO.id).order_by("id")
        told = [moment.replace(microsecond=0) for moment in moments.values_list(at, flat=True)]
        assert told == sorted(told)


def test_patients_come_in_lists_some_rows_of_which_were_refused() -> None:
    lists = Import.objects.filter(workspace_id=DEMO.id)
    rows = lists.aggregate(new=Sum("rows_new"), refused=Sum("rows_refused"))

    assert rows["new"] == 1500
    assert rows["refused"] == ImportProblem.objects.filter(workspace_id=DEMO.id).count() > 5
    for found in lists:
        numbers = [*found.patients.values_list("row_number", flat=True)]
        numbers += found.problems.values_list("row_number", flat=True)
        assert {*numbers} == {*range(2, found.rows_read + 2)}
        assert len(numbers) == found.rows_read


def test_the_demos_lists_are_what_the_reader_makes_of_them() -> None:
    listed = Import.objects.filter(workspace_id=DEMO.id, rows_refused__gt=0).latest("id")
    assert listed.will_be_asked + sum(listed.forecast.values()) == listed.rows_read
    reader = RowReader(
        survey=Survey.from_json(listed.survey),
        mapping={Field(field): label for field, label in listed.mapping.items()},
        date_order=listed.date_order,
        country="EC",
        zone=ZONE,
        language="es",
    )

    for problem in ImportProblem.objects.filter(workspace_id=DEMO.id):
        refused = reader.read(ListRow(problem.row_number, problem.cells))
        assert isinstance(refused, Refusal)
        assert (refused.reason, refused.details) == (problem.reason, problem.details)


def test_nobody_is_asked_without_consent_or_after_an_opt_out_or_again_too_soon() -> None:
    suppressed = dict(Suppression.objects.values_list("address", "at"))
    asked: dict[str, datetime] = {}
    for patient in Patient.objects.filter(workspace_id=DEMO.id).order_by("asked_at"):
        address = patient.phone or patient.email
        if patient.asked_at is None:
            assert not patient.has_consent or patient.phone in TODAY
            continue
        assert patient.has_consent
        assert suppressed.get(address, patient.asked_at) >= patient.asked_at
        if address in asked:
            assert patient.asked_at - asked[address] > timedelta(days=30)
        asked[address] = patient.asked_at


def test_asks_leave_inside_the_hours_of_the_practice() -> None:
    hours = asks().exclude(sent_at=None).values_list("sent_at", flat=True)

    assert {moment.astimezone(ZONE).hour for moment in hours} <= set(range(8, 20))


def test_failures_are_few_and_none_is_tried_again() -> None:
    states = Counter(asks().values_list("status", flat=True))

    assert 2 < share(states[MessageStatus.FAILED], asks().count()) < 5
    assert 0 < share(states[MessageStatus.CANCELLED], asks().count()) < 2
    assert not states[MessageStatus.PENDING]
    assert not asks().filter(status=MessageStatus.FAILED, error="").exists()
    assert retry_failed(now=NOON) == 0


def test_patients_answer_as_patients_do() -> None:
    for channel in ("SMS", "WHATSAPP", "EMAIL"):
        sent = asks().filter(channel=channel).exclude(sent_at=None)
        assert 35 < share(sent.filter(rating__isnull=False).count(), sent.count()) < 58
    for ask in asks().filter(rating__isnull=False):
        assert timedelta() < ask.replied_at - ask.sent_at < timedelta(hours=36)
        assert ask.status == MessageStatus.REPLIED
        assert 7 <= ask.replied_at.astimezone(ZONE).hour < 22


def test_some_write_back_without_a_rating() -> None:
    """A STOP or a question answers the ask, so the two rates of the first page differ."""
    others = asks().filter(status=MessageStatus.REPLIED, rating=None)

    assert 0 < share(others.count(), asks().filter(status=MessageStatus.REPLIED).count()) < 15


def test_most_are_happy_and_more_and_more_so() -> None:
    rated = list(asks().filter(rating__isnull=False).order_by("sent_at"))
    ratings = Counter(ask.rating for ask in rated)

    for rating, expected in {5: 62, 4: 20, 3: 9, 2: 5, 1: 4}.items():
        assert abs(share(ratings[rating], len(rated)) - expected) < 6
    half = len(rated) // 2
    early, late = (sum(ask.rating for ask in part) for part in (rated[:half], rated[-half:]))
    assert late > early


def test_each_rating_has_its_follow_up_and_each_unhappy_one_a_case() -> None:
    followed = dict(Message.objects.exclude(type="INITIAL").values_list("patient_id", "type"))
    cases = set(Feedback.objects.values_list("message_id", flat=True))

    for ask in asks().filter(rating__isnull=False):
        happy = ask.rating >= 4
        kind = "FOLLOWUP_HAPPY" if happy else "FOLLOWUP_UNHAPPY"
        assert followed[ask.patient_id] == kind
        assert (ask.pk in cases) is not happy


def test_cases_are_open_under_way_and_resolved() -> None:
    cases = Feedback.objects.filter(workspace_id=DEMO.id)
    states = Counter(cases.values_list("status", flat=True))

    assert min(states[state] for state in ("OPEN", "IN_PROGRESS", "RESOLVED")) >= 3
    assert not cases.exclude(status="OPEN").filter(assignee=None).exists()
    assert not cases.exclude(status="OPEN").filter(steps=None).exists()
    assert not cases.filter(assignee__role="RECEPTIONIST").exists()
    assert cases.exclude(comment="").count() > cases.count() / 2


def test_some_leave_and_some_wait_for_a_person() -> None:
    leaving = InboundMessage.objects.filter(workspace_id=DEMO.id, intent="opt_out")
    waiting = Conversation.objects.filter(workspace_id=DEMO.id, waiting_since__isnull=False)

    assert leaving.count() >= 3
    for inbound in leaving.select_related("patient"):
        assert inbound.patient.opted_out_at == inbound.received_at
        assert Suppression.objects.filter(address=inbound.patient.phone).exists()
    assert waiting.count() == 3


def test_nobody_answers_a_text_message_in_ecuador() -> None:
    assert set(InboundMessage.objects.values_list("channel", flat=True)) == {"WHATSAPP"}


@pytest.mark.parametrize(
    ("body", "rating", "comment"),
    [(body, rating, said) for rating, all in words.REPLIES.items() for body, said in all],
)
def test_replies_mean_to_the_product_what_the_story_says(
    body: str, rating: int, comment: str
) -> None:
    found = read(body)

    assert (found.intent, found.rating, found.comment) == ("rating", rating, comment)


def test_other_words_mean_what_the_story_says() -> None:
    assert {read(body).intent for body in words.LEAVING} == {"opt_out"}
    assert {read(body).intent for body in words.QUESTIONS} == {"other"}


def test_the_trail_tells_how_it_began() -> None:
    trail = AuditEvent.objects.filter(workspace_id=DEMO.id).order_by("id")
    acts = list(trail.values_list("action", flat=True))

    assert acts[:3] == ["workspace.open", "practice.create", "practice.create"]
    assert acts[-2:] == ["credits.grant", "campaign.create"]
    assert acts.count("campaign.activate") == 4
