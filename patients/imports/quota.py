"""Limit how many lists of a clinic may wait and how much space its files may take."""

from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from core import disk_space, sql
from core.errors import ProblemError
from core.locks import Lock
from patients.lists import limits
from patients.models import Import
from patients.models.imports import CAN_BE_CANCELLED


def require_room(workspace_id: UUID, size: int) -> None:
    """Refuse another list when the clinic has too many, or too much in them.

    The lock makes other uploads of the clinic wait, so that two cannot both take the last place.
    """
    sql.advisory_lock(Lock.UPLOADS.of(workspace_id))
    lists = Import.objects.within(workspace_id)
    if lists.filter(status__in=CAN_BE_CANCELLED).count() >= limits.WAITING_LISTS:
        raise ProblemError(
            _(
                "%(many)d lists of your clinic are not in yet. Confirm or cancel some of them, and"
                " then upload this one again."
            )
            % {"many": limits.WAITING_LISTS}
        )
    stored = lists.exclude(file="").aggregate(size=Sum("file_size"))["size"] or 0
    if stored + size > limits.STORED:
        raise ProblemError(
            _(
                "The lists of the last days take up the %(room)s that a clinic has. A file is"
                " deleted a week after its list came in. Cancel lists that you do not need, or"
                " upload this one later."
            )
            % {"room": disk_space.format_size(limits.STORED)}
        )
