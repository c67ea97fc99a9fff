"""Filters of lists by a time."""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_filters import IsoDateTimeFilter
from django_filters.fields import IsoDateTimeField


class TimestampField(IsoDateTimeField):
    """A time in UTC: PostgreSQL refuses offsets that ISO 8601 allows."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            time: datetime | None = super().to_python(value)
            return time.astimezone(UTC) if time else None
        except OverflowError:
            raise ValidationError(_("There is no such time."), code="invalid") from None


class TimestampFilter(IsoDateTimeFilter):
    field_class = TimestampField
