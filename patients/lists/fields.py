"""The fields that a column of a list can hold."""

from enum import StrEnum


class Field(StrEnum):
    """One fact of an appointment. A list has a column for each, or lacks it."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PHONE = "phone"
    OTHER_PHONE = "other_phone"
    EMAIL = "email"
    APPOINTMENT_TIME = "appointment_time"
    APPOINTMENT_DATE = "appointment_date"
    APPOINTMENT_HOUR = "appointment_hour"
    APPOINTMENT_TYPE = "appointment_type"
    DOCTOR = "doctor"
    STATUS = "status"
    CONSENT = "consent"
    CHANNEL = "channel"
    LANGUAGE = "language"


Mapping = dict[Field, str]
