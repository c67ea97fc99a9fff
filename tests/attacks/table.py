from dataclasses import dataclass


@dataclass
class Row:
    attack: str
    tried: str
    held: bool
    evidence: str
