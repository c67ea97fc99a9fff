"""The pages for campaigns work on a phone."""

from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.people import NEIGHBOUR


def test_campaign_goes_from_draft_to_cancelled(visitors: Visitors) -> None:
    visitor = visitors(**PHONE).signs_in(*NEIGHBOUR).sees("Hola, Dra. Elena Carrión")
    visitor.takes_a_picture("home").fits()
    visitor.follows("Nueva campaña").writes("Nombre", "Desde el celular")
    visitor.ticks("Recibe listas").takes_a_picture("form").fits()
    visitor.presses("Guardar como borrador").sees("Borrador").fits()
    visitor.presses("Activar").sees("está activa").takes_a_picture("active").fits()
    visitor.opens_the_menu().fits().presses("Pausar").sees("está pausada").takes_a_picture(
        "paused"
    ).fits()
    visitor.presses("Reanudar").sees("está activa")
    visitor.opens_the_menu().follows("Cancelar la campaña").sees(
        "¿Cancelar “Desde el celular” definitivamente?"
    )
    visitor.takes_a_picture("for good").fits()
    visitor.follows("Conservar la campaña").opens_the_menu().follows("Cancelar la campaña")
    visitor.presses("Sí, cancelarla").sees("quedó cancelada definitivamente")
    visitor.takes_a_picture("cancelled").fits()
    visitor.follows("Campañas").sees("Desde el celular", "Cancelada")
    visitor.takes_a_picture("campaigns").fits()
