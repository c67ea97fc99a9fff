import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import translation

from billing import credits
from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from dev.demo_data import ledger, moments, people, public_face, today, trail
from dev.demo_data.conversations import Conversations, Setting
from dev.demo_data.history import History
from dev.demo_data.ledger import Allowance
from dev.demo_data.lists import Reception
from dev.demo_data.paying import mirror
from dev.demo_data.people import Household
from dev.demo_data.recovery import Recovery
from dev.demo_data.rows import made_at
from dev.demo_data.story import ANDES, DEMO, Clinic
from dev.demo_data.visits import visits
from messaging.models import Sender
from templates_app.models import Template
from workspaces.models import Role, User, Workspace

# Two days without a visit lie between the history and now, so that every answer has arrived.
QUIET = timedelta(days=2)


def seed(*, now: datetime) -> bool:
    """All or nothing, once. True if it was this time; else the three of today are kept fresh."""
    with tenancy.platform("demo data"), translation.override("es"):
        alone()
        if Workspace.objects.filter(pk=DEMO.id).exists():
            today.keep_fresh(workspace_id=DEMO.id, now=now)
            return False
        staff = people.add_staff()
        senders = people.shared_senders()
        demo = establish(DEMO, senders, staff=staff, now=now)
        public_face.show(demo, chance=random.Random(DEMO.seed), now=now)  # noqa: S311 - as above
        establish(ANDES, senders, staff=staff, now=now)
        today.add_campaign(demo, by=demo.people["doctor@reputationmanager.com"], now=now)
        return True


def alone() -> None:
    """Two that start at once would both find nothing; the second waits here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('demo data'))")


def establish(
    clinic: Clinic, senders: dict[str, Sender], *, staff: User, now: datetime
) -> Household:
    chance = random.Random(clinic.seed)  # noqa: S311 - the same story every time
    last_day = now.astimezone(moments.ZONE).date() - QUIET
    first_day = last_day - timedelta(days=clinic.days - 1)
    opened = moments.at(first_day, 7) - timedelta(days=1)
    household = people.open_clinic(clinic, since=opened)
    history = History(campaigns=begin_campaigns(clinic, household, opened, last_day, chance))
    conversations = Conversations(
        history,
        Setting(
            campaigns={campaign.name: campaign for campaign in history.campaigns},
            practices=household.practices,
            senders=senders,
            texts=texts_of(household),
            first_moment=opened,
            now=now,
        ),
        Reception(history, chance, by=household.people[clinic.uploads]),
        Recovery(history, chance, now, members=caring(household)),
        chance,
    )
    for visit in visits(clinic, last_day=last_day, chance=chance):
        conversations.tell(visit)
    conversations.leave_questions_waiting(clinic.questions_waiting)
    history.entries = ledger.entries(
        household.workspace,
        history.messages,
        allowances(clinic, household.workspace, first=opened.date(), now=now),
        now=now,
    )
    history.events = trail.events(household, history.campaigns, since=opened, chance=chance)
    history.write()
    household.workspace.refresh_from_db()
    credits.grant_credits(
        workspace=household.workspace,
        amount=clinic.credits - household.workspace.message_credits,
        cause="demo:credits",
        by=staff,
        note="Créditos de la demostración",
    )
    return household


def begin_campaigns(
    clinic: Clinic, household: Household, opened: datetime, last_day: date, chance: random.Random
) -> list[Campaign]:
    campaigns = []
    for index, theme in enumerate(clinic.themes, start=1):
        created = opened + timedelta(hours=1, minutes=11 * index)
        ended = None
        if theme.ended_days_ago is not None:
            ended = moments.at(last_day - timedelta(days=theme.ended_days_ago), 18)
        campaign = Campaign(
            **made_at(created, chance),
            workspace=household.workspace,
            practice=household.practices[theme.place],
            created_by=household.people[theme.by],
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


def allowances(
    clinic: Clinic, workspace: Workspace, *, first: date, now: datetime
) -> Iterator[Allowance]:
    today = now.astimezone(moments.ZONE).date()
    if not clinic.pays:
        yield from ledger.granted(clinic, first=first, until=today)
        return
    since = mirror.began(today)
    subscription = mirror.pay(workspace, clinic.plan, since=since, now=now)
    until = since.astimezone(moments.ZONE).date()
    yield from ledger.granted(clinic, first=first, until=until)
    yield from ledger.paid(clinic, subscription["id"], mirror.months(since, now))


def texts_of(household: Household) -> dict[tuple[str, str], Template]:
    defaults = Template.objects.within(household.workspace).filter(language="es", is_default=True)
    return {(template.type, template.channel): template for template in defaults}


def caring(household: Household) -> list[User]:
    """Reception sees no ratings."""
    return [user for user in household.people.values() if user.role != Role.RECEPTIONIST]
