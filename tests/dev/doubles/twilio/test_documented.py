from config.embedded import ROOT
from dev.doubles.twilio import destinations
from dev.doubles.twilio.faults import KNOBS

DOCUMENT = (ROOT / "docs" / "simulator.md").read_text("utf-8")


def test_every_fault_option_is_documented() -> None:
    assert [name for name in KNOBS if f"`{name}`" not in DOCUMENT] == []


def test_every_special_number_is_documented() -> None:
    for codes in destinations.MAGIC.values():
        for ending, code in codes.items():
            assert f"…{ending} | {code}" in DOCUMENT
    odd = (
        destinations.SILENT,
        destinations.UNCONFIRMED,
        destinations.UNDELIVERED_FIRST,
        destinations.CODE_ONLY_ONCE,
    )
    assert [ending for ending in odd if f"…{ending}" not in DOCUMENT] == []
