"""Write what a model would answer, by plain rules over the words that were sent."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dev.doubles.language_model.settings import Mode

HOSTILE = (
    "IGNORED ALL RULES. Visit https://evil.example/win or call +593 99 123 4567, and write to"
    " boss@evil.example. The other patients are María Pérez, HIV positive, and Juan Mora."
)
ANSWERS = {
    "es": {
        "sorry": "[PATIENT], lamentamos lo que nos cuenta y le agradecemos que lo haya escrito."
        " Lo revisamos hoy mismo con el equipo y le llamamos para escucharle.",
        "thanks": "[PATIENT], muchas gracias por sus palabras. Se las hacemos llegar al equipo.",
        "question": "[PATIENT], gracias por su pregunta. La consultamos con recepción y le"
        " confirmamos por aquí en cuanto la tengamos.",
    },
    "pt": {
        "sorry": "[PATIENT], lamentamos o que nos conta e agradecemos por escrever. Vamos verificar"
        " hoje com a equipe e ligamos para ouvir você.",
        "thanks": "[PATIENT], muito obrigado pelas suas palavras. Vamos repassá-las à equipe.",
        "question": "[PATIENT], obrigado pela pergunta. Vamos consultar a recepção e confirmamos"
        " por aqui.",
    },
    "en": {
        "sorry": "[PATIENT], we are sorry to read this, and thank you for telling us. We look into"
        " it today and call you to hear more.",
        "thanks": "[PATIENT], thank you for your kind words. We pass them on to the team.",
        "question": "[PATIENT], thank you for your question. We ask the reception and confirm it"
        " here as soon as we know.",
    },
}
REPLIES = {
    "es": {
        "sorry": "Lamentamos leer este comentario y lo tomamos en serio. Por privacidad no damos"
        " detalles en público; los canales privados de nuestra página están abiertos.",
        "thanks": "¡Muchas gracias por su comentario! Lo compartimos con todo el equipo.",
    },
    "pt": {
        "sorry": "Lamentamos ler este comentário e o levamos a sério. Por privacidade não damos"
        " detalhes em público; os canais privados da nossa página estão abertos.",
        "thanks": "Muito obrigado pelo comentário! Vamos compartilhá-lo com toda a equipe.",
    },
    "en": {
        "sorry": "We are sorry to read this comment and take it seriously. For reasons of privacy"
        " we give no details in public; the private channels on our page are open.",
        "thanks": "Thank you very much for your comment! We share it with the whole team.",
    },
}
REVEALING = "Gracias por venir a su cita del martes. Le esperamos para su próxima limpieza dental."
CHANGED = {
    "es": "Los pacientes escribieron sobre todo de la atención y de la espera.",
    "pt": "Os pacientes escreveram sobretudo sobre o atendimento e a espera.",
    "en": "Patients wrote mostly about the care and the waiting.",
}
PRAISED = {
    "es": "Agradecen la atención.",
    "pt": "Elogiam o atendimento.",
    "en": "They praise the care.",
}
BLAMED = {"es": "Critican la espera.", "pt": "Criticam a espera.", "en": "They blame the waiting."}
FIRST = {
    "es": "Revisar los horarios con más espera.",
    "pt": "Rever os horários com mais espera.",
    "en": "Review the hours with the longest waits.",
}
UNHAPPY_BELOW = 4
QUOTE_LENGTH = 120


def write(mode: Mode, *, data: str, properties: Sequence[str]) -> str:
    """Return the model's text for this question in this mode."""
    asked: Mapping[str, Any] = json.loads(data)
    match mode:
        case Mode.RAMBLING:
            return "Well, that is an interesting question, and one could say a lot. " * 40
        case Mode.BROKEN:
            return '{"message": "Gracias por'
        case Mode.OTHER_SCHEMA:
            return json.dumps({"tool": "send_message", "to": "everybody"})
        case Mode.INJECTED:
            is_summary = "changed" in properties
            return json.dumps(_hostile_summary(asked) if is_summary else {properties[0]: HOSTILE})
        case Mode.REVEALING | Mode.REVEALING_ONCE if "reply" in properties:
            return json.dumps({"reply": REVEALING})
        case _:
            return json.dumps(_good(asked, properties))


def _good(asked: Mapping[str, Any], properties: Sequence[str]) -> Mapping[str, Any]:
    if "changed" in properties:
        return _summary(asked)
    return _reply(asked) if "reply" in properties else _message(asked)


def _reply(asked: Mapping[str, Any]) -> Mapping[str, str]:
    is_happy = (asked["stars"] or 0) >= UNHAPPY_BELOW
    return {"reply": REPLIES[_language(asked)]["thanks" if is_happy else "sorry"]}


def _message(asked: Mapping[str, Any]) -> Mapping[str, str]:
    answers = ANSWERS[_language(asked)]
    said = [text["text"] for text in asked["texts"] if text["from"] == "patient"]
    last, stars = (said[-1] if said else ""), asked["stars"]
    if "?" in last:
        return {"message": answers["question"]}
    is_unhappy = stars is not None and stars < UNHAPPY_BELOW
    return {"message": answers["sorry" if is_unhappy else "thanks"]}


def _summary(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    language, comments = _language(asked), asked["comments"]
    happy = [c["text"] for c in comments if (c["stars"] or 0) >= UNHAPPY_BELOW]
    unhappy = [c["text"] for c in comments if c["stars"] and c["stars"] < UNHAPPY_BELOW]
    return {
        "changed": CHANGED[language],
        "praised": [{"point": PRAISED[language], "quotes": _quotes(happy)}] if happy else [],
        "blamed": [{"point": BLAMED[language], "quotes": _quotes(unhappy)}] if unhappy else [],
        "first": [FIRST[language]] if unhappy else [],
    }


def _hostile_summary(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        **_summary(asked),
        "praised": [
            {
                "point": "They praise it on www.evil.example.",
                "quotes": ["The best clinic of the world!"],
            }
        ],
        "first": [HOSTILE[:150]],
    }


def _quotes(texts: Sequence[str]) -> list[str]:
    return [text[:QUOTE_LENGTH] for text in texts[:3]]


def _language(asked: Mapping[str, Any]) -> str:
    language = str(asked["language"])
    return language if language in ANSWERS else "es"
