"""The doctors of a clinic with everything that is known of each."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Count, F

from patients.doctors.spellings import find_rows, own_row_first
from patients.models import Doctor, Patient
from patients.models.doctor import DoctorQuerySet
from patients.people.doctor_names import doctor_key
from workspaces import google_listing
from workspaces.branding.brands import ShownPicture, show_picture
from workspaces.google_listing import Listing
from workspaces.models import Practice, User, Workspace

# Lists with junk in the column of doctors must not fill the page without end.
MAX_ROWS = 1_000


@dataclass(frozen=True)
class ListedDoctor:
    """A doctor with all rows that belong to her, her own first. Without rows no list named her.

    A merge moves nothing, so a detail that her own row lacks is taken from a merged one.
    """

    rows: tuple[Doctor, ...]
    patients: int = 0
    unlisted_name: str = ""

    @property
    def row(self) -> Doctor | None:
        return self.rows[0] if self.rows else None

    @property
    def name(self) -> str:
        return self.rows[0].shown if self.rows else self.unlisted_name

    @property
    def merged(self) -> list[Doctor]:
        return [row for row in self.rows if row.merged_into_id]

    @property
    def practice(self) -> Practice | None:
        return next((row.practice for row in self.rows if row.practice), None)

    @property
    def member(self) -> User | None:
        return next((row.member for row in self.rows if row.member), None)

    @property
    def listing(self) -> Listing:
        return next((row.listing for row in self.rows if row.listing != Listing()), Listing())

    @property
    def review_url(self) -> str:
        """Return the page for reviews of this doctor. Patients are led there before any other."""
        return google_listing.review_url(self.listing)

    @cached_property
    def photo(self) -> ShownPicture | None:
        return next((show_picture(row.photo) for row in self.rows if row.photo), None)


def list_doctors(workspace: Workspace) -> list[ListedDoctor]:
    """Return the doctors of lists and of patients, one for all spellings of a name."""
    counts = _count_patients(workspace)
    by_person: dict[UUID, list[Doctor]] = defaultdict(list)
    for row in _with_details(workspace).order_by("pk")[:MAX_ROWS]:
        by_person[row.person_id].append(row)
    doctors = [
        ListedDoctor(tuple(own_row_first(rows)), sum(counts.pop(row.name, 0) for row in rows))
        for rows in by_person.values()
    ]
    known = {row.key for rows in by_person.values() for row in rows}
    unlisted = {doctor_key(name): name for name in counts if doctor_key(name) not in known}
    doctors += [ListedDoctor((), counts[name], name) for name in unlisted.values()]
    return sorted(doctors, key=lambda doctor: doctor.name.casefold())


def get_doctor(doctor: Doctor) -> ListedDoctor:
    """Return the doctor whom this row belongs to."""
    rows = _with_details(doctor.workspace_id).of_people([doctor.person_id])
    return ListedDoctor(tuple(own_row_first(rows.order_by("pk"))))


def pick_example(workspace: Workspace) -> ListedDoctor | None:
    """Return a doctor for the sample of the star page, rather one with a photo."""
    row = _with_details(workspace).order_by(F("photo").asc(nulls_last=True), "name").first()
    return get_doctor(row) if row else None


def find_doctor(workspace_id: UUID, name: str) -> ListedDoctor | None:
    """Return the doctor with this name, in whatever spelling, for a page of a patient."""
    rows = find_rows(workspace_id, name) if name else []
    return ListedDoctor(tuple(rows)) if rows else None


def _count_patients(workspace: Workspace) -> dict[str, int]:
    names = Patient.objects.within(workspace).exclude(doctor_name="").order_by()
    counted = names.values("doctor_name").annotate(patients=Count("pk")).order_by("-patients")
    return dict(counted.values_list("doctor_name", "patients")[:MAX_ROWS])


def _with_details(workspace: Workspace | UUID) -> DoctorQuerySet:
    rows = Doctor.objects.within(workspace)
    return rows.select_related("photo", "practice", "member").defer("photo__data")
