"""How many names of doctors in a list look like doctors whom the clinic has already."""

from patients.doctors.listing import MAX_ROWS
from patients.doctors.similarity import suggest_reviews
from patients.models import Doctor, Import


def count_names_to_review(listed: Import) -> int:
    """Return how many names of the list's patients wait for review in Settings → Doctors."""
    people = Doctor.objects.within(listed.workspace_id).people().order_by("pk")[:MAX_ROWS]
    waiting = [suggestion.doctor.name for suggestion in suggest_reviews(people)]
    if not waiting:
        return 0
    return (
        listed.patients.filter(doctor_name__in=waiting)
        .order_by()
        .values("doctor_name")
        .distinct()
        .count()
    )
