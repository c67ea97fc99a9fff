"""Connect Google on its consent page, and what each wrong answer gets."""

from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from core import encryption, tenancy
from core.models import AuditEvent
from reviews.connection import locations
from reviews.connection.pending_consents import LIFETIME_SECONDS
from reviews.google_payloads import LocationData
from reviews.models import GoogleConnection
from tests.background import run_sent_tasks
from tests.reviews.connection.steps import EMPTY_USER, OTHER_USER, Clinic, stored, text_of
from workspaces import entitlements
from workspaces.models import ReviewInvites, Workspace

pytestmark = pytest.mark.django_db


def test_consent_page_is_asked_for_lasting_access_with_pkce(clinic: Clinic) -> None:
    query = parse_qs(urlsplit(clinic.begin()).query)

    assert query["access_type"] == ["offline"]
    assert query["prompt"] == ["consent"]
    assert query["code_challenge_method"] == ["S256"]
    assert set(query["scope"][0].split()) == {
        "https://www.googleapis.com/auth/business.manage",
        "openid",
        "email",
    }
    assert query["redirect_uri"][0].endswith("/google/callback")


def test_owner_connects_and_chooses_locations(clinic: Clinic) -> None:
    page = clinic.connect()

    assert "Google is connected." in page
    assert "Chosen for you: Consultorio Centro has the same place on Google." in page
    assert "Google takes no replies until it is verified" in page  # the second location
    assert [row.practice for row in clinic.locations] == [None, None]

    page = clinic.follow()

    assert "Saved. Reviews are fetched from now on." in page
    location = clinic.location()
    assert location.practice == clinic.practice
    assert location.account == "accounts/101"
    assert location.changes_due_at
    assert location.sweep_due_at
    assert clinic.location("Consultorio Sur").changes_due_at is None


def test_tokens_are_encrypted_and_never_in_pages_logs_or_the_trail(
    clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        pages = clinic.connect() + clinic.follow() + clinic.check_now()

    connection = clinic.connection
    tokens = [encryption.unseal(connection.refresh_token)]
    tokens.append(encryption.unseal(connection.access_token))
    assert connection.refresh_token not in tokens
    trail = stored(lambda: str(list(AuditEvent.objects.values())))
    for token in [*tokens, connection.refresh_token, connection.access_token]:
        assert token not in pages
        assert token not in caplog.text
        assert token not in trail
    assert "google.connect" in trail
    assert "google.locations" in trail


def test_refusal_on_googles_page_changes_nothing(clinic: Clinic) -> None:
    page = clinic.return_by(clinic.decide(clinic.begin(), action="refuse"))

    assert "You did not allow the access" in page
    assert not stored(GoogleConnection.objects.exists)


def test_unticked_permission_is_explained_and_nothing_is_stored(
    clinic: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with run_sent_tasks(django_capture_on_commit_callbacks):
        page = clinic.connect(scope="none")

    assert "was not ticked" in page
    assert clinic.google.double.grants.grants == {}  # given back
    assert not stored(GoogleConnection.objects.exists)


def test_user_without_locations_is_told_so(clinic: Clinic) -> None:
    page = clinic.connect(user=EMPTY_USER)

    assert "this Google user manages no location" in page
    assert "No location is followed yet" in page


@pytest.mark.parametrize("change", [("state=", "state=x"), ("state=", "other=")])
def test_answer_with_a_wrong_state_is_refused(clinic: Clinic, change: tuple[str, str]) -> None:
    address = clinic.decide(clinic.begin()).replace(*change)

    assert "does not belong to a connection that you began here" in clinic.return_by(address)
    assert not stored(GoogleConnection.objects.exists)


def test_answer_in_another_session_is_refused(clinic: Clinic) -> None:
    address = clinic.decide(clinic.begin())
    other = Client()
    other.force_login(clinic.owner)

    assert "does not belong to" in text_of(other.get(address, follow=True))
    assert not stored(GoogleConnection.objects.exists)


def test_answer_is_taken_once(clinic: Clinic) -> None:
    address = clinic.decide(clinic.begin())
    clinic.return_by(address)
    connected_at = clinic.connection.connected_at

    assert "does not belong to" in clinic.return_by(address)
    assert clinic.connection.connected_at == connected_at


def test_old_answer_is_refused(clinic: Clinic) -> None:
    address = clinic.decide(clinic.begin())
    session = clinic.client.session
    for pending in session["google_consents"].values():
        pending["begun"] -= LIFETIME_SECONDS + 1
    session.save()

    assert "within the last minutes" in clinic.return_by(address)


def test_two_tabs_at_once_both_connect_and_store_one_connection(clinic: Clinic) -> None:
    first, second = clinic.decide(clinic.begin()), clinic.decide(clinic.begin())

    assert "Google is connected." in clinic.return_by(second)
    assert "Google is connected." in clinic.return_by(first)
    assert stored(GoogleConnection.objects.count) == 1
    assert len(clinic.locations) == 2


def test_google_away_during_the_exchange_changes_nothing(clinic: Clinic) -> None:
    address = clinic.decide(clinic.begin())
    clinic.google.set_faults(rate_token_500=1)

    page = clinic.return_by(address)

    assert "Google did not confirm the connection, so nothing was changed." in page
    assert not stored(GoogleConnection.objects.exists)


def test_unapproved_project_is_explained(clinic: Clinic) -> None:
    clinic.google.set_faults(quota=0)

    page = clinic.connect()

    assert "Google is connected, but did not say which locations you have." in page
    assert "Google has not approved this installation’s project yet" in page


def test_other_google_user_has_to_be_confirmed(
    clinic: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    clinic.connect()
    clinic.follow()

    page = clinic.connect(user=OTHER_USER)

    assert "This is another Google user" in page
    assert clinic.google.email in page
    assert clinic.google.other_email in page
    assert clinic.connection.email == clinic.google.email

    with run_sent_tasks(django_capture_on_commit_callbacks) as sent:
        clinic.press("google_other_user", replace="")

    assert clinic.connection.email == clinic.google.other_email
    assert "reviews.tasks.revoke_token" in [name for name, _arguments in sent]
    # The first user's grant is given back, and their location is marked.
    assert "1001" not in clinic.google.double.grants.grants
    assert clinic.location().failure == "GONE"
    assert clinic.location().practice == clinic.practice


def test_other_google_user_can_be_declined(
    clinic: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    clinic.connect()
    clinic.connect(user=OTHER_USER)

    with run_sent_tasks(django_capture_on_commit_callbacks):
        page = clinic.press("google_other_user", keep="")

    assert "Nothing was changed." in page
    assert clinic.connection.email == clinic.google.email
    assert "1002" not in clinic.google.double.grants.grants
    assert "1001" in clinic.google.double.grants.grants


def test_tokens_that_wait_for_the_answer_are_encrypted_in_the_session(clinic: Clinic) -> None:
    clinic.connect()
    clinic.connect(user=OTHER_USER)

    refresh_tokens = clinic.google.double.grants.grants["1002"].refresh_tokens
    assert refresh_tokens
    assert all(token not in str(dict(clinic.client.session)) for token in refresh_tokens)


def test_connecting_again_resumes_without_doubles(clinic: Clinic) -> None:
    clinic.connect()
    clinic.follow()
    before = clinic.location()
    clinic.change(before, changes_due_at=None, sweep_due_at=None)
    clinic.change(clinic.connection, status="BROKEN", failure="REVOKED", broken_at=timezone.now())

    clinic.connect()

    connection, after = clinic.connection, clinic.location()
    assert connection.status == "CONNECTED"
    assert (connection.failure, connection.broken_at, connection.owner_told_at) == ("", None, None)
    assert (after.pk, after.practice) == (before.pk, clinic.practice)
    assert after.changes_due_at
    assert len(clinic.locations) == 2


def test_happy_only_has_to_change_in_the_same_step(clinic: Clinic) -> None:
    set_happy_only(clinic)

    page = clinic.press("google_connect")
    assert "Google can only be connected if everyone is invited to review." in page

    page = clinic.return_by(clinic.decide(clinic.begin(invites_everyone="on")))
    assert "Google is connected." in page
    workspace = stored(lambda: Workspace.objects.get(pk=clinic.workspace.pk))
    assert workspace.review_invites == ReviewInvites.EVERYONE


def test_happy_only_that_was_set_meanwhile_is_refused(clinic: Clinic) -> None:
    address = clinic.decide(clinic.begin())
    set_happy_only(clinic)

    assert "agree first that everyone is invited" in clinic.return_by(address)
    assert not stored(GoogleConnection.objects.exists)


def set_happy_only(clinic: Clinic) -> None:
    with tenancy.platform("test"):
        Workspace.objects.update(review_invites=ReviewInvites.HAPPY_ONLY)


def test_grant_that_nobody_decided_about_is_given_back(
    clinic: Clinic, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    clinic.connect()
    clinic.connect(user=OTHER_USER)
    session = clinic.client.session
    kept = session["google_grant"]
    session["google_grant"] = kept | {"kept": kept["kept"] - LIFETIME_SECONDS - 1}
    session.save()

    with run_sent_tasks(django_capture_on_commit_callbacks):
        clinic.press("google_other_user", replace="")

    assert clinic.connection.email == clinic.google.email
    assert list(clinic.google.double.grants.grants) == ["1001"]


def test_google_is_asked_before_the_workspace_is_locked(clinic: Clinic) -> None:
    """The dispatcher of all clinics waits for that lock."""
    order: list[str] = []
    ask, lock = locations.list_locations, entitlements.lock_workspace

    def note_asking(token: str) -> list[LocationData]:
        order.append("ask")
        return ask(token)

    def note_locking(workspace: Workspace) -> Workspace:
        order.append("lock")
        return lock(workspace)

    with (
        patch.object(locations, "list_locations", note_asking),
        patch.object(locations, "call_google", side_effect=AssertionError),
        patch.object(entitlements, "lock_workspace", note_locking),
    ):
        clinic.connect()

    assert order == ["ask", "lock"]


def test_requests_that_check_leave_google_to_a_worker(clinic: Clinic) -> None:
    clinic.connect()
    clinic.google.clear_counts()

    clinic.press("google_check")
    clinic.press("google_take_over_pushes")

    assert clinic.google.counts()["requests"] == {}
