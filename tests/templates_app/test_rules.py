from typing import Any

import pytest

from tests.factories import TemplateFactory, TemplateVersionFactory
from tests.rules import refuses

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("templates_app_template_type_known", {"type": "GREETING"}),
        ("templates_app_template_language_known", {"language": "qu"}),
        ("templates_app_template_channel_known", {"channel": "FAX"}),
    ],
)
def test_the_database_refuses(constraint: str, values: dict[str, Any]) -> None:
    refuses(constraint, TemplateFactory, **values)


def test_a_workspace_has_one_default_of_a_kind() -> None:
    template = TemplateFactory.create(is_default=True)
    TemplateFactory.create(workspace=template.workspace)

    refuses(
        "templates_app_template_one_default",
        TemplateFactory,
        workspace=template.workspace,
        is_default=True,
    )


def test_a_version_is_kept_once() -> None:
    kept = TemplateVersionFactory.create()

    refuses(
        "templates_app_templateversion_once",
        TemplateVersionFactory,
        workspace=kept.workspace,
        template=kept.template,
        version=kept.version,
    )
