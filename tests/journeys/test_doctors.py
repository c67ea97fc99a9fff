"""An owner adds a doctor, merges a similar name into it, and separates them again."""

import re
from typing import Any

import pytest

from tests.journeys.conftest import DESK, PHONE, Visitors
from tests.journeys.people import NEIGHBOUR, OWNER

KNOWN, SIMILAR = "Dr. Germán Ordóñez Villacís", "Dr. German Ordoñez"
TO_REVIEW = "Nombres por revisar"


@pytest.mark.parametrize(
    ("device", "owner"), [(DESK, OWNER), (PHONE, NEIGHBOUR)], ids=["desk", "phone"]
)
def test_similar_name_is_merged_and_separated(
    visitors: Visitors, device: dict[str, Any], owner: tuple[str, str]
) -> None:
    visitor = visitors(**device).signs_in(*owner).is_at("/")
    for name in (KNOWN, SIMILAR):
        visitor.opens("/doctors/").writes("Nombre", name).presses("Agregar")
        visitor.sees(f"Se agregó {name}")
    visitor.opens("/doctors/").sees(TO_REVIEW).takes_a_picture("to review").fits()

    visitor.presses(re.compile(f"^Es {KNOWN}")).sees(f"{SIMILAR} ahora cuenta como {KNOWN}")
    visitor.does_not_see(TO_REVIEW).sees(f"También escrito: {SIMILAR}")
    visitor.takes_a_picture("merged").fits()

    visitor.follows(KNOWN).sees("Cómo escriben este nombre las listas")
    visitor.takes_a_picture("a doctor").fits()
    visitor.presses(re.compile("^Separar")).sees("vuelve a ser un médico aparte", TO_REVIEW)
    visitor.presses(re.compile("^Es otro médico")).sees("queda como un médico aparte")
    visitor.does_not_see(TO_REVIEW)
