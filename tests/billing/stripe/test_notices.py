"""Mails about payments and trials: each is sent once, in the language of the owner."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test.utils import override_settings
from django.utils import timezone

from billing.models import BillingNotice, NoticeKind
from billing.stripe import notices, renewals
from billing.stripe.subscriptions import GRACE
from core import tenancy
from tests.billing.stripe.clinic import Clinic, open_clinic
from tests.dev.doubles.stripe.stage import StripeDouble
from tests.factories import BillingNoticeFactory, EntitlementFactory, UserFactory, WorkspaceFactory
from workspaces.models import EntitlementSource, Plan, Role, SubscriptionStatus

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=1)
NO_SERVER = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": 9,
}


@pytest.fixture
def clinic(stripe_double: StripeDouble) -> Clinic:
    return open_clinic(stripe_double)


def stored_notices() -> list[tuple[str, str]]:
    with tenancy.platform("test"):
        return [(each.kind, each.cause) for each in BillingNotice.objects.order_by("id")]


def send() -> int:
    return notices.send_waiting(now=timezone.now() + LATER)


def test_receipt_is_mailed_to_owners_once(clinic: Clinic) -> None:
    UserFactory.create(workspace=clinic.workspace, role=Role.DOCTOR)
    payment = clinic.buy_pack(500)
    clinic.receive_events()
    clinic.receive_events()

    assert (send(), send()) == (1, 0)

    (letter,) = mail.outbox
    assert letter.to == [clinic.owner.email]
    assert "20 USD" in letter.subject
    assert "500" in letter.body
    assert "/billing/" in letter.body
    assert stored_notices() == [(NoticeKind.RECEIPT, f"payment:{payment}")]


@pytest.mark.parametrize(("language", "words"), [("es", "USD"), ("en", "We received 20 USD")])
def test_receipt_is_in_the_language_of_the_owner(clinic: Clinic, language: str, words: str) -> None:
    clinic.owner.language = language
    clinic.owner.save()
    clinic.buy_pack()
    clinic.receive_events()

    send()

    assert words in mail.outbox[0].body


def test_failed_payment_and_end_of_grace_are_mailed_once_each(clinic: Clinic) -> None:
    subscription = clinic.subscribe()
    clinic.receive_events()
    clinic.stripe.fail_next_invoice(subscription)
    end = clinic.workspace.current_period_end
    assert end
    failed_at = end + LATER * 2
    clinic.stripe.at(failed_at)
    clinic.receive_events(now=failed_at)
    since = clinic.workspace.past_due_since
    assert since
    for now in (since + GRACE - LATER, since + GRACE, since + GRACE + LATER):
        renewals.notify_of_ended_grace(now=now)

    kinds = [kind for kind, _cause in stored_notices()]
    assert kinds == [NoticeKind.RECEIPT, NoticeKind.PAYMENT_FAILED, NoticeKind.GRACE_OVER]
    assert send() == 3
    assert "USD" in mail.outbox[1].body


def test_trial_end_is_announced_three_days_before() -> None:
    now = timezone.now()
    trial = EntitlementFactory.create(
        source=EntitlementSource.TRIAL, plan=Plan.PROFESSIONAL, ends_at=now + timedelta(days=14)
    )
    UserFactory.create(workspace=trial.workspace)

    told = [
        renewals.warn_of_trial_ends(now=now + timedelta(days=days)) for days in (10, 11, 12, 13, 14)
    ]

    assert told == [0, 1, 0, 0, 0]
    assert send() == 1
    assert "Profes" in mail.outbox[0].body


def test_trial_end_is_not_announced_to_a_subscriber() -> None:
    workspace = WorkspaceFactory.create(subscription_status=SubscriptionStatus.ACTIVE)
    EntitlementFactory.create(
        workspace=workspace, source=EntitlementSource.TRIAL, ends_at=timezone.now() + LATER
    )

    assert renewals.warn_of_trial_ends() == 0


def test_notice_is_sent_later_when_mail_server_was_down() -> None:
    notice = BillingNoticeFactory.create()
    UserFactory.create(workspace=notice.workspace)

    with override_settings(**NO_SERVER):
        assert send() == 0
    assert send() == 1

    assert len(mail.outbox) == 1


def test_notice_that_is_days_old_is_not_sent() -> None:
    BillingNoticeFactory.create()

    assert notices.send_waiting(now=timezone.now() + notices.NEWS_FOR + LATER) == 0
