"""Let a clinic that has just signed up send its own texts to strangers."""

from datetime import timedelta
from threading import Event

from django.utils import timezone

from tests.attacks.product import Product
from tests.attacks.results import AttackResult

STRANGERS = 50
PHISHING_URL = "https://evil.example/entrar"
TEXT = "{{firstName}}, su cuenta fue bloqueada. Ingrese en " + PHISHING_URL + " {{ratingLink}}"
NAME = "Su cuenta fue bloqueada evil.example"


def attack_from_a_trial(product: Product, over: Event) -> list[AttackResult]:
    """Try to send strangers a link: in the clinic's text, then in the patients' names."""
    clinic = product.on_trial
    text = {
        "name": "Aviso",
        "type": "INITIAL",
        "language": "es",
        "channel": "",
        "content": TEXT,
        "is_default": True,
    }
    statuses = [clinic.api.post("templates/", text).status]
    seen_at = (timezone.now() - timedelta(hours=3)).isoformat()
    for names in ("Ana Torres", NAME):
        statuses.append(
            clinic.api.post(
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
        for message in product.provider.control("GET", "messages?limit=1000000")["messages"]
        if message["to"].startswith("+59398")
    ]
    with_link = sum("evil" in body or "bloqueada" in body for body in bodies)
    return [
        AttackResult(
            "trial abuse",
            f"a link to {2 * STRANGERS} strangers by text and by names, over the API",
            held=with_link == 0,
            evidence=f"statuses {statuses}; {len(bodies)} messages left, {with_link} with the link",
        )
    ]
