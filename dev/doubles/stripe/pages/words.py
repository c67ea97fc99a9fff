"""The texts of the pages, in Spanish and English."""

from collections.abc import Mapping
from datetime import UTC, datetime

SPANISH, ENGLISH = "es", "en"

WORDS: dict[str, dict[str, str]] = {
    SPANISH: {
        "test": "Pagos de prueba: aquí no se mueve dinero.",
        "cards": "Tarjetas de prueba",
        "card good": "4242 4242 4242 4242 paga",
        "card later": "4000 0000 0000 0341 paga ahora y se rechaza en la renovación",
        "card never": "4000 0000 0000 0002 se rechaza enseguida",
        "pay": "Pagar",
        "pay title": "Pago",
        "total": "Total a pagar hoy",
        "number": "Número de tarjeta",
        "expiry": "Vence",
        "cvc": "Código",
        "code": "Código de promoción",
        "apply": "Aplicar",
        "code hint": "Pruebe con BIENVENIDA20.",
        "code wrong": "Ese código no existe o ya no vale.",
        "code off": "Descuento",
        "declined": "El banco rechazó la tarjeta. No se cobró nada; pruebe con otra.",
        "card short": "Escriba los 16 dígitos de la tarjeta.",
        "paid already": "Este pago ya se hizo.",
        "expired": "Esta página de pago ya no está abierta: empiece de nuevo.",
        "back": "Volver a Reputation Manager",
        "every month": "al mes",
        "every year": "al año",
        "once": "una vez",
        "tax": "Impuestos",
        "portal title": "Su plan y sus pagos",
        "plan": "Plan",
        "no plan": "No hay ningún plan en curso.",
        "renews": "Se renueva el {}.",
        "ends": "Terminará el {}. Hasta entonces todo sigue igual.",
        "past due": "El último cobro falló. Pague la factura abierta para conservar el plan.",
        "trial": "Prueba hasta el {}.",
        "change": "Cambiar a este plan",
        "change title": "Cambiar de plan",
        "change hint": "Un plan mayor empieza hoy: lo que no se usó del actual se descuenta. Uno"
        " menor empieza con el próximo período.",
        "confirm": "Confirmar el cambio",
        "planned": "{} ({}) empieza el {}.",
        "keep": "Quedarse con el plan actual",
        "cancel": "Cancelar al final del período",
        "resume": "Seguir con el plan",
        "invoices": "Facturas",
        "no invoices": "Todavía no hay facturas.",
        "invoice": "Factura",
        "status paid": "Pagada",
        "status open": "Por pagar",
        "status void": "Anulada",
        "status draft": "Borrador",
        "status uncollectible": "Incobrable",
        "pay now": "Pagar la factura con esta tarjeta",
        "card on file": "Tarjeta",
        "new card": "Guardar otra tarjeta",
        "test title": "Para probar",
        "test hint": "Stripe no tiene estos botones: aquí hacen pasar lo que allí trae el tiempo.",
        "fail": "Que falle el próximo cobro",
        "failing": "El próximo cobro fallará.",
        "next": "Ir al próximo período",
        "refund": "Devolver el último pago",
        "dispute": "Abrir una disputa por el último pago",
        "end": "Terminar el plan ahora",
        "done": "Hecho.",
        "refused": "No se pudo: {}",
        "issued": "Emitida el {}",
        "billed": "Para",
        "sum": "Total",
        "front title": "El doble de Stripe",
        "front": "Hace de Stripe para que la demostración cobre sin una cuenta.",
        "happened": "Lo último que pasó",
        "delivered": "entregado",
        "undelivered": "sin entregar",
        "nothing yet": "Todavía nada.",
    },
    ENGLISH: {
        "test": "Test payments: no money moves here.",
        "cards": "Test cards",
        "card good": "4242 4242 4242 4242 pays",
        "card later": "4000 0000 0000 0341 pays now and is declined at the renewal",
        "card never": "4000 0000 0000 0002 is declined at once",
        "pay": "Pay",
        "pay title": "Payment",
        "total": "Total due today",
        "number": "Card number",
        "expiry": "Expires",
        "cvc": "Code",
        "code": "Promotion code",
        "apply": "Apply",
        "code hint": "Try BIENVENIDA20.",
        "code wrong": "There is no such code, or it is over.",
        "code off": "Discount",
        "declined": "The bank declined the card. Nothing was charged; try another one.",
        "card short": "Write the 16 digits of the card.",
        "paid already": "This was paid already.",
        "expired": "This page is not open any more: start again.",
        "back": "Back to Reputation Manager",
        "every month": "a month",
        "every year": "a year",
        "once": "once",
        "tax": "Taxes",
        "portal title": "Your plan and your payments",
        "plan": "Plan",
        "no plan": "There is no plan at present.",
        "renews": "Renews on {}.",
        "ends": "Will end on {}. Until then all stays as it is.",
        "past due": "The last charge failed. Pay the open invoice to keep the plan.",
        "trial": "Trial until {}.",
        "change": "Change to this plan",
        "change title": "Change the plan",
        "change hint": "A larger plan begins today: what is unused of the present one is deducted."
        " A smaller one begins with the next period.",
        "confirm": "Confirm the change",
        "planned": "{} ({}) begins on {}.",
        "keep": "Stay with the present plan",
        "cancel": "Cancel at the end of the period",
        "resume": "Keep the plan",
        "invoices": "Invoices",
        "no invoices": "There are no invoices yet.",
        "invoice": "Invoice",
        "status paid": "Paid",
        "status open": "Open",
        "status void": "Void",
        "status draft": "Draft",
        "status uncollectible": "Uncollectible",
        "pay now": "Pay the invoice with this card",
        "card on file": "Card",
        "new card": "Keep another card",
        "test title": "For trying things out",
        "test hint": "Stripe has no such buttons: they bring about what time brings there.",
        "fail": "Let the next payment fail",
        "failing": "The next charge will fail.",
        "next": "Go to the next period",
        "refund": "Refund the last payment",
        "dispute": "Open a dispute about the last payment",
        "end": "End the plan now",
        "done": "Done.",
        "refused": "That did not work: {}",
        "issued": "Issued on {}",
        "billed": "For",
        "sum": "Total",
        "front title": "The double of Stripe",
        "front": "Plays Stripe, so that the demo takes payments without an account.",
        "happened": "What happened last",
        "delivered": "delivered",
        "undelivered": "not delivered",
        "nothing yet": "Nothing yet.",
    },
}

MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
    *("septiembre", "octubre", "noviembre", "diciembre"),
)


class Words:
    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, *about: object) -> str:
        return WORDS[self.language][key].format(*about)

    def money(self, cents: int) -> str:
        sign, amount = "-" if cents < 0 else "", f"{abs(cents) / 100:,.2f}"
        if self.language == SPANISH:
            amount = amount.translate(str.maketrans(",.", ".,"))
        return f"{sign}${amount}"

    def day(self, moment: int) -> str:
        day = datetime.fromtimestamp(moment, UTC)
        if self.language == SPANISH:
            return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"
        return f"{day:%B} {day.day}, {day.year}"


def language_of(locale: str | None, headers: Mapping[str, str]) -> str:
    """Return the language of the session, else of the browser, else Spanish."""
    wanted = locale if locale and locale != "auto" else headers.get("Accept-Language", "")
    return ENGLISH if wanted.lower().startswith("en") else SPANISH
