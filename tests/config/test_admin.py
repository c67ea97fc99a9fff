"""The platform's admin as a whole: who may enter it, and checks of all its pages.

The models come from the site's registry, so new ones are tested too.
"""

from html.parser import HTMLParser
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from core import tenancy
from core.models import AuditEvent
from tests.factories import StaffFactory, UserFactory
from tests.guards import tenants
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")
ROOMS = sorted(admin.site._registry, key=lambda model: model._meta.label)
FEW, MANY = 2, 6


def admin_url(model: type[models.Model], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def name_of(model: type[models.Model]) -> str:
    return model._meta.label


def create_row(model: type[models.Model]) -> models.Model:
    """Create a row with the model's factory, or by hand for models of other packages."""
    if model in tenants.our_models():
        row: models.Model = tenants.factory_of(model).create()
        return row
    user = UserFactory.create()
    if model is EmailAddress:
        return user.emailaddress_set.get()  # type: ignore[attr-defined,no-any-return]
    values: dict[type[models.Model], dict[str, Any]] = {
        Group: {"name": f"group {user.pk}"},
        Authenticator: {"user": user, "type": "totp", "data": {"secret": "GEHEIM"}},
        SocialAccount: {"user": user, "provider": "google", "uid": str(user.pk)},
        UserSession: {"user": user, "session_key": str(user.pk), "ip": "192.0.2.1"},
        LogEntry: {
            "user": user,
            "content_type": ContentType.objects.get_for_model(User),
            "object_repr": "somebody",
            "action_flag": ADDITION,
        },
    }
    return model._default_manager.create(**values[model])


@pytest.fixture
def staff(client: Client) -> User:
    user = StaffFactory.create()
    client.force_login(user)
    return user


# Access


def test_every_model_has_an_admin() -> None:
    assert set(tenants.our_models()) <= set(ROOMS)


@pytest.mark.parametrize("role", Role)
def test_member_is_refused(role: Role, client: Client) -> None:
    client.force_login(UserFactory.create(role=role))

    for path in (INDEX, *(admin_url(model, "changelist") for model in ROOMS)):
        assert client.get(path).status_code == 403


def test_visitor_is_redirected_to_sign_in(client: Client) -> None:
    response = client.get(INDEX, follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "next=%2Fadmin%2F" in response.redirect_chain[-1][0]


def test_django_admin_login_is_disabled(client: Client) -> None:
    staff = StaffFactory.create()

    response = client.post(
        reverse("admin:login"), {"username": staff.email, "password": "correcto-caballo"}
    )

    assert response["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_password_change_redirects_to_allauth(client: Client, staff: User) -> None:
    response = client.get(reverse("admin:password_change"))

    assert response["Location"] == reverse("account_change_password")


def test_staff_without_second_factor_are_redirected_if_required(
    client: Client, staff: User, settings: Settings
) -> None:
    settings.ADMIN_REQUIRES_MFA = True

    for path in (
        INDEX,
        reverse("admin:jsi18n"),
        *(admin_url(model, "changelist") for model in ROOMS),
    ):
        assert client.get(path)["Location"] == reverse("mfa_activate_totp")


def test_staff_with_second_factor_can_enter(
    client: Client, staff: User, settings: Settings
) -> None:
    settings.ADMIN_REQUIRES_MFA = True
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "X"})

    assert client.get(INDEX).status_code == 200


def test_deactivated_staff_are_signed_out(client: Client, staff: User) -> None:
    User.objects.filter(pk=staff.pk).update(is_active=False)

    assert client.get(INDEX).status_code == 302


# All pages


@pytest.mark.parametrize("model", ROOMS, ids=name_of)
def test_list_needs_same_queries_for_any_length(
    model: type[models.Model], client: Client, staff: User
) -> None:
    few = cost_of_list(model, client, rows=FEW)
    many = cost_of_list(model, client, rows=MANY - FEW)

    assert few == many
    assert many <= 16


def cost_of_list(model: type[models.Model], client: Client, *, rows: int) -> int:
    for _ in range(rows):
        create_row(model)
    client.get(admin_url(model, "changelist"))  # fills caches
    with CaptureQueriesContext(connection) as queries:
        response = client.get(admin_url(model, "changelist"))
    assert response.status_code == 200
    assert len(response.context["cl"].result_list) >= rows
    return len(queries)


@pytest.mark.parametrize("model", ROOMS, ids=name_of)
def test_no_list_counts_its_whole_table(
    model: type[models.Model], client: Client, staff: User
) -> None:
    create_row(model)

    with CaptureQueriesContext(connection) as queries:
        client.get(admin_url(model, "changelist"), {} if model is Group else {"_facets": "True"})

    counting = [q["sql"] for q in queries if "COUNT(" in q["sql"]]
    assert len(counting) == (2 if model is Group else 1)  # of Django, and small
    assert model is Group or "LIMIT 5000" in counting[0]


@pytest.mark.parametrize("model", ROOMS, ids=name_of)
def test_search_never_fails(model: type[models.Model], client: Client, staff: User) -> None:
    row = create_row(model)

    for sought in ("nadie", "%", "0000", str(row.pk), f" {row.pk} "):
        response = client.get(admin_url(model, "changelist"), {"q": sought})
        assert response.status_code == 200
    if isinstance(model._meta.pk, models.UUIDField):
        assert list(response.context["cl"].result_list) == [row]


@pytest.mark.parametrize("model", ROOMS, ids=name_of)
def test_every_list_filter_works(model: type[models.Model], client: Client, staff: User) -> None:
    create_row(model)
    response = client.get(admin_url(model, "changelist"))

    for choices in response.context["cl"].filter_specs:
        for choice in choices.choices(response.context["cl"]):
            found = client.get(admin_url(model, "changelist") + choice["query_string"])
            assert found.status_code == 200


@pytest.mark.parametrize("model", ROOMS, ids=name_of)
def test_pages_have_no_inline_scripts_or_styles(
    model: type[models.Model], client: Client, staff: User
) -> None:
    """Our Content-Security-Policy forbids both."""
    row = create_row(model)
    pages = [
        client.get(admin_url(model, "changelist")),
        client.get(admin_url(model, "change", row.pk)),
        client.get(admin_url(model, "history", row.pk)),
    ]
    own = admin.site._registry[model]
    request = pages[0].wsgi_request
    if own.has_add_permission(request):
        pages.append(client.get(admin_url(model, "add")))
    if own.has_delete_permission(request):
        pages.append(client.get(admin_url(model, "delete", row.pk)))

    for response in pages:
        assert response.status_code == 200
        assert inline_parts(response.content.decode()) == []


class InlineParts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_data = given.get("type") == "application/json"
        if tag == "style" or (tag == "script" and "src" not in given and not is_data):
            self.found.append(tag)
        self.found += [name for name in given if name == "style" or name.startswith("on")]


def inline_parts(html: str) -> list[str]:
    parser = InlineParts()
    parser.feed(html)
    return parser.found


def test_index_has_no_inline_scripts_or_styles(client: Client, staff: User) -> None:
    assert inline_parts(client.get(INDEX).content.decode()) == []


def test_index_lists_apps_in_our_order(client: Client, staff: User) -> None:
    labels = [app["app_label"] for app in client.get(INDEX).context["app_list"]]

    assert labels[:4] == ["workspaces", "billing", "templates_app", "campaigns"]
    assert labels[4:9] == ["patients", "messaging", "insights", "integrations", "core"]


def test_admin_is_in_the_users_language(client: Client, staff: User) -> None:
    client.cookies["django_language"] = "en"

    assert "Log out" in client.get(INDEX).content.decode()


# Models of other packages


def test_personal_secrets_are_not_shown(client: Client, staff: User) -> None:
    second_factor, session = create_row(Authenticator), create_row(UserSession)
    assert isinstance(session, UserSession)

    shown = client.get(admin_url(Authenticator, "change", second_factor.pk)).content.decode()
    assert "GEHEIM" not in shown
    shown = client.get(admin_url(UserSession, "change", session.pk)).content.decode()
    assert f'readonly">{session.session_key}' not in shown


def test_staff_can_delete_second_factor(client: Client, staff: User) -> None:
    second_factor = create_row(Authenticator)

    client.post(admin_url(Authenticator, "delete", second_factor.pk), {"post": "yes"})

    assert not Authenticator.objects.filter(pk=second_factor.pk).exists()


def test_deleted_session_signs_browser_out(client: Client, staff: User) -> None:
    member = Client()
    user = UserFactory.create()
    member.force_login(user)
    session = UserSession.objects.create(
        user=user,
        session_key=member.session.session_key,
        ip="192.0.2.1",
        last_seen_at=timezone.now(),
    )

    client.post(admin_url(UserSession, "delete", session.pk), {"post": "yes"})

    assert member.get(reverse("account_email"))["Location"].startswith(reverse("account_login"))


def test_changes_of_a_members_sign_in_are_recorded(client: Client, staff: User) -> None:
    second_factor = create_row(Authenticator)
    assert isinstance(second_factor, Authenticator)
    member: User = second_factor.user

    client.post(admin_url(Authenticator, "delete", second_factor.pk), {"post": "yes"})

    assert member.workspace_id
    with tenancy.within(member.workspace_id):
        event = AuditEvent.objects.get()
    assert (event.action, event.actor_name) == ("admin.delete", staff.name)
