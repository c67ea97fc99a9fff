import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.templatetags.icons import DRAWINGS
from config.templatetags.people import initials
from tests.factories import StaffFactory, UserFactory, WorkspaceFactory
from workspaces.models import Role, User

STYLES = (settings.BASE_DIR / "config" / "static" / "app.css").read_text()
# Without mails, which need inline styles and have no Content-Security-Policy.
TEMPLATES = [
    path
    for app in apps.get_app_configs()
    if Path(app.path).parent == settings.BASE_DIR
    for path in sorted(Path(app.path).glob("templates/**/*.html"))
    if "mail" not in path.parts
]


def get_page(address: str, user: User | None = None, language: str = "es") -> str:
    client = Client()
    client.cookies["django_language"] = language
    if user:
        client.force_login(user)
    return client.get(address).content.decode()


# Navigation


def navigation_of(html: str) -> str:
    (nav,) = re.findall(r'<nav class="nav".*?</nav>', html, re.DOTALL)
    return str(nav)


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', navigation_of(html))


DAILY = ["home", "inbox", "recovery", "patients", "campaigns", "results"]


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.OWNER, [*DAILY, "settings"]),
        (Role.DOCTOR, [*DAILY, "settings"]),
        (Role.RECEPTIONIST, ["home", "imports", "campaigns"]),
    ],
)
@pytest.mark.django_db
def test_navigation_has_pages_of_the_role(role: Role, names: list[str]) -> None:
    html = get_page(reverse("profile"), UserFactory.create(role=role))

    assert links(html) == [reverse(name) for name in names]


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        *((name, name) for name in [*DAILY, "settings"]),
        ("imports", "patients"),
        ("topics", "results"),
        ("ratings", "results"),
        ("month", "results"),
        ("canned_answers", "inbox"),
        ("practice_new", "settings"),
        ("workspace_settings", "settings"),
        ("templates", "settings"),
        ("suppressions", "settings"),
        ("billing_credits", "settings"),
        ("assistant", "settings"),
    ],
)
@pytest.mark.django_db
def test_navigation_marks_entry_of_page(name: str, entry: str) -> None:
    html = get_page(reverse(name), UserFactory.create())

    marked = re.findall(r'href="([^"]+)" aria-current="page"', navigation_of(html))
    assert marked == [reverse(entry)]


@pytest.mark.django_db
def test_only_owner_sees_credits() -> None:
    workspace = WorkspaceFactory.create()
    owner = UserFactory.create(workspace=workspace)
    doctor = UserFactory.create(workspace=workspace, role=Role.DOCTOR)

    assert 'class="credits' in get_page(reverse("home"), owner)
    assert 'class="credits' not in get_page(reverse("home"), doctor)


@pytest.mark.django_db
def test_staff_see_link_to_admin_but_no_clinic() -> None:
    html = get_page(reverse("account_change_password"), StaffFactory.create())

    assert links(html) == []
    assert reverse("admin:index") in html
    assert reverse("profile") not in html


# Pages for visitors


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_inactive",
        "socialaccount_login_cancelled",
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.django_db
def test_sign_in_page_has_our_layout(name: str, language: str) -> None:
    html = get_page(reverse(name), language=language)

    assert f'<html lang="{language}">' in html
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert 'id="main"' in html


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_change_password",
        "account_logout",
        "mfa_index",
        "usersessions_list",
        "socialaccount_connections",
    ],
)
@pytest.mark.django_db
def test_account_page_links_to_profile(name: str) -> None:
    html = get_page(reverse(name), UserFactory.create())

    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert f'class="back" href="{reverse("profile")}"' in html


@pytest.mark.django_db
def test_every_sign_up_field_has_label() -> None:
    html = get_page(reverse("account_signup"))

    fields = re.findall(r'<(?:input|select)(?![^>]*type="hidden")[^>]* id="([^"]+)"', html)
    assert len(fields) == 6
    assert set(fields) <= set(re.findall(r'<label[^>]* for="([^"]+)"', html))


@pytest.mark.django_db
def test_invalid_field_shows_error_and_keeps_input(client: Client) -> None:
    html = client.post(
        reverse("account_signup"), {"name": "Ana", "email": "ana@", "password1": "x"}
    ).content.decode()

    assert 'value="Ana"' in html
    wrong = re.findall(r'<input[^>]* aria-invalid="true"[^>]*>', html)
    assert wrong
    for field in wrong:
        (name,) = re.findall(r' id="([^"]+)"', field)
        assert re.search(rf'aria-describedby="[^"]*{name}_error"', field)
        assert f'id="{name}_error"' in html


@pytest.mark.django_db
def test_google_is_offered_only_if_configured(settings: Settings) -> None:
    assert "Google" not in get_page(reverse("account_login"))

    settings.SOCIALACCOUNT_PROVIDERS = {"google": {"APPS": [{"client_id": "id", "secret": "s"}]}}

    assert f'action="{reverse("google_login")}' in get_page(reverse("account_login"))


@pytest.mark.django_db
def test_language_change_returns_to_same_page(client: Client) -> None:
    response = client.post(
        reverse("set_language"), {"language": "en", "next": reverse("account_signup")}, follow=True
    )

    assert response.redirect_chain == [(reverse("account_signup"), 302)]
    assert '<html lang="en">' in response.content.decode()


# Content-Security-Policy and icons


# An inline style, a style element, a handler in an attribute, a condition that htmx would evaluate,
# and a script element without src. Structured data are in one too, but browsers do not run them.
OF_ITS_OWN = re.compile(
    r"""\sstyle=|<style|\son[a-z]+=["']|hx-on|["']js:|hx-trigger="[^"]*\["""
    r"""|<script(?![^>]*\ssrc=| type="application/ld\+json">)"""
)


def test_templates_have_no_inline_style_or_script() -> None:
    found = {str(path): OF_ITS_OWN.findall(path.read_text()) for path in TEMPLATES}

    assert {path: parts for path, parts in found.items() if parts} == {}


def test_templates_use_existing_icons() -> None:
    used = {
        str(path): set(re.findall(r'{% icon "([^"]+)" %}', path.read_text())) for path in TEMPLATES
    }

    assert {
        path: icons - set(DRAWINGS) for path, icons in used.items() if icons - set(DRAWINGS)
    } == {}


# Colours: WCAG AA, in the light and the dark theme


def tokens(selector: str) -> dict[str, str]:
    (block,) = re.findall(rf"^ *{re.escape(selector)} {{(.*?)}}", STYLES, re.DOTALL | re.MULTILINE)
    return dict(re.findall(r"(--[\w-]+|color-scheme): ([^;]+);", block))


LIGHT = tokens(":root")
NIGHT = tokens(':root[data-theme="dark"]')
DARK = LIGHT | NIGHT
TEXTS = [
    *((text, ground) for text in ("--ink", "--ink-soft", "--brand", "--coral")
      for ground in ("--paper", "--surface")),
    *((f"--{tone}", f"--{tone}-wash") for tone in ("good", "warn", "info", "coral")),
    *(("--ink", f"--{tone}-wash") for tone in ("good", "warn", "info", "coral", "brand")),
    *(("--on-fill", ground) for ground in ("--brand", "--brand-deep", "--coral", "--coral-deep")),
    ("--brand-deep", "--brand-wash"),
    ("--coral-deep", "--coral-wash"),
    ("--ink-soft", "--sunken"),
    ("--panel-ink", "--panel"),
    ("--panel-ink", "--panel-raised"),
    ("--panel", "--panel-ink"),
]  # fmt: skip
EDGES = [("--edge", "--paper"), ("--edge", "--surface"), ("--brand", "--paper")]


def brightness(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dim, bright = sorted(brightness(colour) for colour in (one, other))
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_matches_the_standard() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_enough_contrast(theme: dict[str, str]) -> None:
    assert [(a, b) for a, b in TEXTS if contrast(theme[a], theme[b]) < 4.5] == []


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_control_border_has_enough_contrast(theme: dict[str, str]) -> None:
    assert [(a, b) for a, b in EDGES if contrast(theme[a], theme[b]) < 3] == []


def test_dark_theme_is_same_for_system_and_user_choice() -> None:
    assert tokens(':root:not([data-theme="light"])') == NIGHT


def test_every_used_css_token_exists() -> None:
    assert set(re.findall(r"var\((--[\w-]+)", STYLES)) <= set(LIGHT)


# Initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Dra. Elena Andrade", "EA"),
        ("Rosa", "R"),
        ("maría josé lópez", "MJ"),
        ("Dr.", "D"),
        ("", ""),
    ],
)
def test_initials_skip_title(name: str, letters: str) -> None:
    assert initials(name) == letters
