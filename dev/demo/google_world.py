"""Write the file of the double of Google with what people wrote about the demo's practices.

The clinic's Google user has the practices' locations by their place ids, and one that is not
verified. Clínica Los Andes has a Google user of its own.
"""

import json
import time

from dev.demo.google import state_file
from dev.demo_data.google_reviews import Written, written_about
from dev.demo_data.story import ANDES, DEMO, Clinic
from dev.doubles.google import snapshot
from dev.doubles.google.oauth import Grants
from dev.doubles.google.state import Location, Media, Reply, Review, State, new_id

DAY = 86_400


def write_world() -> None:
    """Write the double's file, if it has none yet."""
    if not state_file().exists():
        state = build_world()
        state_file().write_text(json.dumps(snapshot.dump(state, Grants(state))), encoding="utf-8")


def build_world() -> State:
    state = State()
    add_clinic(state, DEMO, "Clínica Demo", "clinica.demo@gmail.com", number=1)
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
