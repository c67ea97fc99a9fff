from django import template

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """Two letters for a picture that is missing; a title ("Dra.") is nobody's name."""
    words = [word for word in name.split() if not word.endswith(".")] or name.split()
    return "".join(word[0] for word in words[:2]).upper()
