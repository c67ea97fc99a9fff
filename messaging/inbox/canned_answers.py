"""Answers that are kept to be chosen, with the patient's values in them."""

from django.db.models import QuerySet

from messaging.models import CannedAnswer
from patients.models import Patient
from templates_app.rendering import first_name, render_template_text


def filled(answers: QuerySet[CannedAnswer], patient: Patient) -> list[tuple[str, str]]:
    values = {
        "name": patient.name,
        "firstName": first_name(patient.name),
        "practice": patient.campaign.practice.name,
        "doctor": patient.doctor_name,
    }
    return [(one.name, render_template_text(one.content, values)) for one in answers]
