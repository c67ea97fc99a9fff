"""Who may do what to a list and when; what is left when it is called off, fails or goes back."""

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
    advanced,
    as_csv,
    checked,
    chosen,
    confirmed,
    fresh,
    imported,
    patients,
    people,
    problems,
    row,
    someone,
    uploaded,
    uploaded_file,
)
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    campaign: Campaign = CampaignFactory.create(status=CampaignStatus.ACTIVE)
    return campaign


def cancel(listed: Import) -> Import:
    with tenancy.within(listed.workspace_id):
        return upload.cancel(listed=listed, by=someone(listed))


def take_back(listed: Import) -> int:
    with tenancy.within(listed.workspace_id):
        return undo.take_back(listed=listed, by=someone(listed))


def stored() -> list[Path]:
    return [path for path in Path(default_storage.path("")).rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def _no_files_before() -> None:
    for path in stored():
        path.unlink()


# Uploading


def test_a_file_is_kept_under_its_id_for_nobody_else_to_read(campaign: Campaign) -> None:
    listed = uploaded(campaign, people(1), name="Ana Paz.csv")
    [path] = stored()

    assert path.name == str(listed.pk)
    assert path.stat().st_mode & 0o077 == 0
    assert listed.filename == "Ana Paz.csv"
    with pytest.raises(Resolver404):
        resolve(default_storage.url(listed.file.name))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_what_is_no_list_is_refused_and_not_stored(content: bytes, campaign: Campaign) -> None:
    with pytest.raises(ProblemError):
        uploaded_file(campaign, content)

    assert stored() == []
    with tenancy.within(campaign.workspace_id):
        assert not Import.objects.exists()


@pytest.mark.parametrize("status", [CampaignStatus.COMPLETED, CampaignStatus.CANCELLED])
def test_an_ended_campaign_takes_no_list(status: CampaignStatus, campaign: Campaign) -> None:
    campaign.status = status

    with pytest.raises(ProblemError):
        uploaded(campaign, people(1))


def test_a_list_that_cannot_be_read_says_why_and_keeps_nothing(
    campaign: Campaign, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    listed = uploaded_file(campaign, as_csv([]))
    with django_capture_on_commit_callbacks(execute=True):
        listed = advanced(listed)

    assert (listed.status, listed.problem) == (ImportStatus.FAILED, "only_headings")
    assert stored() == []


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
def test_columns_that_make_no_sense_are_refused(
    mapping: dict[str, str], campaign: Campaign
) -> None:
    listed = advanced(uploaded(campaign, people(1)))

    with pytest.raises(ProblemError):
        chosen(listed, mapping=mapping)
    assert fresh(listed).status == ImportStatus.SURVEYED


def test_columns_can_be_chosen_again_after_the_check(campaign: Campaign) -> None:
    listed = checked(uploaded(campaign, people(1)))
    listed = advanced(
        chosen(listed, mapping={"phone": "Celular", "appointment_time": "Fecha y hora"})
    )

    assert listed.status == ImportStatus.CHECKED
    assert listed.forecast == {"no_consent": 1}


def test_the_next_list_with_these_headings_starts_where_the_last_ended(campaign: Campaign) -> None:
    mapping = {"phone": "Celular", "appointment_time": "Fecha y hora"}
    imported(campaign, people(1), mapping=mapping, consent_words="Firmaron", date_order="DMY")
    elsewhere = CampaignFactory.create()

    again = advanced(uploaded(campaign, people(1, since=5)))
    other = advanced(uploaded(elsewhere, people(1)))

    with tenancy.within(campaign.workspace_id):
        assert column_suggestions.suggest_mapping(again)[0] == mapping
        assert column_suggestions.remembered_consent_words(again) == "Firmaron"
        assert column_suggestions.is_remembered(again)
    with tenancy.within(elsewhere.workspace_id):
        assert column_suggestions.suggest_mapping(other)[0] != mapping
        assert not column_suggestions.is_remembered(other)


@pytest.mark.parametrize("act", [confirmed, chosen])
def test_a_step_is_not_taken_twice(act: Any, campaign: Campaign) -> None:
    listed = imported(campaign, people(1))

    with pytest.raises(ProblemError):
        act(listed)


# Calling off


def test_a_list_can_be_called_off_at_every_step(campaign: Campaign) -> None:
    for far in range(5):
        listed = uploaded(campaign, people(1))
        for step in (advanced, chosen, advanced, confirmed)[:far]:
            listed = step(listed)
        cancel(listed)
        assert advanced(listed).status == ImportStatus.CANCELLED
    assert patients(campaign) == []


def test_what_was_called_off_keeps_nothing_of_the_file(
    campaign: Campaign, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    listed = checked(uploaded(campaign, [row(), row("Galo", "099")]))
    with django_capture_on_commit_callbacks(execute=True):
        cancel(listed)
    listed = fresh(listed)

    assert stored() == []
    assert problems(listed) == []
    assert (listed.preview, listed.survey) == ([], {})


def test_what_is_in_is_not_called_off(campaign: Campaign) -> None:
    listed = imported(campaign, people(1))

    with pytest.raises(ProblemError):
        cancel(listed)
    assert len(patients(campaign)) == 1


def test_a_run_that_is_called_off_in_the_middle_leaves_nothing(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two batches, as a person would; the worker's next look finds it."""
    listed = confirmed(checked(uploaded(campaign, people(5_000))))
    looks: list[Progress] = []
    tell = progress.store

    def tell_and_cancel(listed: Import, told: Progress) -> None:
        tell(listed, told)
        looks.append(told)
        if len(looks) == 2:
            cancel(fresh(listed))
            raise pipeline.ImportCancelledError

    monkeypatch.setattr(progress, "tell", tell_and_cancel)
    worker.advance(workspace_id=listed.workspace_id, import_id=listed.pk)

    assert len(looks) == 2
    assert patients(campaign) == []


# Progress


def test_progress_is_told_at_every_batch(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = confirmed(checked(uploaded(campaign, [*people(2_500), row("Galo", "099")])))
    told: list[Progress | None] = []
    tell = progress.store

    def tell_and_note(listed: Import, now: Progress) -> None:
        tell(listed, now)
        told.append(progress.load(listed))

    monkeypatch.setattr(progress, "tell", tell_and_note)
    advanced(listed)
    reads = [(one.stage, one.read, one.refused) for one in told if one]

    assert reads[:2] == [("read", 2_000, 0), ("read", 2_501, 1)]
    assert reads[-1] == ("save", 2_501, 1)
    assert told[0]
    assert told[0].total == 2_501
    assert told[0].seconds_left is not None


def test_nothing_is_told_of_a_list_that_nobody_works_on(campaign: Campaign) -> None:
    assert progress.load(uploaded(campaign, people(1))) is None


# Failing


def test_what_nobody_expected_fails_the_list_and_is_not_hushed_up(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = uploaded(campaign, people(1))
    Path(listed.file.path).unlink()

    with pytest.raises(FileNotFoundError):
        advanced(listed)
    listed = fresh(listed)
    assert (listed.status, listed.problem) == (ImportStatus.FAILED, "unexpected")


def test_a_list_that_takes_its_worker_along_each_time_is_given_up(campaign: Campaign) -> None:
    listed = uploaded(campaign, people(1))
    for _ in range(worker.MAX_TRIES):
        worker._count_try(listed)

    assert advanced(listed).status == ImportStatus.FAILED


# Taking back


def test_a_list_is_taken_back_while_nobody_was_asked(
    campaign: Campaign, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    known = people(2, since=10)
    imported(campaign, known)
    listed = imported(campaign, [*people(3), *known])
    with django_capture_on_commit_callbacks(execute=True):
        assert take_back(listed) == 3

    assert fresh(listed).status == ImportStatus.TAKEN_BACK
    assert len(patients(campaign)) == 2
    with pytest.raises(ProblemError):
        take_back(listed)


def test_a_list_is_not_taken_back_once_somebody_was_asked(campaign: Campaign) -> None:
    listed = imported(campaign, people(3))
    with tenancy.within(campaign.workspace_id):
        assert undo.can_be_taken_back(listed)
        campaign.patients.filter(row_number=3).update(asked_at=timezone.now())
        assert not undo.can_be_taken_back(listed)

    with pytest.raises(ProblemError):
        take_back(listed)
    assert len(patients(campaign)) == 3
    assert fresh(listed).status == ImportStatus.DONE


# Keeping


def age(listed: Import, **values: Any) -> None:
    with tenancy.within(listed.workspace_id):
        Import.objects.filter(pk=listed.pk).update(**values)


def test_a_file_goes_when_its_result_is_a_week_old(
    campaign: Campaign, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    old = imported(campaign, [row(), row("Galo", "099")])
    young = imported(campaign, [row("Eva", "0991111111"), row("Galo", "099")])
    age(old, finished_at=timezone.now() - timedelta(days=7, minutes=1))
    age(young, finished_at=timezone.now() - timedelta(days=6))
    with django_capture_on_commit_callbacks(execute=True):
        files.delete_outdated()

    assert [path.name for path in stored()] == [str(young.pk)]
    assert [problem.cells for problem in problems(old)] == [[]]
    assert problems(young)[0].cells
    assert (fresh(old).preview, fresh(old).rows_new) == ([], 1)
    assert fresh(young).preview
    assert len(patients(campaign)) == 2


def test_a_list_that_nobody_confirmed_is_called_off_after_a_week(campaign: Campaign) -> None:
    listed = checked(uploaded(campaign, people(1)))
    age(listed, updated_at=timezone.now() - timedelta(days=8))
    files.delete_outdated()

    assert fresh(listed).status == ImportStatus.CANCELLED


def test_a_file_without_a_row_is_swept_after_a_day(campaign: Campaign) -> None:
    kept = uploaded(campaign, people(1))
    for name, hours in (("old", 25), ("young", 1)):
        path = Path(default_storage.path(default_storage.save(
            f"imports/2026/01/{name}", SimpleUploadedFile(name, b"x")
        )))  # fmt: skip
        moment = (timezone.now() - timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))
    os.utime(kept.file.path, (0, 0))
    files.delete_outdated()

    assert {path.name for path in stored()} == {"young", str(kept.pk)}


# Seeing


def test_everybody_sees_the_lists_that_are_theirs(campaign: Campaign) -> None:
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


def test_uploads_are_in_a_folder_of_their_own() -> None:
    assert settings.UPLOADS_DIR
    assert not settings.MEDIA_URL.strip("/")
