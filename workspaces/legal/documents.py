"""The legal texts that are in force, and how a new version comes into force."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from core import sql
from core.locks import Lock
from workspaces.models import LegalKind, LegalLanguage, LegalText, User

DRAFTS = Path(__file__).parent / "drafts"
# The version of the drafts that we ship, which are shown until the first own text is written.
SHIPPED = 0


@dataclass(frozen=True)
class LegalDocument:
    """A text as people see it: `kind`, `language` and `version` identify it."""

    kind: LegalKind
    language: str
    version: int
    body: str
    is_draft: bool
    published_at: datetime | None


def current_document(kind: LegalKind, language: str) -> LegalDocument:
    """Return the newest version in this language.

    Once a text was written in any language, our draft is not in force any more in the others:
    visitors then get the text in the installation's own language, or the one that there is.
    """
    newest: dict[str, LegalText] = {
        text.language: text for text in LegalText.objects.filter(kind=kind).order_by("version")
    }
    for candidate in (language, settings.LANGUAGE_CODE, *newest):
        if candidate in newest:
            return _from_row(newest[candidate])
    return _shipped_draft(kind, language)


def find_document(kind: LegalKind, language: str, version: int) -> LegalDocument | None:
    """Return an older version, in this language or else in one that has this version."""
    if version == SHIPPED:
        return _shipped_draft(kind, language)
    texts = {text.language: text for text in LegalText.objects.filter(kind=kind, version=version)}
    for candidate in (language, settings.LANGUAGE_CODE, *texts):
        if candidate in texts:
            return _from_row(texts[candidate])
    return None


@transaction.atomic
def publish_text(*, text: LegalText, by: User) -> LegalText:
    """Save a text as the next version of its kind and language."""
    # Two people who publish at the same moment get two versions.
    sql.advisory_lock(Lock.LEGAL_TEXT.of(f"{text.kind} {text.language}"))
    versions = LegalText.objects.filter(kind=text.kind, language=text.language)
    last = versions.order_by("-version").values_list("version", flat=True).first()
    text.version = (last or SHIPPED) + 1
    text.written_by = by.email
    text.save(force_insert=True)
    return text


def _from_row(text: LegalText) -> LegalDocument:
    return LegalDocument(
        kind=LegalKind(text.kind),
        language=text.language,
        version=text.version,
        body=text.body,
        is_draft=text.is_draft,
        published_at=text.created_at,
    )


def _shipped_draft(kind: LegalKind, language: str) -> LegalDocument:
    written_in = language if language in LegalLanguage.values else LegalLanguage.ES.value
    return LegalDocument(
        kind=kind,
        language=written_in,
        version=SHIPPED,
        body=(DRAFTS / f"{kind.value}.{written_in}.txt").read_text(encoding="utf-8"),
        is_draft=True,
        published_at=None,
    )
