"""The names that a reply could mean, found among many."""

import random
from collections.abc import Iterator

import pytest

from core import tenancy
from reviews.gate.names import stem
from reviews.gate.spelling import sound
from reviews.replies.private_names import find_private_names, spelled_beginnings
from reviews.reply_gate import check_reply
from tests.factories import PatientFactory, UserFactory
from workspaces.models import Role, Workspace

# How syllables of names begin, with and without silent and doubled letters.
ONSETS = ["", *"bcdfghjklmnpqrstvwxyz", "ch", "cc", "gh", "jh", "ll", "nn", "ph", "qu", "rr"]
ONSETS += ["sc", "sh", "ss", "th", "zz"]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ie", "io", "ua", "aa", "ee", "oo", "an", "es", "ar"]
NAMES = [
    "Wilvertina Quishpe Toapanta",
    "Marco Antonio Zambrano",
    "Yéssica Cevallos",
    "José María Iñiguez",
    "Franco D'Angelo",
    "Ximena Llerena",
]


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    workspace = UserFactory.create(role=Role.OWNER, name="Dra. Ana Ruiz").workspace
    for name in NAMES:
        PatientFactory.create(workspace=workspace, name=name, doctor_name="Dr. Telmo Auqui")
    assert workspace
    with tenancy.within(workspace.pk):
        yield workspace


@pytest.mark.parametrize(
    "text",
    [
        "Sobre Wilvertina no decimos nada.",
        "wilvertina nos escribe",
        "Un saludo a la familia quishpe",
        "Gracias, Marquitos",
        "Gracias, Jessica",
        "Hola Sevallos",
        "Nos alegra, josemaria",
        "Saludos a D'Angelo",
        "Saludos a dangelo",
        "Saludos al Sr. Yerena",
        "Estimado W. Q., gracias.",
        "El doctor Auqui le agradece",
        "Q u i s h p e nos escribió",
        "Gracias por su comentario",
        "Nuestro equipo agradece las estrellas y el comentario.",
    ],
)
def test_gate_finds_the_same_as_with_all_names(text: str, workspace: Workspace) -> None:
    all_names = [*NAMES, "Telmo Auqui", "Ana Ruiz"]

    found = check_reply(text, private_names=find_private_names(workspace, text))

    expected = check_reply(text, private_names=all_names)
    assert found.findings == expected.findings


def test_names_of_another_clinic_are_not_read(workspace: Workspace) -> None:
    PatientFactory.create(name="Hermenegilda Soasti")

    assert not any("ermenegilda" in name for name in find_private_names(workspace, "Hermenegilda"))


def test_each_word_begins_as_its_sound_can_be_spelled() -> None:
    dice = random.Random(17)  # noqa: S311
    for _ in range(20_000):
        syllables = dice.randint(2, 4)
        word = "".join(dice.choice(ONSETS) + dice.choice(VOWELS) for _ in range(syllables))
        for heard in filter(None, (sound(word), stem(word))):
            assert word.startswith(tuple(spelled_beginnings(heard))), (word, heard)
