"""The steps of an import: who may take them and when, and what failures and cancelling leave."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import Resolver404, resolve
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from core.errors import ProblemError
from patients.imports import column_suggestions, files, pipeline, progress, undo, upload, worker
from patients.imports.progress import Progress
from patients.models import Import, ImportProblem, ImportStatus
from tests.factories import CampaignFactory, ImportFactory, UserFactory
from tests.patients.imports.lists import (
    as_csv,
    check_list,
    choose_columns,
    confirm_list,
    get_patients,
    get_problems,
    import_list,
    make_row,
    make_rows,
    reload_import,
    run_next_step,
    upload_file,
    upload_list,
    uploader_of,
)
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    campaign: Campaign = CampaignFactory.create(status=CampaignStatus.ACTIVE)
    return campaign


def cancel(listed: Import) -> Import:
    with tenancy.within(listed.workspace_id):
        return upload.cancel(listed=listed, by=uploader_of(listed))


def take_back(listed: Import) -> int:
    with tenancy.within(listed.workspace_id):
        return undo.take_back(listed=listed, by=uploader_of(listed))


def stored_files() -> list[Path]:
    return [path for path in Path(default_storage.path("")).rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def _no_files_before() -> None:
    for path in stored_files():
        path.unlink()


# Uploading


def test_file_is_stored_under_its_id_and_readable_only_by_us(campaign: Campaign) -> None:
    listed = upload_list(campaign, make_rows(1), name="Ana Paz.csv")
    [path] = stored_files()

    assert path.name == str(listed.pk)
    assert path.stat().st_mode & 0o077 == 0
    assert listed.filename == "Ana Paz.csv"
    with pytest.raises(Resolver404):
        resolve(default_storage.url(listed.file.name))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_file_that_is_no_list_is_refused_and_not_stored(content: bytes, campaign: Campaign) -> None:
    with pytest.raises(ProblemError):
        upload_file(campaign, content)

    assert stored_files() == []
    with tenancy.within(campaign.workspace_id):
        assert not Import.objects.exists()


@pytest.mark.parametrize("status", [CampaignStatus.COMPLETED, CampaignStatus.CANCELLED])
def test_ended_campaign_refuses_lists(status: CampaignStatus, campaign: Campaign) -> None:
    campaign.status = status

    with pytest.raises(ProblemError):
        upload_list(campaign, make_rows(1))


def test_unreadable_list_fails_with_a_reason_and_its_file_is_deleted(
    campaign: Campaign, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    listed = upload_file(campaign, as_csv([]))
    with django_capture_on_commit_callbacks(execute=True):
        listed = run_next_step(listed)

    assert (listed.status, listed.problem) == (ImportStatus.FAILED, "only_headings")
    assert stored_files() == []


# Choosing


@pytest.mark.parametrize(
    "mapping",
    [
        {"name": "Paciente", "appointment_time": "Fecha y hora"},
        {"phone": "Celular"},
        {"phone": "Celular", "name": "Celular", "appointment_time": "Fecha y hora"},
        {"phone": "Teléfono fijo", "appointment_time": "Fecha y hora"},
    ],
    ids=["no address", "no time", "a column twice", "no such column"],
)
def test_invalid_mapping_is_refused(mapping: dict[str, str], campaign: Campaign) -> None:
    listed = run_next_step(upload_list(campaign, make_rows(1)))

    with pytest.raises(ProblemError):
        choose_columns(listed, mapping=mapping)
    assert reload_import(listed).status == ImportStatus.SURVEYED


def test_columns_can_be_changed_after_the_check(campaign: Campaign) -> None:
    listed = check_list(upload_list(campaign, make_rows(1)))
    listed = run_next_step(
        choose_columns(listed, mapping={"phone": "Celular", "appointment_time": "Fecha y hora"})
    )

    assert listed.status == ImportStatus.CHECKED
    assert listed.forecast == {"no_consent": 1}


def test_next_list_with_the_same_headings_gets_the_last_mapping(campaign: Campaign) -> None:
    mapping = {"phone": "Celular", "appointment_time": "Fecha y hora"}
    import_list(campaign, make_rows(1), mapping=mapping, consent_words="Firmaron", date_order="DMY")
    elsewhere = CampaignFactory.create()

    again = run_next_step(upload_list(campaign, make_rows(1, since=5)))
    other = run_next_step(upload_list(elsewhere, make_rows(1)))

    with tenancy.within(campaign.workspace_id):
        assert column_suggestions.suggest_mapping(again)[0] == mapping
        assert column_suggestions.remembered_consent_words(again) == "Firmaron"
        assert column_suggestions.is_remembered(again)
    with tenancy.within(elsewhere.workspace_id):
        assert column_suggestions.suggest_mapping(other)[0] != mapping
        assert not column_suggestions.is_remembered(other)


@pytest.mark.parametrize("act", [confirm_list, choose_columns])
def test_step_that_was_done_cannot_be_repeated(act: Any, campaign: Campaign) -> None:
    listed = import_list(campaign, make_rows(1))

    with pytest.raises(ProblemError):
        act(listed)


# Cancelling


def test_import_can_be_cancelled_at_every_step(campaign: Campaign) -> None:
    for far in range(5):
        listed = upload_list(campaign, make_rows(1))
        for step in (run_next_step, choose_columns, run_next_step, confirm_list)[:far]:
            listed = step(listed)
        cancel(listed)
        assert run_next_step(listed).status == ImportStatus.CANCELLED
    assert get_patients(campaign) == []


def test_cancelled_import_keeps_no_cells_of_its_file(
    campaign: Campaign, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    listed = check_list(upload_list(campaign, [make_row(), make_row("Galo", "099")]))
    with django_capture_on_commit_callbacks(execute=True):
        cancel(listed)
    listed = reload_import(listed)

    assert stored_files() == []
    assert get_problems(listed) == []
    assert (listed.preview, listed.survey) == ([], {})


def test_done_import_cannot_be_cancelled(campaign: Campaign) -> None:
    listed = import_list(campaign, make_rows(1))

    with pytest.raises(ProblemError):
        cancel(listed)
    assert len(get_patients(campaign)) == 1


def test_run_cancelled_in_the_middle_saves_nothing(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person cancels between two batches, and the worker notices after the next batch."""
    listed = confirm_list(check_list(upload_list(campaign, make_rows(5_000))))
    looks: list[Progress] = []
    store = progress.store

    def store_and_cancel(listed: Import, told: Progress) -> None:
        store(listed, told)
        looks.append(told)
        if len(looks) == 2:
            cancel(reload_import(listed))
            raise pipeline.ImportCancelledError

    monkeypatch.setattr(progress, "store", store_and_cancel)
    worker.advance(workspace_id=listed.workspace_id, import_id=listed.pk)

    assert len(looks) == 2
    assert get_patients(campaign) == []


# Progress


def test_progress_is_stored_after_every_batch(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = confirm_list(
        check_list(upload_list(campaign, [*make_rows(2_500), make_row("Galo", "099")]))
    )
    told: list[Progress | None] = []
    store = progress.store

    def store_and_note(listed: Import, now: Progress) -> None:
        store(listed, now)
        told.append(progress.load(listed))

    monkeypatch.setattr(progress, "store", store_and_note)
    run_next_step(listed)
    reads = [(one.stage, one.read, one.refused) for one in told if one]

    assert reads[:2] == [("read", 2_000, 0), ("read", 2_501, 1)]
    assert reads[-1] == ("save", 2_501, 1)
    assert told[0]
    assert told[0].total == 2_501
    assert told[0].seconds_left is not None


def test_import_without_worker_has_no_progress(campaign: Campaign) -> None:
    assert progress.load(upload_list(campaign, make_rows(1))) is None


# Failing


def test_unexpected_error_fails_the_import_and_is_raised(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = upload_list(campaign, make_rows(1))
    Path(listed.file.path).unlink()

    with pytest.raises(FileNotFoundError):
        run_next_step(listed)
    listed = reload_import(listed)
    assert (listed.status, listed.problem) == (ImportStatus.FAILED, "unexpected")


def test_import_that_kills_its_workers_fails(campaign: Campaign) -> None:
    listed = upload_list(campaign, make_rows(1))
    for _ in range(worker.MAX_TRIES):
        worker._count_try(listed)

    assert run_next_step(listed).status == ImportStatus.FAILED


# Taking back


def test_import_without_asked_patients_can_be_taken_back(
    campaign: Campaign, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    known = make_rows(2, since=10)
    import_list(campaign, known)
    listed = import_list(campaign, [*make_rows(3), *known])
    with django_capture_on_commit_callbacks(execute=True):
        assert take_back(listed) == 3

    assert reload_import(listed).status == ImportStatus.TAKEN_BACK
    assert len(get_patients(campaign)) == 2
    with pytest.raises(ProblemError):
        take_back(listed)


def test_import_with_an_asked_patient_cannot_be_taken_back(campaign: Campaign) -> None:
    listed = import_list(campaign, make_rows(3))
    with tenancy.within(campaign.workspace_id):
        assert undo.can_be_taken_back(listed)
        campaign.patients.filter(row_number=3).update(asked_at=timezone.now())
        assert not undo.can_be_taken_back(listed)

    with pytest.raises(ProblemError):
        take_back(listed)
    assert len(get_patients(campaign)) == 3
    assert reload_import(listed).status == ImportStatus.DONE


# Keeping


def backdate(listed: Import, **values: Any) -> None:
    with tenancy.within(listed.workspace_id):
        Import.objects.filter(pk=listed.pk).update(**values)


def test_file_is_deleted_a_week_after_the_result(
    campaign: Campaign, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    old = import_list(campaign, [make_row(), make_row("Galo", "099")])
    young = import_list(campaign, [make_row("Eva", "0991111111"), make_row("Galo", "099")])
    backdate(old, finished_at=timezone.now() - timedelta(days=7, minutes=1))
    backdate(young, finished_at=timezone.now() - timedelta(days=6))
    with django_capture_on_commit_callbacks(execute=True):
        files.delete_outdated()

    assert [path.name for path in stored_files()] == [str(young.pk)]
    assert [problem.cells for problem in get_problems(old)] == [[]]
    assert get_problems(young)[0].cells
    assert (reload_import(old).preview, reload_import(old).rows_new) == ([], 1)
    assert reload_import(young).preview
    assert len(get_patients(campaign)) == 2


def test_unconfirmed_import_is_cancelled_after_a_week(campaign: Campaign) -> None:
    listed = check_list(upload_list(campaign, make_rows(1)))
    backdate(listed, updated_at=timezone.now() - timedelta(days=8))
    files.delete_outdated()

    assert reload_import(listed).status == ImportStatus.CANCELLED


def test_file_without_an_import_is_deleted_after_a_day(campaign: Campaign) -> None:
    kept = upload_list(campaign, make_rows(1))
    for name, hours in (("old", 25), ("young", 1)):
        path = Path(default_storage.path(default_storage.save(
            f"imports/2026/01/{name}", SimpleUploadedFile(name, b"x")
        )))  # fmt: skip
        moment = (timezone.now() - timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))
    os.utime(kept.file.path, (0, 0))
    files.delete_outdated()

    assert {path.name for path in stored_files()} == {"young", str(kept.pk)}


# Seeing


def test_each_role_sees_its_own_imports(campaign: Campaign) -> None:
    workspace = campaign.workspace
    doctor = UserFactory.create(workspace=workspace, role=Role.DOCTOR)
    reception, other = (
        UserFactory.create(workspace=workspace, role=Role.RECEPTIONIST) for _ in range(2)
    )
    owner = UserFactory.create(workspace=workspace)
    theirs = CampaignFactory.create(workspace=workspace, created_by=doctor)
    by_reception = ImportFactory.create(
        workspace=workspace, campaign=campaign, uploaded_by=reception
    )
    to_doctor = ImportFactory.create(workspace=workspace, campaign=theirs, uploaded_by=other)

    with tenancy.within(workspace.pk):
        seen = {
            user: set(Import.objects.within(workspace).visible_to(user))
            for user in (owner, doctor, reception, other)
        }
        assert ImportProblem.objects.within(workspace).visible_to(reception).count() == 0
    assert seen == {
        owner: {by_reception, to_doctor},
        doctor: {to_doctor},
        reception: {by_reception},
        other: {to_doctor},
    }


def test_uploads_have_a_folder_that_no_url_serves() -> None:
    assert settings.UPLOADS_DIR
    assert not settings.MEDIA_URL.strip("/")
