"""How far a clinic is trusted, in Python and SQL, and the actions of staff."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import sql, tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from tests.factories import StaffFactory, UserFactory, WorkspaceFactory
from workspaces import banners
from workspaces.models import FlagKind, Plan, SenderFlag, User, Workspace
from workspaces.vetting import flags as watching
from workspaces.vetting import trust as vetting
from workspaces.vetting.trust import Trust, trust_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
moments = st.none() | st.sampled_from(
    [NOW - timedelta(days=days, seconds=seconds) for days in (0, 6, 7, 8) for seconds in (-1, 0, 1)]
)


@given(vetted_at=moments, first_paid_at=moments, plan=st.sampled_from(Plan.values))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_python_and_sql_agree_about_trust(
    vetted_at: datetime | None, first_paid_at: datetime | None, plan: str
) -> None:
    workspace = Workspace(name="Sol", plan=plan, vetted_at=vetted_at, first_paid_at=first_paid_at)

    [row] = sql.fetch(
        f"""
        SELECT {vetting.TRUST} AS trust
        FROM (SELECT %(vetted_at)s::timestamptz AS vetted_at,
                     %(first_paid_at)s::timestamptz AS first_paid_at, %(plan)s AS plan) w
        """,
        vetted_at=vetted_at,
        first_paid_at=first_paid_at,
        plan=plan,
        now=NOW,
    )

    assert row["trust"] == trust_of(workspace, now=NOW)


@pytest.mark.parametrize(("amount", "trust"), [(0, Trust.NONE), (20_00, Trust.NEW)])
def test_payment_makes_a_clinic_trusted(amount: int, trust: Trust) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    with tenancy.platform("test"):
        vetting.note_payment(workspace, paid_at=timezone.now(), amount=amount)
        workspace.refresh_from_db()

    assert trust_of(workspace, now=timezone.now()) is trust


def test_first_payment_is_the_earliest_one() -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    with tenancy.platform("test"):
        for days in (1, 9, 3):
            vetting.note_payment(workspace, paid_at=NOW - timedelta(days=days), amount=1)

    assert workspace.first_paid_at == NOW - timedelta(days=9)


def act_as_staff() -> User:
    staff: User = StaffFactory.create(name="Plataforma")
    return staff


def recorded_actions(workspace: Workspace) -> list[tuple[str, str]]:
    with tenancy.within(workspace.pk):
        return list(AuditEvent.objects.order_by("pk").values_list("action", "actor_name"))


def test_staff_stop_allow_and_vet_a_clinic_with_a_trace() -> None:
    workspace, staff = WorkspaceFactory.create(plan=Plan.FREE), act_as_staff()

    with tenancy.platform("test"):
        vetting.stop_sending(workspace=workspace, because="Phishing", now=NOW, by=staff)
        workspace.refresh_from_db()
        [banner] = [one for one in banners.list_banners(workspace) if one.leads_to == "help"]
        with pytest.raises(ProblemError):
            vetting.require_may_send(workspace)
        with pytest.raises(ProblemError):
            vetting.stop_sending(workspace=workspace, because="Again", now=NOW, by=staff)
        vetting.allow_sending(workspace=workspace, by=staff)
        vetting.vet_workspace(workspace=workspace, now=NOW, by=staff)
        with pytest.raises(ProblemError):
            vetting.vet_workspace(workspace=workspace, now=NOW, by=staff)
        workspace.refresh_from_db()

    assert "Phishing" in banner.words
    assert trust_of(workspace, now=NOW) is Trust.FULL
    assert workspace.sending_stopped_at is None
    named = ["sending.stop", "sending.allow", "sending.vet"]
    assert recorded_actions(workspace) == [(name, "Plataforma") for name in named]


def flags(workspace: Workspace) -> set[tuple[str, str]]:
    with tenancy.within(workspace.pk):
        return set(SenderFlag.objects.values_list("kind", "about"))


def test_links_and_words_of_phishing_are_flagged_once() -> None:
    workspace = WorkspaceFactory.create()
    text = "Su cuenta fue bloqueada: entre a https://evil.example/x ya"

    with tenancy.within(workspace.pk):
        watching.inspect_text(workspace.pk, "Hola {{firstName}}", text)
        watching.inspect_text(workspace.pk, text)

    assert flags(workspace) == {
        (FlagKind.LINK, "https://evil.example/x"),
        (FlagKind.WORDS, "su cuenta"),
        (FlagKind.WORDS, "bloqueada"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "Hola {{firstName}}, ¿cómo fue su visita? Tenga en cuenta que responder es gratis.",
        "Cuéntenos del 1 al 5: {{ratingLink}} Baja: {{optOutLink}}",
        "Clínica Pichincha Norte, Quito.",
        "Dra. Ma. José le espera. C.C. El Bosque, 2.º piso.",
    ],
)
def test_ordinary_text_is_not_flagged(text: str) -> None:
    workspace = WorkspaceFactory.create()

    with tenancy.within(workspace.pk):
        watching.inspect_text(workspace.pk, text)

    assert flags(workspace) == set()


def test_staff_get_one_mail_about_a_clinic() -> None:
    workspace = WorkspaceFactory.create(name="Clínica Sol")
    staff = act_as_staff()
    UserFactory.create(workspace=workspace)
    with tenancy.within(workspace.pk):
        watching.inspect_text(workspace.pk, "https://evil.example")

    for _ in range(2):
        watching.mail_platform_staff(workspace_id=workspace.pk)

    [sent] = mail.outbox
    assert sent.to == [staff.email]
    assert "Clínica Sol" in sent.subject
    assert "https://evil.example" in sent.body
    assert "/admin/" in sent.body
