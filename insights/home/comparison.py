"""How a figure changed, compared with the period before."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FigureChange:
    by: float | None
    decimals: int = 0

    @property
    def is_none(self) -> bool:
        return self.by is not None and round(self.by, self.decimals) == 0


def compare_figures(now: float | None, before: float | None, *, decimals: int = 0) -> FigureChange:
    """Return the change of the rounded figures. It is None if one of them is missing."""
    if now is None or before is None:
        return FigureChange(None, decimals)
    return FigureChange(round(now, decimals) - round(before, decimals), decimals)
