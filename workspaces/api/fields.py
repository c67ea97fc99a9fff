"""What a body may hold: of the named type, and nothing that is merely like it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers

from workspaces.api.problems import FieldError, invalid


class Text(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Number(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> Any:
        if data is not True and data is not False:
            self.fail("invalid", input=data)
        return data


class Id(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        found: UUID = super().to_internal_value(data)
        return found


class Moment(serializers.DateTimeField):
    """Without an offset it stays so: whoever knows the place knows what time that is."""

    def enforce_timezone(self, value: datetime) -> datetime:
        try:
            return value.astimezone(UTC) if value.tzinfo else value
        except OverflowError:
            self.fail("overflow")


class Body(serializers.Serializer[Any]):
    """What is sent; a field that is not described is refused by its name."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                message = _("There is no such field.")
                raise serializers.ValidationError(
                    {
                        str(name)[:80]: [serializers.ErrorDetail(message, "unknown")]
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)


def cleaned(form: forms.BaseForm, *, names: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """By the rules of the page's form, whose fields may have other names there."""
    if form.is_valid():
        return form.cleaned_data
    called = dict(names)
    raise invalid(
        [
            FieldError(
                called.get(name, "" if name == "__all__" else name),
                error.code or "invalid",
                message,
            )
            for name, errors in form.errors.as_data().items()
            for error in errors
            for message in error.messages
        ]
    )
