"""Change what is known of a doctor: name as shown, practice, member, review link and photo."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from core.pictures import EncodedPicture
from patients.doctors.listing import ListedDoctor, get_doctor
from patients.doctors.merging import family_of, lock_rows, person_of
from patients.doctors.reach import require_may_change_reach, require_may_regroup
from patients.models import Doctor, Patient
from patients.people.doctor_names import doctor_key, doctor_looks
from workspaces.branding.actions import save_picture
from workspaces.google_listing import Listing
from workspaces.models import Picture, Practice, User, Workspace
from workspaces.vetting import flags

NO_LISTING = Listing()


@dataclass(frozen=True)
class DoctorDetails:
    """What the form and the demo data set."""

    name: str
    practice: Practice | None = None
    member: User | None = None
    listing: Listing = NO_LISTING

    @classmethod
    def of(cls, doctor: ListedDoctor) -> "DoctorDetails":
        return cls(doctor.name, doctor.practice, doctor.member, doctor.listing)


@transaction.atomic
def change_doctor(*, doctor: Doctor, details: DoctorDetails, by: User) -> None:
    """Set the details of the doctor whom this row belongs to.

    A changed detail is removed from merged rows, because it would come back from there.
    """
    rows = lock_rows(doctor.workspace_id)
    person = person_of(rows, doctor)
    before = DoctorDetails.of(get_doctor(person))
    if details == before:
        return
    if details.member != before.member:
        require_may_change_reach(by)
    _require_free_member(rows, person, details)
    family = family_of(rows, person)
    for row in family:
        _apply(row, person, before, details)
    Doctor.objects.bulk_update(
        family, ["practice", "member", "google_place_id", "google_review_link"]
    )
    if details.name != before.name:
        _rename(rows, person, details.name, by=by)
    old, new = _changes(before, details)
    audit.record("doctor.change", person, by=by, name=details.name, old=old, new=new)


@transaction.atomic
def add_doctor(*, workspace: Workspace, name: str, by: User) -> Doctor:
    """Add a doctor before any list names her."""
    key = doctor_key(name)
    if any(row.key == key for row in lock_rows(workspace.pk).values()):
        raise ProblemError(_("You already have a doctor with this name."))
    doctor = _insert_spelling(workspace.pk, name)
    flags.inspect_text(workspace.pk, name)
    audit.record("doctor.create", doctor, by=by, name=name)
    return doctor


@transaction.atomic
def save_photo(*, workspace: Workspace, name: str, photo: EncodedPicture, by: User) -> Doctor:
    """Save the photo of a doctor whose name is known from lists or patients."""
    doctor = _get_or_add(workspace, name)
    _replace_photo(doctor, save_picture(workspace=workspace, encoded=photo))
    audit.record("doctor.photo", doctor, by=by, name=doctor.shown)
    return doctor


@transaction.atomic
def remove_photo(*, doctor: Doctor, by: User) -> None:
    """Remove the photo of the doctor whom this row belongs to."""
    rows = lock_rows(doctor.workspace_id)
    person = person_of(rows, doctor)
    if any(row.photo_id for row in family_of(rows, person)):
        _replace_photo(person, None)
        audit.record("doctor.remove_photo", person, by=by, name=person.shown)


def _apply(row: Doctor, person: Doctor, before: DoctorDetails, details: DoctorDetails) -> None:
    """Set what was changed in the person's own row, and empty it in the others."""
    own = details if row.pk == person.pk else DoctorDetails("")
    if details.practice != before.practice:
        row.practice = own.practice
    if details.member != before.member:
        row.member = own.member
    if details.listing != before.listing:
        row.google_place_id, row.google_review_link = own.listing.place_id, own.listing.link


def _require_free_member(rows: dict[UUID, Doctor], person: Doctor, details: DoctorDetails) -> None:
    for row in rows.values():
        if details.member and row.member_id == details.member.pk and row.person_id != person.pk:
            other = rows[row.person_id]
            raise ProblemError(
                _("%(member)s is linked to %(doctor)s already.")
                % {"member": details.member.name, "doctor": other.shown}
            )


def _rename(rows: dict[UUID, Doctor], person: Doctor, name: str, *, by: User) -> None:
    """Set the name as shown. It becomes a spelling too, so that lists may use it from now on."""
    key = doctor_key(name)
    known = next((row for row in rows.values() if row.key == key), None)
    if known and known.person_id != person.pk:
        raise ProblemError(
            _("Another doctor of yours has this name. If they are one person, merge them.")
        )
    if known is None:
        require_may_regroup(family_of(rows, person), by=by)
        _insert_spelling(person.workspace_id, name, person=person)
    person.shown_name = name
    person.save(update_fields=["shown_name", "updated_at"])
    flags.inspect_text(person.workspace_id, name)


def _insert_spelling(workspace_id: UUID, name: str, *, person: Doctor | None = None) -> Doctor:
    """Insert a name. A list that is being saved may insert the same one: then it is refused."""
    doctor, is_new = Doctor.objects.get_or_create(
        workspace_id=workspace_id,
        key=doctor_key(name),
        defaults={
            "name": name,
            "looks": doctor_looks(name),
            "merged_into": person,
            "shown_as": person,
        },
    )
    if not is_new:
        raise ProblemError(_("A list has just brought this name. Look at the page again."))
    return doctor


def _get_or_add(workspace: Workspace, name: str) -> Doctor:
    """Return the person with this name. One whom only patients name gets a row."""
    rows, key = lock_rows(workspace.pk), doctor_key(name)
    for row in rows.values():
        if row.key == key:
            return rows[row.person_id]
    if not Patient.objects.within(workspace).filter(doctor_name=name).exists():
        raise ProblemError(_("No list of yours names this doctor any more."))
    return _insert_spelling(workspace.pk, name)


def _replace_photo(person: Doctor, photo: Picture | None) -> None:
    family = Doctor.objects.within(person.workspace_id).of_people([person.pk])
    dropped = list(family.exclude(photo=None).values_list("photo", flat=True))
    family.update(photo=None)
    person.photo = photo
    person.save(update_fields=["photo", "updated_at"])
    Picture.objects.within(person.workspace_id).filter(pk__in=dropped).delete()


def _changes(
    before: DoctorDetails, after: DoctorDetails
) -> tuple[dict[str, object], dict[str, object]]:
    """Return the details that differ, as the trail stores them."""
    old, new = _plain(before), _plain(after)
    differing = [name for name in old if old[name] != new[name]]
    return {name: old[name] for name in differing}, {name: new[name] for name in differing}


def _plain(details: DoctorDetails) -> dict[str, object]:
    return {
        "name": details.name,
        "practice": details.practice.name if details.practice else "",
        "member": details.member.name if details.member else "",
        "review_link": details.listing.place_id or details.listing.link,
    }
