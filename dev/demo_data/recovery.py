"""Build the cases of unhappy patients. The older a case is, the more has been done."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from dev.demo_data import moments, words
from dev.demo_data.history import History
from dev.demo_data.rows import made_at
from dev.demo_data.visits import Visit
from messaging.models import Feedback, Message, RecoveryStatus, RecoveryStep, RecoveryStepKind
from workspaces.models import User

TELLS = 0.65
OPENS, CLOSES = 9, 18

# Maximum age in days, and the weights of open, in progress and resolved. No open case is so old
# that the patient's link has expired: visitors of the demo open the oldest case and follow it.
PROGRESS = ((7, (75, 22, 3)), (21, (30, 35, 35)), (50, (10, 15, 75)), (10_000, (0, 0, 100)))
STATUSES = (RecoveryStatus.OPEN, RecoveryStatus.IN_PROGRESS, RecoveryStatus.RESOLVED)


class Recovery:
    def __init__(
        self, history: History, chance: random.Random, now: datetime, members: Sequence[User]
    ) -> None:
        self.history, self.chance, self.now, self.members = history, chance, now, members

    def add_case(self, ask: Message, visit: Visit, at: datetime) -> None:
        assert ask.rating
        feedback = Feedback(
            **made_at(at, self.chance),
            workspace_id=ask.workspace_id,
            patient=ask.patient,
            message=ask,
            rating=ask.rating,
        )
        if self.chance.random() < TELLS:
            comments = words.COMMENTS_AFTER_LONG_WAIT if visit.waited_long else words.COMMENTS
            feedback.comment = self.chance.choice(comments[ask.rating])
            feedback.updated_at = at + moments.random_seconds(90, 900, self.chance)
        status = self._choose_status(self.now - at)
        if status != RecoveryStatus.OPEN:
            self._add_progress(feedback, visit, status)
        self.history.feedback.append(feedback)

    def _choose_status(self, age: timedelta) -> RecoveryStatus:
        weights = next(weights for days, weights in PROGRESS if age < timedelta(days=days))
        return self.chance.choices(STATUSES, weights)[0]

    def _add_progress(self, feedback: Feedback, visit: Visit, status: RecoveryStatus) -> None:
        """Add the steps up to `status`, but none that would be in the future."""
        begun = self._at_work(
            feedback.updated_at + moments.random_seconds(1_800, 30_000, self.chance)
        )
        done = self._at_work(begun + moments.random_seconds(600, 200_000, self.chance))
        if begun >= self.now:
            return
        feedback.status = RecoveryStatus.IN_PROGRESS
        feedback.assignee = self._assignee(visit)
        feedback.first_action_at = feedback.updated_at = begun
        self._add_step(feedback, RecoveryStepKind.STARTED, "", begun)
        self._add_step(
            feedback, RecoveryStepKind.NOTE, self.chance.choice(words.NOTES_UNDER_WAY), begun
        )
        if status == RecoveryStatus.RESOLVED and done < self.now:
            feedback.status = RecoveryStatus.RESOLVED
            feedback.resolved_at = feedback.updated_at = done
            self._add_step(
                feedback, RecoveryStepKind.RESOLVED, self.chance.choice(words.NOTES_RESOLVED), done
            )

    def _add_step(
        self, feedback: Feedback, kind: RecoveryStepKind, text: str, at: datetime
    ) -> None:
        assert feedback.assignee
        self.history.steps.append(
            RecoveryStep(
                **made_at(at, self.chance),
                workspace_id=feedback.workspace_id,
                feedback=feedback,
                kind=kind,
                text=text,
                by_name=feedback.assignee.name,
            )
        )

    def _assignee(self, visit: Visit) -> User:
        own = [user for user in self.members if user.name == visit.theme.doctor]
        return (own or self.members)[0]

    def _at_work(self, moment: datetime) -> datetime:
        local = moment.astimezone(moments.ZONE)
        if OPENS <= local.hour < CLOSES:
            return local
        day = local.date() + timedelta(days=local.hour >= CLOSES)
        return moments.at(day, OPENS, self.chance.randint(0, 59))
