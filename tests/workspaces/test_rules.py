from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import (
    AnnouncementFactory,
    AttemptFactory,
    BillingDifferenceFactory,
    BillingNoticeFactory,
    CreditEntryFactory,
    CreditLotFactory,
    EndpointFactory,
    EntitlementFactory,
    InvitationFactory,
    KnownDeviceFactory,
    PaymentEventFactory,
    PaymentFactory,
    PracticeFactory,
    SenderFlagFactory,
    StaffFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.rules import refuses

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "factory", "values"),
    [
        ("workspaces_workspace_plan_known", WorkspaceFactory, {"plan": "GOLD"}),
        (
            "workspaces_workspace_subscription_status_known",
            WorkspaceFactory,
            {"subscription_status": "MAYBE"},
        ),
        ("workspaces_workspace_language_known", WorkspaceFactory, {"language": "qu"}),
        ("workspaces_workspace_review_invites_known", WorkspaceFactory, {"review_invites": "no"}),
        ("workspaces_workspace_credits_not_negative", WorkspaceFactory, {"message_credits": -1}),
        ("workspaces_workspace_days_positive", WorkspaceFactory, {"ask_again_after_days": 0}),
        (
            "workspaces_workspace_patients_kept_until_asked",
            WorkspaceFactory,
            {"keep_patients_days": 6},
        ),
        ("workspaces_workspace_undo_within_a_day", WorkspaceFactory, {"undo_minutes": 1_441}),
        ("workspaces_workspace_idle_minutes_known", WorkspaceFactory, {"idle_minutes": 31}),
        (
            "workspaces_workspace_stopped_because",
            WorkspaceFactory,
            {"sending_stopped_at": timezone.now()},
        ),
        (
            "workspaces_workspace_stopped_because",
            WorkspaceFactory,
            {"sending_stopped_because": "x"},
        ),
        ("workspaces_workspace_name_on_one_line", WorkspaceFactory, {"name": "Sol\nBcc: a@b.ec"}),
        ("workspaces_workspace_name_on_one_line", WorkspaceFactory, {"name": "Sol\u2028Luna"}),
        ("workspaces_practice_name_on_one_line", PracticeFactory, {"name": "Sol\r"}),
        ("workspaces_user_name_on_one_line", UserFactory, {"name": "Ana\tPaz"}),
        ("workspaces_user_name_on_one_line", StaffFactory, {"name": "Ana\x85Paz"}),
        (
            "workspaces_invitation_invited_by_name_on_one_line",
            InvitationFactory,
            {"invited_by_name": "Ana\nPaz"},
        ),
        ("workspaces_senderflag_kind_known", SenderFlagFactory, {"kind": "HUNCH"}),
        ("workspaces_user_staff_or_member", UserFactory, {"role": ""}),
        ("workspaces_user_staff_or_member", UserFactory, {"workspace": None}),
        ("workspaces_user_staff_or_member", UserFactory, {"is_staff": True}),
        ("workspaces_user_staff_or_member", StaffFactory, {"role": "OWNER"}),
        ("workspaces_practice_country_known", PracticeFactory, {"country": "XX"}),
        (
            "workspaces_practice_review_link_of_google",
            PracticeFactory,
            {"google_review_link": "https://g.page.example.com/r/CdEfGh123/review"},
        ),
        (
            "workspaces_practice_review_link_of_google",
            PracticeFactory,
            {
                "google_place_id": "ChIJN1t_tDeuEmsRUsoyG83frY4",
                "google_review_link": "https://g.page/r/CdEfGh123/review",
            },
        ),
        ("workspaces_practice_window_open", PracticeFactory, {"window_end": time(8)}),
        ("workspaces_invitation_role_known", InvitationFactory, {"role": "BOSS"}),
        ("workspaces_entitlement_source_known", EntitlementFactory, {"source": "LUCK"}),
        ("workspaces_entitlement_plan_or_limit", EntitlementFactory, {"plan": ""}),
        ("workspaces_entitlement_plan_or_limit", EntitlementFactory, {"limit": "users"}),
        ("workspaces_creditentry_sign_fits_kind", CreditEntryFactory, {"amount": -1}),
        (
            "workspaces_creditentry_withdrawal_says_of_what",
            CreditEntryFactory,
            {"kind": "REVERSAL", "amount": -1},
        ),
        ("workspaces_endpoint_events_known", EndpointFactory, {"events": []}),
        ("workspaces_endpoint_events_known", EndpointFactory, {"events": ["webhook.test"]}),
        ("workspaces_endpoint_disabled_because", EndpointFactory, {"disabled_because": "GONE"}),
        ("workspaces_endpoint_disabled_because", EndpointFactory, {"disabled_at": timezone.now()}),
        ("workspaces_endpoint_earlier_secret_ends", EndpointFactory, {"earlier_secret": "x"}),
        ("workspaces_endpoint_failing_since_the_first", EndpointFactory, {"failures": 1}),
        ("workspaces_announcement_event_known", AnnouncementFactory, {"event": "all.well"}),
        ("workspaces_announcement_status_known", AnnouncementFactory, {"status": "LOST"}),
        ("workspaces_attempt_answer_or_trouble", AttemptFactory, {"status_code": None}),
        ("workspaces_attempt_answer_or_trouble", AttemptFactory, {"trouble": "TIMEOUT"}),
        ("workspaces_payment_kind_known", PaymentFactory, {"kind": "GIFT"}),
        ("workspaces_payment_pack_or_subscription", PaymentFactory, {"credits": 0}),
        ("workspaces_payment_pack_or_subscription", PaymentFactory, {"subscription": "sub_1"}),
        ("workspaces_payment_refund_within", PaymentFactory, {"refunded": 20_01}),
        ("workspaces_billingnotice_kind_known", BillingNoticeFactory, {"kind": "GREETING"}),
        ("workspaces_billingdifference_kind_known", BillingDifferenceFactory, {"kind": "MOOD"}),
        (
            "workspaces_entitlement_ends_after_start",
            EntitlementFactory,
            {"ends_at": timezone.now() - timedelta(days=9)},
        ),
    ],
)
def test_the_database_refuses(constraint: str, factory: Any, values: dict[str, Any]) -> None:
    refuses(constraint, factory, **values)


def test_an_email_signs_in_one_person_whatever_its_case() -> None:
    UserFactory.create(email="ana@example.com")

    refuses("workspaces_user_email_unique", UserFactory, email="ANA@example.com")


def test_a_practices_name_is_unique_in_its_workspace() -> None:
    practice = PracticeFactory.create()
    PracticeFactory.create(name=practice.name)

    refuses(
        "workspaces_practice_name_unique",
        PracticeFactory,
        workspace=practice.workspace,
        name=practice.name,
    )


def test_an_endpoints_address_is_told_once() -> None:
    endpoint = EndpointFactory.create()
    EndpointFactory.create(url=endpoint.url)

    refuses(
        "workspaces_endpoint_once_per_address",
        EndpointFactory,
        workspace=endpoint.workspace,
        url=endpoint.url,
    )


def test_an_address_is_invited_once_at_a_time() -> None:
    first = InvitationFactory.create(email="ana@example.com", revoked_at=timezone.now())
    InvitationFactory.create(workspace=first.workspace, email="ana@example.com")

    refuses(
        "workspaces_invitation_one_open",
        InvitationFactory,
        workspace=first.workspace,
        email="Ana@example.com",
    )


def test_a_cause_moves_credits_once() -> None:
    entry = CreditEntryFactory.create()

    refuses(
        "workspaces_creditentry_once_per_cause",
        CreditEntryFactory,
        workspace=entry.workspace,
        cause=entry.cause,
    )


def test_a_lot_gives_no_more_than_it_has() -> None:
    lot = CreditLotFactory.create(amount=10)

    refuses(
        "workspaces_creditlot_within_its_amount",
        CreditEntryFactory,
        workspace=lot.workspace,
        kind="EXPIRY",
        amount=-11,
        of=lot.entry,
    )


def test_a_subscription_gives_one_right() -> None:
    right = EntitlementFactory.create(reference="sub_1")

    refuses(
        "workspaces_entitlement_once_per_reference",
        EntitlementFactory,
        workspace=right.workspace,
        reference="sub_1",
    )


def test_a_payment_event_is_kept_once() -> None:
    event = PaymentEventFactory.create()

    refuses("workspaces_paymentevent_event_id_key", PaymentEventFactory, event_id=event.event_id)


def test_a_payment_is_noted_once() -> None:
    payment = PaymentFactory.create()

    refuses(
        "workspaces_payment_payment_intent_key",
        PaymentFactory,
        payment_intent=payment.payment_intent,
    )


def test_a_cause_is_told_once() -> None:
    notice = BillingNoticeFactory.create()

    refuses(
        "workspaces_billingnotice_once_per_cause",
        BillingNoticeFactory,
        workspace=notice.workspace,
        cause=notice.cause,
    )


def test_a_difference_is_open_once() -> None:
    closed = BillingDifferenceFactory.create(closed_at=timezone.now())
    BillingDifferenceFactory.create(reference=closed.reference)

    refuses(
        "workspaces_billingdifference_one_open",
        BillingDifferenceFactory,
        reference=closed.reference,
    )


def test_browser_is_known_to_account_once() -> None:
    device = KnownDeviceFactory.create()

    refuses(
        "workspaces_knowndevice_once_an_account",
        KnownDeviceFactory,
        user=device.user,
        digest=device.digest,
    )


def test_thing_is_flagged_once() -> None:
    kept = SenderFlagFactory.create()

    refuses(
        "workspaces_senderflag_once",
        SenderFlagFactory,
        workspace=kept.workspace,
        kind=kept.kind,
        about=kept.about,
    )
