from django import template

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """Return two letters in place of a picture. Titles like "Dra." are skipped."""
    words = [word for word in name.split() if not word.endswith(".")] or name.split()
    return "".join(word[0] for word in words[:2]).upper()
