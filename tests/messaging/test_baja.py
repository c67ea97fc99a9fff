"""What "baja" is about: our messages, or an appointment that is cancelled."""

import pytest

from messaging.replies import read_by_rules


@pytest.mark.parametrize(
    "text",
    [
        "quiero la baja de recordatorios de citas",
        "darme de baja de avisos de cita",
        "Quiero darme de baja de sus consultas",
        "Denme de baja de sus turnos por favor",
        "deme de baja de las citas",
    ],
)
def test_baja_from_messages_about_appointments_is_an_opt_out(text: str) -> None:
    assert read_by_rules(text).intent == "opt_out"


@pytest.mark.parametrize("text", ["baja turnos", "BAJA turno", "BAJA CITAS por favor"])
def test_our_word_before_an_appointment_is_held_for_a_person(text: str) -> None:
    assert read_by_rules(text).may_be_opt_out


@pytest.mark.parametrize("text", ["dar de baja la cita de mi esposo", "dar de baja mi turno"])
def test_one_appointment_that_is_cancelled_is_no_opt_out(text: str) -> None:
    assert read_by_rules(text).intent == "other"
