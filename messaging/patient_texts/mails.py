"""Texts that a mail shows around the clinic's own: stars, buttons, and why it was sent."""

from collections.abc import Mapping

from messaging.patient_texts import in_language
from messaging.patient_texts.pages import page_texts

MAIL_TEXTS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "preview_ask": "Toque de 1 a 5 estrellas: le toma un segundo.",
        "star_of": "{star} de 5: {word}",
        "rate": "calificar mi visita",
        "rate_text": "Califique su visita de 1 a 5:",
        "feedback": "Contar qué pasó",
        "stop": "darse de baja",
        "stop_text": "Si no desea recibir más mensajes:",
        "why": "Le escribimos por su visita a {practice}.",
    },
    "en": {
        "preview_ask": "Tap 1 to 5 stars: it takes a second.",
        "star_of": "{star} of 5: {word}",
        "rate": "rate my visit",
        "rate_text": "Rate your visit from 1 to 5:",
        "feedback": "Tell us what happened",
        "stop": "unsubscribe",
        "stop_text": "If you do not want more messages:",
        "why": "We write to you because of your visit to {practice}.",
    },
    "pt": {
        "preview_ask": "Toque de 1 a 5 estrelas: leva um segundo.",
        "star_of": "{star} de 5: {word}",
        "rate": "avaliar minha visita",
        "rate_text": "Avalie a sua visita de 1 a 5:",
        "feedback": "Contar o que aconteceu",
        "stop": "cancelar o recebimento",
        "stop_text": "Se não quiser receber mais mensagens:",
        "why": "Escrevemos por causa da sua visita a {practice}.",
    },
}


def mail_texts(language: str) -> Mapping[str, str]:
    """Return the texts of a mail, with those of the pages that it shares (stars, review button)."""
    return {**page_texts(language), **in_language(MAIL_TEXTS, language)}
