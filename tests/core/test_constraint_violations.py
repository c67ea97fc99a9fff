import pytest
from django.db import IntegrityError

from core import tenancy
from core.constraint_violations import explain_violation
from core.errors import ProblemError
from tests.factories import PracticeFactory
from workspaces.models import Practice

pytestmark = pytest.mark.django_db

UNIQUE_NAME = "workspaces_practice_name_unique"


def test_named_constraint_is_explained_and_the_transaction_goes_on() -> None:
    practice = PracticeFactory.create(name="Centro")

    with tenancy.platform("test"):
        with pytest.raises(ProblemError, match="twice"), explain_violation("twice", UNIQUE_NAME):
            PracticeFactory.create(workspace=practice.workspace, name="Centro")

        assert Practice.objects.get() == practice


def test_other_constraint_stays_an_error() -> None:
    practice = PracticeFactory.create(name="Centro")

    with pytest.raises(IntegrityError, match=UNIQUE_NAME), explain_violation("other", "another"):
        PracticeFactory.create(workspace=practice.workspace, name="Centro")
