"""What is over its time goes, a batch at a time, and nothing that is counted changes."""

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from core import tenancy
from core.models import AuditEvent
from core.retention import retention_rules as retention_rules_of_apps
from messaging import tasks
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.sweeping import sweep_unsettled
from messaging.models import Message, MessageStatus
from messaging.privacy import message_retention, retention
from messaging.webhooks import inbox, processing
from patients import erasure
from patients.models import Import, ImportProblem, Patient
from tests.concurrency import run_concurrently
from tests.factories import (
    ImportFactory,
    ImportProblemFactory,
    MessageFactory,
    PatientFactory,
    WorkspaceFactory,
    old_audit_event,
)
from tests.messaging.privacy.test_anonymising import read_figures
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ORIGINS = "1 origins of acts in the audit trail\n"


@pytest.fixture
def workspace() -> Workspace:
    workspace: Workspace = WorkspaceFactory.create()
    return workspace


def ago(days: float) -> datetime:
    return timezone.now() - days * DAY


def create_message(workspace: Workspace, days: float, **fields: Any) -> Message:
    message: Message = MessageFactory.create(
        workspace=workspace,
        **{
            "status": MessageStatus.DELIVERED,
            "content": "Hola Ana",
            "error": "it says",
            "sent_at": ago(days),
        }
        | fields,
    )
    with tenancy.platform("test"):
        Message.objects.filter(pk=message.pk).update(updated_at=ago(days))
    return message


def have_text(*rows: Message) -> list[bool]:
    with tenancy.platform("test"):
        return [bool(Message.objects.get(pk=row.pk).content) for row in rows]


def run(workspace: Workspace) -> retention.RetentionCounts:
    [reach] = retention.run_retention(workspace_id=workspace.pk)
    return reach


@pytest.mark.parametrize(
    ("status", "goes"),
    [
        (MessageStatus.DELIVERED, True),
        (MessageStatus.FAILED, True),
        (MessageStatus.SENT, True),
        (MessageStatus.CANCELLED, True),
        (MessageStatus.REPLIED, False),
        (MessageStatus.PENDING, False),
        (MessageStatus.UNKNOWN, False),
    ],
)
def test_text_of_a_finished_message_is_deleted_after_90_days(
    workspace: Workspace, status: str, goes: bool
) -> None:
    fields = {"status": status, "replied_at": timezone.now()}
    old, new = create_message(workspace, 91, **fields), create_message(workspace, 89, **fields)

    assert run(workspace).rows["texts"] == int(goes)
    assert have_text(old, new) == [not goes, True]


def test_text_of_an_unsent_message_is_deleted_by_its_last_change(workspace: Workspace) -> None:
    old = create_message(workspace, 91, sent_at=None, status=MessageStatus.FAILED)
    new = create_message(workspace, 89, sent_at=None, status=MessageStatus.FAILED)

    assert run(workspace).rows["texts"] == 1
    assert have_text(old, new) == [False, True]


def test_reason_of_a_cancelled_message_stays(workspace: Workspace) -> None:
    dropped = create_message(
        workspace, 91, status=MessageStatus.CANCELLED, error="opted out", sent_at=None
    )
    failed = create_message(
        workspace, 91, status=MessageStatus.FAILED, error="+593991234567 is busy"
    )
    run(workspace)

    with tenancy.platform("test"):
        assert Message.objects.get(pk=dropped.pk).error == "opted out"
        assert Message.objects.get(pk=failed.pk).error == ""


def test_workspace_sets_how_long_texts_are_kept() -> None:
    brief, long = WorkspaceFactory.create(keep_messages_days=7), WorkspaceFactory.create()
    rows = create_message(brief, 8), create_message(long, 8)
    list(retention.run_retention())

    assert have_text(*rows) == [False, True]


def test_patient_is_anonymized_after_two_years(workspace: Workspace) -> None:
    old = PatientFactory.create(workspace=workspace, appointment_time=ago(731))
    new = PatientFactory.create(workspace=workspace, appointment_time=ago(729))

    assert run(workspace).rows["patients"] == 1
    with tenancy.within(workspace.pk):
        assert Patient.objects.get(pk=old.pk).phone == ""
        assert Patient.objects.get(pk=new.pk).phone == new.phone


def test_erased_patient_keeps_the_grace(workspace: Workspace) -> None:
    patient = PatientFactory.create(workspace=workspace, appointment_time=ago(731))
    with tenancy.within(workspace.pk):
        erasure.erase_patients(patients=[patient], by=None)

    reach = run(workspace)
    assert (reach.rows["patients"], reach.rows["erasures"]) == (0, 0)
    with tenancy.within(workspace.pk):
        erasure.restore_patients(patients=[patient], by=None)


def test_refused_rows_and_samples_are_deleted_with_the_texts(workspace: Workspace) -> None:
    shown = {"preview": [{"name": "Ana"}], "survey": {"columns": [{"samples": ["Ana"], "n": 1}]}}
    old, new = (ImportFactory.create(workspace=workspace, **shown) for _ in range(2))
    with tenancy.platform("test"):
        Import.objects.filter(pk=old.pk).update(created_at=ago(91))
    for source in (old, new):
        ImportProblemFactory.create(workspace=workspace, source=source, cells=["Ana"])

    assert run(workspace).rows["list_rows"] == 1
    with tenancy.within(workspace.pk):
        assert [row.source_id for row in ImportProblem.objects.all()] == [new.pk]
        assert Import.objects.get(pk=new.pk).preview
        bare = Import.objects.get(pk=old.pk)
    assert bare.preview == []
    assert bare.survey == {"columns": [{"samples": [], "n": 1}]}


def test_retention_changes_no_figures(workspace: Workspace) -> None:
    for days in (800, 100, 10):
        patient = PatientFactory.create(workspace=workspace, appointment_time=ago(days))
        create_message(workspace, days, patient=patient)
        other = PatientFactory.create(workspace=workspace, appointment_time=ago(days))
        create_message(
            workspace,
            days,
            patient=other,
            status=MessageStatus.REPLIED,
            rating=days % 5 + 1,
            replied_at=ago(days),
        )
    before = read_figures(workspace)
    reach = run(workspace)

    assert (reach.rows["texts"], reach.rows["patients"]) == (2, 2)
    assert read_figures(workspace) == before


def test_deleted_text_does_not_lead_to_a_second_ask() -> None:
    """A clinic that keeps things for a day: what was asked yesterday was asked."""
    sender = shared_sender()
    campaign = running_campaign(
        WorkspaceFactory.create(
            keep_messages_days=1, keep_patients_days=365, ask_again_after_days=1
        )
    )
    create_patient(campaign, hours_ago=26)
    assert plan_messages(now=timezone.now() - timedelta(hours=23)) == 1
    with tenancy.platform("test"):
        Message.objects.update(status="FAILED", error_code="30003", content="Hola")
        Message.objects.update(sent_at=ago(1.04), updated_at=ago(1.04))

    assert run(campaign.workspace).rows["texts"] == 1
    plan_messages()
    sweep_unsettled(now=timezone.now() + timedelta(hours=2))
    assert claim_batch(sender=sender, limit=10) == []
    assert [one.status for one in find_messages()] == ["FAILED"]


def test_reply_to_a_deleted_text_is_recorded() -> None:
    sender = shared_sender()
    campaign = running_campaign()
    patient = create_patient(campaign)
    MessageFactory.create(
        workspace=campaign.workspace,
        patient=patient,
        sender=sender,
        status="DELIVERED",
        attempt=1,
        content="Hola",
        sent_at=timezone.now(),
    )
    [_reach] = retention.run_retention(
        workspace_id=campaign.workspace.pk, now=timezone.now() + 91 * DAY
    )
    sid = "SM" + "7" * 32
    fields = {"MessageSid": sid, "From": patient.phone, "To": sender.address, "Body": "5"}
    inbox.store_inbound(fields)
    processing.process()

    [answered] = find_messages(type="INITIAL")
    assert (answered.content, answered.rating, answered.status) == ("", 5, "REPLIED")


def test_batches_delete_everything(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_retention, "BATCH_SIZE", 3)
    moment = ago(100)
    rows = [create_message(workspace, 100, sent_at=moment) for _ in range(7)]
    for number in range(7):
        PatientFactory.create(workspace=workspace, appointment_time=ago(800 + number))

    reach = run(workspace)

    assert (reach.rows["texts"], reach.rows["patients"]) == (7, 7)
    assert not any(have_text(*rows))
    assert run(workspace).is_empty


@pytest.mark.django_db(transaction=True)
def test_locked_row_is_left_for_the_next_run() -> None:
    workspace = WorkspaceFactory.create()
    held, free = create_message(workspace, 91), create_message(workspace, 91)
    with transaction.atomic(), tenancy.platform("test"):
        list(Message.objects.select_for_update().filter(pk=held.pk))
        [reach] = run_concurrently(lambda: run(workspace))
    assert reach.rows["texts"] == 1
    assert have_text(held, free) == [True, False]

    assert (
        sum(reach.rows["texts"] for reach in run_concurrently(*[lambda: run(workspace)] * 2)) == 1
    )


def run_command(*options: str) -> str:
    out = StringIO()
    call_command("retention", *options, stdout=out)
    return out.getvalue()


def test_command_previews_and_runs(workspace: Workspace) -> None:
    other = WorkspaceFactory.create()
    row = create_message(workspace, 91)
    PatientFactory.create(workspace=workspace, appointment_time=ago(731))

    said = [json.loads(line) for line in run_command("--dry-run", "--json").splitlines()]
    assert {one["workspace"]: (one["texts"], one["patients"]) for one in said} == {
        str(workspace.pk): (1, 1),
        str(other.pk): (0, 0),
    }
    assert have_text(row) == [True]

    assert f"{workspace.name}: would forget 1 texts" in run_command("--dry-run")
    assert run_command("--workspace", str(other.pk)) == f"{other.pk} {other.name}: nothing\n"
    assert have_text(row) == [True]
    assert "forgot 1 texts of messages, 1 patients" in run_command("--workspace", str(workspace.pk))
    assert have_text(row) == [False]


def read_origin(key: UUID) -> tuple[str | None, str]:
    with tenancy.platform("test"):
        found = AuditEvent.objects.get(pk=key)
    return found.address, found.user_agent


def test_audit_origins_are_deleted_after_half_a_year(workspace: Workspace) -> None:
    old, young = (old_audit_event(days=days, workspace_id=workspace.pk) for days in (180.1, 179.9))
    others = old_audit_event(days=400)

    assert f"would forget {ORIGINS}" in run_command("--workspace", str(workspace.pk), "--dry-run")
    assert read_origin(old) == ("203.0.113.7", "Firefox")
    assert f"forgot {ORIGINS}" in run_command("--workspace", str(workspace.pk))

    assert read_origin(old) == (None, "")
    assert read_origin(young) == read_origin(others) == ("203.0.113.7", "Firefox")
    assert run_command("--workspace", str(workspace.pk)).endswith(": nothing\n")
    tasks.apply_retention()
    assert read_origin(others) == (None, "")


def test_setting_limits_how_long_audit_origins_are_kept(
    workspace: Workspace, settings: Any
) -> None:
    old, young = (old_audit_event(days=days, workspace_id=workspace.pk) for days in (31, 29))
    settings.AUDIT_ORIGIN_DAYS = 30

    assert run(workspace).rows["audit_origins"] == 1

    assert read_origin(old) == (None, "")
    assert read_origin(young) == ("203.0.113.7", "Firefox")


def test_rules_are_those_that_the_apps_declare() -> None:
    reported = {name for name, rule in retention_rules_of_apps().items() if rule.count}

    assert reported == {"audit_origins", "list_rows", "texts", "patients", "erasures"}
    assert retention_rules_of_apps().keys() - reported == {"notifications", "past_asks"}


def test_command_refuses_an_unknown_workspace(workspace: Workspace) -> None:
    with pytest.raises(CommandError, match="no workspace"):
        run_command("--workspace", "01890000-0000-7000-8000-000000000000")


def test_task_runs_daily(workspace: Workspace, settings: Any) -> None:
    row = create_message(workspace, 91)
    tasks.apply_retention()

    assert have_text(row) == [False]
    assert settings.CELERY_BEAT_SCHEDULE["messaging.tasks.apply_retention"]["schedule"] <= 24 * 3600
