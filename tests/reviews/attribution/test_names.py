import pytest

from reviews.attribution.names import NameMatch, compare_names


@pytest.mark.parametrize(
    ("shown", "patient", "expected"),
    [
        ("Lucía Vera", "Lucía Vera", NameMatch.FULL),
        ("lucia vera", "VERA QUISHPE LUCÍA FERNANDA", NameMatch.FULL),
        ("Sra. Lucía de la Vera", "Lucía Vera", NameMatch.FULL),
        ("María José", "Jose Maria Loor", NameMatch.FULL),
        ("Lucía", "Vera Lucía", NameMatch.ONE),
        ("Lucía V.", "Lucía Vera", NameMatch.ONE),
        ("Lucía P.", "Lucía Vera", NameMatch.OTHER),
        ("Caro", "Carolina Paz", NameMatch.SHORT),
        ("Al", "Alberto Paz", NameMatch.OTHER),
        ("Pedro Vera", "Lucía Vera", NameMatch.SHARED),
        ("Lucía Mendoza", "Lucía Vera", NameMatch.SHARED),
        ("Pedro Paz", "Lucía Vera", NameMatch.OTHER),
        ("", "Lucía Vera", NameMatch.NONE),
        ("⭐⭐⭐", "Lucía Vera", NameMatch.NONE),
        ("Lucía Vera", "", NameMatch.NONE),
        ("J. P.", "Juan Pérez", NameMatch.NONE),
    ],
)
def test_names_are_compared(shown: str, patient: str, expected: NameMatch) -> None:
    assert compare_names(shown, patient) is expected
