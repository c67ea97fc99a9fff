"""Texts of messages that the product writes itself, and the words that fill gaps in others."""

from collections.abc import Mapping

# In place of a variable without a value. An approved WhatsApp template cannot leave one out.
SUBSTITUTES: Mapping[str, dict[str, str]] = {
    "es": {
        "name": "paciente",
        "firstName": "paciente",
        "doctor": "su médico",
        "practice": "su clínica",
        "appointmentType": "consulta",
    },
    "en": {
        "name": "patient",
        "firstName": "patient",
        "doctor": "your doctor",
        "practice": "your clinic",
        "appointmentType": "visit",
    },
    "pt": {
        "name": "paciente",
        "firstName": "paciente",
        "doctor": "seu médico",
        "practice": "sua clínica",
        "appointmentType": "consulta",
    },
}

# The subject of a mail that a person of the clinic wrote.
ANSWER_SUBJECTS: Mapping[str, str] = {
    "es": "Respuesta de {{practice}}",
    "en": "An answer from {{practice}}",
    "pt": "Resposta de {{practice}}",
}

# Added to a clinic's own text for unhappy patients that has no link to the reviews.
REVIEW_INVITATIONS: Mapping[str, str] = {
    "es": "O puede contarlo en Google: {{reviewLink}}",
    "en": "Or you can say it on Google: {{reviewLink}}",
    "pt": "Ou pode contar no Google: {{reviewLink}}",
}

# Answers to STOP and START. Clinics cannot change them, because the law says what they must say.
# They use GSM-7 letters only: with any other letter an SMS holds 70 letters instead of 160.
CONFIRMATIONS: Mapping[str, Mapping[str, str]] = {
    "CONFIRM_STOP": {
        "es": "{{practice}}: registramos su baja y no le vamos a escribir de nuevo. Si cambia"
        " de idea, responda ALTA.",
        "en": "{{practice}}: you are unsubscribed and will get no more messages. To come back,"
        " reply START.",
        "pt": "{{practice}}: cancelamento registrado. Nunca mais vamos escrever por aqui. Se"
        " mudar de ideia, responda INICIAR.",
    },
    "CONFIRM_START": {
        "es": "{{practice}}: puede recibir nuestros mensajes otra vez. Si no los quiere,"
        " responda BAJA.",
        "en": "{{practice}}: you will get our messages again. To stop them, reply STOP.",
        "pt": "{{practice}}: nossas mensagens voltam a chegar. Para parar, responda SAIR.",
    },
}

# The text of a message in our records, until the approved template was read from Twilio.
UNREAD_TEMPLATE_NOTES: Mapping[str, str] = {
    "es": "Plantilla aprobada {sid} de WhatsApp; su texto aún no se ha leído de Twilio.",
    "en": "Approved WhatsApp template {sid}; its text has not been read from Twilio yet.",
    "pt": "Modelo aprovado {sid} do WhatsApp; o texto ainda não foi lido do Twilio.",
}

# Before the text of a message that a member sends to themselves.
TEST_MARKS: Mapping[str, str] = {"es": "PRUEBA", "en": "TEST", "pt": "TESTE"}
