"""Delete the guesses about patients who are anonymized: they would name somebody who is gone."""

from collections.abc import Collection
from uuid import UUID

from reviews.models import Attribution


def delete_guesses(patients: Collection[UUID]) -> None:
    """Delete the guesses about these patients. The caller may write in their workspaces."""
    Attribution.objects.filter(patient__in=patients).delete()
