"""The gate with the clinic's own names. Every way for a reply to be sent goes through here."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import ProblemError
from reviews.gate.findings import Finding, GateResult, Reason
from reviews.replies.private_names import find_private_names
from reviews.reply_gate import check_reply, find_all
from workspaces.models import Workspace

HIDDEN_NAME = "•••"


class GateRefusalError(ProblemError):
    """The reply would reveal a patient. `result` has the words and why."""

    def __init__(self, text: str, result: GateResult) -> None:
        super().__init__(
            _("This reply could reveal that somebody is a patient. Change the marked words.")
        )
        self.text, self.result = text, result


@dataclass(frozen=True)
class MarkedPart:
    """A piece of a reply. `finding` says why it may not be published."""

    text: str
    finding: Finding | None = None


def inspect(workspace: Workspace, text: str) -> GateResult:
    return check_reply(text, private_names=find_private_names(workspace, text))


def require_allowed(workspace: Workspace, text: str) -> None:
    result = inspect(workspace, text)
    if not result.allowed:
        raise GateRefusalError(text, result)


def mark_findings(text: str, result: GateResult) -> Iterator[MarkedPart]:
    """Yield the text in pieces, so that a page can mark the refused words in it."""
    reached = 0
    for finding in result.findings:
        start, end = finding.start, finding.start + len(finding.words)
        if start < reached:  # it overlaps the finding before, which is marked already
            continue
        if start > reached:
            yield MarkedPart(text[reached:start])
        yield MarkedPart(text[start:end], finding)
        reached = end
    if text[reached:]:
        yield MarkedPart(text[reached:])


def fingerprint(text: str, result: GateResult) -> str:
    """Return what proves that somebody was shown these findings in this text."""
    shown = [
        text,
        *(f"{finding.start} {finding.reason} {finding.words}" for finding in result.findings),
    ]
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()


def without_names(workspace: Workspace, text: str) -> str:
    """Return the text for the audit trail, which outlives an erasure: without names and contacts.

    The page shows only the longest of the findings that lie in each other. Here each one counts.
    """
    shown, reached = "", 0
    for start, end in _private_spans(workspace, text):
        if start > reached or not shown:
            shown += text[reached:start] + HIDDEN_NAME
        reached = max(reached, end)
    return shown + text[reached:]


def _private_spans(workspace: Workspace, text: str) -> list[tuple[int, int]]:
    """Return where names and contacts are, sorted by their beginning."""
    names = find_private_names(workspace, text)
    return sorted(
        _widen(text, finding)
        for finding in find_all(text, private_names=names)
        if finding.reason in {Reason.NAME, Reason.CONTACT}
    )


def _widen(text: str, finding: Finding) -> tuple[int, int]:
    """Return the place of a finding. Of a link or an address, the whole of it.

    The gate finds only the part that betrays it, such as "https:" or "(at)".
    """
    start, end = finding.start, finding.start + len(finding.words)
    if finding.reason != Reason.CONTACT:
        return start, end
    # What is before and after "(at)" may be apart from it.
    gap = r"\s*" if finding.words.strip("[]()").lower() in {"at", "arroba"} else ""
    before = re.search(rf"\S*{gap}$", text[:start])
    after = re.match(rf"{gap}\S*", text[end:])
    return start - len(before[0] if before else ""), end + len(after[0] if after else "")
