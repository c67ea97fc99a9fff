"""The limits for all lists of a clinic, and uploads to a full disk."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from psycopg.errors import DiskFull

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from core.disk_space import NoRoomError
from core.errors import ProblemError
from patients.imports import upload as uploading
from patients.imports import worker
from patients.lists import limits
from patients.models import Import, ImportStatus
from tests.concurrency import run_concurrently
from tests.factories import CampaignFactory, UserFactory
from tests.full_disk import full_disk
from tests.patients.imports.lists import make_rows, reload_import, run_next_step, upload_list

pytestmark = pytest.mark.django_db(transaction=True)

KILOBYTE = 1024
# Larger than the free space, and than what Django holds in memory.
LONG = b"Nombre;Celular\n" + b"Jos\xc3\xa9 Nu\xc3\xb1ez;0991234567\n" * 150_000
SHORT = LONG[: 300 * KILOBYTE]


@pytest.fixture
def campaign() -> Campaign:
    campaign: Campaign = CampaignFactory.create(status=CampaignStatus.ACTIVE)
    return campaign


def count_imports(campaign: Campaign) -> int:
    with tenancy.within(campaign.workspace_id):
        return Import.objects.within(campaign.workspace_id).count()


def stored_files() -> list[Path]:
    return [path for path in Path(default_storage.path("")).rglob("*") if path.is_file()]


def test_waiting_lists_of_a_clinic_are_limited(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign
) -> None:
    monkeypatch.setattr(limits, "WAITING_LISTS", 2)
    first, _second = upload_list(campaign, make_rows(1)), upload_list(campaign, make_rows(1))

    with pytest.raises(ProblemError, match="2"):
        upload_list(campaign, make_rows(1))

    upload_list(
        CampaignFactory.create(status=CampaignStatus.ACTIVE), make_rows(1)
    )  # another clinic's
    with tenancy.within(campaign.workspace_id):
        uploading.cancel(listed=first, by=UserFactory.create(workspace=campaign.workspace))
    assert upload_list(campaign, make_rows(1))


def test_stored_bytes_of_a_clinic_are_limited(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign
) -> None:
    first = upload_list(campaign, make_rows(5))
    size = reload_import(first).file_size
    assert size == first.file.size
    monkeypatch.setattr(limits, "STORED", size * 2 - 1)

    with pytest.raises(ProblemError):
        upload_list(campaign, make_rows(5))

    with tenancy.within(campaign.workspace_id):
        uploading.cancel(listed=first, by=UserFactory.create(workspace=campaign.workspace))
    assert upload_list(campaign, make_rows(5))


def test_simultaneous_uploads_do_not_exceed_the_limit(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign
) -> None:
    monkeypatch.setattr(limits, "WAITING_LISTS", 1)
    by = UserFactory.create(workspace=campaign.workspace)

    def upload() -> bool:
        try:
            return bool(upload_list(campaign, make_rows(1), by=by))
        except ProblemError:
            return False

    assert sorted(run_concurrently(*[upload] * 3)) == [False, False, True]
    assert count_imports(campaign) == 1


def test_refused_list_leaves_no_file(monkeypatch: pytest.MonkeyPatch, campaign: Campaign) -> None:
    before = stored_files()

    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("the row cannot be written")

    monkeypatch.setattr("core.audit.record", fail)
    with pytest.raises(RuntimeError):
        upload_list(campaign, make_rows(1))

    assert stored_files() == before


@pytest.mark.parametrize("content", [SHORT, LONG], ids=["kept in memory", "spooled before"])
def test_upload_to_a_full_disk_is_refused_and_leaves_no_file(
    campaign: Campaign, content: bytes
) -> None:
    file = SimpleUploadedFile("citas.csv", content)
    before = stored_files()

    with (
        full_disk(room_for=100 * KILOBYTE),
        tenancy.within(campaign.workspace_id),
        pytest.raises(NoRoomError),
    ):
        by = UserFactory.create(workspace=campaign.workspace)
        uploading.upload(campaign=campaign, file=file, by=by)

    assert stored_files() == before
    assert count_imports(campaign) == 0


@pytest.mark.parametrize("content", [SHORT, LONG], ids=["kept in memory", "spooled before"])
def test_upload_page_shows_that_the_disk_is_full(campaign: Campaign, content: bytes) -> None:
    """A long file fails when Django writes its temporary copy, before any view is called."""
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory.create(workspace=campaign.workspace, language="en"))
    sent = {"campaign": str(campaign.pk), "file": SimpleUploadedFile("citas.csv", content)}
    before = stored_files()

    with full_disk(room_for=100 * KILOBYTE):
        answer = client.post(reverse("imports"), sent)

    assert answer.status_code == (200 if content == SHORT else 507)
    assert "espacio" in answer.content.decode() or "no room" in answer.content.decode()
    assert stored_files() == before
    assert count_imports(campaign) == 0


def break_with(error: Exception) -> Any:
    def step(*_args: object, **_options: object) -> None:
        raise error

    return step


def database_is_full() -> OperationalError:
    error = OperationalError("could not extend file")
    error.__cause__ = DiskFull("could not extend file")
    return error


@pytest.mark.parametrize("error", [OSError(28, os.strerror(28)), database_is_full()])
def test_step_on_a_full_disk_fails_and_deletes_the_file(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign, error: Exception
) -> None:
    listed = upload_list(campaign, make_rows(1))
    path = Path(listed.file.path)
    monkeypatch.setitem(worker.STEPS, ImportStatus.UPLOADED, break_with(error))

    with pytest.raises(type(error)):
        run_next_step(listed)

    failed = reload_import(listed)
    assert (failed.status, failed.problem) == (ImportStatus.FAILED, "no_room")
    assert not path.exists()
