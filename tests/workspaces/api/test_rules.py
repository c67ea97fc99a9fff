import pytest

from tests.factories import ApiKeyFactory, KeptAnswerFactory
from tests.rules import refuses

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scopes", [[], ["patients:own"], ["patients:read", "all"]])
def test_a_key_has_scopes_that_there_are(scopes: list[str]) -> None:
    refuses("workspaces_apikey_scopes_known", ApiKeyFactory, scopes=scopes)


def test_an_answer_is_kept_once() -> None:
    kept = KeptAnswerFactory.create()

    refuses(
        "workspaces_keptanswer_once",
        KeptAnswerFactory,
        workspace=kept.workspace,
        caller_id=kept.caller_id,
        key=kept.key,
    )
