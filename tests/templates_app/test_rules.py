from datetime import UTC, datetime
from typing import Any

import pytest

from tests.constraints import assert_refused
from tests.factories import (
    ApprovalRequestFactory,
    ApprovedTextFactory,
    TemplateFactory,
    TemplateVersionFactory,
)

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


def test_news_of_an_approved_text_is_known() -> None:
    assert_refused("templates_app_approvedtext_news_known", ApprovedTextFactory, news="GOSSIP")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("templates_app_approvalrequest_state", {"state": "LOST"}),
        ("templates_app_approvalrequest_category", {"category": "SPAM"}),
        ("templates_app_approvalrequest_created_has_content", {"approved_text": None}),
        ("templates_app_approvalrequest_closed_with_its_time", {"closed_at": NOW}),
        ("templates_app_approvalrequest_closed_with_its_time", {"state": "REJECTED"}),
    ],
)
def test_constraint_refuses_approval_request(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, ApprovalRequestFactory, **values)


def test_text_has_one_open_approval_request() -> None:
    kept = ApprovalRequestFactory.create()

    assert_refused(
        "templates_app_approvalrequest_one_open",
        ApprovalRequestFactory,
        workspace=kept.workspace,
        template=kept.template,
    )
