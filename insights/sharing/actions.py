from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from insights.models import Desk, Report
from messaging import quotes
from messaging.models import Message, Quote
from workspaces import entitlements
from workspaces.models import Feature, Practice, User
from workspaces.vetting import flags


@transaction.atomic
def publish_report(*, practice: Practice, by: User) -> Report:
    """Publish the report of a practice. Return the existing one if it is public already."""
    entitlements.require_feature(practice.workspace, Feature.PUBLIC_REPORTS)
    report, is_new = Report.objects.get_or_create(
        workspace_id=practice.workspace_id,
        practice=practice,
        revoked_at=None,
        defaults={"created_by_name": by.name},
    )
    if is_new:
        audit.record("report.publish", report, by=by, name=practice.name)
    return report


@transaction.atomic
def change_report(
    *,
    report: Report,
    description: str,
    booking_url: str,
    is_indexable: bool,
    shows_google: bool,
    by: User,
) -> None:
    """Change what the report shows, and whether search engines may show it."""
    report = Report.objects.within(report.workspace_id).select_for_update().get(pk=report.pk)
    changes = {
        "description": description,
        "booking_url": booking_url,
        "is_indexable": is_indexable,
        "shows_google": shows_google,
    }
    audit.save_changes("report.change", report, changes, by=by, name=report.practice.name)
    # Strangers could open a clinic only to place words and links where search engines find them.
    flags.inspect_text(report.workspace_id, description, booking_url)


@transaction.atomic
def revoke_report(*, report: Report, by: User) -> None:
    """Close a report at once and for good. Publishing again creates a report with a new token."""
    report.revoked_at = timezone.now()
    report.save(update_fields=["revoked_at", "updated_at"])
    audit.record("report.revoke", report, by=by, name=report.practice.name)


@transaction.atomic
def publish_quote(*, message: Message, shown: str, by: User) -> Quote:
    """Publish a copy of the words that the owner has seen. `shown` is their fingerprint.

    The lock orders this against a patient who changes their words at the same moment. If the
    patient comes first, the fingerprint differs and this is refused. If the patient comes second,
    their change withdraws the quote.
    """
    message = Message.objects.within(message.workspace_id).select_for_update().get(pk=message.pk)
    if message.quotable_at is None or not message.comment:
        raise ProblemError(_("This patient has not allowed their words to be shown."))
    if shown != quotes.fingerprint_words(message.comment):
        raise ProblemError(
            _("The patient changed their words a moment ago. Look at them before you show them.")
        )
    published = Quote.objects.filter(message=message, withdrawn_at=None).first()
    if published:
        return published
    quote, _is_new = Quote.objects.update_or_create(
        workspace_id=message.workspace_id,
        message=message,
        defaults={
            "text": message.comment,
            "allowed_at": message.quotable_at,
            "chosen_by_name": by.name,
            "withdrawn_at": None,
            "withdrawn_because": "",
        },
    )
    audit.record("quote.choose", quote, by=by)
    return quote


@transaction.atomic
def withdraw_quote(*, quote: Quote, by: User) -> None:
    """Hide a published quote, or delete the note about one that was withdrawn before."""
    if quote.withdrawn_at is None:
        audit.record("quote.withdraw", quote, by=by)
    quote.delete()


@transaction.atomic
def get_or_create_desk(*, practice: Practice) -> Desk:
    desk, _is_new = Desk.objects.get_or_create(
        workspace_id=practice.workspace_id, practice=practice
    )
    return desk
