"""What to show first when the columns of a list are to be confirmed."""

from patients.imports import errors_file
from patients.lists.columns import Field, Mapping, detect_date_order, guess_mapping
from patients.lists.survey import Survey
from patients.models import Import, ImportStatus


def suggested(listed: Import) -> tuple[Mapping, str, bool]:
    """The columns as last time for these headings, else a guess; the order of dates, and whether
    the data decided it."""
    survey = Survey.from_json(listed.survey)
    earlier = _earlier(listed)
    mapping = guess_mapping(survey, _fields(earlier) if earlier else None)
    order, is_decided = detect_date_order(survey, mapping, country=listed.campaign.practice.country)
    if earlier and not is_decided:
        order = earlier.date_order or order
    return mapping, order, is_decided


def corrected(listed: Import, columns: dict[str, str]) -> tuple[dict[str, str], str]:
    """The suggestion, but for the columns that somebody named; and the order of dates."""
    guessed, order, _is_decided = suggested(listed)
    mapping = {str(field): label for field, label in guessed.items()}
    for name, label in columns.items():
        # Whoever moves a column to another field does not want it in both.
        mapping = {field: other for field, other in mapping.items() if other != label}
        mapping[name] = label
    return mapping, order


def remembered_consent_words(listed: Import) -> str:
    earlier = _earlier(listed)
    return earlier.consent_words if earlier else ""


def is_remembered(listed: Import) -> bool:
    return _earlier(listed) is not None


def _earlier(listed: Import) -> Import | None:
    """By the index of layouts: the newest that went through. A corrected error file is one more of
    the lists that it came from."""
    layout = errors_file.original_layout(Survey.from_json(listed.survey))
    return (
        Import.objects.within(listed.workspace_id)
        .filter(layout=layout, status=ImportStatus.DONE)
        .order_by("-id")
        .first()
    )


def _fields(earlier: Import) -> Mapping:
    return {Field(field): label for field, label in earlier.mapping.items()}
