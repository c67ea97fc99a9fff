"""Start the product with three clinics: one that is only observed, an attacker, and a new one."""

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
from config import static_files
from core import tenancy
from integrations.models import ApiKey
from templates_app.actions import install_defaults
from tests.attacks.callers import ApiCaller, BrowserUser, is_reachable
from tests.chaos import record
from tests.chaos.processes import CELERY, COMMANDS, Processes
from tests.dev.doubles.background import eventually
from tests.dev.doubles.simulation import Simulation, running_simulator
from tests.factories import ApiKeyFactory, UserFactory, WorkspaceFactory
from tests.messaging.world import ALL_DAY, running_campaign, shared_sender
from workspaces.models import Practice, Role, User, Workspace
from workspaces.opening import NewClinic, open_workspace

SENDER = "+15005550006"
# Of the shared number. So slow that a batch of asks takes some seconds, which attacks can extend.
MESSAGES_PER_SECOND = 20
CREDITS = 100_000

WORKER = f"{CELERY} worker --without-mingle --without-gossip --hostname {{name}}@"
# One process for each queue, as docker-compose.yml starts them.
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
class RunningClinic:
    workspace: Workspace
    campaign: Campaign
    owner: User
    api: ApiCaller
    browser: BrowserUser


@dataclass(frozen=True)
class Product:
    site: str
    provider: Simulation
    processes: Processes
    bystander: RunningClinic
    attacker: RunningClinic
    on_trial: RunningClinic


@contextmanager
def running_product(folder: Path) -> Iterator[Product]:
    """Start everything, and stop all of it at the end."""
    call_command("migrate", verbosity=0)
    static_files.collect_if_changed()
    record.install()
    site = settings.SITE_URL
    with running_simulator("--inbound-url", f"{site}/webhooks/twilio/inbound/") as provider:
        port = urlsplit(site).port or 0
        with Processes(folder, port, _environment(provider), commands=PROCESSES) as processes:
            shared_sender(address=SENDER, rate_per_second=MESSAGES_PER_SECOND)
            eventually(lambda: is_reachable(f"{site}/health/live"), seconds=60)
            yield Product(
                site=site,
                provider=provider,
                processes=processes,
                bystander=_create_clinic(site, _create_trusted_owner("Clínica tranquila")),
                attacker=_create_clinic(site, _create_trusted_owner("Clínica atacante")),
                on_trial=_create_clinic(site, _create_new_owner("Clínica de un día")),
            )


def _environment(provider: Simulation) -> Mapping[str, str]:
    return {
        **os.environ,
        "TWILIO_API_BASE_URL": provider.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{provider.smtp_port}",
    }


def _create_trusted_owner(name: str) -> User:
    """Create the owner of a trusted clinic."""
    workspace = WorkspaceFactory.create(name=name, message_credits=CREDITS)
    with tenancy.platform("attack"):
        install_defaults(workspace=workspace)
    owner: User = UserFactory.create(workspace=workspace)
    return owner


def _create_new_owner(name: str) -> User:
    """Create the owner of a clinic that has just signed up."""
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


def _create_clinic(site: str, owner: User) -> RunningClinic:
    assert owner.workspace
    key: ApiKey = ApiKeyFactory.create(workspace=owner.workspace, made_by=owner)
    return RunningClinic(
        workspace=owner.workspace,
        campaign=_create_campaign(owner.workspace),
        owner=owner,
        api=ApiCaller(site, f"rm_{key.prefix}_secret"),
        browser=BrowserUser(site, owner),
    )


def _create_campaign(workspace: Workspace) -> Campaign:
    """Create a running campaign of a practice that sends at any hour."""
    with tenancy.platform("attack"):
        practices = Practice.objects.filter(workspace=workspace)
        practices.update(**ALL_DAY)
        practice = practices.select_related("workspace").first()
    return running_campaign(workspace, practice=practice, is_ongoing=True)
