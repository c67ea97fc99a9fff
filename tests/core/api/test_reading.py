"""A list whose statement is kept is still everybody's own."""

import pytest

from core import json_rows
from tests.core.api.calling import Program
from tests.factories import CampaignFactory, PatientFactory, UserFactory
from workspaces.models import Role

pytestmark = pytest.mark.django_db


def names(program: Program, query: str = "") -> list[str]:
    return [one["name"] for one in program.get(f"patients/{query}").json()["results"]]


def test_a_kept_statement_shows_each_clinic_its_own() -> None:
    json_rows.KEPT.clear()
    first, second = Program(), Program()
    for program, name in ((first, "Ana"), (second, "Luz")):
        PatientFactory.create_batch(2, workspace=program.workspace, name=name)

    found = [names(first), names(second), names(first, "?limit=1"), names(second, "?limit=1")]

    assert found == [["Ana", "Ana"], ["Luz", "Luz"], ["Ana"], ["Luz"]]
    assert len(json_rows.KEPT) == 2


def test_a_kept_statement_shows_each_doctor_their_own() -> None:
    json_rows.KEPT.clear()
    program = Program()
    doctors = UserFactory.create_batch(2, workspace=program.workspace, role=Role.DOCTOR)
    for doctor in doctors:
        campaign = CampaignFactory.create(workspace=program.workspace, created_by=doctor)
        PatientFactory.create(
            workspace=program.workspace, campaign=campaign, name=f"De {doctor.name}"
        )

    assert len(names(program)) == 2
    del program.client.defaults["HTTP_AUTHORIZATION"]
    for doctor in [*doctors, *doctors]:
        program.client.force_login(doctor)
        assert names(program) == [f"De {doctor.name}"]
