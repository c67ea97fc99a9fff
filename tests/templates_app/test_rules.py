from datetime import UTC, datetime
from typing import Any

import pytest

from tests.constraints import assert_refused
from tests.factories import ApprovedTextFactory, TemplateFactory, TemplateVersionFactory

NOW = datetime(2026, 3, 2, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("templates_app_template_type_known", {"type": "GREETING"}),
        ("templates_app_template_language_known", {"language": "qu"}),
        ("templates_app_template_channel_known", {"channel": "FAX"}),
    ],
)
def test_constraint_refuses_row(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, TemplateFactory, **values)


def test_workspace_has_one_default_per_kind() -> None:
    template = TemplateFactory.create(is_default=True)
    TemplateFactory.create(workspace=template.workspace)

    assert_refused(
        "templates_app_template_one_default",
        TemplateFactory,
        workspace=template.workspace,
        is_default=True,
    )


def test_version_is_unique_per_text() -> None:
    kept = TemplateVersionFactory.create()

    assert_refused(
        "templates_app_templateversion_once",
        TemplateVersionFactory,
        workspace=kept.workspace,
        template=kept.template,
        version=kept.version,
    )


def test_approved_text_is_unique_per_workspace() -> None:
    kept = ApprovedTextFactory.create()
    ApprovedTextFactory.create(content_sid=kept.content_sid)

    assert_refused(
        "templates_app_approvedtext_once",
        ApprovedTextFactory,
        workspace=kept.workspace,
        content_sid=kept.content_sid,
    )


@pytest.mark.parametrize("values", [{"body": "", "fetched_at": NOW}, {"fetched_at": None}])
def test_fetched_text_is_not_empty(values: dict[str, Any]) -> None:
    assert_refused(
        "templates_app_approvedtext_fetched_with_its_text", ApprovedTextFactory, **values
    )
