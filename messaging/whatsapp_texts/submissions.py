"""Which texts a clinic may submit to Meta: what has to be in them, and who reads them first.

`templates_app/whatsapp/` submits them. What Meta demands of the words is checked there; nothing can
be added to approved words when they are sent, so what every message needs is checked here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import ProblemError
from messaging import review_invitations, senders
from messaging.models import Sender
from messaging.text_previews.previews import OPT_OUT_KEYWORDS
from templates_app.defaults import is_ours
from templates_app.models import ASKS, ApprovalRequest, Channel, MessageType, Template
from templates_app.rendering import variables_in
from templates_app.whatsapp import requests
from templates_app.whatsapp.requests import SubmissionChoices
from workspaces import entitlements, support
from workspaces.models import Feature, User
from workspaces.vetting import trust
from workspaces.vetting.trust import is_refused_link, trust_of


@dataclass(frozen=True)
class SubmissionPlan:
    """What would happen if this text were submitted now, and why it cannot be."""

    template: Template

    @cached_property
    def sender(self) -> Sender | None:
        return senders.find_sender(self.template.workspace, Channel.WHATSAPP)

    @property
    def is_read_first(self) -> bool:
        """Return whether platform staff read the text before Meta does.

        All clinics on a shared number have its reputation: one text that patients report pauses
        the texts of all. Our own words need no reading.
        """
        is_shared = self.sender is not None and self.sender.workspace_id is None
        return is_shared and not is_ours(subject="", content=self.template.content)

    @cached_property
    def problems(self) -> list[str]:
        """Return a sentence for each thing to change before it can be submitted."""
        return [
            *self._about_the_clinic(),
            *requests.problems_with(self.template),
            *missing_parts(self.template, self.sender),
        ]

    def _about_the_clinic(self) -> Iterator[str]:
        workspace = self.template.workspace
        if not entitlements.has_feature(workspace, Feature.WHATSAPP):
            yield _("Your plan has no WhatsApp.")
        elif self.sender is None:
            yield _("There is no sender for WhatsApp yet.") + f" {support.how_to_ask()}"
        if is_refused_link(trust_of(workspace, now=timezone.now()), self.template.content):
            yield _("Until your clinic has paid or was vetted, texts carry no links of your own.")


def missing_parts(template: Template, sender: Sender | None) -> list[str]:
    """Return what the product needs in these words, and why, a sentence for each."""
    used = variables_in(template.content)
    two_way = sender is None or sender.two_way
    if template.type in ASKS:
        return list(_missing_in_ask(template.content, used, two_way=two_way))
    if template.type == MessageType.FOLLOWUP_HAPPY:
        return list(_missing_in_thanks(used))
    if template.type == MessageType.FOLLOWUP_UNHAPPY:
        return list(_missing_in_apology(template, used))
    return []


def _missing_in_ask(content: str, used: list[str], *, two_way: bool) -> Iterator[str]:
    if not two_way and "ratingLink" not in used:
        yield _("Write {{ratingLink}}: nobody can reply to this sender.")
    if "optOutLink" not in used and not (two_way and OPT_OUT_KEYWORDS.search(content)):
        yield _("Say how to stop: “Reply STOP”, or {{optOutLink}}.")


def _missing_in_thanks(used: list[str]) -> Iterator[str]:
    if "reviewLink" not in used:
        yield _("Write {{reviewLink}}: this text is there to lead to your reviews.")


def _missing_in_apology(template: Template, used: list[str]) -> Iterator[str]:
    if "feedbackLink" not in used:
        yield _("Write {{feedbackLink}}: unhappy patients are promised a private form.")
    invites = template.workspace.review_invites
    if review_invitations.message_may_invite(invites, template.type) and "reviewLink" not in used:
        yield _(
            "Write {{reviewLink}}: Google forbids making the way to the reviews longer for unhappy"
            " patients."
        )


@transaction.atomic
def submit_text(*, template: Template, by: User, choices: SubmissionChoices) -> ApprovalRequest:
    """Submit a text to Meta, or hold it until platform staff have read it."""
    trust.require_may_send(template.workspace)
    locked = requests.lock_template(template)
    plan = SubmissionPlan(locked)
    already = requests.open_request(locked)
    if already is None and plan.problems:
        raise ProblemError(" ".join(plan.problems))
    return requests.request_approval(
        template=locked, by=by, choices=choices, is_held=plan.is_read_first
    )
