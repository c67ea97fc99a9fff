"""Reception uploads a list, corrects its errors, and undoes an import."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Visitors
from tests.journeys.interactions import drops
from tests.journeys.people import OWNER, RECEPTION

CAMPAIGN = "Chequeos de la empresa"
GOOD = 4000


def agenda() -> bytes:
    """Return a list as an old program exports it, in cp1252 and with three errors."""
    day = datetime.now(ZoneInfo("America/Guayaquil")) + timedelta(days=1)
    written = f"{day:%d/%m/%Y}"
    rows = [
        "CONSULTORIO NORTE - AGENDA;;;;;",
        ";;;;;",
        "Historia;PACIENTE;Celular;Fecha;Hora;Autoriza mensajes;Motivo",
        f"101;María  Pérez;0998 765 401;{written};9h30;SI;Control",
        f"102;Ana Sol;09 no tiene;{written};10h00;SI;Control",
        f"103;Luis Vera;9.87654E+08;{written};10h30;SI;Control",
        "104;Eva Paz;0998765403;31/02/2026;11h00;SI;Control",
        *(f"{n};Paciente {n};0987{n:06};{written};14h00;SI;Control" for n in range(GOOD)),
    ]
    return "\r\n".join(rows).encode("cp1252")


def test_receptionist_imports_corrects_and_undoes_a_list(
    visitors: Visitors, tmp_path: Path
) -> None:
    # Given a draft campaign
    owner = visitors().signs_in(*OWNER).follows("Nueva campaña").writes("Nombre", CAMPAIGN)
    owner.chooses("Consultorio", "Consultorio Norte").presses("Guardar como borrador")
    owner.sees("Borrador", "Subir una lista")

    # A wrong file is rejected before it is uploaded
    visitor = visitors().signs_in(*RECEPTION).sees("Subir una lista").takes_a_picture("home")
    visitor.follows("Listas").chooses("Campaña", CAMPAIGN).takes_a_picture("lists")
    drops(visitor, "foto.png", b"\x89PNG").sees("Leemos archivos de Excel (.xlsx) y CSV.")
    visitor.takes_a_picture("no list")

    # She drops the right file and sees its progress (no screenshot: the page reloads by itself)
    drops(visitor, "agenda.csv", agenda()).does_not_see("Leemos archivos de Excel")
    visitor.takes_a_picture("dropped").presses("Subir")
    expect(visitor.page.locator("progress.bar")).to_be_visible()

    # She corrects the recognised columns
    visitor.sees("¿Qué hay en cada columna?", "María Pérez", "filas").takes_a_picture("columns")
    visitor.chooses("Qué es “Celular”", "no se usa").sees(re.compile("teléfono"))
    visitor.takes_a_picture("no phone")
    visitor.chooses("Qué es “Celular”", "Teléfono").chooses("Qué es “Motivo”", "no se usa")
    visitor.presses("Revisar la lista")

    # She sees what will happen before the import
    visitor.sees("3 filas rechazadas", "es todavía un borrador")
    visitor.unfolds("3 filas rechazadas").sees("Eva Paz")
    visitor.takes_a_picture("check").presses(re.compile(r"^Importar 4\s?001 pacientes$"))
    visitor.sees(re.compile(r"4\s?001 pacientes ya están en")).takes_a_picture("result")

    # She downloads the rejected rows, corrects them and uploads them again
    with visitor.page.expect_download() as download:
        visitor.follows("Descargar las filas rechazadas")
    refused = tmp_path / "rechazadas.csv"
    download.value.save_as(refused)
    text = refused.read_text(encoding="utf-8-sig")
    assert [line.split(";")[1] for line in text.splitlines()] == [
        "PACIENTE",
        "Ana Sol",
        "Luis Vera",
        "Eva Paz",
    ]
    corrected = text.replace("09 no tiene", "0998765411").replace("9.87654E+08", "0998765412")
    visitor.follows("Subir el archivo corregido")
    drops(visitor, "corregidas.csv", corrected.encode()).presses("Subir")
    visitor.sees("¿Qué hay en cada columna?").presses("Revisar la lista")
    visitor.sees("1 fila rechazada").takes_a_picture("corrected").presses("Importar 2 pacientes")
    visitor.sees("2 pacientes ya están en")

    # She undoes the import
    visitor.follows("Deshacer la importación").sees("Quien estaba antes de esta lista se queda")
    visitor.takes_a_picture("take back").presses("Sí, deshacerla").sees("Esta lista se deshizo")
    visitor.takes_a_picture("taken back").follows("Listas")
    visitor.sees("Deshecha", "Terminada").takes_a_picture("lists afterwards")


def test_lists_fit_on_a_phone(visitors: Visitors) -> None:
    visitor = visitors(**PHONE).signs_in(*OWNER).opens("/imports/").fits()
    visitor.takes_a_picture("lists")
