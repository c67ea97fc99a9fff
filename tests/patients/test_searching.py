from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from core import sql, tenancy
from patients import search
from patients.models import Patient
from tests.factories import CampaignFactory, PatientFactory, PracticeFactory, WorkspaceFactory
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

PEOPLE = {
    "María José Núñez": "+593991234567",
    "Ana de la Torre": "+593987654321",
    "Mariana O'Higgins": "+593991111567",
    "Zoë Ødegård": "+593982222222",
}


@pytest.fixture
def workspace() -> Workspace:
    workspace: Workspace = WorkspaceFactory.create()
    PracticeFactory.create(workspace=workspace, country="EC")
    campaign = CampaignFactory.create(workspace=workspace)
    for name, phone in PEOPLE.items():
        email = f"{name.split()[0].lower()}@example.com"
        PatientFactory.create(
            workspace=workspace, campaign=campaign, name=name, phone=phone, email=email
        )
    return workspace


@pytest.fixture(params=["few", "many"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same people are found by looking them up and by walking."""
    if request.param == "many":
        monkeypatch.setattr(search, "MAX_RARE", 1)


def found(workspace: Workspace, typed: str) -> set[str]:
    with tenancy.within(workspace.pk):
        everyone = Patient.objects.within(workspace)
        return {p.name for p in search.search_patients(everyone, workspace=workspace, typed=typed)}


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", set(PEOPLE)),
        ("   ", set(PEOPLE)),
        ("mar", {"María José Núñez", "Mariana O'Higgins"}),
        ("MARÍA", {"María José Núñez", "Mariana O'Higgins"}),
        ("nunez", {"María José Núñez"}),
        ("nuñ mar", {"María José Núñez"}),
        ("torre ana", {"Ana de la Torre"}),
        ("ana", {"Ana de la Torre"}),
        ("higg", {"Mariana O'Higgins"}),
        ("o'hi", {"Mariana O'Higgins"}),
        ("ødeg", {"Zoë Ødegård"}),
        ("zoe", {"Zoë Ødegård"}),
        ("uñez", set()),
        ("mar torre", set()),
        ("0991234567", {"María José Núñez"}),
        ("+593 99 123 4567", {"María José Núñez"}),
        ("(099) 123-4567", {"María José Núñez"}),
        ("991234567", {"María José Núñez"}),
        ("1567", {"Mariana O'Higgins"}),
        ("567", {"María José Núñez", "Mariana O'Higgins"}),
        ("mar 4567", {"María José Núñez"}),
        ("Ana@Example.com", {"Ana de la Torre"}),
        ("nadie@example.com", set()),
        ("%", set()),
        ("_", set()),
        ("'", set()),
        ("0", set()),
        ("\0", set()),
    ],
)
def test_search_finds_patient(workspace: Workspace, typed: str, names: set[str]) -> None:
    assert found(workspace, typed) == names


def test_words_change_with_the_patient(workspace: Workspace) -> None:
    with tenancy.within(workspace.pk):
        ana = Patient.objects.get(name="Ana de la Torre")
        ana.name, ana.phone = "Eva Paz", "+593980000001"
        ana.save()
        assert found(workspace, "torre") == found(workspace, "87654321") == set()
        assert found(workspace, "paz") == found(workspace, "0000001") == {"Eva Paz"}
        Patient.objects.update(name="", phone="", email="a@example.com")
        assert words(workspace) == []


def test_words_are_deleted_with_the_patient(workspace: Workspace) -> None:
    with tenancy.within(workspace.pk):
        Patient.objects.within(workspace).delete()
        assert words(workspace) == []


def test_words_of_another_workspace_are_not_visible(workspace: Workspace) -> None:
    other = WorkspaceFactory.create()

    with tenancy.within(other.pk):
        assert found(other, "mar") == set()
        assert sql.fetch("SELECT FROM patients_word") == []
    assert sql.fetch("SELECT FROM patients_word") == []


def test_row_security_of_words_is_forced() -> None:
    (table,) = sql.fetch(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'patients_word'"
    )

    assert set(table.values()) == {True}


def words(workspace: Workspace) -> list[dict[str, Any]]:
    return sql.fetch("SELECT word FROM patients_word WHERE workspace_id = %(w)s", w=workspace.pk)


@pytest.fixture
def _crowd(workspace: Workspace) -> Iterator[None]:
    """Enough for the planner to see that an index is worth its while."""
    campaign = CampaignFactory.create(workspace=workspace)
    with tenancy.within(workspace.pk):
        Patient.objects.bulk_create(
            Patient(
                workspace=workspace,
                campaign=campaign,
                name=f"Pedro {place}",
                phone=f"+5939{place:08d}",
                appointment_time="2026-11-20T09:00Z",
            )
            for place in range(3_000)
        )
        yield


@pytest.mark.usefixtures("_crowd")
def test_search_uses_the_index(workspace: Workspace) -> None:
    with tenancy.within(workspace.pk), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        values: dict[str, Any] = {
            "workspace": workspace.pk,
            "limit": 10,
            "beginning": "mar",
            "end": "mas",
        }
        cursor.execute(f"EXPLAIN {search.BEGINS}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "patients_word_found" in plan
    assert "word >= 'mar'" in plan.partition("Index Cond")[2].partition("\n")[0]
