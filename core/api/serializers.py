"""The base of the serializers that the API answers with."""

from datetime import UTC
from typing import Any, ClassVar, TypeVar

from django.db import models
from rest_framework import serializers

M = TypeVar("M", bound=models.Model)


class UtcDateTimeField(serializers.DateTimeField):
    """A time in UTC, whatever the time zone of the request is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"default_timezone": UTC, **kwargs})


class ModelSerializer(serializers.ModelSerializer[M]):
    serializer_field_mapping: ClassVar = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: UtcDateTimeField,
    }
