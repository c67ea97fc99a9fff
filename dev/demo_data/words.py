"""What patients and members of the demo write, in the Spanish of Quito and Cuenca."""

# By rating: the answer, and the part of it that the product stores as the comment.
REPLIES: dict[int, tuple[tuple[str, str], ...]] = {
    5: (
        ("5", ""),
        ("5", ""),
        ("5", ""),
        ("5", ""),
        ("5 gracias!!", "gracias!!"),
        ("Un 5", ""),
        ("5/5", ""),
        ("cinco", ""),
        ("⭐⭐⭐⭐⭐", ""),
        ("5 estrellas", ""),
        (
            "5. Excelente atención, muchas gracias doctora",
            "Excelente atención, muchas gracias doctora",
        ),
        ("5, todo perfecto", "todo perfecto"),
        ("5 muy amables todos", "muy amables todos"),
        ("5\nDios le pague, muy buena atención", "Dios le pague, muy buena atención"),
        ("5, la doctora explica todo con paciencia", "la doctora explica todo con paciencia"),
        (
            "5 me explicaron paso a paso el tratamiento y para qué sirve cada medicina",
            "me explicaron paso a paso el tratamiento y para qué sirve cada medicina",
        ),
        (
            "5, las señoritas de recepción muy amables y atentas",
            "las señoritas de recepción muy amables y atentas",
        ),
        (
            "5 puntuales, me atendieron a la hora exacta de la cita",
            "puntuales, me atendieron a la hora exacta de la cita",
        ),
        (
            "5, tratan a los niños con mucho cariño, mi hija ya no tiene miedo",
            "tratan a los niños con mucho cariño, mi hija ya no tiene miedo",
        ),
        (
            "5 salí sin dolor después de meses, gracias",
            "salí sin dolor después de meses, gracias",
        ),
        ("5, consultorio limpio y bonito", "consultorio limpio y bonito"),
    ),
    4: (
        ("4", ""),
        ("4", ""),
        ("4", ""),
        ("Un 4", ""),
        ("4 gracias", "gracias"),
        ("cuatro", ""),
        ("4, todo bien", "todo bien"),
        ("4 solo que no hay donde parquear", "solo que no hay donde parquear"),
        ("4, buena atención pero demoraron un poquito", "buena atención pero demoraron un poquito"),
        (
            "4, el doctor muy profesional, revisa con calma",
            "el doctor muy profesional, revisa con calma",
        ),
        ("4 un poco caro pero vale la pena", "un poco caro pero vale la pena"),
        ("⭐⭐⭐⭐", ""),
    ),
    3: (
        ("3", ""),
        ("3", ""),
        ("tres", ""),
        ("Un 3", ""),
        ("3, tardaron mucho", "tardaron mucho"),
        ("3 esperé bastante y nadie avisó", "esperé bastante y nadie avisó"),
        (
            "3, la doctora bien pero la recepción no tanto",
            "la doctora bien pero la recepción no tanto",
        ),
    ),
    2: (
        ("2", ""),
        ("2", ""),
        ("dos", ""),
        ("2, me atendieron al apuro", "me atendieron al apuro"),
        ("2 pésima la espera", "pésima la espera"),
    ),
    1: (
        ("1", ""),
        ("1", ""),
        ("uno", ""),
        ("1, no me atendieron a la hora de la cita", "no me atendieron a la hora de la cita"),
    ),
}

REPLIES_AFTER_LONG_WAIT: dict[int, tuple[tuple[str, str], ...]] = {
    5: (
        ("5", ""),
        ("5, aunque esta vez esperé bastante", "aunque esta vez esperé bastante"),
        (
            "5 la atención excelente, pero la espera fue larga",
            "la atención excelente, pero la espera fue larga",
        ),
    ),
    4: (
        ("4", ""),
        (
            "4, buena atención pero esperé más de media hora",
            "buena atención pero esperé más de media hora",
        ),
        ("4 todo bien, solo la espera", "todo bien, solo la espera"),
        (
            "4, últimamente se demoran mucho en atender",
            "últimamente se demoran mucho en atender",
        ),
    ),
    3: (
        ("3, esperé casi una hora pasada mi cita", "esperé casi una hora pasada mi cita"),
        (
            "3 antes eran puntuales, ahora toca esperar mucho",
            "antes eran puntuales, ahora toca esperar mucho",
        ),
    ),
    2: (
        ("2, una hora esperando", "una hora esperando"),
        ("2 esperé demasiado y nadie avisó", "esperé demasiado y nadie avisó"),
    ),
    1: (("1, esperé dos horas", "esperé dos horas"),),
}

LEAVING = (
    "BAJA",
    "Baja por favor",
    "STOP",
    "No me escriban más por favor",
    "ya no quiero mensajes",
)

# Neither a rating nor an opt-out, so a member has to read them.
QUESTIONS = (
    "Buenas tardes, ¿me ayuda reagendando mi cita del jueves? Tengo un viaje",
    "¿A qué hora atienden los sábados?",
    "Disculpe, ¿ya están listos los resultados de mis exámenes?",
    "Buenos días, olvidé mi chompa azul en la sala de espera",
    "¿Me puede enviar la factura a mi correo por favor?",
    "¿Trabajan con el seguro de la Armada?",
    "Dígale a la doctora que la receta no se encuentra en la farmacia",
)

# Comments in the private form, by rating.
COMMENTS: dict[int, tuple[str, ...]] = {
    3: (
        "La atención estuvo bien, pero esperé casi una hora pasada mi cita y nadie me dijo nada.",
        "Me parece que la consulta fue muy corta. Tenía más preguntas y me quedé con la duda.",
        "El consultorio está bonito pero hacía un frío terrible en la sala de espera.",
        "La doctora muy amable. En recepción me cobraron dos veces y tuve que reclamar.",
        "Fui con mi mamá que usa silla de ruedas y es complicado entrar por las gradas.",
        "Todo normal, pero el parqueadero cuesta más que el bus y solo dejan media hora.",
        "Me dieron turno a las diez y entré a las once menos cuarto. Lo demás bien.",
        "No me avisaron que tenía que ir en ayunas y me tocó regresar otro día.",
        "El tratamiento bien, pero nadie me explicó cuánto iba a costar en total.",
    ),
    2: (
        "Nadie contesta el teléfono. Llamé cuatro veces para cambiar la cita y fui de gana.",
        "La señorita de recepción fue bastante cortante. Uno va enfermo y lo tratan así.",
        "Esperé más de una hora con mi niño con fiebre. Pasaron antes a gente que llegó después.",
        "Me atendieron al apuro, como que ya se querían ir. No me revisaron bien.",
        "La receta tenía mal la dosis y me di cuenta en la farmacia. Eso es delicado.",
        "Me prometieron llamar con los resultados y ya van cinco días.",
        "El baño no tenía papel ni jabón. En un consultorio eso no puede pasar.",
    ),
    1: (
        "Pésima experiencia. Tenía cita confirmada y al llegar me dijeron que no constaba.",
        "Me sacaron la muela y sigo con dolor una semana después. Llamo y nadie me da razón.",
        "Me trataron mal desde que entré. No pienso regresar ni recomendar.",
        "Pagué la consulta completa y estuve tres minutos adentro. Me siento estafada.",
        "Confundieron mi ficha con la de otra persona. Muy grave, quiero que alguien me llame.",
    ),
}

COMMENTS_AFTER_LONG_WAIT: dict[int, tuple[str, ...]] = {
    3: (
        "La espera se hizo larga, casi una hora. Lo demás muy bien.",
        "La espera se ha hecho muy larga. Hace unos meses me atendían a la hora.",
        "Esperé casi una hora y nadie me dijo por qué. La doctora, muy amable.",
    ),
    2: (
        "Siempre toca esperar más de una hora, aunque uno llegue puntual.",
        "Pedí permiso en el trabajo por media hora y solo la espera fue de una hora y media.",
    ),
    1: ("Esperé dos horas con cita confirmada y al final me atendieron en cinco minutos.",),
}

# Notes of members on a case.
NOTES_UNDER_WAY = (
    "La llamé, no contesta. Vuelvo a intentar mañana.",
    "Hablé con la familia; quedamos en llamar el lunes.",
    "Pedí a contabilidad que revise el cobro.",
)
NOTES_RESOLVED = (
    "Llamé y pedí disculpas. Le dimos otra cita sin costo.",
    "Hablamos; entendió lo de la emergencia de ese día. Va a volver.",
    "Se devolvió el cobro doble.",
    "Se habló con recepción. La paciente agradeció la llamada.",
    "La doctora la llamó y le explicó el tratamiento.",
    "No desea más contacto. Se deja constancia.",
    "Se ajustó la agenda de los lunes para que no se acumulen las citas.",
)

# The headings of the uploaded lists, and a typical row.
LIST_HEADINGS = ("Paciente", "Celular", "Correo", "Fecha y hora", "Autoriza")
LIST_ROW = ("Rosa Guamán", "0991234567", "rosa@example.com", "{day} 09:20", "sí")
CONSENT = "Autoriza: sí"

# Rejected rows: the reason and the cells.
REFUSED: tuple[tuple[str, dict[str, str], tuple[str, ...]], ...] = (
    ("phone_invalid", {"value": "099123"}, ("Rosa Guamán", "099123", "", "{day} 09:20", "sí")),
    ("phone_invalid", {"value": "0991234"}, ("Luis Toapanta", "0991234", "", "{day} 10:40", "sí")),
    ("time_missing", {}, ("Inés Mora", "0991234567", "", "", "sí")),
    ("time_invalid", {"value": "25:00"}, ("José Vega", "0987771234", "", "25:00", "sí")),
    ("unreachable", {}, ("Galo Ulloa", "", "", "{day} 11:20", "sí")),
)

# What the public report says about the practice.
ABOUT_THE_PRACTICE = "Medicina familiar y pediatría. Atendemos con cita, de lunes a sábado."

# Canned answers of the inbox.
CANNED = (
    ("Horario", "Con gusto, {{firstName}}. Atendemos de lunes a viernes de 8:00 a 18:00."),
    (
        "Factura",
        "Claro, {{firstName}}. Envíenos su cédula o RUC y su correo, y le llega hoy mismo.",
    ),
    ("Llamada", "Gracias por escribirnos, {{firstName}}. Le llamamos enseguida."),
)
