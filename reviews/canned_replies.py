"""Replies that are safe by construction: they speak of the comment and of the team, never of a visit.

They are in the language of the review, not of the reader, so they are not translated by gettext.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Occasion(models.TextChoices):
    PRAISE = "praise", _("Praise")
    PRAISE_OF_TEAM = "praise_of_team", _("Praise of the team")
    STARS_ONLY = "stars_only", _("Good stars without words")
    MIXED = "mixed", _("Good and bad")
    CRITICISM = "criticism", _("Criticism")
    LOW_STARS_ONLY = "low_stars_only", _("Few stars without words")
    WAITING = "waiting", _("Waiting times")
    PRICE = "price", _("Prices")
    MANNERS = "manners", _("Manners")
    TELEPHONE = "telephone", _("Hard to reach")
    DETAILS = "details", _("Details that are private")


@dataclass(frozen=True, slots=True)
class CannedReply:
    language: str
    occasion: Occasion
    text: str


TEXTS: dict[str, dict[Occasion, str]] = {
    "es": {
        Occasion.PRAISE: (
            "¡Muchas gracias por su comentario! Lo compartimos con todo el equipo, y nos anima a "
            "seguir mejorando."
        ),
        Occasion.PRAISE_OF_TEAM: (
            "Gracias por reconocer el trabajo de nuestro equipo. Mensajes como este nos alegran el "
            "día."
        ),
        Occasion.STARS_ONLY: "¡Gracias por las estrellas! Nos motivan a seguir mejorando.",
        Occasion.MIXED: (
            "Gracias por su sinceridad. Cada opinión nos ayuda a mejorar, y vamos a conversar sobre "
            "este comentario con el equipo."
        ),
        Occasion.CRITICISM: (
            "Lamentamos leer este comentario y lo tomamos en serio. Por privacidad no damos detalles "
            "en público. Nos gustaría escucharle por los canales privados de nuestra página."
        ),
        Occasion.LOW_STARS_ONLY: (
            "Gracias por calificarnos. Nos gustaría saber qué podemos mejorar: puede escribirnos por "
            "los canales privados de nuestra página."
        ),
        Occasion.WAITING: (
            "Gracias por su comentario. Sabemos que esperar es molesto, y trabajamos para reducir los "
            "tiempos de espera de todos nuestros pacientes."
        ),
        Occasion.PRICE: (
            "Gracias por su comentario. Queremos que los precios sean claros para todas las personas, "
            "y nuestro equipo los explica con gusto en privado."
        ),
        Occasion.MANNERS: (
            "El respeto es lo primero para nosotros. Tomamos en serio este comentario, lo "
            "conversaremos con el equipo y nos gustaría escucharle en privado."
        ),
        Occasion.TELEPHONE: (
            "Gracias por avisarnos. Estamos trabajando para responder más rápido a todas las personas "
            "que nos llaman o escriben."
        ),
        Occasion.DETAILS: (
            "Por respeto a la privacidad de todas las personas no comentamos casos particulares en "
            "público. Con gusto conversamos por los canales privados de nuestra página."
        ),
    },
    "en": {
        Occasion.PRAISE: (
            "Thank you so much for your kind words! We have shared them with the whole team, and they "
            "encourage us to keep improving."
        ),
        Occasion.PRAISE_OF_TEAM: (
            "Thank you for recognizing the work of our team. Comments like this make our day."
        ),
        Occasion.STARS_ONLY: "Thank you for the stars! They encourage us to keep improving.",
        Occasion.MIXED: (
            "Thank you for your honest feedback. Every opinion helps us improve, and we will talk "
            "about this one as a team."
        ),
        Occasion.CRITICISM: (
            "We are sorry to read this and take it seriously. To protect everyone's privacy we do not "
            "discuss details in public. We would like to hear from you through the private channels "
            "on our website."
        ),
        Occasion.LOW_STARS_ONLY: (
            "Thank you for the rating. We would like to know what we can improve: please write to us "
            "through the private channels on our website."
        ),
        Occasion.WAITING: (
            "Thank you for your feedback. We know that waiting is frustrating, and we work to keep "
            "waiting times short for all our patients."
        ),
        Occasion.PRICE: (
            "Thank you for your feedback. We want prices to be clear for everyone, and our team is "
            "glad to explain them in private."
        ),
        Occasion.MANNERS: (
            "Respect comes first for us. We take this comment seriously, will talk about it as a team, "
            "and would like to hear more in private."
        ),
        Occasion.TELEPHONE: (
            "Thank you for letting us know. We are working on answering everyone who calls or writes "
            "faster."
        ),
        Occasion.DETAILS: (
            "Out of respect for everyone's privacy we do not discuss individual situations in public. "
            "We are glad to talk through the private channels on our website."
        ),
    },
    "pt": {
        Occasion.PRAISE: (
            "Muito obrigado pelo comentário! Compartilhamos com toda a equipe, e ele nos anima a "
            "continuar melhorando."
        ),
        Occasion.PRAISE_OF_TEAM: (
            "Obrigado por reconhecer o trabalho da nossa equipe. Mensagens assim alegram o nosso dia."
        ),
        Occasion.STARS_ONLY: "Obrigado pelas estrelas! Elas nos motivam a continuar melhorando.",
        Occasion.MIXED: (
            "Obrigado pela sinceridade. Cada opinião nos ajuda a melhorar, e vamos conversar sobre "
            "este comentário com a equipe."
        ),
        Occasion.CRITICISM: (
            "Lamentamos ler este comentário e o levamos a sério. Por privacidade, não damos detalhes "
            "em público. Gostaríamos de ouvir você pelos canais privados do nosso site."
        ),
        Occasion.LOW_STARS_ONLY: (
            "Obrigado pela avaliação. Gostaríamos de saber o que podemos melhorar: escreva para a "
            "gente pelos canais privados do nosso site."
        ),
        Occasion.WAITING: (
            "Obrigado pelo comentário. Sabemos que esperar é desagradável, e trabalhamos para reduzir "
            "o tempo de espera de todos os pacientes."
        ),
        Occasion.PRICE: (
            "Obrigado pelo comentário. Queremos preços claros para todas as pessoas, e nossa equipe os "
            "explica com prazer em particular."
        ),
        Occasion.MANNERS: (
            "O respeito vem em primeiro lugar para nós. Levamos este comentário a sério, vamos "
            "conversar com a equipe e gostaríamos de ouvir mais em particular."
        ),
        Occasion.TELEPHONE: (
            "Obrigado por nos avisar. Estamos trabalhando para responder mais rápido a todas as "
            "pessoas que ligam ou escrevem."
        ),
        Occasion.DETAILS: (
            "Por respeito à privacidade de todas as pessoas, não comentamos casos particulares em "
            "público. Será um prazer conversar pelos canais privados do nosso site."
        ),
    },
}


def list_canned_replies(language: str) -> list[CannedReply]:
    """Return the replies of a language, and the Spanish ones for a language that has none."""
    known = language if language in TEXTS else "es"
    return [CannedReply(known, occasion, text) for occasion, text in TEXTS[known].items()]
