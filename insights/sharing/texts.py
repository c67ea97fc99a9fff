"""Texts of the public report, its badge and its picture, in the languages that patients read."""

from collections.abc import Mapping

from messaging.patient_texts import in_language

REPORT_TEXTS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "title": "{practice}: opiniones de pacientes",
        "title_in_city": "{practice}, {city}: opiniones de pacientes",
        "summary": "{average} de 5 en {rated} opiniones de pacientes de {practice} después de su "
        "cita, durante el último año.",
        "summary_few": "Opiniones de pacientes de {practice} después de su cita.",
        "ratings": "opiniones de pacientes en el último año",
        "ratings_short": "opiniones",
        "of_five": "de 5",
        "after_visit": "Solo opinan pacientes que tuvieron una cita.",
        "few": "Todavía hay pocas opiniones para mostrar un promedio.",
        "distribution": "Cuántos dieron cada calificación",
        "trend": "Promedio por trimestre",
        "quarter": "T{number} {year}",
        "quarter_note": "Se muestran los trimestres con al menos 5 calificaciones.",
        "quotes": "Lo que dicen los pacientes",
        "quotes_note": "Con su permiso y sin su nombre. El consultorio elige cuáles se muestran.",
        "method": "Cómo preguntamos",
        "method_1": "Después de la cita, el consultorio pregunta por mensaje a los pacientes que "
        "lo aceptaron cómo fue su visita, de 1 a 5. A la misma persona no le vuelve a preguntar "
        "enseguida.",
        "method_2": "Cuentan todas las calificaciones del último año, buenas y malas. El "
        "consultorio no puede borrarlas ni cambiarlas.",
        "method_3": "Nadie recibe nada a cambio de opinar, y las opiniones no llevan nombres.",
        "visit": "Visitar el consultorio",
        "book": "Pedir una cita",
        "map": "Ver en el mapa",
        "call": "Llamar al {phone}",
        "google_title": "Reseñas de Google",
        "google_rated": "{average} de 5 en {reviews} reseñas",
        "google_note": "Son de Google y no se suman a las opiniones de este informe.",
        "google_link": "Ver las reseñas en Google",
        "google_alt": "Reseñas de Google: {average} de 5, {reviews} reseñas",
        "foot": "Informe hecho con Reputation Manager.",
        "badge_alt": "{practice}: {average} de 5, {rated} opiniones de pacientes",
        "badge_alt_few": "{practice}: opiniones de pacientes",
    },
    "en": {
        "title": "{practice}: ratings by patients",
        "title_in_city": "{practice}, {city}: ratings by patients",
        "summary": "{average} out of 5 in {rated} ratings by patients of {practice} after their "
        "visit, in the last year.",
        "summary_few": "Ratings by patients of {practice} after their visit.",
        "ratings": "ratings by patients in the last year",
        "ratings_short": "ratings",
        "of_five": "out of 5",
        "after_visit": "Only patients who had an appointment can rate.",
        "few": "There are too few ratings yet to show an average.",
        "distribution": "How many gave each rating",
        "trend": "Average by quarter",
        "quarter": "Q{number} {year}",
        "quarter_note": "Quarters with at least 5 ratings are shown.",
        "quotes": "What patients say",
        "quotes_note": "With their permission and without their names. The practice chooses which "
        "are shown.",
        "method": "How we ask",
        "method_1": "After the appointment the practice asks patients who agreed to messages "
        "how their visit was, from 1 to 5. It does not ask the same person again right away.",
        "method_2": "All ratings of the last year count, good and bad. The practice can neither "
        "delete nor change them.",
        "method_3": "Nobody gets anything in return for a rating, and ratings carry no names.",
        "visit": "Visit the practice",
        "book": "Make an appointment",
        "map": "See it on the map",
        "call": "Call {phone}",
        "google_title": "Google reviews",
        "google_rated": "{average} out of 5 in {reviews} reviews",
        "google_note": "They are from Google and are not added to the ratings of this report.",
        "google_link": "See the reviews on Google",
        "google_alt": "Google reviews: {average} out of 5, {reviews} reviews",
        "foot": "A report made with Reputation Manager.",
        "badge_alt": "{practice}: {average} out of 5, {rated} ratings by patients",
        "badge_alt_few": "{practice}: ratings by patients",
    },
    "pt": {
        "title": "{practice}: avaliações de pacientes",
        "title_in_city": "{practice}, {city}: avaliações de pacientes",
        "summary": "{average} de 5 em {rated} avaliações de pacientes de {practice} depois da "
        "consulta, no último ano.",
        "summary_few": "Avaliações de pacientes de {practice} depois da consulta.",
        "ratings": "avaliações de pacientes no último ano",
        "ratings_short": "avaliações",
        "of_five": "de 5",
        "after_visit": "Só avaliam pacientes que tiveram uma consulta.",
        "few": "Ainda há poucas avaliações para mostrar uma média.",
        "distribution": "Quantos deram cada nota",
        "trend": "Média por trimestre",
        "quarter": "T{number} {year}",
        "quarter_note": "Aparecem os trimestres com pelo menos 5 notas.",
        "quotes": "O que dizem os pacientes",
        "quotes_note": "Com permissão e sem o nome. O consultório escolhe quais aparecem.",
        "method": "Como perguntamos",
        "method_1": "Depois da consulta, o consultório pergunta por mensagem aos pacientes que "
        "aceitaram como foi a visita, de 1 a 5. Não pergunta de novo à mesma pessoa em seguida.",
        "method_2": "Contam todas as notas do último ano, boas e ruins. O consultório não pode "
        "apagar nem mudar nenhuma.",
        "method_3": "Ninguém recebe nada em troca de avaliar, e as avaliações não têm nomes.",
        "visit": "Visitar o consultório",
        "book": "Marcar uma consulta",
        "map": "Ver no mapa",
        "call": "Ligar para {phone}",
        "google_title": "Avaliações do Google",
        "google_rated": "{average} de 5 em {reviews} avaliações",
        "google_note": "São do Google e não se somam às avaliações deste relatório.",
        "google_link": "Ver as avaliações no Google",
        "google_alt": "Avaliações do Google: {average} de 5, {reviews} avaliações",
        "foot": "Relatório feito com Reputation Manager.",
        "badge_alt": "{practice}: {average} de 5, {rated} avaliações de pacientes",
        "badge_alt_few": "{practice}: avaliações de pacientes",
    },
}


def report_texts(language: str) -> Mapping[str, str]:
    return in_language(REPORT_TEXTS, language)
