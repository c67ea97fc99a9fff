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


def did(user: User, action: str = "practice.create", **values: Any) -> AuditEvent:
    event: AuditEvent = AuditEventFactory.create(
        workspace_id=user.workspace_id,
        actor_id=user.pk,
        actor_name=user.name,
        action=action,
        **values,
    )
    return event


def written_at(event: AuditEvent, at: datetime) -> None:
    """The trail cannot be changed, so a row of another day is a copy that says so."""
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


def recorded_acts() -> Iterator[str]:
    """Every code that some line of ours hands to the trail; what webhooks are told, and where a
    field of the API comes from, is written alike."""
    packages = [init.parent for init in ROOT.glob("*/__init__.py") if init.parent.name != "tests"]
    for path in (path for package in packages for path in package.rglob("*.py")):
        if path.name == "apps.py":
            continue  # where they are declared
        tree = ast.parse(path.read_text())
        sources = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.keyword) and node.arg == "source"
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                first, dot, rest = node.value.partition(".")
                is_act = (
                    node.value not in declared_by_apps("webhook_events") and id(node) not in sources
                )
                if is_act and dot and first in ENTITIES and rest.isidentifier():
                    yield node.value


def test_every_act_that_is_recorded_has_its_words() -> None:
    recorded = set(recorded_acts()) | {f"recovery.{step.lower()}" for step in RecoveryStepKind}

    assert "campaign.cancel" in recorded
    assert recorded == set(audit_actions())


def test_an_act_reads_as_a_sentence_with_what_it_changed(client: Client, owner: User) -> None:
    did(
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
    ("entity_type", "field", "value", "said"),
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
def test_a_value_is_said_as_the_pages_say_it(
    owner: User, entity_type: str, field: str, value: Any, said: str
) -> None:
    event = did(owner, "x.y", entity_type=entity_type, new={field: value})

    with translation.override("en"):
        assert [change.new for change in audit_trail.trail_line(event).changes] == [said]


def test_the_trail_shows_its_own_workspace_alone(client: Client, owner: User) -> None:
    did(owner, entity_name="Nuestro")
    did(UserFactory.create(), entity_name="Ajeno")

    assert names(client) == ["Nuestro"]


def test_the_trail_is_filtered_by_who_and_what(client: Client, owner: User) -> None:
    other = UserFactory.create(workspace=owner.workspace)
    did(owner, "practice.create", entity_name="uno")
    did(owner, "practice.remove", entity_name="dos")
    did(other, "practice.create", entity_name="tres")

    assert names(client, person=owner.pk) == ["dos", "uno"]
    assert names(client, action="practice.create") == ["tres", "uno"]
    assert names(client, person=owner.pk, action="practice.create") == ["uno"]


def test_whoever_was_removed_can_still_be_asked_for(client: Client, owner: User) -> None:
    gone = uuid4()
    did(owner, "member.remove", entity_type="user", entity_id=gone, entity_name="Dr. Adiós")
    AuditEventFactory.create(
        workspace_id=owner.workspace_id, actor_id=gone, entity_name="lo que hizo"
    )

    page = client.get(reverse("audit")).content.decode()

    assert "Dr. Adiós (removed)" in page
    assert names(client, person=gone) == ["lo que hizo"]


def test_days_are_those_of_the_practices_clock(client: Client, owner: User) -> None:
    """Galápagos is six hours behind: its 3 March ends at six of the 4th."""
    PracticeFactory.create(workspace=owner.workspace, timezone="Pacific/Galapagos")
    first, last = datetime(2026, 3, 3, 6, tzinfo=UTC), datetime(2026, 3, 4, 5, 59, tzinfo=UTC)
    for name, at in [
        ("antes", first - timedelta(seconds=1)),
        ("primero", first),
        ("último", last),
        ("después", last + timedelta(minutes=1)),
    ]:
        written_at(did(owner, entity_name=name), at)

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
def test_an_impossible_filter_gets_its_sentence(
    client: Client, owner: User, asked: dict[str, str], field: str
) -> None:
    did(owner)

    response = client.get(reverse("audit"), asked)

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert response.context["lines"] == []


def test_pages_follow_each_other_and_keep_the_filter(client: Client, owner: User) -> None:
    for number in range(120):
        did(owner, "practice.create", entity_name=str(number))
        did(owner, "practice.remove", entity_name="otra cosa")

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
def test_a_broken_cursor_shows_the_first_page(client: Client, owner: User, cursor: str) -> None:
    did(owner, entity_name="algo")

    assert names(client, before=cursor) == ["algo"]
    assert names(client, after=cursor) == ["algo"]


def test_htmx_gets_the_part_that_changes(client: Client, owner: User) -> None:
    did(owner, entity_name="algo")

    part = client.get(reverse("audit"), headers={"hx-request": "true"})
    restored = client.get(
        reverse("audit"),
        headers={"hx-request": "true", "hx-history-restore-request": "true"},
    )

    assert part.content.decode().strip().startswith('<div id="trail"')
    assert "<!doctype html>" in restored.content.decode()
    assert "HX-Request" in part["Vary"]


def test_an_empty_trail_says_what_it_is_for(client: Client, owner: User) -> None:
    assert "Nothing was done yet" in client.get(reverse("audit")).content.decode()


def test_html_in_a_value_stays_text(client: Client, owner: User) -> None:
    did(owner, entity_name="<b>a</b>", old={"name": "<i>b</i>"}, user_agent="<u>c</u>")

    page = client.get(reverse("audit")).content.decode()

    for raw in ("<b>a</b>", "<i>b</i>", "<u>c</u>"):
        assert raw not in page


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_the_trail_is_the_owners_to_read(client: Client, role: Role) -> None:
    client.force_login(UserFactory.create(role=role))

    assert client.get(reverse("audit")).status_code == 403
