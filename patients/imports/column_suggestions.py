"""Suggest which column of a list holds which field."""

from patients.imports import errors_file
from patients.lists.column_mapping import Field, Mapping, detect_date_order, guess_mapping
from patients.lists.survey import Survey
from patients.models import Import, ImportStatus


def suggest_mapping(listed: Import) -> tuple[Mapping, str, bool]:
    """Return the mapping, the order of dates, and whether the cells prove that order.

    The mapping is that of the last list with these headings, else a guess.
    """
    survey = Survey.from_json(listed.survey)
    earlier = _find_earlier(listed)
    mapping = guess_mapping(survey, _mapping_of(earlier) if earlier else None)
    order, is_decided = detect_date_order(survey, mapping, country=listed.campaign.practice.country)
    if earlier and not is_decided:
        order = earlier.date_order or order
    return mapping, order, is_decided


def apply_choices(listed: Import, columns: dict[str, str]) -> tuple[dict[str, str], str]:
    """Return the suggested mapping changed by the given columns, and the order of dates."""
    guessed, order, _is_decided = suggest_mapping(listed)
    mapping = {str(field): label for field, label in guessed.items()}
    for name, label in columns.items():
        # A column that is assigned to another field leaves its suggested one.
        mapping = {field: other for field, other in mapping.items() if other != label}
        mapping[name] = label
    return mapping, order


def remembered_consent_words(listed: Import) -> str:
    earlier = _find_earlier(listed)
    return earlier.consent_words if earlier else ""


def is_remembered(listed: Import) -> bool:
    return _find_earlier(listed) is not None


def _find_earlier(listed: Import) -> Import | None:
    """Return the last finished import with these headings.

    A corrected errors file counts as a list with the headings of its original.
    """
    layout = errors_file.original_layout(Survey.from_json(listed.survey))
    return (
        Import.objects.within(listed.workspace_id)
        .filter(layout=layout, status=ImportStatus.DONE)
        .order_by("-id")
        .first()
    )


def _mapping_of(earlier: Import) -> Mapping:
    return {Field(field): label for field, label in earlier.mapping.items()}
