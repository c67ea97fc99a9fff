import pytest
from django.db import ProgrammingError, connection, transaction

from core import tenancy
from tests.factories import PracticeFactory
from workspaces.models import Practice

pytestmark = pytest.mark.django_db


def test_table_is_empty_without_a_scope() -> None:
    PracticeFactory.create()

    assert Practice.objects.count() == 0


def test_write_is_refused_without_a_scope() -> None:
    practice = PracticeFactory.create()

    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Practice.objects.create(workspace=practice.workspace, name="De nadie")


def test_scope_shows_its_own_workspace_only() -> None:
    ours, _theirs = PracticeFactory.create_batch(2)

    with tenancy.within(ours.workspace_id):
        assert list(Practice.objects.all()) == [ours]


def test_platform_scope_shows_everything() -> None:
    practices = PracticeFactory.create_batch(2)

    with tenancy.platform("test"):
        assert set(Practice.objects.all()) == set(practices)


def test_platform_scope_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"), tenancy.platform(""):
        pass


def test_inner_scope_restores_the_outer_one() -> None:
    ours, theirs = PracticeFactory.create_batch(2)

    with tenancy.within(ours.workspace_id):
        with tenancy.within(theirs.workspace_id):
            assert list(Practice.objects.all()) == [theirs]
        assert list(Practice.objects.all()) == [ours]
    assert Practice.objects.count() == 0


def test_scope_ends_when_its_block_fails() -> None:
    ours, theirs = PracticeFactory.create_batch(2)

    with tenancy.within(ours.workspace_id):
        with pytest.raises(ZeroDivisionError), tenancy.within(theirs.workspace_id):
            raise ZeroDivisionError
        assert list(Practice.objects.all()) == [ours]


def test_failed_scope_is_rolled_back() -> None:
    ours = PracticeFactory.create()

    with tenancy.within(ours.workspace_id):
        Practice.objects.create(workspace=ours.workspace, name="Nunca fue")
        transaction.set_rollback(True)
    with tenancy.within(ours.workspace_id):
        assert list(Practice.objects.all()) == [ours]


@pytest.mark.django_db(transaction=True)
def test_settings_end_with_the_transaction() -> None:
    ours = PracticeFactory.create()

    with tenancy.within(ours.workspace_id):
        pass

    assert tenancy.current_scope() == ("", "")
    assert Practice.objects.count() == 0


def test_stream_opens_its_scope_again() -> None:
    ours, _theirs = PracticeFactory.create_batch(2)
    chunks = (practice.name for practice in Practice.objects.all().iterator())

    assert list(tenancy.stream_within(ours.workspace_id, chunks)) == [ours.name]


def test_database_role_is_no_superuser_and_obeys_row_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_tables"
            " WHERE schemaname = 'public' AND tableowner = current_user)"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)
