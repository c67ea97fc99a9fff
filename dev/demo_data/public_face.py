"""Add the public report, its quotes, ratings at the desk, and canned answers."""

import random
from datetime import datetime, timedelta

from django.db.models import F

from dev.demo_data import words
from dev.demo_data.people import SeededClinic
from dev.demo_data.rows import insert_rows, made_at
from insights.models import Desk, DeskRating, Report
from messaging.models import CannedAnswer, Message, Quote
from messaging.ratings import HAPPY_FROM
from workspaces.models import Practice

ALLOWED, SHOWN = 12, 4
VIEWS = 184
AT_RECEPTION = 26


def add_public_face(seeded: SeededClinic, *, chance: random.Random, now: datetime) -> None:
    workspace = seeded.workspace
    practice = next(iter(seeded.practices.values()))
    owner = next(iter(seeded.people.values()))
    insert_rows(
        [
            Report(
                **made_at(now - timedelta(days=90), chance),
                workspace=workspace,
                practice=practice,
                created_by_name=owner.name,
                views=VIEWS,
                description=words.ABOUT_THE_PRACTICE,
                is_indexable=True,
            )
        ]
    )
    insert_rows(
        [
            CannedAnswer(
                **made_at(now - timedelta(days=60), chance),
                workspace=workspace,
                name=name,
                content=content,
            )
            for name, content in words.CANNED
        ]
    )
    _add_quotes(practice, owner.name, chance, now)
    _add_desk_ratings(practice, chance, now)


def _add_quotes(practice: Practice, chosen_by: str, chance: random.Random, now: datetime) -> None:
    said = Message.objects.filter(campaign__practice=practice, rating__gte=HAPPY_FROM)
    allowed = list(said.exclude(comment="").order_by("-replied_at")[:ALLOWED])
    keys = [message.pk for message in allowed]
    Message.objects.filter(pk__in=keys).update(quotable_at=F("replied_at"))
    insert_rows(
        [
            Quote(
                **made_at(now - timedelta(days=1), chance),
                workspace_id=practice.workspace_id,
                message=message,
                text=message.comment,
                allowed_at=message.replied_at,
                chosen_by_name=chosen_by,
            )
            for message in allowed[:SHOWN]
        ]
    )


def _add_desk_ratings(practice: Practice, chance: random.Random, now: datetime) -> None:
    desk = Desk(
        **made_at(now - timedelta(days=80), chance),
        workspace_id=practice.workspace_id,
        practice=practice,
    )
    insert_rows([desk])
    insert_rows(
        [
            DeskRating(
                **made_at(now - timedelta(days=chance.uniform(2, 79)), chance),
                workspace_id=practice.workspace_id,
                desk=desk,
                rating=chance.choices((1, 2, 3, 4, 5), (1, 1, 3, 8, 22))[0],
            )
            for _ in range(AT_RECEPTION)
        ]
    )
