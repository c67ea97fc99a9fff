import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.differences import compare_texts


def mark_differences(old: str, new: str) -> str:
    """Return the text with removed parts as [old] and added parts as <new>."""
    marks = {(True, False): "[{}]", (False, True): "<{}>", (False, False): "{}"}
    return "".join(marks[p.is_old, p.is_new].format(p.text) for p in compare_texts(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Hola Juan", "Hola Juan", "Hola Juan"),
        ("Hola {{name}}, ¿qué?", "Hola {{date}}, ¿qué?", "Hola [{{name}}]<{{date}}>, ¿qué?"),
        ("", "Hola", "<Hola>"),
        ("Gracias.", "Gracias!", "Gracias[.]<!>"),
        ("Uno\nDos", "Uno Dos", "Uno[↵\n]< >Dos"),
    ],
)
def test_differing_words_are_marked(old: str, new: str, expected: str) -> None:
    assert mark_differences(old, new) == expected


@given(st.text(alphabet="ab {}.\n", max_size=40), st.text(alphabet="ab {}.\n", max_size=40))
def test_differences_contain_both_texts(old: str, new: str) -> None:
    pieces = compare_texts(old, new)

    def without(mark: str) -> str:
        return "".join(p.text for p in pieces if not getattr(p, mark)).replace("↵", "")

    assert without("is_new") == old
    assert without("is_old") == new
