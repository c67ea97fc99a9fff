"""The texts of the pages, in Spanish and English."""

from dev.doubles.kit.words import ENGLISH, SPANISH, format_day

WORDS: dict[str, dict[str, str]] = {
    SPANISH: {
        "site": "El doble de Google",
        "test": "Google de prueba: nada de aquí llega a Google.",
        "places": "Lugares",
        "front": "Hace de Google para que la demostración funcione sin una cuenta. Elija un lugar"
        " para leer sus reseñas o escribir una, como lo haría un paciente.",
        "consent title": "{} quiere acceder a su cuenta de Google",
        "product": "Reputation Manager",
        "choose": "Elija una cuenta",
        "business": "Ver, editar, crear y eliminar sus fichas de empresa de Google",
        "asks": "Permisos que pide",
        "allow": "Permitir",
        "refuse": "Cancelar",
        "no account": "Elija una cuenta de la lista.",
        "error title": "Acceso bloqueado: la solicitud no es válida",
        "error": "Error {}: {}",
        "no place title": "No encontramos este lugar",
        "no place": "El enlace no lleva a ningún lugar de este Google de prueba.",
        "all places": "Ver todos los lugares",
        "summary": "{} de 5 estrellas, {} reseñas",
        "summary one": "{} de 5 estrellas, 1 reseña",
        "summary none": "Todavía no hay reseñas",
        "stars": "{} de 5 estrellas",
        "one star": "1 de 5 estrellas",
        "unrated": "Sin calificación",
        "anonymous": "Un usuario de Google",
        "edited": "Editada el {}",
        "photo": "Foto de la reseña",
        "video": "Video de la reseña",
        "owner": "Respuesta del propietario",
        "reviews": "Reseñas",
        "more": "Mostrar más reseñas",
        "write": "Escribir una reseña",
        "yours": "Su reseña",
        "yours hint": "Puede cambiarla o eliminarla. Cada persona tiene una reseña por lugar.",
        "rating": "Calificación",
        "comment": "Cuente su experiencia (opcional)",
        "name": "Su nombre",
        "hide": "Publicar sin mi nombre",
        "publish": "Publicar",
        "save": "Guardar los cambios",
        "delete": "Eliminar mi reseña",
        "other": "Escribir como otra persona",
        "written": "Su reseña está publicada.",
        "saved": "Los cambios están publicados.",
        "deleted": "Su reseña se eliminó.",
        "no rating": "Elija de 1 a 5 estrellas.",
        "no name": "Escriba su nombre o publique sin él.",
        "too long": "El texto es demasiado largo: caben {} caracteres.",
    },
    ENGLISH: {
        "site": "The double of Google",
        "test": "Test Google: nothing from here reaches Google.",
        "places": "Places",
        "front": "Plays Google, so that the demo works without an account. Choose a place to read"
        " its reviews or to write one, as a patient would.",
        "consent title": "{} wants to access your Google Account",
        "product": "Reputation Manager",
        "choose": "Choose an account",
        "business": "See, edit, create and delete your Google business listings",
        "asks": "It asks to",
        "allow": "Allow",
        "refuse": "Cancel",
        "no account": "Choose an account from the list.",
        "error title": "Access blocked: the request is invalid",
        "error": "Error {}: {}",
        "no place title": "We cannot find this place",
        "no place": "The link does not lead to a place of this test Google.",
        "all places": "See all places",
        "summary": "{} out of 5 stars, {} reviews",
        "summary one": "{} out of 5 stars, 1 review",
        "summary none": "There are no reviews yet",
        "stars": "{} out of 5 stars",
        "one star": "1 out of 5 stars",
        "unrated": "No rating",
        "anonymous": "A Google user",
        "edited": "Edited on {}",
        "photo": "Photo of the review",
        "video": "Video of the review",
        "owner": "Response from the owner",
        "reviews": "Reviews",
        "more": "Show more reviews",
        "write": "Write a review",
        "yours": "Your review",
        "yours hint": "You can change or delete it. Each person has one review for a place.",
        "rating": "Rating",
        "comment": "Share your experience (optional)",
        "name": "Your name",
        "hide": "Publish without my name",
        "publish": "Publish",
        "save": "Save the changes",
        "delete": "Delete my review",
        "other": "Write as another person",
        "written": "Your review is published.",
        "saved": "The changes are published.",
        "deleted": "Your review was deleted.",
        "no rating": "Choose 1 to 5 stars.",
        "no name": "Write your name, or publish without it.",
        "too long": "The text is too long: it can have {} characters.",
    },
}


class Words:
    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, *about: object) -> str:
        return WORDS[self.language][key].format(*about)

    def day(self, moment: float) -> str:
        return format_day(moment, self.language)

    def average(self, value: float) -> str:
        text = f"{value:.1f}"
        return text.replace(".", ",") if self.language == SPANISH else text

    def stars(self, number: int) -> str:
        if not number:
            return self("unrated")
        return self("one star") if number == 1 else self("stars", number)

    def summary(self, average: float, count: int) -> str:
        if not count:
            return self("summary none")
        key = "summary one" if count == 1 else "summary"
        return self(key, self.average(average), count)
