"""Delete saved views that name patients who are anonymized."""

from collections.abc import Collection
from uuid import UUID

from django.http import QueryDict

from core.names import fold
from insights.models import SavedView
from patients.models import Patient

# One shared word is chance: a doctor's first name, or a surname that is a common word.
WORDS_IN_COMMON = 2


def delete_views_with_names(patients: Collection[UUID]) -> None:
    """Delete views whose name or words name one of these patients, while the names are stored.

    The caller may write in their workspaces.
    """
    rows = Patient.objects.filter(pk__in=patients).exclude(name="")
    names = [(row.workspace_id, _words(row.name)) for row in rows.only("workspace_id", "name")]
    views = SavedView.objects.filter(workspace__in={workspace_id for workspace_id, _ in names})
    for view in views:
        said = _words(f"{view.name} {QueryDict(view.query).get('q', '')}")
        if any(
            view.workspace_id == workspace_id and _is_named(name, said)
            for workspace_id, name in names
        ):
            view.delete()


def _words(text: str) -> set[str]:
    return {word for word in map(fold, text.split()) if word}


def _is_named(name: set[str], said: set[str]) -> bool:
    return len(name & said) >= min(WORDS_IN_COMMON, len(name))
