"""What a body may hold: of the named type, and nothing that is merely like it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.api.problems import FieldError, flat, invalid


class TextField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class NumberField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class FlagField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> Any:
        if data is not True and data is not False:
            self.fail("invalid", input=data)
        return data


class IdField(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        found: UUID = super().to_internal_value(data)
        return found


class TimestampField(serializers.DateTimeField):
    """Without an offset it stays so: whoever knows the place knows what time that is."""

    def enforce_timezone(self, value: datetime) -> datetime:
        try:
            return value.astimezone(UTC) if value.tzinfo else value
        except OverflowError:
            self.fail("overflow")


class RequestSerializer(serializers.Serializer[Any]):
    """What is sent; a field that is not described is refused by its name."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = self._unknown(data)
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**cast(Any, error.detail), **unknown}) from None
        if unknown:
            raise serializers.ValidationError(cast(Any, unknown))
        return values

    def _unknown(self, data: Any) -> dict[str, list[serializers.ErrorDetail]]:
        if not isinstance(data, dict):
            return {}
        message = _("There is no such field.")
        return {
            str(name)[:80]: [serializers.ErrorDetail(message, "unknown")]
            for name in data
            if name not in self.fields
        }


def read(
    data: Any, described_by: type[serializers.Serializer[Any]], **options: Any
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return what is as described, and the mistakes in the rest."""
    serializer = described_by(data=data, **options)
    if serializer.is_valid():
        return cast(dict[str, Any], serializer.validated_data), []
    errors = cast(Any, serializer.errors)
    mistakes = list(flat(serializers.ValidationError(errors).get_full_details()))
    if not isinstance(data, dict):
        return {}, mistakes
    right = (serializer.fields.keys() & data.keys()) - errors.keys()
    sound = described_by(data={name: data[name] for name in right}, partial=True)
    return (cast(dict[str, Any], sound.validated_data) if sound.is_valid() else {}), mistakes


def cleaned(
    form: forms.BaseForm,
    *,
    names: Iterable[tuple[str, str]] = (),
    besides: Sequence[FieldError] = (),
) -> dict[str, Any]:
    """Return what the page's form makes of it, or refuse with the mistakes of both."""
    refuse(mistakes_of(form, names=names, besides=besides))
    return form.cleaned_data


def mistakes_of(
    form: forms.BaseForm,
    *,
    names: Iterable[tuple[str, str]] = (),
    besides: Sequence[FieldError] = (),
) -> list[FieldError]:
    """Return the mistakes so far and those that the page's form finds.

    Its fields may have other names there. Of a field that is wrong already the form saw nothing, so
    it has nothing to say about it, nor about the whole.
    """
    called = dict(names)
    named = {mistake.field for mistake in besides}
    found = [
        FieldError(
            called.get(name, "" if name == "__all__" else name), error.code or "invalid", text
        )
        for name, errors in form.errors.as_data().items()
        for error in errors
        for text in error.messages
    ]
    return [*besides, *(one for one in found if not named or one.field not in {"", *named})]


def refuse(mistakes: Sequence[FieldError]) -> None:
    """Raise if there are any."""
    if mistakes:
        raise invalid(mistakes)
