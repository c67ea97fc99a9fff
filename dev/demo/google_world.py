"""Write the file of the double of Google with what people wrote about the demo's practices.

The clinic's Google user has the practices' locations by their place ids, and one that is not
verified. Clínica Los Andes has a Google user of its own.
"""

import json
import time

from dev.demo import google_connection
from dev.demo.google import state_file
from dev.demo_data.google_reviews import Written, written_about
from dev.demo_data.story import ANDES, DEMO, Clinic
from dev.doubles.google import snapshot
from dev.doubles.google.oauth import BUSINESS_SCOPE, Grants
from dev.doubles.google.state import Location, Media, Reply, Review, State, new_id

DAY = 86_400
CLINIC_USER = "clinica.demo@gmail.com"


def write_world() -> None:
    """Connect the demo's clinic with the double, and write its file, if it has none yet.

    The file comes last, so that a start that failed is repeated as a whole.
    """
    if state_file().exists():
        return
    state = build_world()
    for written in google_connection.reviews_of_asked_patients():
        # In the data of an earlier demo a practice may have been renamed.
        if location := find_location(state, written.place):
            add_review(state, location, written)
    grants = Grants(state)
    user = next(user for user in state.users.values() if user.email == CLINIC_USER)
    token = grants.new_refresh_token(user.id, [BUSINESS_SCOPE, "openid", "email"])
    google_connection.connect(user, token, [*state.locations.values()])
    state_file().write_text(json.dumps(snapshot.dump(state, grants)), encoding="utf-8")


def find_location(state: State, title: str) -> Location | None:
    return next((place for place in state.locations.values() if place.title == title), None)


def build_world() -> State:
    state = State()
    add_clinic(state, DEMO, "Clínica Demo", CLINIC_USER, number=1)
    add_clinic(state, ANDES, "Clínica Los Andes", "clinica.losandes@gmail.com", number=2)
    state.add_user("persona.sin.negocio@gmail.com", "Persona sin negocio", id="1003")
    state.add_location(
        Location(
            id="1101",
            account="101",
            title="Consultorio Sur",
            address="Av. Maldonado S12-40",
            city="Quito",
            region="Pichincha",
            is_verified=False,
        )
    )
    return state


def add_clinic(state: State, clinic: Clinic, name: str, email: str, *, number: int) -> None:
    account = state.add_account(name, id=str(100 + number))
    state.add_user(email, name, [account.id], id=str(1000 + number))
    for index, place in enumerate(clinic.places):
        location = Location(
            id=str(number * 1000 + index + 1),
            account=account.id,
            title=place.name,
            place_id=place.google_place_id,
            address=place.address,
            city=place.city,
            region=place.state,
        )
        state.add_location(location)
        for written in written_about(place.name):
            add_review(state, location, written)


def add_review(state: State, location: Location, written: Written) -> None:
    now = time.time()
    created = now - written.days_ago * DAY
    edited = written.edited_days_ago
    review = Review(
        id=new_id(),
        location=location.id,
        stars=written.stars,
        comment=written.comment,
        author=written.author,
        created=created,
        updated=created if edited is None else now - edited * DAY,
        is_anonymous=not written.author,
        media=[Media("/static/photo.svg")] if written.has_photo else [],
    )
    if written.reply:
        answered = review.updated + DAY
        review.reply = Reply(written.reply, answered, answered, written.violation)
    state.add_review(review, notify=False)
