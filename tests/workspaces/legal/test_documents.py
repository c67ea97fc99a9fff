"""Legal texts: shipped drafts, versions, the page and the platform's admin."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import LegalTextFactory, StaffFactory
from workspaces.legal import documents
from workspaces.legal.plain_format import BlockKind, parse_blocks
from workspaces.models import LegalKind, LegalLanguage, LegalText

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", LegalLanguage)
@pytest.mark.parametrize("kind", LegalKind)
def test_draft_is_shipped_for_every_text(kind: LegalKind, language: LegalLanguage) -> None:
    document = documents.current_document(kind, language)

    assert (document.version, document.language, document.is_draft) == (0, language, True)
    assert BlockKind.HEADING in {block.kind for block in parse_blocks(document.body)}


def test_drafts_have_the_same_parts_in_both_languages() -> None:
    for kind in LegalKind:
        spanish, english = (
            [block.kind for block in parse_blocks(documents.find_document(kind, code, 0).body)]  # type: ignore[union-attr]
            for code in LegalLanguage.values
        )
        assert spanish == english, kind


def test_new_version_replaces_the_one_before_and_keeps_it() -> None:
    staff = StaffFactory.create()
    for body in ("Primera", "Segunda"):
        documents.publish_text(
            text=LegalText(kind=LegalKind.TERMS, language="es", body=body), by=staff
        )

    current = documents.current_document(LegalKind.TERMS, "es")
    first = documents.find_document(LegalKind.TERMS, "es", 1)

    assert (current.version, current.body, current.is_draft) == (2, "Segunda", False)
    assert first is not None
    assert first.body == "Primera"


def test_own_text_in_another_language_wins_over_a_shipped_draft() -> None:
    LegalTextFactory.create(kind=LegalKind.TERMS, language="es", body="Nuestro")

    assert documents.current_document(LegalKind.TERMS, "en").body == "Nuestro"


def test_page_escapes_the_text_and_links_addresses(client: Client) -> None:
    LegalTextFactory.create(body="# <b>Uno</b>\n\n<script>alert(1)</script> https://example.com")

    response = client.get(reverse("legal_terms"))

    page = response.content.decode()
    assert "<script" not in page
    assert "&lt;b&gt;Uno" in page
    assert '<a href="https://example.com"' in page
    assert "X-Robots-Tag" not in response
    assert not response.cookies


def test_draft_says_so_and_is_not_indexed(client: Client) -> None:
    response = client.get(reverse("legal_privacy"), headers={"accept-language": "en"})

    assert "This text is a draft" in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex"


def test_accepted_version_can_be_read_again(client: Client) -> None:
    LegalTextFactory.create(version=1, body="Lo que acepté")
    LegalTextFactory.create(version=2, body="Lo nuevo")
    path = reverse("legal_terms")

    assert "Lo que acepté" in client.get(path, {"version": "1", "lang": "es"}).content.decode()
    for version in ("3", "x", "-1", "9" * 30):
        assert client.get(path, {"version": version, "lang": "es"}).status_code == 404


def test_staff_write_the_next_version_and_change_none(client: Client) -> None:
    first = LegalTextFactory.create(version=1, body="Primera versión")
    client.force_login(StaffFactory.create(email="staff@example.com"))
    add = reverse("admin:workspaces_legaltext_add")

    form = client.get(add, {"kind": "terms", "language": "es"}).content.decode()
    saved = client.post(add, {"kind": "terms", "language": "es", "body": "Segunda versión"})
    change = client.post(
        reverse("admin:workspaces_legaltext_change", args=[first.pk]), {"body": "Otra"}
    )

    assert "Primera versión" in form
    assert saved.status_code == 302
    assert change.status_code == 403
    newest = LegalText.objects.get(version=2)
    assert (newest.body, newest.written_by) == ("Segunda versión", "staff@example.com")
