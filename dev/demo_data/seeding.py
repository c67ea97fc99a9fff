import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import translation

from billing import credits
from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from dev.demo_data import branding, labels, ledger, moments, people, public_face, today, trail
from dev.demo_data.conversations import ClinicRows, Conversations
from dev.demo_data.history import History
from dev.demo_data.ledger import Allowance
from dev.demo_data.lists import Reception
from dev.demo_data.paying import mirror
from dev.demo_data.people import SeededClinic
from dev.demo_data.recovery import Recovery
from dev.demo_data.rows import made_at
from dev.demo_data.story import ANDES, DEMO, Clinic
from dev.demo_data.visits import generate_visits
from messaging.models import Sender
from templates_app.models import Template
from workspaces.models import Role, User, Workspace

# The history ends two days ago, so that every message of it has been answered by now.
QUIET = timedelta(days=2)


def seed(*, now: datetime) -> bool:
    """Add the demo data in one transaction. Return False if it was added before.

    Then only the visits of the three patients of today are moved to the present.
    """
    with tenancy.platform("demo data"), translation.override("es"):
        lock_seeding()
        if Workspace.objects.filter(pk=DEMO.id).exists():
            today.keep_fresh(workspace_id=DEMO.id, now=now)
            return False
        staff = people.add_platform_staff()
        senders = people.add_shared_senders()
        demo = seed_clinic(DEMO, senders, staff=staff, now=now)
        public_face.add_public_face(demo, chance=random.Random(DEMO.seed), now=now)  # noqa: S311
        branding.add_brand(demo)
        seed_clinic(ANDES, senders, staff=staff, now=now)
        today.add_campaign(demo, by=demo.people["doctor@reputationmanager.com"], now=now)
        return True


def lock_seeding() -> None:
    """Wait for another process that seeds: two at once would both find no data and add it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('demo data'))")


def seed_clinic(
    clinic: Clinic, senders: dict[str, Sender], *, staff: User, now: datetime
) -> SeededClinic:
    chance = random.Random(clinic.seed)  # noqa: S311 - the same data every time
    last_day = now.astimezone(moments.ZONE).date() - QUIET
    first_day = last_day - timedelta(days=clinic.days - 1)
    opened = moments.at(first_day, 7) - timedelta(days=1)
    seeded = people.open_clinic(clinic, since=opened)
    history = History(campaigns=begin_campaigns(clinic, seeded, opened, last_day, chance))
    conversations = Conversations(
        history,
        ClinicRows(
            campaigns={campaign.name: campaign for campaign in history.campaigns},
            practices=seeded.practices,
            senders=senders,
            texts=default_texts(seeded),
            first_moment=opened,
            now=now,
        ),
        Reception(history, chance, by=seeded.people[clinic.uploads]),
        Recovery(history, chance, now, members=members_who_see_ratings(seeded)),
        chance,
    )
    for visit in generate_visits(clinic, last_day=last_day, chance=chance):
        conversations.add_conversation(visit)
    conversations.add_open_questions(clinic.questions_waiting)
    history.entries = ledger.build_entries(
        seeded.workspace,
        history.messages,
        list_allowances(clinic, seeded.workspace, first=opened.date(), now=now),
        now=now,
    )
    history.events = trail.build_events(seeded, history.campaigns, since=opened, chance=chance)
    history.write()
    labels.write_labels(history, chance)
    seeded.workspace.refresh_from_db()
    credits.grant_credits(
        workspace=seeded.workspace,
        amount=clinic.credits - seeded.workspace.message_credits,
        cause="demo:credits",
        by=staff,
        note="Créditos de la demostración",
    )
    return seeded


def begin_campaigns(
    clinic: Clinic, seeded: SeededClinic, opened: datetime, last_day: date, chance: random.Random
) -> list[Campaign]:
    campaigns = []
    for index, theme in enumerate(clinic.themes, start=1):
        created = opened + timedelta(hours=1, minutes=11 * index)
        ended = None
        if theme.ended_days_ago is not None:
            ended = moments.at(last_day - timedelta(days=theme.ended_days_ago), 18)
        campaign = Campaign(
            **made_at(created, chance),
            workspace=seeded.workspace,
            practice=seeded.practices[theme.place],
            created_by=seeded.people[theme.by],
            name=theme.campaign,
            description=theme.description,
            scheduled_hours_after=theme.hours_after,
            is_ongoing=ended is None,
            status=CampaignStatus.COMPLETED if ended else CampaignStatus.ACTIVE,
            activated_at=created + timedelta(minutes=3),
            ended_at=ended,
        )
        campaigns.append(campaign)
    return campaigns


def list_allowances(
    clinic: Clinic, workspace: Workspace, *, first: date, now: datetime
) -> Iterator[Allowance]:
    today = now.astimezone(moments.ZONE).date()
    if not clinic.pays:
        yield from ledger.granted_allowances(clinic, first=first, until=today)
        return
    since = mirror.subscription_start(today)
    subscription = mirror.insert_payments(workspace, clinic.plan, since=since, now=now)
    until = since.astimezone(moments.ZONE).date()
    yield from ledger.granted_allowances(clinic, first=first, until=until)
    yield from ledger.paid_allowances(clinic, subscription["id"], mirror.paid_months(since, now))


def default_texts(seeded: SeededClinic) -> dict[tuple[str, str], Template]:
    defaults = Template.objects.within(seeded.workspace).filter(language="es", is_default=True)
    return {(template.type, template.channel): template for template in defaults}


def members_who_see_ratings(seeded: SeededClinic) -> list[User]:
    return [user for user in seeded.people.values() if user.role != Role.RECEPTIONIST]
