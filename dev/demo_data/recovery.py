"""How the clinic takes care of those who were not happy: the older, the more is done."""

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

# Up to how many days old: how likely it is open, in progress, resolved. Nothing is open for so long
# that the patient's link has expired: a visitor of the demo opens the oldest case and follows it.
PROGRESS = ((7, (75, 22, 3)), (21, (30, 35, 35)), (50, (10, 15, 75)), (10_000, (0, 0, 100)))
STATUSES = (RecoveryStatus.OPEN, RecoveryStatus.IN_PROGRESS, RecoveryStatus.RESOLVED)


class Recovery:
    def __init__(
        self, history: History, chance: random.Random, now: datetime, members: Sequence[User]
    ) -> None:
        self.history, self.chance, self.now, self.members = history, chance, now, members

    def open(self, ask: Message, visit: Visit, at: datetime) -> None:
        assert ask.rating
        feedback = Feedback(
            **made_at(at, self.chance),
            workspace_id=ask.workspace_id,
            patient=ask.patient,
            message=ask,
            rating=ask.rating,
        )
        if self.chance.random() < TELLS:
            feedback.comment = self.chance.choice(words.COMMENTS[ask.rating])
            feedback.updated_at = at + moments.seconds(90, 900, self.chance)
        status = self._status(self.now - at)
        if status != RecoveryStatus.OPEN:
            self._take_care(feedback, visit, status)
        self.history.feedback.append(feedback)

    def _status(self, age: timedelta) -> RecoveryStatus:
        weights = next(weights for days, weights in PROGRESS if age < timedelta(days=days))
        return self.chance.choices(STATUSES, weights)[0]

    def _take_care(self, feedback: Feedback, visit: Visit, status: RecoveryStatus) -> None:
        """Only as far as there was time for by now."""
        begun = self._at_work(feedback.updated_at + moments.seconds(1_800, 30_000, self.chance))
        done = self._at_work(begun + moments.seconds(600, 200_000, self.chance))
        if begun >= self.now:
            return
        feedback.status = RecoveryStatus.IN_PROGRESS
        feedback.assignee = self._assignee(visit)
        feedback.first_action_at = feedback.updated_at = begun
        self._step(feedback, RecoveryStepKind.STARTED, "", begun)
        self._step(
            feedback, RecoveryStepKind.NOTE, self.chance.choice(words.NOTES_UNDER_WAY), begun
        )
        if status == RecoveryStatus.RESOLVED and done < self.now:
            feedback.status = RecoveryStatus.RESOLVED
            feedback.resolved_at = feedback.updated_at = done
            self._step(
                feedback, RecoveryStepKind.RESOLVED, self.chance.choice(words.NOTES_RESOLVED), done
            )

    def _step(self, feedback: Feedback, kind: RecoveryStepKind, text: str, at: datetime) -> None:
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
