"""Connect the demo's clinic with Google, as its owner would, and let its patients write there."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.utils import timezone

from core import tenancy
from dev.demo_data.google_reviews import Written
from dev.demo_data.story import DEMO
from dev.doubles.google.state import Location, User

# How many of the clicks of happy patients in the last weeks led to a review.
WROTE = 3
RECENT = timedelta(days=45)
COMMENTS = {
    5: ("Muy amables y puntuales.", "", "Me explicaron todo con calma. Recomendado.", "Excelente."),
    4: ("Buena atención, un poco de espera.", "Todo bien."),
}


def reviews_of_asked_patients() -> Iterator[Written]:
    """Yield a review for every third recent click of a happy patient, minutes after it."""
    from messaging.models import Message
    from templates_app.models import MessageType

    now = timezone.now()
    with tenancy.within(DEMO.id):
        asks = list(
            Message.objects.within(DEMO.id)
            .filter(
                type=MessageType.INITIAL,
                rating__gte=min(COMMENTS),
                patient__review_clicked_at__gt=now - RECENT,
                patient__data_deleted_at=None,
            )
            .select_related("patient__campaign__practice")
            .order_by("patient__review_clicked_at")[::WROTE]
        )
    for number, ask in enumerate(asks):
        clicked_at = ask.patient.review_clicked_at
        assert clicked_at
        assert ask.rating
        comments, delay = COMMENTS[ask.rating], timedelta(minutes=3 + 11 * (number % 5))
        yield Written(
            place=ask.patient.campaign.practice.name,
            days_ago=max((now - clicked_at - delay) / timedelta(days=1), 0.001),
            stars=ask.rating,
            author=ask.patient.name,
            comment=comments[number % len(comments)],
        )


def connect(google_user: User, refresh_token: str, locations: Sequence[Location]) -> None:
    """Store the grant and the locations. The reviews come when the servers run."""
    from reviews.connection import actions
    from reviews.connection.locations import assign_practices
    from reviews.connection.oauth import AccessToken, Grant
    from reviews.models import GoogleConnection, GoogleLocation
    from workspaces.models import Practice, Role, Workspace

    now = timezone.now()
    grant = Grant(
        google_user_id=google_user.id,
        email=google_user.email,
        refresh_token=refresh_token,
        # It has expired, so the first call gets a new one.
        access=AccessToken(token="expired", expires_at=now, may_manage=True),  # noqa: S106
    )
    with tenancy.within(DEMO.id):
        if GoogleConnection.objects.within(DEMO.id).exists():
            return
        workspace = Workspace.objects.get(pk=DEMO.id)
        owner = workspace.members.filter(role=Role.OWNER).order_by("created_at")[0]
        connection = actions.connect(
            workspace=workspace, grant=grant, invites_everyone=True, by=owner
        )
        practices = {
            practice.google_place_id: practice for practice in Practice.objects.within(workspace)
        }
        rows = GoogleLocation.objects.bulk_create(
            GoogleLocation(
                workspace=workspace,
                connection=connection,
                account=f"accounts/{place.account}",
                name=f"locations/{place.id}",
                title=place.title,
                address=f"{place.address}, {place.city}",
                place_id=place.place_id,
                is_verified=place.is_verified,
            )
            for place in locations
            if place.account in google_user.accounts
        )
        chosen = {row: practices.get(row.place_id) for row in rows if row.place_id}
        assign_practices(connection=connection, chosen=chosen, by=owner)
