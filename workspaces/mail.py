"""Mails to users, from a template with a subject, a text and an HTML part."""

from collections.abc import Iterable
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import override

from workspaces.access import Can, people_who_may
from workspaces.models import Role, User, Workspace

log = structlog.get_logger("mail")


def send_mail(template: str, *, to: str, context: dict[str, Any]) -> None:
    compose_mail(template, to=to, context=context).send()


def compose_mail(template: str, *, to: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Build a mail from `<template>.txt`, whose first line is the subject, and `.html`."""
    context = context | {"site_url": settings.SITE_URL}
    subject, _, text = render_to_string(f"{template}.txt", context).partition("\n")
    message = EmailMultiAlternatives(subject.strip(), text.strip() + "\n", to=[to])
    message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return message


def owners_of(workspace: Workspace) -> QuerySet[User]:
    return User.objects.within(workspace).filter(role=Role.OWNER)


def members_who_may(workspace: Workspace, permission: Can) -> QuerySet[User]:
    return User.objects.within(workspace).filter(people_who_may(permission))


def send_to_people(
    people: Iterable[User], template: str, *, language: str, **context: object
) -> None:
    """Mail each active person in their own language.

    An error with one address does not stop the others. Raise only if no mail could be sent.
    """
    sent, failure = 0, None
    for person in people:
        if not person.is_active:
            continue
        try:
            with override(supported_language(person.language or language)):
                send_mail(template, to=person.email, context=context)
            sent += 1
        except OSError as error:
            failure = error
            log.warning("mail_not_sent", user_id=str(person.pk), reason=type(error).__name__)
    if failure and not sent:
        raise failure


def supported_language(language: str) -> str:
    """Return `language` if pages and mails exist in it, or else the default language."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
