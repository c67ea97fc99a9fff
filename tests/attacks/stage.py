"""The running product, with a clinic that is left alone, one that attacks, and one on trial."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from campaigns.models import Campaign
from core import tenancy
from integrations.models import ApiKey
from templates_app.actions import install_defaults
from tests.attacks.callers import Person, Program, is_reachable
from tests.chaos import record
from tests.chaos.crew import CELERY, COMMANDS, Crew
from tests.dev.doubles.simulation import Simulation, eventually, simulation
from tests.factories import ApiKeyFactory, UserFactory, WorkspaceFactory
from tests.messaging.world import ALL_DAY, running_campaign, shared_sender
from workspaces.models import Practice, Role, User, Workspace
from workspaces.opening import NewClinic, open_workspace

SENDER = "+15005550006"
# Of the shared number. A batch of asks then takes some seconds, in which it can be disturbed.
MESSAGES_PER_SECOND = 20
CREDITS = 100_000

WORKER = f"{CELERY} worker --without-mingle --without-gossip --hostname {{name}}@"
# One of each, with a queue of its own, as docker-compose.yml starts them.
PROCESSES = {
    "web": COMMANDS["web"],
    "worker": f"{WORKER} --concurrency 2 --queues celery",
    "receiver": f"{WORKER} --concurrency 2 --queues webhooks",
    "sender": f"{WORKER} --concurrency 2 --queues send",
    "importer": f"{WORKER} --concurrency 2 --queues imports",
    "external": f"{WORKER} --concurrency 1 --queues external",
    "beat": COMMANDS["beat-1"],
}


@dataclass(frozen=True)
class Clinic:
    workspace: Workspace
    campaign: Campaign
    owner: User
    program: Program
    person: Person


@dataclass(frozen=True)
class Stage:
    site: str
    provider: Simulation
    crew: Crew
    bystander: Clinic
    attacker: Clinic
    on_trial: Clinic


@contextmanager
def running_product(folder: Path) -> Iterator[Stage]:
    """Start everything. Nothing of it is left afterwards."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    record.begin()
    site = settings.SITE_URL
    with simulation("--inbound-url", f"{site}/webhooks/twilio/inbound/") as provider:
        port = urlsplit(site).port or 0
        with Crew(folder, port, _environment(provider), commands=PROCESSES) as crew:
            shared_sender(address=SENDER, rate_per_second=MESSAGES_PER_SECOND)
            eventually(lambda: is_reachable(f"{site}/health/live"), seconds=60)
            yield Stage(
                site=site,
                provider=provider,
                crew=crew,
                bystander=_clinic(site, _established("Clínica tranquila")),
                attacker=_clinic(site, _established("Clínica atacante")),
                on_trial=_clinic(site, _signed_up("Clínica de un día")),
            )


def _environment(provider: Simulation) -> Mapping[str, str]:
    return {
        **os.environ,
        "TWILIO_API_BASE_URL": provider.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{provider.smtp_port}",
    }


def _established(name: str) -> User:
    """A clinic that staff know and trust."""
    workspace = WorkspaceFactory.create(name=name, message_credits=CREDITS)
    with tenancy.platform("attack"):
        install_defaults(workspace=workspace)
    owner: User = UserFactory.create(workspace=workspace)
    return owner


def _signed_up(name: str) -> User:
    """A clinic that signed up a moment ago, as anybody can."""
    owner = User(email="de-un-dia@example.com", name="De Un Día", role=Role.OWNER)
    owner.set_unusable_password()
    clinic = NewClinic(
        workspace=name,
        practice="Consultorio",
        country="EC",
        timezone="America/Guayaquil",
        language="es",
    )
    with transaction.atomic(), tenancy.platform("attack"):
        install_defaults(workspace=open_workspace(clinic=clinic, owner=owner))
        EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    return owner


def _clinic(site: str, owner: User) -> Clinic:
    assert owner.workspace
    key: ApiKey = ApiKeyFactory.create(workspace=owner.workspace, made_by=owner)
    return Clinic(
        workspace=owner.workspace,
        campaign=_campaign(owner.workspace),
        owner=owner,
        program=Program(site, f"rm_{key.prefix}_secret"),
        person=Person(site, owner),
    )


def _campaign(workspace: Workspace) -> Campaign:
    """A running campaign of the practice that sends at any hour."""
    with tenancy.platform("attack"):
        practices = Practice.objects.filter(workspace=workspace)
        practices.update(**ALL_DAY)
        practice = practices.select_related("workspace").first()
    return running_campaign(workspace, practice=practice, is_ongoing=True)
