"""`manage.py import_patients`, in a terminal and with JSON output."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from core.models import AuditEvent
from patients.models import Import, ImportStatus
from tests.factories import CampaignFactory, UserFactory
from tests.patients.imports.lists import as_csv, get_patients, make_row, make_rows
from workspaces.models import Language

pytestmark = pytest.mark.django_db

KEYS = [
    *("row", "outcome", "name", "phone", "email", "appointment_time", "has_consent"),
    *("will_be_asked", "reason", "problem"),
]


@pytest.fixture
def campaign() -> Campaign:
    campaign: Campaign = CampaignFactory.create(status=CampaignStatus.ACTIVE)
    return campaign


@pytest.fixture
def file(tmp_path: Path) -> Path:
    at = timezone.now().replace(minute=30) - timedelta(hours=1)
    path = tmp_path / "lista sin extensión"
    path.write_bytes(
        as_csv([make_row(at=at), make_row(at=at), ["Galo", "099", "", f"{at:%d/%m/%Y}", "no"]])
    )
    return path


def run(file: Path, campaign: Campaign, **options: Any) -> str:
    out = StringIO()
    call_command("import_patients", str(file), campaign=str(campaign.pk), stdout=out, **options)
    return out.getvalue()


def run_as_json(file: Path, campaign: Campaign, **options: Any) -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in run(file, campaign, for_programs=True, **options).splitlines()
    ]


def count_patients(campaign: Campaign) -> int:
    with tenancy.within(campaign.workspace_id):
        return (
            Import.objects.within(campaign.workspace_id).count()
            + AuditEvent.objects.within(campaign.workspace_id).count()
        )


@pytest.mark.parametrize("dry_run", [True, False])
def test_json_output_has_one_object_per_row_in_order(
    dry_run: bool, file: Path, campaign: Campaign
) -> None:
    rows = run_as_json(file, campaign, dry_run=dry_run)

    assert [list(one) for one in rows] == [KEYS] * 3
    assert [(one["row"], one["outcome"], one["reason"]) for one in rows] == [
        (2, "new", None),
        (3, "known", "repeated"),
        (4, "refused", "phone_invalid"),
    ]
    ana, again, galo = rows
    assert (ana["name"], ana["phone"], ana["email"]) == ("Ana Paz", "+593991234567", None)
    assert ana["appointment_time"].endswith(":30:00-05:00")
    assert (ana["has_consent"], ana["will_be_asked"], ana["problem"]) == (True, True, None)
    assert again["problem"]
    assert (galo["name"], galo["phone"], galo["has_consent"]) == ("Galo", None, False)
    assert galo["problem"]
    assert len(get_patients(campaign)) == (0 if dry_run else 1)


def test_dry_run_stores_nothing(file: Path, campaign: Campaign) -> None:
    assert "3" in run(file, campaign, dry_run=True)
    assert count_patients(campaign) == 0


def test_command_saves_the_same_as_the_page(file: Path, campaign: Campaign) -> None:
    member = UserFactory.create(workspace=campaign.workspace)
    run(file, campaign, by=member.email.upper())

    with tenancy.within(campaign.workspace_id):
        listed = Import.objects.within(campaign.workspace_id).get()
    assert (listed.status, listed.rows_new, listed.rows_refused) == (ImportStatus.DONE, 1, 1)
    assert (listed.uploaded_by, listed.file.name) == (member, "")
    [patient] = get_patients(campaign)
    assert (patient.consent_by, patient.source_id) == (member.name, listed.pk)


def test_messages_are_in_the_language_of_the_workspace(file: Path, campaign: Campaign) -> None:
    with tenancy.within(campaign.workspace_id):
        type(campaign.workspace).objects.filter(pk=campaign.workspace_id).update(
            language=Language.EN
        )

    assert "row" in run(file, campaign, dry_run=True)


def test_options_override_guessed_column_and_date_order(tmp_path: Path, campaign: Campaign) -> None:
    file = tmp_path / "x.csv"
    at = timezone.localtime().replace(day=5, hour=9, minute=0) + timedelta(days=1)
    file.write_text(f"Quién,Dónde,Cuándo,Firma\nAna Paz,0991234567,{at:%m/%d/%Y %H:%M},x\n")
    columns = ["name=Quién", "phone=Dónde", "appointment_time=Cuándo", "consent=Firma"]
    [ana] = run_as_json(file, campaign, dry_run=True, columns=columns, date_order="MDY")

    assert ana["name"] == "Ana Paz"
    assert ana["appointment_time"].startswith(f"{at:%Y-%m-%dT%H:%M}")
    assert ana["has_consent"]


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (b"", {}),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, {}),
        (as_csv([]), {}),
        (as_csv(make_rows(1)), {"sheet": "Hoja 9"}),
        (as_csv(make_rows(1)), {"columns": ["phone"]}),
        (as_csv(make_rows(1)), {"columns": ["fax=Celular"]}),
        (as_csv(make_rows(1)), {"columns": ["phone=Nada"]}),
        (as_csv(make_rows(1)), {"by": "nobody@example.com"}),
        (b"a,b\n1,2\n", {}),
    ],
)
def test_refused_file_prints_a_message_and_stores_nothing(
    content: bytes, options: dict[str, Any], tmp_path: Path, campaign: Campaign
) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)

    with pytest.raises(CommandError) as problem:
        run(file, campaign, for_programs=True, **options)
    assert len(str(problem.value)) > 10
    assert count_patients(campaign) == 0


def test_missing_file_is_named_in_the_error(tmp_path: Path, campaign: Campaign) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        run(tmp_path / "nowhere.csv", campaign)


@pytest.mark.parametrize("campaign_id", ["7", "2f82a96a-55bc-4b90-9d2c-2ac2331f14e5"])
def test_unknown_campaign_is_named_in_the_error(campaign_id: str, file: Path) -> None:
    with pytest.raises(CommandError, match=f"no campaign {campaign_id}"):
        call_command("import_patients", str(file), campaign=campaign_id)


def test_ended_campaign_refuses_lists(file: Path) -> None:
    with pytest.raises(CommandError):
        run(file, CampaignFactory.create(status=CampaignStatus.COMPLETED))


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("screen", [Terminal, StringIO])
def test_progress_bar_is_drawn_only_on_a_terminal(
    screen: type[StringIO], file: Path, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", shown := screen())
    rows = run_as_json(file, campaign, dry_run=True)

    assert len(rows) == 3
    assert ("█" * 30 in shown.getvalue()) == (screen is Terminal)
