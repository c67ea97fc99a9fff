"""Create the clinics with users and practices, the platform staff user and the senders."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.utils import timezone

from dev.demo_data.approval_requests import add_approval_requests
from dev.demo_data.rows import insert_rows
from dev.demo_data.story import PASSWORD, STAFF, Clinic
from messaging.models import Sender
from templates_app.actions import install_defaults
from templates_app.models import ASKS, ApprovedText, Channel, Template
from templates_app.whatsapp.wording_rules import number_variables
from workspaces.models import Plan, Practice, User, Workspace


@dataclass(frozen=True)
class SeededClinic:
    """The rows of a clinic that was created."""

    workspace: Workspace
    people: dict[str, User]
    practices: dict[str, Practice]


def open_clinic(clinic: Clinic, *, since: datetime) -> SeededClinic:
    workspace = Workspace(
        id=clinic.id,
        name=clinic.workspace,
        plan=Plan.FREE if clinic.pays else clinic.plan,
        language="es",
        created_at=since,
        updated_at=since,
    )
    insert_rows([workspace])
    practices = [
        Practice(workspace=workspace, created_at=since, updated_at=since, **vars(place))
        for place in clinic.places
    ]
    insert_rows(practices)
    install_defaults(workspace=workspace)
    approve_for_whatsapp(workspace)
    people = {
        person.email: confirm_email(
            User.objects.create_user(
                email=person.email,
                password=PASSWORD,
                name=person.name,
                role=person.role,
                workspace=workspace,
            )
        )
        for person in clinic.people
    }
    User.objects.within(workspace).update(created_at=since, updated_at=since)
    return SeededClinic(workspace, people, {practice.name: practice for practice in practices})


# Wording that differs between our template and the text that Meta approved, which patients get.
REWORDED = {
    "¿Cómo fue su visita? Responda con un número del 1 (muy mala) al 5 (excelente), o califique": (
        "¿Cómo califica su visita, del 1 (muy mala) al 5 (excelente)? Toque un número o califique"
    ),
}


def approve_for_whatsapp(workspace: Workspace) -> None:
    """Add approved texts: outside a conversation WhatsApp accepts no others."""
    texts = Template.objects.within(workspace).filter(channel="")
    for template in texts:
        template.whatsapp_content_sid = f"HX{template.pk.hex}"
    Template.objects.bulk_update(texts, ["whatsapp_content_sid"])
    ApprovedText.objects.bulk_create(approved_text(template) for template in texts)
    add_approval_requests(workspace)


def approved_text(template: Template) -> ApprovedText:
    now = timezone.now()
    is_ask = template.type in ASKS
    return ApprovedText(
        workspace_id=template.workspace_id,
        content_sid=template.whatsapp_content_sid,
        body=approved_words(template),
        buttons=list("12345") if is_ask else [],
        content_type="twilio/quick-reply" if is_ask else "twilio/text",
        language=template.language,
        status="approved",
        category="UTILITY",
        checked_at=now,
        fetched_at=now,
    )


def approved_words(template: Template) -> str:
    """Return the text as Meta approved it: with numbered gaps, and some words changed."""
    body = number_variables(template.content)
    for ours, theirs in REWORDED.items():
        body = body.replace(ours, theirs)
    return body


def add_platform_staff() -> User:
    existing = User.objects.filter(email__iexact=STAFF).first()
    return existing or confirm_email(
        User.objects.create_superuser(email=STAFF, password=PASSWORD, name="Plataforma")
    )


def confirm_email(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def add_shared_senders() -> dict[str, Sender]:
    """Add one for each channel. The SMS sender is not two-way, as in Ecuador."""
    wanted = {
        Channel.SMS: ("+12025550123", False, 10),
        Channel.WHATSAPP: ("whatsapp:+12025550124", True, 80),
        Channel.EMAIL: ("hola@reputationmanager.com", False, 10),
    }
    return {
        channel: Sender.objects.get_or_create(
            channel=channel,
            address=address,
            defaults={"two_way": two_way, "rate_per_second": rate},
        )[0]
        for channel, (address, two_way, rate) in wanted.items()
    }
