"""The clinic's doctors, by the names in its lists, and their photos."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from core.pictures import EncodedPicture
from patients.models import Doctor, Patient
from patients.people.doctor_names import doctor_key, doctor_looks
from workspaces.branding.actions import save_picture
from workspaces.branding.brands import ShownPicture, show_picture
from workspaces.models import Picture, User, Workspace

MAX_SHOWN = 200


@dataclass(frozen=True)
class SeenDoctor:
    """A doctor with the best known spelling. `row` is missing for names of the API and of forms."""

    name: str
    row: Doctor | None
    photo: ShownPicture | None


def list_doctors(workspace: Workspace) -> list[SeenDoctor]:
    """Return the doctors of lists and of patients, one for all spellings of a name."""
    rows = Doctor.objects.within(workspace).select_related("photo").defer("photo__data")
    by_key = {row.key: row for row in rows.order_by("name")[:MAX_SHOWN]}
    names = {key: row.name for key, row in by_key.items()}
    patients = Patient.objects.within(workspace).exclude(doctor_name="")
    for name in patients.order_by().values_list("doctor_name", flat=True).distinct()[:MAX_SHOWN]:
        names.setdefault(doctor_key(name), name)
    seen = [_describe(name, by_key.get(key)) for key, name in names.items()]
    return sorted(seen, key=lambda doctor: doctor.name.casefold())


def is_known(workspace: Workspace, name: str) -> bool:
    """Whether a list has named this doctor, or a patient has the name in just this spelling."""
    return (
        Doctor.objects.within(workspace).filter(key=doctor_key(name)).exists()
        or Patient.objects.within(workspace).filter(doctor_name=name).exists()
    )


def pick_example(workspace: Workspace) -> SeenDoctor | None:
    """Return a doctor for the sample of the star page, rather one with a photo."""
    rows = Doctor.objects.within(workspace).select_related("photo").defer("photo__data")
    row = rows.order_by(F("photo").asc(nulls_last=True), "name").first()
    return _describe(row.name, row) if row else None


def find_photo(workspace_id: UUID, name: str) -> ShownPicture | None:
    """Return the photo of the doctor with this name, in whatever spelling."""
    rows = Doctor.objects.within(workspace_id).filter(key=doctor_key(name))
    doctor = rows.select_related("photo").defer("photo__data").first()
    return show_picture(doctor.photo) if doctor and doctor.photo else None


@transaction.atomic
def save_photo(*, workspace: Workspace, name: str, photo: EncodedPicture, by: User) -> Doctor:
    """Save the photo of a doctor whose name is known from lists or patients."""
    if not is_known(workspace, name):
        raise ProblemError(_("No list of yours names this doctor any more."))
    doctor = _lock_doctor(workspace, doctor_key(name), name)
    _replace_photo(doctor, save_picture(workspace=workspace, encoded=photo))
    audit.record("doctor.photo", doctor, by=by, name=doctor.name)
    return doctor


@transaction.atomic
def remove_photo(*, doctor: Doctor, by: User) -> None:
    doctor = Doctor.objects.within(doctor.workspace_id).select_for_update().get(pk=doctor.pk)
    if doctor.photo_id:
        _replace_photo(doctor, None)
        audit.record("doctor.remove_photo", doctor, by=by, name=doctor.name)


def _lock_doctor(workspace: Workspace, key: str, name: str) -> Doctor:
    """Return the row of this name. Imports add rows too, so it may appear in between."""
    Doctor.objects.within(workspace).get_or_create(
        workspace=workspace, key=key, defaults={"name": name, "looks": doctor_looks(name)}
    )
    return Doctor.objects.within(workspace).select_for_update().get(key=key)


def _replace_photo(doctor: Doctor, photo: Picture | None) -> None:
    dropped_id, doctor.photo = doctor.photo_id, photo
    doctor.save(update_fields=["photo", "updated_at"])
    if dropped_id:
        Picture.objects.within(doctor.workspace_id).filter(pk=dropped_id).delete()


def _describe(name: str, row: Doctor | None) -> SeenDoctor:
    photo = show_picture(row.photo) if row and row.photo else None
    return SeenDoctor(row.name if row else name, row, photo)
