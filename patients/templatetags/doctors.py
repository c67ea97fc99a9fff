from django import template

from patients.doctors.spellings import shown_name
from patients.models import Patient

register = template.Library()


@register.filter
def shown_doctor(patient: Patient) -> str:
    """Return the doctor's name as shown. It costs a query, so lists use `shown_name_of`."""
    return shown_name(patient.workspace_id, patient.doctor_name)
