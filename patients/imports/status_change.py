"""Change the status of an import, if nobody else has changed it in between."""

from typing import Any

from django.utils import timezone

from patients.models import Import, ImportStatus


def change_status(
    listed: Import, *expected: ImportStatus | str, to: ImportStatus, **values: Any
) -> bool:
    """Change the status if it is one of these now, and store the values. Return whether it was.

    A worker, a member and the clean-up of old lists may all try at once: one of them wins.
    """
    moved = (
        Import.objects.within(listed.workspace_id)
        .filter(pk=listed.pk, status__in=expected)
        .update(status=to, updated_at=timezone.now(), **values)
    )
    if not moved:
        return False
    listed.status = to
    for field, value in values.items():
        setattr(listed, field, value)
    return True
