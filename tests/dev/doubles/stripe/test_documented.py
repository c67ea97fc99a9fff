from billing.stripe.event_kinds import KNOWN
from config.embedded import ROOT
from dev.doubles.stripe.account import API_VERSION
from dev.doubles.stripe.payments import DECLINED_AT_ONCE, DECLINED_LATER

DOCUMENT = (ROOT / "docs" / "payments.md").read_text("utf-8")


def test_all_known_events_are_documented() -> None:
    listed = DOCUMENT.partition("What to listen to")[2].split("```")[1]
    assert {*listed.split()} == KNOWN


def test_all_test_cards_and_the_api_version_are_documented() -> None:
    for ending in (*DECLINED_AT_ONCE, *DECLINED_LATER):
        assert f"4000 0000 0000 {ending}" in DOCUMENT
    assert API_VERSION in DOCUMENT
