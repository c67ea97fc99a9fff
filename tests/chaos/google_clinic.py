"""The clinic of the chaos of reviews: what it follows, its replies, and what its database has."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from asgiref.sync import async_to_sync
from django.utils import timezone

from core import encryption, tenancy
from dev.doubles.google.settings import TOPIC
from reviews.google import GoogleClient
from reviews.google_payloads import NotificationSetting
from reviews.models import GoogleConnection, GoogleLocation, ReplyStatus, Review, ReviewReply
from tests.chaos.behaviour import retry_database
from tests.dev.doubles.google.process import GoogleProcess
from tests.factories import GoogleConnectionFactory, GoogleLocationFactory, PracticeFactory

# Google's quota of edits is part of the run, so there are not many.
MOST_REPLIES = 30


@dataclass
class GoogleClinic:
    workspace_id: UUID
    # The text of each reply by the id of its review at Google.
    replies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def connect(cls, google: GoogleProcess, locations: list[str]) -> Self:
        tokens, now = google.grant(), timezone.now()
        with tenancy.platform("chaos"):
            connection = GoogleConnectionFactory.create(
                refresh_token=encryption.seal(tokens["refresh_token"]),
                access_token=encryption.seal(tokens["access_token"]),
                access_expires_at=now + timedelta(hours=1),
            )
            practice = PracticeFactory.create(workspace=connection.workspace)
            for location in locations:
                GoogleLocationFactory.create(
                    workspace=connection.workspace,
                    connection=connection,
                    practice=practice,
                    account=f"accounts/{google.account}",
                    name=f"locations/{location}",
                    changes_due_at=now,
                    sweep_due_at=now,
                )
        async_to_sync(_listen)(tokens["access_token"], google)
        return cls(connection.workspace_id)

    def queue_reply(self) -> None:
        """Queue a reply to a review that has none yet."""
        if len(self.replies) < MOST_REPLIES:
            retry_database(self._queue_reply)

    def _queue_reply(self) -> None:
        with tenancy.platform("chaos"):
            unanswered = Review.objects.at_google().filter(reply=None, comment__gt="")
            if review := unanswered.order_by("review_id").first():
                text = f"Gracias por compartir su opinión ({len(self.replies)})."
                ReviewReply.objects.create(
                    workspace_id=review.workspace_id,
                    review=review,
                    text=text,
                    status=ReplyStatus.QUEUED,
                    author_name="Chaos",
                    next_try_at=timezone.now(),
                )
                self.replies[review.review_id] = text

    def end_leases(self) -> None:
        """Make everything due, as it would be when the leases of killed workers end."""
        now = timezone.now()
        with tenancy.platform("chaos"):
            GoogleLocation.objects.update(changes_due_at=now, sweep_due_at=now)
            ReviewReply.objects.exclude(next_try_at=None).update(next_try_at=now)
            GoogleConnection.objects.update(check_due_at=now + timedelta(hours=1))

    def stored_reviews(self) -> dict[str, list[str]]:
        """Return the texts of the stored rows by the id at Google."""
        found: dict[str, list[str]] = defaultdict(list)
        with tenancy.platform("chaos"):
            for review_id, comment in Review.objects.values_list("review_id", "comment"):
                found[review_id].append(comment)
        return found

    def reply_problems(self, writes: list[dict[str, Any]], gone: set[str]) -> dict[str, int]:
        """Count replies that are not published, or that were published with two texts."""
        published: dict[str, set[str]] = defaultdict(set)
        for write in writes:
            published[write["review"]].add(write["comment"])
        with tenancy.platform("chaos"):
            settled = set(
                ReviewReply.objects.filter(status=ReplyStatus.PUBLISHED).values_list(
                    "review__review_id", flat=True
                )
            )
        wanted = {key: text for key, text in self.replies.items() if key not in gone}
        return {
            "replies not published": sum(published[key] != {wanted[key]} for key in wanted),
            "replies not known as published": len(wanted.keys() - settled),
            "replies that nobody wrote": len(published.keys() - self.replies.keys() - gone),
        }

    def counts(self, google: GoogleProcess) -> dict[str, int]:
        shown = google.counts()
        answers = shown["answers"]
        return {
            "replies queued": len(self.replies),
            "writes of replies at Google, repeated ones included": len(google.replies()),
            "requests": shown["total"],
            "answers 500 or 429": answers.get("500", 0) + answers.get("429", 0),
            "pushes lost": shown["pushes"].get("lost", 0),
            "pushes doubled": shown["pushes"].get("doubled", 0),
        }


async def _listen(token: str, google: GoogleProcess) -> None:
    async with GoogleClient(token) as client:
        setting = NotificationSetting(TOPIC, ("NEW_REVIEW", "UPDATED_REVIEW"))
        await client.set_notification_setting(f"accounts/{google.account}", setting)
