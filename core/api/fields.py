"""Strict request bodies: values of exactly the described type, and no unknown fields."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.api.problems import FieldError, flatten_errors, invalid


class StrictCharField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class StrictIntegerField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class StrictBooleanField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> Any:
        if data is not True and data is not False:
            self.fail("invalid", input=data)
        return data


class StrictUUIDField(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        value: UUID = super().to_internal_value(data)
        return value


class TimestampField(serializers.DateTimeField):
    """A time in UTC; one without an offset stays naive, because only the view knows its zone."""

    def enforce_timezone(self, value: datetime) -> datetime:
        try:
            return value.astimezone(UTC) if value.tzinfo else value
        except OverflowError:
            self.fail("overflow")


class RequestSerializer(serializers.Serializer[Any]):
    """The body of a request. A field that is not described is refused by its name."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = self._find_unknown(data)
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**cast(Any, error.detail), **unknown}) from None
        if unknown:
            raise serializers.ValidationError(cast(Any, unknown))
        return values

    def _find_unknown(self, data: Any) -> dict[str, list[serializers.ErrorDetail]]:
        if not isinstance(data, dict):
            return {}
        message = _("There is no such field.")
        return {
            str(name)[:80]: [serializers.ErrorDetail(message, "unknown")]
            for name in data
            if name not in self.fields
        }


class EmptySerializer(RequestSerializer):
    """An action that needs no more than its address."""


def validate_body(
    body: Any, serializer_class: type[serializers.Serializer[Any]], **options: Any
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the fields that are valid, and the errors of the others."""
    serializer = serializer_class(data=body, **options)
    if serializer.is_valid():
        return cast(dict[str, Any], serializer.validated_data), []
    details = cast(Any, serializer.errors)
    errors = list(flatten_errors(serializers.ValidationError(details).get_full_details()))
    if not isinstance(body, dict):
        return {}, errors
    names = (serializer.fields.keys() & body.keys()) - details.keys()
    rest = serializer_class(data={name: body[name] for name in names}, partial=True)
    return (cast(dict[str, Any], rest.validated_data) if rest.is_valid() else {}), errors


def clean_form(
    form: forms.BaseForm,
    *,
    field_names: Iterable[tuple[str, str]] = (),
    known: Sequence[FieldError] = (),
) -> dict[str, Any]:
    """Return the cleaned data of a page's form, or refuse with its errors and the known ones."""
    raise_errors(find_form_errors(form, field_names=field_names, known=known))
    return form.cleaned_data


def find_form_errors(
    form: forms.BaseForm,
    *,
    field_names: Iterable[tuple[str, str]] = (),
    known: Sequence[FieldError] = (),
) -> list[FieldError]:
    """Return the known errors and those of a page's form.

    `field_names` has the form's names of fields that the API calls otherwise. A field with a known
    error never reached the form, so what the form says about it or about the whole is left out.
    """
    names = dict(field_names)
    wrong = {error.field for error in known}
    form_errors = [
        FieldError(
            names.get(name, "" if name == "__all__" else name), error.code or "invalid", message
        )
        for name, errors in form.errors.as_data().items()
        for error in errors
        for message in error.messages
    ]
    return [*known, *(e for e in form_errors if not wrong or e.field not in {"", *wrong})]


def raise_errors(errors: Sequence[FieldError]) -> None:
    """Refuse the request if there are any errors."""
    if errors:
        raise invalid(errors)
