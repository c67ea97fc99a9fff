import pytest

from patients.lists.column_mapping import Field, find_problems, guess_mapping
from patients.lists.headings import match_heading
from patients.lists.survey import Survey
from tests.patients.lists.lists import survey_text

HEADINGS = {
    Field.NAME: """Paciente|Nombres y apellidos|Apellidos y Nombres|NOMBRE COMPLETO|Nombre paciente
        |Nome do paciente|Patient|Patient Name|PatientName|Full name|nombre_paciente""",
    Field.FIRST_NAME: "Nombres|First Name|Primeiro nome|Nombres del paciente",
    Field.LAST_NAME: "Apellidos|Last name|Sobrenome|Apellido paterno|Surname",
    Field.PHONE: """Teléfono|Teléfono celular|Cel.|CEL|Celular|Móvil|WhatsApp|Nro. Celular|Telf.
        |Phone number|Mobile|Cell phone|Telefone|Número de teléfono|Contacto|TELEFONO_1
        |Tel. paciente|Cel. del paciente|WhatsApp del cliente""",
    Field.OTHER_PHONE: "Teléfono convencional|Telf. fijo|Home phone|Teléfono 2|Celular de la mamá",
    Field.EMAIL: "Correo|Correo electrónico|E-mail|Mail|Email address|Dirección de correo",
    Field.APPOINTMENT_TIME: "Fecha y hora|Fecha/Hora de la cita|Appointment time|Data e hora",
    Field.APPOINTMENT_DATE: """Fecha|Fecha cita|F. Atención|Fecha de la consulta|Data da consulta
        |Date|Appt. Date|Fec. turno|fechaCita|Fecha examen|Fecha prestación""",
    Field.APPOINTMENT_HOUR: "Hora servicio|Hora|Hora cita|Horário|Hora de la cita|Time|HORA_TURNO",
    Field.APPOINTMENT_TYPE: "Especialidad|Tipo de cita|Servicio|Procedimiento|Specialty|Visit type",
    Field.DOCTOR: "Médico|Médico tratante|Nombre del médico|Doctor(a)|Profesional|Provider|Dr.",
    Field.CONSENT: """Autoriza mensajes|Consentimiento|Acepta recibir WhatsApp|Consent|Opt-in
        |¿Autoriza el envío de mensajes?|Acepta correo|Aceita mensagens|Acepta mensajes (SI/NO)
        |Autoriza Sí/No|Consiente (1=Si, 0=No)|Permite contacto: Si o No|OK WhatsApp|SMS OK|RGPD
        |Autoriza tratamiento de datos|AUTORIZ.WHATSAPP|Habeas Data|Protección de datos
        |Acepto que la clínica me envíe mensajes (LOPDP)|Aceite|Accepts SMS""",
    Field.CHANNEL: "Canal|Canal preferido|Medio de contacto|Preferred channel|Canal (SMS/WhatsApp)",
    Field.LANGUAGE: "Idioma|Language|Preferred language|Língua",
}
OTHER_HEADINGS = """Fecha de nacimiento|F. Nac.|DOB|Date of birth|Cédula|C.I.|DNI|Identificación
    |N° Historia|Historia clínica|Nro. Orden|Order number|Seguro|N° póliza|Insurance phone|Edad
    |Fecha de registro|Creado el|Fecha de emisión|Teléfono de emergencia|Estado civil|Estado de pago
    |Próxima cita|Última visita|Hora fin|Código médico|N.° autorización|No desea mensajes|Opt-out
    |No autoriza|No nos autoriza|No desea (Sí/No)|Dar de baja|Acepta presupuesto|Segundo nombre
    |Acepta tratamiento|Consentimiento cirugía|Consentimiento informado anestesia|Autoriza fotos
    |Nombre del representante|ID Paciente|Dirección|Fax|Observaciones"""


@pytest.mark.parametrize(
    ("field", "heading"),
    [(field, heading.strip()) for field, known in HEADINGS.items() for heading in known.split("|")],
)
def test_known_heading_matches_its_field(field: Field, heading: str) -> None:
    matched = match_heading(heading)
    assert matched is not None
    assert matched.field is field


@pytest.mark.parametrize("heading", [heading.strip() for heading in OTHER_HEADINGS.split("|")])
def test_heading_of_another_column_matches_no_field(heading: str) -> None:
    assert match_heading(heading) is None


def survey_lines(headings: str, *lines: str) -> Survey:
    return survey_text("\n".join([headings, *lines]) + "\n")


def test_remembered_mapping_is_used_instead_of_a_guess() -> None:
    survey = survey_lines("Celular;Fecha;Nota", "0987654321;20/11/2026 9:30;x")
    remembered = {Field.PHONE: "Celular", Field.APPOINTMENT_TIME: "Fecha", Field.NAME: "Nota"}
    assert guess_mapping(survey, remembered) == remembered


def test_remembered_mapping_of_other_headings_is_ignored() -> None:
    survey = survey_lines("Celular;Fecha", "0987654321;20/11/2026 9:30")
    assert guess_mapping(survey, {Field.PHONE: "Teléfono"})[Field.PHONE] == "Celular"


def test_layout_ignores_the_order_and_the_data_of_columns() -> None:
    one = survey_lines("Celular;Fecha;Paciente", "0987654321;20/11/2026 9:30;Ana")
    same = survey_lines("PACIENTE;celular;Fecha", "Luis;0991234567;21/11/2026 9:30")
    other = survey_lines("Paciente;Teléfono;Fecha", "Luis;0991234567;21/11/2026 9:30")
    assert one.layout == same.layout != other.layout


def test_phone_with_the_surest_heading_is_the_main_phone() -> None:
    survey = survey_lines(
        "Contacto;Teléfono;Celular;Fecha", "0987654321;022345678;0991234567;20/11/2026"
    )
    mapping = guess_mapping(survey)
    assert mapping[Field.PHONE] == "Celular"
    assert mapping[Field.OTHER_PHONE] == "Teléfono"


def test_consent_is_not_guessed_from_cells_alone() -> None:
    lines = [f"Ana;098765432{i};20/11/2026 9:30;sí" for i in range(8)]
    assert Field.CONSENT not in guess_mapping(
        survey_lines("Paciente;Celular;Fecha;¿Primera vez?", *lines)
    )


def test_birth_dates_below_an_unknown_heading_are_no_appointments() -> None:
    lines = [f"Ana;098765432{i};0{i + 1}/02/1980" for i in range(8)]
    assert Field.APPOINTMENT_TIME not in guess_mapping(
        survey_lines("Paciente;Celular;Otra", *lines)
    )


def test_consecutive_numbers_are_no_phones() -> None:
    lines = [f"Ana;98765432{i};20/11/2026 9:30" for i in range(8)]
    assert Field.PHONE not in guess_mapping(survey_lines("Paciente;Ref;Fecha", *lines))


def test_cells_decide_between_date_and_hour() -> None:
    survey = survey_lines("Paciente;Celular;Appointment time", "Ana;0987654321;20/11/2026")
    assert guess_mapping(survey)[Field.APPOINTMENT_TIME] == "Appointment time"
    survey = survey_lines("Paciente;Celular;Fecha;Appt time", "Ana;0987654321;20/11/2026;9:30")
    assert guess_mapping(survey)[Field.APPOINTMENT_HOUR] == "Appt time"


def test_mapping_without_required_fields_has_problems() -> None:
    assert [one.code for one in find_problems({})] == ["no_address_column", "no_time_column"]
    assert not find_problems({Field.EMAIL: "A", Field.APPOINTMENT_DATE: "B"})
    [twice] = find_problems({Field.PHONE: "A", Field.NAME: "A", Field.APPOINTMENT_TIME: "B"})
    assert (twice.code, twice.details["column"]) == ("column_twice", "A")
