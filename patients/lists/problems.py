from typing import Any


class ListProblem(Exception):  # noqa: N818  # a file cannot be taken: an answer, not a mishap
    """Why the whole file cannot be taken; `sentences.sentence` says it to people."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details
