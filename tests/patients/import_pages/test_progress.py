"""The page of a list that is being read, waits or has failed."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from patients.imports import progress
from patients.imports.progress import Progress
from patients.models import ImportStatus
from tests.patients.import_pages.steps import (
    HTMX,
    get_page,
    list_file,
    newest_import,
    post,
    run_worker,
    upload,
    upload_and_survey,
)

pytestmark = pytest.mark.django_db


def test_page_of_a_list_under_way_shows_progress_and_polls(
    client: Client, campaign: Campaign
) -> None:
    upload(client, campaign)
    listed = newest_import(campaign.workspace)
    progress.store(listed, Progress("read", 1200, 4800, 1190, 10, 400.0, 9))

    html = get_page(client, listed)

    assert '<progress class="bar" id="bar" aria-labelledby="doing" max="4800" value="1200">' in html
    assert "1,200" in html
    assert "9 seconds" in html
    assert 'hx-trigger="every 1s"' in html
    assert '<noscript><meta http-equiv="refresh"' in html


def test_page_of_a_waiting_list_does_not_poll(client: Client, campaign: Campaign) -> None:
    listed = upload_and_survey(client, campaign)

    part = get_page(client, listed, headers=HTMX)

    assert part.strip().startswith('<div class="stack stack-loose" id="import">')
    assert "http-equiv" not in get_page(client, listed)


def test_list_under_way_can_be_cancelled(client: Client, campaign: Campaign) -> None:
    upload(client, campaign)
    listed = newest_import(campaign.workspace)

    assert post(client, "import_cancel", listed)["Location"] == reverse("imports")

    assert run_worker(listed).status == ImportStatus.CANCELLED
    assert "Nothing of it was imported" in get_page(client, listed)


def test_page_of_a_failed_list_shows_the_reason(client: Client, campaign: Campaign) -> None:
    listed = upload_and_survey(client, campaign, list_file("Paciente;Celular\n"))

    assert listed.status == ImportStatus.FAILED
    html = get_page(client, listed)
    assert "This list could not be read." in html
    assert reverse("imports") in html
