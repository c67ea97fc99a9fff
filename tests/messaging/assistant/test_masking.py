import pytest

from core import tenancy
from messaging.assistant.clinic_people import names_of_clinic_people
from messaging.assistant.masking import mask_text
from tests.factories import DoctorFactory, UserFactory, WorkspaceFactory

NAME, DOCTOR = "Zoila María Paz", "Dr. Pedro Núñez"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Llámenme al 099 123 4567", "Llámenme al [PHONE]"),
        ("Llámenme al +593 (99) 123-45.67 por favor", "Llámenme al [PHONE] por favor"),
        ("mi cédula 1712345678", "mi cédula [PHONE]"),
        ("historia 123456", "historia [NUMBER]"),
        ("٠٩٩١٢٣٤٥٦٧", "[PHONE]"),
        ("０９９１２３４５６７", "[PHONE]"),
        ("escriban a zoila.paz+x@mail.example.com ya", "escriban a [EMAIL] ya"),
        ("vean https://evil.example/x?y=1 por favor", "vean [LINK] por favor"),
        ("vean www.evil.example", "vean [LINK]"),
        ("soy Zoila", "soy [PATIENT]"),
        ("soy ZOILA maria PAZ.", "soy [PATIENT]."),
        ("soy zoíla paz", "soy [PATIENT]"),
        ("me atendió Pedro Nuñez", "me atendió [PERSON]"),
        ("me atendió la Dra. Ana Ruiz", "me atendió la Dra. [PERSON]"),
        ("gracias doctor Vélez", "gracias doctor [PERSON]"),
        ("en paz y con pazienza", "en [PATIENT] y con pazienza"),
        ("llegué a las 10:30, esperé 45 minutos", "llegué a las 10:30, esperé 45 minutos"),
        ("un 5 de 5", "un 5 de 5"),
        ("llame al 0987 – 654 – 321", "llame al [PHONE]"),
        ("0987,654,321 o 0987_654_321", "[PHONE] o [PHONE]"),
        ("la DRA. PEREZ y Sra.Rosa", "la DRA. [PERSON] y Sra.[PERSON]"),
        ("hola\u200b\u202e\U000e0041 mundo", "hola mundo"),
        ("z\u200bo\u200bi\u200bl\u200ba", "[PATIENT]"),
        ("", ""),
    ],
)
def test_people_and_addresses_are_masked(text: str, masked: str) -> None:
    assert mask_text(text, patient=NAME, others=[DOCTOR]) == masked


@pytest.mark.parametrize(
    "disguised", ["evil (dot) com", "evil。com/win", "juan arroba mail.com", "еvil.com"]
)
def test_disguised_address_takes_its_line_along(disguised: str) -> None:
    masked = mask_text(f"Buen trato.\nVisiten {disguised}\nGracias")

    assert masked == "Buen trato.\n[LINK]\nGracias"


def test_long_text_is_cut() -> None:
    assert len(mask_text("palabra " * 5_000)) <= 1_000


def test_short_parts_of_names_stay() -> None:
    assert mask_text("de la sala", patient="Ana de la Torre") == "de la sala"


@pytest.mark.parametrize(
    ("text", "patient"),
    [
        ("garcia", "Ana García-López"),
        ("O’Brien", "Sean O'Brien"),
        ("Petrović", "Iva Petrović"),
        ("Åsa", "Åsa Lund"),
        ("Li Wu", "Li Wu"),
    ],
)
def test_known_name_is_masked_however_it_is_written(text: str, patient: str) -> None:
    assert mask_text(f"soy {text}", patient=patient) == "soy [PATIENT]"


def test_names_of_the_clinic_are_masked(db: None) -> None:
    workspace = WorkspaceFactory.create()
    UserFactory.create(workspace=workspace, name="Carla Reyes")
    DoctorFactory.create(workspace=workspace, name="Dr. Iván Toro")
    UserFactory.create(name="Mario Fuentes")

    with tenancy.within(workspace.pk):
        names = names_of_clinic_people(workspace)

    masked = mask_text("Carla Reyes e Ivan Toro; Mario Fuentes no", others=names)
    assert masked == "[PERSON] e [PERSON]; Mario Fuentes no"
