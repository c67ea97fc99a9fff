from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.utils import translation

from messaging.dispatch.composing import MessageFacts, Wording, compose_message

NOBODY = UUID(int=0)
MONTHS = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre"
    " diciembre",
    "en": "January February March April May June July August September October November December",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro"
    " dezembro",
}


def compose_ask(language: str, when: datetime) -> MessageFacts:
    return MessageFacts(
        type="INITIAL",
        channel="SMS",
        language=language,
        workspace_id=NOBODY,
        campaign_id=NOBODY,
        plain_letters=False,
        two_way=True,
        token="abcdefghjk",
        name="Rosa Quishpe",
        doctor="Dra. Paz",
        appointment_type="Limpieza",
        appointment_time=when,
        practice="Consultorio Norte",
        timezone="America/Guayaquil",
        may_invite=False,
    )


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize(
    ("language", "content", "expected"),
    [
        ("es", "¿Cómo le fue en su cita del {{date}}?", "¿Cómo le fue en su cita del 12 de {}?"),
        ("en", "How was your visit on {{date}}?", "How was your visit on 12 {}?"),
        ("pt", "Como foi sua consulta de {{date}}?", "Como foi sua consulta de 12 de {}?"),
    ],
)
# The worker that sends has a language of its own; it must not show.
@pytest.mark.parametrize("active", ["es", "en"])
def test_month_of_date_is_in_the_language_of_the_text(
    language: str, content: str, expected: str, month: int, active: str
) -> None:
    facts = compose_ask(language, datetime(2026, month, 12, 15, tzinfo=UTC))

    with translation.override(active):
        _subject, body, _numbered = compose_message(facts, Wording("", content))

    assert body == expected.format(MONTHS[language].split()[month - 1])
