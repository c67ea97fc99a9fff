from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def usd(micro_usd: int, decimals: int = 2) -> str:
    """Format an amount in millionths of a US dollar."""
    return f"{number_format(Decimal(micro_usd) / 1_000_000, decimals, force_grouping=True)} USD"
