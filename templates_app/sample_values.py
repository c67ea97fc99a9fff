"""Somebody to show and measure a text with, where no patient is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from templates_app.rendering import first_name

# As long as a real one, and nobody's.
NOBODYS = "A1b2C3d4E5f6"


@dataclass(frozen=True)
class Sample:
    name: str
    doctor: str
    appointment_type: str
    date: str
    practice: str


# Written with letters that cost nothing extra: a text is measured, not somebody's name.
SAMPLES = {
    "es": Sample(
        "Juan Pérez", "Dra. Ana Ruiz", "consulta general", "3 de marzo", "Consultorio Centro"
    ),
    "en": Sample("Grace Hall", "Dr. Ann Reed", "check-up", "March 3", "Main Street Clinic"),
    "pt": Sample("Ana Souza", "Dr. Paulo Reis", "consulta geral", "3 de maio", "Clinica Central"),
}


def values(language: str, *, practice: str = "") -> Mapping[str, str]:
    """Links are as long as they will be: a letter for the page, and the patient's token."""
    sample = SAMPLES[language]
    link = f"{settings.SITE_URL}/r/{NOBODYS}"
    return {
        "name": sample.name,
        "firstName": first_name(sample.name),
        "doctor": sample.doctor,
        "practice": practice or sample.practice,
        "appointmentType": sample.appointment_type,
        "date": sample.date,
        **dict.fromkeys(("ratingLink", "reviewLink", "feedbackLink", "optOutLink"), link),
    }
