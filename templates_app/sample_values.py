"""Sample values with which a text is shown and measured if there is no patient."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from templates_app.rendering import first_name

# A token as long as a real one, which belongs to no patient.
PLACEHOLDER_KEY = "A1b2C3d4E5f6"


@dataclass(frozen=True)
class Sample:
    name: str
    doctor: str
    appointment_type: str
    date: str
    practice: str


# All letters are in GSM-7, so that a sample does not make the measured text more expensive.
SAMPLES = {
    "es": Sample(
        "Juan Pérez", "Dra. Ana Ruiz", "consulta general", "3 de marzo", "Consultorio Centro"
    ),
    "en": Sample("Grace Hall", "Dr. Ann Reed", "check-up", "March 3", "Main Street Clinic"),
    "pt": Sample("Ana Souza", "Dr. Paulo Reis", "consulta geral", "3 de maio", "Clinica Central"),
}


def values_for_language(language: str, *, practice: str = "") -> Mapping[str, str]:
    """Return a value for each variable. Links are as long as real ones."""
    sample = SAMPLES[language]
    link = f"{settings.SITE_URL}/r/{PLACEHOLDER_KEY}"
    return {
        "name": sample.name,
        "firstName": first_name(sample.name),
        "doctor": sample.doctor,
        "practice": practice or sample.practice,
        "appointmentType": sample.appointment_type,
        "date": sample.date,
        **dict.fromkeys(("ratingLink", "reviewLink", "feedbackLink", "optOutLink"), link),
    }
