from dataclasses import dataclass


@dataclass(frozen=True)
class DefaultText:
    type: str
    language: str
    channel: str
    name: str
    description: str
    subject: str
    content: str
