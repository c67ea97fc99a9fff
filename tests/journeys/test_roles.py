"""Each user of the demo sees what their role allows, and nothing else."""

from tests.journeys.people import DOCTOR, OWNER, RECEPTION, STAFF
from tests.journeys.visitor import Visitor

DAILY = ("Inicio", "Mensajes", "Descontentos", "Pacientes", "Campañas", "Resultados")


def finds_in_the_menu(visitor: Visitor, *places: str) -> None:
    menu = visitor.page.get_by_role("navigation", name="Principal").get_by_role("link")
    # Beside some there is how many wait.
    assert [link.splitlines()[0].strip() for link in menu.all_inner_texts()] == list(places)


def finds_in_settings(visitor: Visitor, *places: str) -> None:
    names = visitor.opens("/settings/").page.locator(".directory b")
    assert names.all_inner_texts() == list(places)


def may_not_open(visitor: Visitor, *addresses: str) -> None:
    for address in addresses:
        with visitor.expecting("403"):
            visitor.opens(address).sees("Su rol no permite esto")
        visitor.takes_a_picture(f"no {address.strip('/').replace('/', ' ')}")


def test_owner_sees_everything(visitor: Visitor) -> None:
    visitor.signs_in(*OWNER).sees("Hola, Dr. Demo", "Propietario", "créditos")
    visitor.sees("El trabajo de hoy", "En sus propias palabras")
    visitor.takes_a_picture("home")
    finds_in_the_menu(visitor, *DAILY, "Configuración")
    finds_in_settings(
        visitor,
        *("Configuración de la clínica", "Marca", "Consultorios", "Médicos"),
        *("Equipo", "Actividad", "Textos"),
        *("Respuestas preparadas", "Exclusiones", "Compartir", "Google", "Claves de API"),
        "Webhooks",
        *("Facturación", "Datos de una persona", "Asistente"),
    )

    visitor.takes_a_picture("settings")
    visitor.follows("Campañas").sees("Odontología").takes_a_picture("campaigns")
    visitor.opens_in_settings("Consultorios").sees("Consultorio Norte")
    visitor.takes_a_picture("practices")
    visitor.opens_in_settings("Webhooks").sees("Todavía no hay puntos de conexión")
    visitor.opens_in_settings("Equipo").sees("Dra. María López").takes_a_picture("team")
    visitor.opens_in_settings("Actividad").sees("Registro de actividad").takes_a_picture("audit")
    # The newest page has only what other visitors of the demo did last.
    visitor.opens("/audit/?action=campaign.create").sees("Creó una campaña")
    visitor.follows("Configuración").is_at("/settings/")


def test_doctor_sees_her_own_campaigns(visitor: Visitor) -> None:
    visitor.signs_in(*DOCTOR).sees("Hola, Dra. María López", "Médico", "El trabajo de hoy")
    visitor.does_not_see("Odontología", "créditos")
    visitor.takes_a_picture("home")
    finds_in_the_menu(visitor, *DAILY, "Configuración")
    finds_in_settings(visitor, "Consultorios", "Textos", "Respuestas preparadas", "Exclusiones")

    visitor.follows("Campañas").sees("Consulta general", "Seguimiento de consultas")
    visitor.does_not_see("Odontología", "Dr. Demo").takes_a_picture("campaigns")
    visitor.opens_in_settings("Consultorios").sees("Consultorio Norte")
    visitor.does_not_see("Agregar un consultorio", "Editar", "Quitar")
    may_not_open(visitor, "/team/", "/practices/new", "/audit/", "/settings/clinic")


def test_reception_sees_lists_and_names_of_campaigns(visitor: Visitor) -> None:
    visitor.signs_in(*RECEPTION).sees("Hola, Recepción", "Sus últimas listas")
    visitor.page.get_by_text("Qué campañas reciben listas").click()
    visitor.sees("Campañas que reciben listas")
    visitor.sees("Consulta general", "Odontología", "Seguimiento de consultas")
    visitor.does_not_see("Chequeos ejecutivos", "Nueva campaña", "Activa", "créditos")
    visitor.takes_a_picture("home")
    finds_in_the_menu(visitor, "Inicio", "Listas", "Campañas")
    may_not_open(visitor, "/campaigns/new", "/practices/", "/team/", "/audit/", "/settings/clinic")


def test_platform_staff_see_the_admin(visitor: Visitor) -> None:
    visitor.signs_in(*STAFF).is_at("/admin/").sees("Todo lo de todos")
    visitor.takes_a_picture("admin")
    visitor.follows("Clínicas").sees("Consultorio Demo", "Clínica Los Andes")
    visitor.takes_a_picture("clinics")
    visitor.opens("/campaigns/").is_at("/admin/")
