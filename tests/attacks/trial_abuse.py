"""A clinic that signed up a moment ago and writes to strangers in words of its own."""

from datetime import timedelta
from threading import Event

from django.utils import timezone

from tests.attacks.stage import Stage
from tests.attacks.table import Row

STRANGERS = 50
TRAP = "https://evil.example/entrar"
TEXT = "{{firstName}}, su cuenta fue bloqueada. Ingrese en " + TRAP + " {{ratingLink}}"
NAME = "Su cuenta fue bloqueada evil.example"


def attack_from_a_trial(stage: Stage, over: Event) -> list[Row]:
    """Send 50 strangers a link by the clinic's text, then by the patients' names."""
    clinic = stage.on_trial
    text = {
        "name": "Aviso",
        "type": "INITIAL",
        "language": "es",
        "channel": "",
        "content": TEXT,
        "is_default": True,
    }
    answers = [clinic.program.post("templates/", text).status]
    seen_at = (timezone.now() - timedelta(hours=3)).isoformat()
    for names in ("Ana Torres", NAME):
        answers.append(
            clinic.program.post(
                "patients/batches/",
                {
                    "campaign_id": str(clinic.campaign.pk),
                    "patients": [
                        {
                            "name": names,
                            "phone": f"+59398{names == NAME:d}{number:02}5555",
                            "appointment_time": seen_at,
                            "has_consent": True,
                        }
                        for number in range(STRANGERS)
                    ],
                },
            ).status
        )
    over.wait()
    bodies = [
        message["body"]
        for message in stage.provider.control("GET", "messages?limit=1000000")["messages"]
        if message["to"].startswith("+59398")
    ]
    trapped = sum("evil" in body or "bloqueada" in body for body in bodies)
    return [
        Row(
            "trial abuse",
            f"a link to {2 * STRANGERS} strangers by text and by names, over the API",
            held=trapped == 0,
            evidence=f"answers {answers}; {len(bodies)} messages left, {trapped} with the link",
        )
    ]
