from templates_app.defaults.text import DefaultText

SPANISH = (
    DefaultText(
        type="INITIAL",
        language="es",
        channel="",
        name="Pregunta",
        description="Después de la cita: una nota del 1 al 5, por respuesta o con un toque.",
        subject="",
        content=(
            "Hola {{firstName}}, le escribe {{practice}}. ¿Cómo fue su visita? Responda con un "
            "número del 1 (muy mala) al 5 (excelente), o califique aquí: {{ratingLink}}\n\n"
            "Si no desea más mensajes, responda BAJA."
        ),
    ),
    DefaultText(
        type="INITIAL",
        language="es",
        channel="SMS",
        name="Pregunta por SMS",
        description="Un solo segmento, con enlaces: sirve donde las respuestas no llegan.",
        subject="",
        content=(
            "Hola {{firstName}}, califique su visita a {{practice}} de 1 a 5: {{ratingLink}} "
            "Baja: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="INITIAL",
        language="es",
        channel="EMAIL",
        name="Pregunta por correo",
        description="Después de la cita, con más detalle.",
        subject="¿Cómo fue su visita a {{practice}}?",
        content=(
            "Estimado/a {{name}}:\n\n"
            "Gracias por su visita a {{practice}}. Nos gustaría saber cómo le fue, haya sido una "
            "buena experiencia o no: así sabemos qué mantener y qué corregir.\n\n"
            "Con un solo toque puede calificarla del 1 (muy mala) al 5 (excelente): "
            "{{ratingLink}}\n\n"
            "Le agradecemos su tiempo.\n{{practice}}\n\n"
            "Si prefiere no recibir más mensajes: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="FOLLOWUP_HAPPY",
        language="es",
        channel="",
        name="Gracias, con enlace a reseñas",
        description="Después de un 4 o un 5.",
        subject="",
        content=(
            "¡Muchas gracias, {{firstName}}! En {{practice}} nos alegra saberlo. Su opinión ayuda "
            "a otras personas a elegir; si lo desea, puede contarla en Google: {{reviewLink}}\n"
            "Un saludo."
        ),
    ),
    DefaultText(
        type="FOLLOWUP_HAPPY",
        language="es",
        channel="EMAIL",
        name="Gracias por correo, con enlace a reseñas",
        description="Después de un 4 o un 5.",
        subject="Gracias por su respuesta",
        content=(
            "Estimado/a {{name}}:\n\n"
            "Muchas gracias por su respuesta; la compartiremos con todo el equipo.\n\n"
            "Su opinión ayuda a otras personas a elegir. Si lo desea, puede contarla con sus "
            "propias palabras en Google: {{reviewLink}}\n\n"
            "Reciba un cordial saludo.\n{{practice}}\n\n"
            "Si prefiere no recibir más mensajes: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="FOLLOWUP_UNHAPPY",
        language="es",
        channel="",
        name="Disculpas, con formulario privado",
        description="Después de un 1, un 2 o un 3.",
        subject="",
        content=(
            "Gracias por su sinceridad, {{firstName}}. Lamentamos que su visita no haya sido mejor "
            "y queremos corregirlo. Puede contarnos qué pasó aquí; solo el equipo de {{practice}} "
            "lo lee: {{feedbackLink}}\n"
            "O puede contarlo en Google: {{reviewLink}}\n"
            "Gracias por ayudarnos a mejorar."
        ),
    ),
    DefaultText(
        type="FOLLOWUP_UNHAPPY",
        language="es",
        channel="SMS",
        name="Disculpas por SMS, con formulario privado",
        description="Después de un 1, un 2 o un 3. Corto, porque el SMS se paga por segmentos.",
        subject="",
        content=(
            "Lo lamentamos, {{firstName}}. Puede contarlo en privado: "
            "{{feedbackLink}} o en Google: {{reviewLink}} {{practice}}"
        ),
    ),
    DefaultText(
        type="FOLLOWUP_UNHAPPY",
        language="es",
        channel="EMAIL",
        name="Disculpas por correo, con formulario privado",
        description="Después de un 1, un 2 o un 3.",
        subject="Gracias por su sinceridad",
        content=(
            "Estimado/a {{name}}:\n\n"
            "Gracias por decirnos con sinceridad cómo le fue. Lamentamos que su visita no haya "
            "sido mejor.\n\n"
            "Quisiéramos entender qué pasó y corregirlo. Lo que usted nos cuente aquí lo lee "
            "solamente nuestro equipo: {{feedbackLink}}\n\n"
            "Si prefiere contarlo en público, puede hacerlo en Google: {{reviewLink}}\n\n"
            "Reciba un cordial saludo.\n{{practice}}\n\n"
            "Si prefiere no recibir más mensajes: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="REMINDER",
        language="es",
        channel="",
        name="Recordatorio",
        description="Una sola vez, si no hubo respuesta.",
        subject="",
        content=(
            "Hola {{firstName}}, le escribe de nuevo {{practice}}. Todavía nos gustaría saber cómo "
            "fue su visita: un número del 1 (muy mala) al 5 (excelente), o un toque aquí: "
            "{{ratingLink}}\n\n"
            "No se lo recordaremos otra vez. Si no desea más mensajes, responda BAJA."
        ),
    ),
    DefaultText(
        type="REMINDER",
        language="es",
        channel="SMS",
        name="Recordatorio por SMS",
        description="Un solo segmento, con enlaces: sirve donde las respuestas no llegan.",
        subject="",
        content=(
            "Hola {{firstName}}, nos falta su nota de 1 a 5. {{practice}}: {{ratingLink}} "
            "Baja: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="REMINDER",
        language="es",
        channel="EMAIL",
        name="Recordatorio por correo",
        description="Una sola vez, si no hubo respuesta.",
        subject="Su opinión sobre su visita a {{practice}}",
        content=(
            "Estimado/a {{name}}:\n\n"
            "Hace poco le preguntamos cómo fue su visita a {{practice}}, y su respuesta todavía "
            "nos haría falta, sea cual sea.\n\n"
            "Basta un toque, del 1 (muy mala) al 5 (excelente): {{ratingLink}}\n\n"
            "No se lo recordaremos otra vez. Gracias por su tiempo.\n{{practice}}\n\n"
            "Si prefiere no recibir más mensajes: {{optOutLink}}"
        ),
    ),
    DefaultText(
        type="CLARIFY",
        language="es",
        channel="",
        name="Pregunta por la nota",
        description="Una sola vez, si el número no va del 1 al 5.",
        subject="",
        content=(
            "Gracias, {{firstName}}. En {{practice}} la nota va del 1 (muy mal) al 5 (excelente). "
            "¿Qué nota le pone a su visita?"
        ),
    ),
)
