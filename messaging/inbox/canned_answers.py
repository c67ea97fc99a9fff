"""Saved answers to choose from, filled in for one patient."""

from django.db.models import QuerySet

from messaging.models import CannedAnswer
from patients.doctors.spellings import shown_name
from patients.models import Patient
from templates_app.rendering import first_name, render_template_text


def fill_canned_answers(answers: QuerySet[CannedAnswer], patient: Patient) -> list[tuple[str, str]]:
    """Return the name and the text of each answer, with the patient's values."""
    values = {
        "name": patient.name,
        "firstName": first_name(patient.name),
        "practice": patient.campaign.practice.name,
        "doctor": shown_name(patient.workspace_id, patient.doctor_name),
    }
    return [(answer.name, render_template_text(answer.content, values)) for answer in answers]
