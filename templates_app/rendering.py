"""Placeholder of the lead until rendering is written."""


def variables_in(content: str) -> list[str]:
    return []
