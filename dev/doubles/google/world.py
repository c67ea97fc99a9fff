"""The world of a double without a state file, and reviews in bulk for benches."""

import random

from dev.doubles.google.state import Location, Review, State, new_id, new_number

DAY = 86_400
CLINIC_EMAIL = "clinica.demo@gmail.com"
OTHER_EMAIL = "otra.clinica@gmail.com"
EMPTY_EMAIL = "sin.negocio@gmail.com"
CLINIC_ACCOUNT, OTHER_ACCOUNT = "101", "202"
CENTRE, UNVERIFIED, FOREIGN = "11", "12", "21"

FIRST_NAMES = ("Ana", "Luis", "Carmen", "Jorge", "María", "Diego", "Rosa", "Pablo", "Lucía", "José")
SURNAMES = ("Torres", "Paredes", "Vega", "Cevallos", "Mora", "Andrade", "Silva", "Castro")
COMMENTS = (
    "Muy buena atención.",
    "Me atendieron rápido y con amabilidad.",
    "Tuve que esperar una hora.",
    "",
    "Great service, very kind staff.",
    "Atendimento excelente.",
)


def fill(state: State) -> None:
    """Add a clinic with a verified and an unverified location, another clinic, and a stranger."""
    state.add_account("Clínica Demo", id=CLINIC_ACCOUNT)
    state.add_account("Otra Clínica", id=OTHER_ACCOUNT)
    state.add_user(CLINIC_EMAIL, "Clínica Demo", [CLINIC_ACCOUNT], id="1001")
    state.add_user(OTHER_EMAIL, "Otra Clínica", [OTHER_ACCOUNT], id="1002")
    state.add_user(EMPTY_EMAIL, "Persona sin negocio", id="1003")
    state.add_location(
        Location(
            id=CENTRE,
            account=CLINIC_ACCOUNT,
            title="Consultorio Centro",
            place_id="ChIJN1t_tDeuEmsRUsoyG83frY4",
            address="Av. Amazonas N24-03",
            city="Quito",
            region="Pichincha",
        )
    )
    state.add_location(
        Location(
            id=UNVERIFIED,
            account=CLINIC_ACCOUNT,
            title="Consultorio Sur",
            address="Av. Maldonado S12-40",
            city="Quito",
            region="Pichincha",
            is_verified=False,
        )
    )
    state.add_location(
        Location(
            id=FOREIGN,
            account=OTHER_ACCOUNT,
            title="Otra Clínica",
            place_id="ChIJrTLr-GyuEmsRBfy61i59si0",
            address="Calle Larga 7-12",
            city="Cuenca",
            region="Azuay",
        )
    )


def populate(
    state: State, *, account: str, locations: int, reviews: int, seed: int = 0, notify: bool = False
) -> list[str]:
    """Add locations with so many reviews in all. Return the ids of the locations."""
    dice, now = random.Random(seed), state.now()  # noqa: S311
    added = [_add_numbered_location(state, account, number) for number in range(locations)]
    for number in range(reviews):
        written = now - dice.uniform(0, 365 * DAY)
        state.add_review(
            Review(
                id=new_id(),
                location=added[number % locations],
                stars=dice.choices((1, 2, 3, 4, 5), (6, 3, 5, 16, 70))[0],
                comment=dice.choice(COMMENTS),
                author=f"{dice.choice(FIRST_NAMES)} {dice.choice(SURNAMES)}",
                created=written,
                updated=written,
                is_anonymous=dice.random() < 0.05,  # noqa: PLR2004
            ),
            notify=notify,
        )
    return added


def _add_numbered_location(state: State, account: str, number: int) -> str:
    location = Location(
        id=new_number(),
        account=account,
        title=f"Sucursal {number + 1}",
        place_id=f"ChIJ{new_id(23)}",
        address=f"Calle {number + 1}",
        city="Quito",
        region="Pichincha",
    )
    return state.add_location(location).id
