from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_filters import IsoDateTimeFilter
from django_filters.fields import IsoDateTimeField


class MomentField(IsoDateTimeField):
    """In our own time: PostgreSQL refuses offsets that ISO 8601 allows."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            moment: datetime | None = super().to_python(value)
            return moment.astimezone(UTC) if moment else None
        except OverflowError:
            raise ValidationError(_("There is no such moment."), code="invalid") from None


class MomentFilter(IsoDateTimeFilter):
    field_class = MomentField
