"""Take a list through the pages: upload it, choose its columns, confirm it."""

from typing import Any, cast

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from patients.imports import worker
from patients.models import Import

LIST = (
    "Paciente;Celular;Fecha;Hora;Autoriza mensajes\n"
    "María Pérez;0987654321;{day};9:30;sí\n"
    "José Mora;0987654322;{day};10h00;no\n"
    "Ana Sol;09 no tiene;{day};11:00;sí\n"
)
HTMX = {"hx-request": "true"}


def today() -> str:
    return timezone.localdate().strftime("%d/%m/%Y")


def list_file(text: str = LIST, name: str = "citas de hoy.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.replace("{day}", today()).encode())


def upload(client: Client, campaign: Campaign, file: Any = None, **extra: Any) -> HttpResponse:
    sent = {"campaign": str(campaign.pk), "file": file or list_file()}
    return cast(HttpResponse, client.post(reverse("imports"), sent, **extra))


def newest_import(workspace: Any) -> Import:
    with tenancy.within(workspace.pk):
        return Import.objects.within(workspace).select_related("campaign__practice").latest("id")


def run_worker(listed: Import) -> Import:
    """Run the next step as a worker does and return the reloaded import."""
    worker.advance(workspace_id=listed.workspace_id, import_id=listed.pk)
    with tenancy.within(listed.workspace_id):
        return Import.objects.within(listed.workspace_id).get(pk=listed.pk)


def upload_and_survey(client: Client, campaign: Campaign, file: Any = None) -> Import:
    upload(client, campaign, file)
    return run_worker(newest_import(campaign.workspace))


def get_page(client: Client, listed: Import, name: str = "import", **extra: Any) -> str:
    return client.get(reverse(name, args=[listed.pk]), **extra).content.decode()


def post(client: Client, name: str, listed: Import, **data: str) -> Any:
    return client.post(reverse(name, args=[listed.pk]), data)


def columns_data(client: Client, listed: Import, **changes: str) -> dict[str, str]:
    """Return what the form of the columns posts: its initial values with the changes."""
    form = client.get(reverse("import_columns", args=[listed.pk])).context["form"]
    data = {field.name: field.value() or "" for _column, field in form.columns()}
    return data | {"date_order": form["date_order"].value()} | changes


def upload_and_check(client: Client, campaign: Campaign, file: Any = None) -> Import:
    listed = upload_and_survey(client, campaign, file)
    post(client, "import_columns", listed, **columns_data(client, listed, consent="everyone"))
    return run_worker(listed)


def upload_and_import(client: Client, campaign: Campaign, file: Any = None) -> Import:
    listed = upload_and_check(client, campaign, file)
    post(client, "import_confirm", listed)
    return run_worker(listed)
