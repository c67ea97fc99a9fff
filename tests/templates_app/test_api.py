import pytest

from templates_app.models import MessageType
from tests.core.api.calling import ApiClient, problem_codes
from tests.factories import TemplateFactory

pytestmark = pytest.mark.django_db

WORDS = {
    "name": "Corta",
    "type": "INITIAL",
    "language": "es",
    "content": "Hola {{firstName}}, ¿del 1 al 5?",
}


def test_text_is_created_changed_used_and_deleted(api_client: ApiClient) -> None:
    TemplateFactory.create(workspace=api_client.workspace, is_default=True)
    made = api_client.post("templates/", WORDS)
    path = made["Location"].partition("/api/v1/")[2]

    changed = api_client.patch(path, {"content": "Hola {{name}}"}).json()
    used = api_client.post(f"{path}default/").json()

    assert (made.status_code, made.json()["variables"]) == (201, ["firstName"])
    assert (changed["variables"], changed["version"], changed["name"]) == (["name"], 2, "Corta")
    assert used["is_default"]
    assert len(api_client.get("templates/?is_default=true").json()["results"]) == 1
    assert problem_codes(api_client.delete(path))[:2] == (409, "conflict")
    (former,) = api_client.get("templates/?is_default=false").json()["results"]
    assert api_client.delete(f"templates/{former['id']}/").status_code == 204


@pytest.mark.parametrize(
    ("body", "mistakes"),
    [
        ({"content": "Hola {{firstname}}"}, [("content", "invalid")]),
        ({"content": "x" * 1601}, [("content", "max_length")]),
        ({"type": MessageType.ANSWER}, [("type", "invalid_choice")]),
        ({"language": "qu"}, [("language", "invalid_choice")]),
        (
            {"language": "qu", "content": "Hola {{firstname}}", "colour": "red"},
            [("language", "invalid_choice"), ("colour", "unknown"), ("content", "invalid")],
        ),
        ({"version": 7}, [("version", "unknown")]),
    ],
)
def test_wrong_text_is_refused(
    api_client: ApiClient, body: dict[str, object], mistakes: list[tuple[str, str]]
) -> None:
    assert problem_codes(api_client.post("templates/", WORDS | body)) == (400, "invalid", mistakes)
