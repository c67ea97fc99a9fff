import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core import tenancy
from core.audit import audit_actions
from core.ids import uuid7
from core.models import AuditEvent
from core.registry import declared_by_apps
from messaging.models import RecoveryStepKind
from tests.factories import AuditEventFactory, PracticeFactory, UserFactory
from workspaces import audit_trail
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
ENTITIES = {act.partition(".")[0] for act in audit_actions()}


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en", name="Dra. Dueña")
    client.force_login(user)
    return user


def record_event(user: User, action: str = "practice.create", **values: Any) -> AuditEvent:
    event: AuditEvent = AuditEventFactory.create(
        workspace_id=user.workspace_id,
        actor_id=user.pk,
        actor_name=user.name,
        action=action,
        **values,
    )
    return event


def copy_with_time(event: AuditEvent, at: datetime) -> None:
    """Insert a copy of an event with another time, because events cannot be changed."""
    with tenancy.platform("test"), connection.cursor() as cursor:
        columns = [f.column for f in AuditEvent._meta.local_concrete_fields]
        names = ", ".join(f'"{c}"' for c in columns)
        values = ", ".join({"id": "%s", "at": "%s"}.get(c, f'"{c}"') for c in columns)
        cursor.execute(
            f"INSERT INTO core_auditevent ({names})"
            f" SELECT {values} FROM core_auditevent WHERE id = %s",
            [uuid7(), at, event.pk],
        )


def names(client: Client, **asked: Any) -> list[str]:
    response = client.get(reverse("audit"), asked)
    assert response.status_code == 200
    return [line.what for line in response.context["lines"]]


def recorded_actions() -> Iterator[str]:
    """Yield every string in our code that may be an audit action: "noun.verb".

    Webhook events, kinds of notifications and sources of API fields look the same, and are sorted
    out.
    """
    kinds = declared_by_apps("notification_kinds").keys() - audit_actions().keys()
    others = declared_by_apps("webhook_events").keys() | kinds
    packages = [init.parent for init in ROOT.glob("*/__init__.py") if init.parent.name != "tests"]
    for path in (path for package in packages for path in package.rglob("*.py")):
        if path.name == "apps.py":
            continue  # the declarations
        tree = ast.parse(path.read_text())
        sources = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.keyword) and node.arg == "source"
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                first, dot, rest = node.value.partition(".")
                is_action = node.value not in others and id(node) not in sources
                if is_action and dot and first in ENTITIES and rest.isidentifier():
                    yield node.value


def test_every_recorded_action_has_label() -> None:
    recorded = set(recorded_actions()) | {f"recovery.{step.lower()}" for step in RecoveryStepKind}

    assert "campaign.cancel" in recorded
    assert recorded == set(audit_actions())


def test_line_shows_action_and_changes(client: Client, owner: User) -> None:
    record_event(
        owner,
        "practice.change",
        entity_name="Consultorio Norte",
        old={"country": "EC", "city": ""},
        new={"country": "CO", "city": "Cali"},
        address="203.0.113.9",
        user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1",
    )

    response = client.get(reverse("audit"))

    (line,) = response.context["lines"]
    assert (str(line.act), line.what, line.who) == (
        "Changed a practice",
        "Consultorio Norte",
        "Dra. Dueña",
    )
    assert line.changes == [
        audit_trail.TrailChange("City", "", "Cali"),
        audit_trail.TrailChange("Country", "Ecuador", "Colombia"),
    ]
    page = response.content.decode()
    assert "203.0.113.9" in page
    assert "Safari on iPhone" in page


@pytest.mark.parametrize(
    ("entity_type", "field", "value", "label"),
    [
        ("user", "role", "RECEPTIONIST", "Receptionist"),
        ("workspace", "plain_letters", True, "Yes"),
        ("workspace", "plain_letters", False, "No"),
        ("apikey", "scopes", "campaigns:read, templates:read", "See campaigns · See texts"),
        ("workspace", "reminder_after_hours", 0, "0"),
        ("campaign", "practice", "Consultorio Norte", "Consultorio Norte"),
        ("unheard_of", "some_field", ["a"], "['a']"),
        ("campaign", "no_such_field", {"a": 1}, "{'a': 1}"),
    ],
)
def test_values_have_labels_of_the_pages(
    owner: User, entity_type: str, field: str, value: Any, label: str
) -> None:
    event = record_event(owner, "x.y", entity_type=entity_type, new={field: value})

    with translation.override("en"):
        assert [change.new for change in audit_trail.trail_line(event).changes] == [label]


def test_trail_shows_only_own_workspace(client: Client, owner: User) -> None:
    record_event(owner, entity_name="Nuestro")
    record_event(UserFactory.create(), entity_name="Ajeno")

    assert names(client) == ["Nuestro"]


def test_trail_is_filtered_by_person_and_action(client: Client, owner: User) -> None:
    other = UserFactory.create(workspace=owner.workspace)
    record_event(owner, "practice.create", entity_name="uno")
    record_event(owner, "practice.remove", entity_name="dos")
    record_event(other, "practice.create", entity_name="tres")

    assert names(client, person=owner.pk) == ["dos", "uno"]
    assert names(client, action="practice.create") == ["tres", "uno"]
    assert names(client, person=owner.pk, action="practice.create") == ["uno"]


def test_trail_can_be_filtered_by_removed_person(client: Client, owner: User) -> None:
    gone = uuid4()
    record_event(
        owner, "member.remove", entity_type="user", entity_id=gone, entity_name="Dr. Adiós"
    )
    AuditEventFactory.create(
        workspace_id=owner.workspace_id, actor_id=gone, entity_name="lo que hizo"
    )

    page = client.get(reverse("audit")).content.decode()

    assert "Dr. Adiós (removed)" in page
    assert names(client, person=gone) == ["lo que hizo"]


def test_days_begin_in_time_zone_of_practice(client: Client, owner: User) -> None:
    """Galápagos is six hours behind UTC: its 3 March ends at 06:00 UTC of the 4th."""
    PracticeFactory.create(workspace=owner.workspace, timezone="Pacific/Galapagos")
    first, last = datetime(2026, 3, 3, 6, tzinfo=UTC), datetime(2026, 3, 4, 5, 59, tzinfo=UTC)
    for name, at in [
        ("antes", first - timedelta(seconds=1)),
        ("primero", first),
        ("último", last),
        ("después", last + timedelta(minutes=1)),
    ]:
        copy_with_time(record_event(owner, entity_name=name), at)

    assert names(client, since="2026-03-03", until="2026-03-03") == ["último", "primero"]
    assert "2 Mar 2026, 23:59" in client.get(reverse("audit")).content.decode()


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"person": "nobody"}, "person"),
        ({"person": "01a1f84d-0000-7000-8000-000000000000"}, "person"),
        ({"action": "practice.explode"}, "action"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-02-30"}, "since"),
        ({"until": "9999-12-31"}, "until"),
        ({"since": "0001-01-01"}, "since"),
        ({"since": "2026-03-04", "until": "2026-03-03"}, "until"),
    ],
)
def test_invalid_filter_shows_error(
    client: Client, owner: User, asked: dict[str, str], field: str
) -> None:
    record_event(owner)

    response = client.get(reverse("audit"), asked)

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert response.context["lines"] == []


def test_pages_keep_the_filter(client: Client, owner: User) -> None:
    for number in range(120):
        record_event(owner, "practice.create", entity_name=str(number))
        record_event(owner, "practice.remove", entity_name="otra cosa")

    response = client.get(reverse("audit"), {"action": "practice.create"})
    seen = [[line.what for line in response.context["lines"]]]
    while older := response.context["page"].older:
        response = client.get(reverse("audit") + older)
        seen.append([line.what for line in response.context["lines"]])

    assert [len(page) for page in seen] == [50, 50, 20]
    assert [name for page in seen for name in page] == [str(n) for n in reversed(range(120))]
    back = client.get(reverse("audit") + response.context["page"].newer)
    assert [line.what for line in back.context["lines"]] == seen[1]
    first = client.get(reverse("audit") + back.context["page"].newer)
    assert [line.what for line in first.context["lines"]] == seen[0]
    assert first.context["page"].newer == ""


@pytest.mark.parametrize("cursor", ["", "x", "0", "%00", "' OR 1=1", "a" * 500])
def test_invalid_cursor_shows_first_page(client: Client, owner: User, cursor: str) -> None:
    record_event(owner, entity_name="algo")

    assert names(client, before=cursor) == ["algo"]
    assert names(client, after=cursor) == ["algo"]


def test_htmx_request_gets_partial(client: Client, owner: User) -> None:
    record_event(owner, entity_name="algo")

    part = client.get(reverse("audit"), headers={"hx-request": "true"})
    restored = client.get(
        reverse("audit"),
        headers={"hx-request": "true", "hx-history-restore-request": "true"},
    )

    assert part.content.decode().strip().startswith('<div id="trail"')
    assert "<!doctype html>" in restored.content.decode()
    assert "HX-Request" in part["Vary"]


def test_empty_trail_explains_its_purpose(client: Client, owner: User) -> None:
    assert "Nothing was done yet" in client.get(reverse("audit")).content.decode()


def test_html_in_value_is_escaped(client: Client, owner: User) -> None:
    record_event(owner, entity_name="<b>a</b>", old={"name": "<i>b</i>"}, user_agent="<u>c</u>")

    page = client.get(reverse("audit")).content.decode()

    for raw in ("<b>a</b>", "<i>b</i>", "<u>c</u>"):
        assert raw not in page


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_only_owner_can_read_trail(client: Client, role: Role) -> None:
    client.force_login(UserFactory.create(role=role))

    assert client.get(reverse("audit")).status_code == 403
