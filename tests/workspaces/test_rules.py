from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.constraints import assert_refused
from tests.factories import (
    BrandFactory,
    EntitlementFactory,
    InvitationFactory,
    KnownDeviceFactory,
    LegalTextFactory,
    PictureFactory,
    PracticeFactory,
    SenderFlagFactory,
    StaffFactory,
    UserFactory,
    WorkspaceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "factory", "values"),
    [
        (
            "workspaces_picture_content_type_known",
            PictureFactory,
            {"content_type": "image/svg+xml"},
        ),
        ("workspaces_brand_colour_valid", BrandFactory, {"colour": "red"}),
        ("workspaces_legaltext_version_positive", LegalTextFactory, {"version": 0}),
        ("workspaces_legaltext_kind_known", LegalTextFactory, {"kind": "poem"}),
        ("workspaces_legaltext_language_known", LegalTextFactory, {"language": "qu"}),
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
        (
            "workspaces_user_granted_or_withheld",
            UserFactory,
            {"granted": ["see_audit"], "withheld": ["see_audit"]},
        ),
        ("workspaces_user_suspended_is_inactive", UserFactory, {"suspended_at": timezone.now()}),
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
        ("workspaces_entitlement_plan_limit_or_feature", EntitlementFactory, {"plan": ""}),
        (
            "workspaces_entitlement_plan_limit_or_feature",
            EntitlementFactory,
            {"feature": "api"},
        ),
        ("workspaces_entitlement_plan_limit_or_feature", EntitlementFactory, {"limit": "users"}),
        (
            "workspaces_entitlement_ends_after_start",
            EntitlementFactory,
            {"ends_at": timezone.now() - timedelta(days=9)},
        ),
    ],
)
def test_constraint_refuses_row(constraint: str, factory: Any, values: dict[str, Any]) -> None:
    assert_refused(constraint, factory, **values)


def test_email_is_unique_in_any_case() -> None:
    UserFactory.create(email="ana@example.com")

    assert_refused("workspaces_user_email_unique", UserFactory, email="ANA@example.com")


def test_practice_name_is_unique_in_workspace() -> None:
    practice = PracticeFactory.create()
    PracticeFactory.create(name=practice.name)

    assert_refused(
        "workspaces_practice_name_unique",
        PracticeFactory,
        workspace=practice.workspace,
        name=practice.name,
    )


def test_address_has_one_open_invitation() -> None:
    first = InvitationFactory.create(email="ana@example.com", revoked_at=timezone.now())
    InvitationFactory.create(workspace=first.workspace, email="ana@example.com")

    assert_refused(
        "workspaces_invitation_one_open",
        InvitationFactory,
        workspace=first.workspace,
        email="Ana@example.com",
    )


def test_entitlement_is_unique_per_reference() -> None:
    right = EntitlementFactory.create(reference="sub_1")

    assert_refused(
        "workspaces_entitlement_once_per_reference",
        EntitlementFactory,
        workspace=right.workspace,
        reference="sub_1",
    )


def test_device_is_unique_per_account() -> None:
    device = KnownDeviceFactory.create()

    assert_refused(
        "workspaces_knowndevice_once_an_account",
        KnownDeviceFactory,
        user=device.user,
        digest=device.digest,
    )


def test_flag_is_unique() -> None:
    kept = SenderFlagFactory.create()

    assert_refused(
        "workspaces_senderflag_once",
        SenderFlagFactory,
        workspace=kept.workspace,
        kind=kept.kind,
        about=kept.about,
    )


def test_version_of_a_legal_text_is_written_once() -> None:
    text = LegalTextFactory.create()

    assert_refused("workspaces_legaltext_version_unique", LegalTextFactory, version=text.version)
