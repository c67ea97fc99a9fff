"""Build the mail of a notification."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext as _

from workspaces.mail import compose_mail
from workspaces.models import Notification, User
from workspaces.notifications.kinds import Facts, NotificationKind


def compose_notification(
    notification: Notification, kind: NotificationKind, reader: User, facts: Facts
) -> EmailMultiAlternatives | None:
    """Return the mail in the active language, or None if there is nothing to tell any more."""
    context = kind.build_context(reader, facts)
    if context is None:
        return None
    choices = settings.SITE_URL + reverse("notifications")
    mail = compose_mail(
        kind.template,
        to=reader.email,
        context={"link": settings.SITE_URL + notification.path, "choices": choices, **context},
    )
    mail.body += "\n" + _("You choose what you are told, and when:") + f"\n{choices}\n"
    # A mail that is sent again after a crash has the same id, so mailboxes can drop it.
    mail.extra_headers["Message-ID"] = f"<{notification.pk}@{urlsplit(settings.SITE_URL).hostname}>"
    if kind.attach:
        kind.attach(mail, reader, context)
    return mail
