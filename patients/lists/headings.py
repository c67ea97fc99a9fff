"""What clinics' systems call their columns, in three languages."""

from patients.lists.cells import Row, tidy
from patients.lists.words import plain, words

HEADINGS = {
    "name": words("paciente|nombre|nombres y apellidos|apellidos y nombres|nombre completo|name|patient|patient name|full name|nome|nome completo|nombre del paciente|nombre paciente|cliente"),
    "first_name": words("nombres|primer nombre|first name|given name|primeiro nome"),
    "last_name": words("apellidos|apellido|last name|surname|family name|sobrenome"),
    "phone": words("telefono|telefono celular|celular|cel|movil|telefono movil|whatsapp|phone|phone number|mobile|cell|cell phone|telefone|contacto|numero de celular|tel"),
    "email": words("correo|correo electronico|email|e mail|mail"),
    "appointment_time": words("fecha y hora|fecha hora|appointment time|appt time|appointment|cita|data e hora|datetime"),
    "appointment_date": words("fecha|fecha cita|fecha de la cita|f atencion|fecha de atencion|date|data|data da consulta|appointment date"),
    "appointment_hour": words("hora|hora cita|hora de la cita|time|horario|hour"),
    "appointment_type": words("especialidad|tipo|tipo de cita|servicio|appointment type|specialty|especialidade|motivo"),
    "doctor": words("doctor|medico|medico tratante|profesional|provider|dr|doctora|medica|physician"),
    "consent": words("autoriza mensajes|consentimiento|autoriza|acepta|consent|consentimento|acepta mensajes"),
    "channel": words("canal|channel|canal preferido|preferred channel"),
    "language": words("idioma|language|lengua|lang|lingua"),
}  # fmt: skip
FIELD_OF = {word: field for field, known in HEADINGS.items() for word in known}


def field_of(heading: str) -> str | None:
    return FIELD_OF.get(plain(heading))


def find_heading(first: list[Row]) -> int | None:
    """Which of the first rows is the heading: the one with most words that we know."""
    scores = [sum(field_of(tidy(cell)) is not None for cell in row.cells) for row in first]
    best = max(scores)
    return scores.index(best) if best else None
