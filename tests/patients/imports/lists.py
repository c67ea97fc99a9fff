"""Make lists of appointments and take them through the steps of an import."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from patients.imports import column_suggestions, upload, worker
from patients.models import Import, ImportProblem, Patient
from tests.factories import UserFactory
from workspaces.models import User

HEADINGS = ("Paciente", "Celular", "Correo", "Fecha y hora", "Autoriza")
AnyRow = Iterable[str]


def get_visit_time(*, hours_ago: int = 1) -> datetime:
    """A whole minute about so many hours ago, but never midnight.

    A list whose only time is midnight has days without times, and is read differently.
    """
    at = timezone.localtime().replace(second=0, microsecond=0) - timedelta(hours=hours_ago)
    return at - timedelta(minutes=1) if (at.hour, at.minute) == (0, 0) else at


def make_row(
    name: str = "Ana Paz",
    phone: str = "0991234567",
    *,
    email: str = "",
    at: datetime | None = None,
    consent: str = "sí",
) -> list[str]:
    """The cells of a patient who was seen an hour ago and agreed to messages."""
    at = at or get_visit_time()
    return [name, phone, email, f"{timezone.localtime(at):%d/%m/%Y %H:%M}", consent]


def make_rows(number: int, *, since: int = 0) -> list[list[str]]:
    """Rows of so many different patients."""
    return [make_row(f"Paciente {n}", f"099{n:07d}") for n in range(since, since + number)]


def as_csv(rows: Iterable[AnyRow], headings: AnyRow = HEADINGS) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([headings, *rows])
    return text.getvalue().encode()


def upload_list(
    campaign: Campaign, rows: Iterable[AnyRow], *, by: User | None = None, name: str = "citas.csv"
) -> Import:
    return upload_file(campaign, as_csv(rows), by=by, name=name)


def upload_file(
    campaign: Campaign, content: bytes, *, by: User | None = None, name: str = "citas.csv"
) -> Import:
    by = by or campaign.created_by or UserFactory.create(workspace=campaign.workspace)
    with tenancy.within(campaign.workspace_id):
        file = SimpleUploadedFile(name, content)
        return upload.upload(campaign=campaign, file=file, by=by)


def run_next_step(listed: Import) -> Import:
    worker.advance(workspace_id=listed.workspace_id, import_id=listed.pk)
    return reload_import(listed)


def check_list(listed: Import, **choices: Any) -> Import:
    """Survey the list, choose the suggested columns (changed by `choices`), and check it."""
    return run_next_step(choose_columns(run_next_step(listed), **choices))


def choose_columns(listed: Import, **choices: Any) -> Import:
    with tenancy.within(listed.workspace_id):
        mapping, order, _ = column_suggestions.suggest_mapping(listed)
        columns = {
            "mapping": {str(field): label for field, label in mapping.items()},
            "date_order": order,
            "consent_words": "",
        }
        return upload.choose_columns(
            listed=listed, by=uploader_of(listed), **{**columns, **choices}
        )


def confirm_list(listed: Import) -> Import:
    with tenancy.within(listed.workspace_id):
        return upload.confirm(listed=listed, by=uploader_of(listed))


def import_list(campaign: Campaign, rows: Iterable[AnyRow], **choices: Any) -> Import:
    return run_next_step(confirm_list(check_list(upload_list(campaign, rows), **choices)))


def uploader_of(listed: Import) -> User:
    assert listed.uploaded_by
    return listed.uploaded_by


def reload_import(listed: Import) -> Import:
    with tenancy.within(listed.workspace_id):
        return (
            Import.objects.within(listed.workspace_id)
            .select_related("workspace", "campaign__practice", "uploaded_by")
            .get(pk=listed.pk)
        )


def get_patients(campaign: Campaign) -> list[Patient]:
    with tenancy.within(campaign.workspace_id):
        return list(campaign.patients.within(campaign.workspace_id).order_by("row_number"))


def get_problems(listed: Import) -> list[ImportProblem]:
    with tenancy.within(listed.workspace_id):
        of_list = ImportProblem.objects.within(listed.workspace_id).filter(source=listed)
        return list(of_list.order_by("row_number"))
