import pytest
from django.test import Client

from core import tenancy
from templates_app.models import Template, TemplateVersion
from tests.admin_pages import allowed_permissions, audit_events, change_page, form_data, list_page
from tests.factories import StaffFactory, TemplateFactory
from workspaces.models import User

pytestmark = pytest.mark.django_db

SID = "HX" + "0" * 32


@pytest.fixture
def staff(client: Client) -> User:
    user = StaffFactory.create()
    client.force_login(user)
    return user


def test_staff_can_set_content_sid_but_not_the_text(client: Client, staff: User) -> None:
    template = TemplateFactory.create()

    client.post(
        change_page(template),
        form_data(
            client, template, whatsapp_content_sid=SID, content="Otro texto", is_default="on"
        ),
    )

    with tenancy.within(template.workspace_id):
        stored = Template.objects.get()
    assert stored.whatsapp_content_sid == SID
    assert (stored.content, stored.is_default) == (template.content, False)
    (event,) = audit_events(template.workspace)
    assert event.new == {"whatsapp_content_sid": "…"}


def test_versions_are_read_only(client: Client, staff: User) -> None:
    request = client.get(list_page(TemplateVersion)).wsgi_request

    assert allowed_permissions(TemplateVersion, request) == {"view"}
    assert allowed_permissions(Template, request) == {"view", "change"}
