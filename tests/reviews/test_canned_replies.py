import pytest

from reviews.canned_replies import CannedReply, Occasion, list_canned_replies, load
from reviews.reply_gate import check_reply

GOOGLE_LIMIT = 4096
MOST_SENTENCES = 5
ALL = [reply for language in load() for reply in list_canned_replies(language)]


@pytest.mark.parametrize("reply", ALL, ids=lambda reply: f"{reply.language}-{reply.occasion}")
def test_gate_allows_canned_reply(reply: CannedReply) -> None:
    assert check_reply(reply.text).findings == ()
    assert len(reply.text.encode()) <= GOOGLE_LIMIT
    assert sum(reply.text.count(mark) for mark in ".!?") <= MOST_SENTENCES


@pytest.mark.parametrize("language", load())
def test_each_language_has_a_reply_for_each_occasion(language: str) -> None:
    assert {reply.occasion for reply in list_canned_replies(language)} == set(Occasion)


def test_unknown_language_gets_spanish_replies() -> None:
    assert list_canned_replies("fr") == list_canned_replies("es")
