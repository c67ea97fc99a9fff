"""What people wrote on Google about the demo's practices during the last year."""

from collections.abc import Iterator
from dataclasses import dataclass

CENTRE, NORTH, ANDES = "Consultorio Centro", "Consultorio Norte", "Clínica Los Andes"


@dataclass(frozen=True)
class Written:
    place: str
    days_ago: float
    stars: int
    # Empty for an anonymous reviewer.
    author: str
    comment: str = ""
    edited_days_ago: float | None = None
    has_photo: bool = False
    reply: str = ""
    # Google has rejected the reply.
    violation: str = ""


THANKS = "Gracias por tomarse el tiempo de compartir su opinión. Nos anima a seguir mejorando."
SORRY = (
    "Lamentamos leer esto. Tomamos en serio cada opinión y nos gustaría escucharle en privado."
    " Puede escribirnos por los canales de contacto del consultorio."
)
WAITING = (
    "(Translated by Google) The doctor is very good, but I waited for an hour.\n\n"
    "(Original)\nLa doctora es muy buena, pero esperé una hora."
)
CHILDREN = (
    "(Translated by Google) They treat children with a lot of patience.\n\n"
    "(Original)\nTratan a los niños con mucha paciencia."
)
PORTUGUESE = (
    "(Translated by Google) Very attentive doctor, she explained everything calmly.\n\n"
    "(Original)\nMédica muito atenciosa, explicou tudo com calma."
)

WRITTEN = (
    Written(CENTRE, 352, 5, "Patricia Guamán", "Excelente atención, muy puntuales."),
    Written(CENTRE, 341, 4, "Marco Benalcázar", "Buena atención, aunque cuesta parquear."),
    Written(CENTRE, 333, 5, "Verónica Salazar"),
    Written(CENTRE, 320, 5, "Estefanía Ruiz", "La doctora explica con paciencia.", reply=THANKS),
    Written(CENTRE, 309, 1, "Hugo Andrade", "Nadie contesta el teléfono.", reply=SORRY),
    Written(CENTRE, 297, 5, "", "Muy buena experiencia."),
    Written(CENTRE, 288, 3, "Nancy Chicaiza", WAITING),
    Written(CENTRE, 276, 5, "James Porter", "Friendly staff and they speak English. Thank you!"),
    Written(CENTRE, 263, 4, "Fernando Játiva"),
    Written(CENTRE, 251, 5, "Gabriela Ortiz", "Todo limpio y ordenado.", has_photo=True),
    Written(CENTRE, 240, 2, "Ramiro Tipán", "El cobro no fue claro.", edited_days_ago=231),
    Written(CENTRE, 228, 5, "Beatriz Almeida", PORTUGUESE, reply=THANKS),
    Written(CENTRE, 214, 5, "Sofía Egas"),
    Written(CENTRE, 203, 5, "Lorena Pazmiño", "Me atendieron a la hora exacta."),
    Written(CENTRE, 190, 4, "", "Bien en general."),
    Written(CENTRE, 176, 5, "Christian Mena", "Los recomiendo.", reply=THANKS),
    Written(CENTRE, 165, 5, "Emily Carter", "Quick appointment, clear explanations."),
    Written(CENTRE, 150, 1, "Susana Villacís", "Cancelaron mi cita sin avisar.", reply=SORRY),
    Written(CENTRE, 137, 5, "Iván Proaño", "Gente amable 😊👏"),
    Written(CENTRE, 121, 5, "Alexandra Vaca"),
    Written(CENTRE, 108, 3, "Edison Lema", "Regular. La espera es larga."),
    Written(CENTRE, 96, 5, "Cecilia Montalvo", "Muy profesionales.", has_photo=True),
    Written(
        CENTRE,
        83,
        4,
        "Juliana Costa",
        "Atendimento ótimo, só demorou um pouco.",
        reply="Obrigado por compartilhar a sua opinião.",
    ),
    Written(CENTRE, 70, 5, "Roberto Cadena", "Explican todo, sin apuro."),
    Written(CENTRE, 58, 5, "Daniela Espín"),
    Written(CENTRE, 44, 2, "Óscar Naranjo", "Mala atención en recepción.", edited_days_ago=40),
    Written(CENTRE, 31, 5, "María Fernanda Loor", "Volvería sin dudarlo."),
    Written(CENTRE, 19, 5, "", ""),
    Written(CENTRE, 11, 1, "Galo Cisneros", "Dos horas esperando. No vuelvo."),
    Written(CENTRE, 6, 5, "Karina Yépez", "Amables y puntuales."),
    Written(CENTRE, 2.4, 4, "Luis Alberto Rojas"),
    Written(NORTH, 347, 5, "Ximena Dávalos", "El dentista tiene manos suaves."),
    Written(NORTH, 326, 5, "Pedro Sandoval"),
    Written(NORTH, 312, 4, "Carla Bustamante", "Muy bien con los niños.", reply=THANKS),
    Written(NORTH, 290, 5, "Miriam Toapanta", CHILDREN),
    Written(NORTH, 271, 2, "Wilson Quishpe", "Me cambiaron el turno tres veces.", reply=SORRY),
    Written(NORTH, 254, 5, "Andrea Terán", "Sin dolor, increíble.", has_photo=True),
    Written(NORTH, 235, 5, "Sarah Mitchell", "Great with kids. Highly recommended."),
    Written(NORTH, 219, 4, ""),
    Written(NORTH, 199, 5, "Paulina Jácome", "Excelente trato.", edited_days_ago=120),
    Written(NORTH, 181, 1, "Mauricio Donoso", "Carísimo y con mala cara.", reply=SORRY),
    Written(NORTH, 160, 5, "Belén Carrera"),
    Written(
        NORTH,
        142,
        3,
        "Tatiana Ayala",
        "Buenos doctores, recepción desorganizada.",
        reply="Gracias por su opinión. Llámenos al 02 245 5678 y le ayudamos.",
        violation="PERSONAL_INFO",
    ),
    Written(NORTH, 118, 5, "Rafael Moura", "Clínica limpa e equipe muito simpática."),
    Written(NORTH, 97, 5, "Diana Romero", "Puntuales."),
    Written(NORTH, 74, 4, "Esteban Granda"),
    Written(NORTH, 52, 5, "Mónica Herrera", "Mi hija ya no tiene miedo al dentista."),
    Written(NORTH, 33, 5, "Jorge Luis Pozo", "Rápido y sin dolor.", reply=THANKS),
    Written(NORTH, 20, 2, "Irene Castillo", "La sala de espera estaba llena."),
    Written(NORTH, 9, 5, "Kevin Arias"),
    Written(NORTH, 3.2, 5, "Ana Lucía Prado", "Muy contenta con la atención."),
    Written(ANDES, 210, 5, "Teresa Urgilés", "Muy buenos médicos."),
    Written(ANDES, 132, 4, "Felipe Ochoa"),
    Written(ANDES, 61, 5, "Nube Peralta", "Me explicaron cada paso."),
    Written(ANDES, 15, 1, "Santiago Coronel", "No respetan los turnos."),
)


def written_about(place: str) -> Iterator[Written]:
    return (each for each in WRITTEN if each.place == place)
