"""Icons: line drawings of our own, on a grid of 24, in the colour of the text beside them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

DRAWINGS = {
    "home": '<path d="M4 11.5 12 4.5l8 7"/><path d="M6 10v9.5h12V10"/><path d="M10 19.5v-5h4v5"/>',
    "campaign": '<path d="M4.5 5.5h15v10.5h-8l-4 3.5V16h-3z"/><path d="M8.5 9.5h7M8.5 12.5h4"/>',
    "text": '<path d="M4.5 6h15M4.5 11h9M4.5 16h5"/>'
    '<path d="m13 19.5.6-2.8 5.2-5.2 2.2 2.2-5.2 5.2z"/>',
    "list": '<path d="M5 4.5h14v15H5z"/><path d="M5 9.5h14M5 14.5h14M10.5 4.5v15"/>',
    "practice": '<path d="M5 20V5.5h9V20"/><path d="M14 10.5h5V20M3 20h18"/>'
    '<path d="M9.5 8.5v4M7.5 10.5h4M9.5 20v-3.5"/>',
    "team": '<circle cx="9" cy="8.5" r="3"/><path d="M3.5 19c.4-3.4 2.6-5 5.5-5s5.1 1.6 5.5 5"/>'
    '<path d="M15.5 5.8a3 3 0 0 1 0 5.4M17.2 14.5c1.8.7 3 2.2 3.3 4.5"/>',
    "audit": '<path d="M6 3.5h12v17H6z"/><path d="M9 8h6M9 12h6M9 16h3.5"/>',
    "settings": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/>'
    '<circle cx="9" cy="17" r="2"/>',
    "user": '<circle cx="12" cy="8" r="3.5"/><path d="M5 20c.6-4 3.3-6 7-6s6.4 2 7 6"/>',
    "leave": '<path d="M13.5 4.5h-8v15h8"/><path d="M10.5 12h9.5M16.5 8.5 20 12l-3.5 3.5"/>',
    "shield": '<path d="M12 3.5 5 6v5.5c0 4.2 2.8 7.3 7 9 4.2-1.7 7-4.8 7-9V6z"/>'
    '<path d="m9 12 2.2 2.2L15.2 10"/>',
    "key": '<circle cx="8" cy="15.5" r="3.5"/><path d="m10.5 13 8-8M15 8.5l2.5 2.5"/>',
    "mail": '<path d="M4 6h16v12H4z"/><path d="m4.5 7 7.5 6 7.5-6"/>',
    "phone": '<path d="M8 3.5h8v17H8z"/><path d="M11 17.5h2"/>',
    "device": '<path d="M4.5 5.5h15v10h-15z"/><path d="M9 19.5h6M12 15.5v4"/>',
    "announce": '<circle cx="6" cy="12" r="2.5"/><path d="M11 8.5a5 5 0 0 1 0 7"/>'
    '<path d="M14.5 6a9 9 0 0 1 0 12M18 3.5a13 13 0 0 1 0 17"/>',
    "upload": '<path d="M12 15.5V4.5M8 8.5l4-4 4 4"/><path d="M4.5 15v4.5h15V15"/>',
    "download": '<path d="M12 4.5v11M8 11.5l4 4 4-4"/><path d="M4.5 15v4.5h15V15"/>',
    "credits": '<ellipse cx="12" cy="7" rx="7" ry="3"/>'
    '<path d="M5 7v5c0 1.7 3.1 3 7 3s7-1.3 7-3V7M5 12v5c0 1.7 3.1 3 7 3s7-1.3 7-3v-5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "edit": '<path d="m5 19 .8-3.8L16 5l3 3L8.8 18.2z"/><path d="m13.5 7.5 3 3"/>',
    "trash": '<path d="M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7"/>',
    "play": '<path d="M8 5v14l11-7z"/>',
    "pause": '<path d="M8.5 5v14M15.5 5v14"/>',
    "stop": '<path d="M6.5 6.5h11v11h-11z"/>',
    "clock": '<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
    "filter": '<path d="M4 6h16M7 12h10M10 18h4"/>',
    "star": '<path d="m12 4 2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.7L7 19l1.1-5.5L4 9.7 9.6 9z"/>',
    "heart": '<path d="M12 19.5C6.5 15.5 4 12.6 4 9.4A4.2 4.2 0 0 1 12 7.6a4.2 4.2 0 0 1 8 '
    '1.8c0 3.2-2.5 6.1-8 10.1z"/>',
    "chart": '<path d="M4.5 4.5v15h15"/><path d="m8 14.5 3.5-4 3 2.5 4-5.5"/>',
    "more": '<circle cx="5.5" cy="12" r="0.75"/><circle cx="12" cy="12" r="0.75"/>'
    '<circle cx="18.5" cy="12" r="0.75"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "back": '<path d="m14.5 6-6 6 6 6"/>',
    "forward": '<path d="m9.5 6 6 6-6 6"/>',
    "down": '<path d="m6 9.5 6 6 6-6"/>',
    "outside": '<path d="M13 5h6v6M19 5l-8.5 8.5"/><path d="M17 14v5H5V7h5"/>',
    "copy": '<path d="M9 9h10.5v10.5H9z"/><path d="M15 9V4.5H4.5V15H9"/>',
    "print": '<path d="M7.5 9V4.5h9V9M7.5 16h-3V9h15v7h-3"/><path d="M7.5 13.5h9v6h-9z"/>',
    "eye": '<path d="M3 12c2-4 5-6 9-6s7 2 9 6c-2 4-5 6-9 6s-7-2-9-6z"/>'
    '<circle cx="12" cy="12" r="2.75"/>',
    "eye-off": '<path d="M9 6.4A10 10 0 0 1 12 6c4 0 7 2 9 6a13 13 0 0 1-2.5 3.4M15 17.5a9 9 0 0 '
    '1-3 .5c-4 0-7-2-9-6a13 13 0 0 1 3.3-4.1"/><path d="m4 4 16 16"/>',
    "good": '<circle cx="12" cy="12" r="8.5"/><path d="m8.5 12.3 2.5 2.5 4.7-5"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.5v.1"/>',
    "warn": '<path d="M12 4.5 3.5 19.5h17z"/><path d="M12 10v4.5M12 17v.1"/>',
    "bad": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5v5.5M12 16.3v.1"/>',
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Render an icon, hidden from screen readers. It always needs a text, visible or hidden."""
    if name not in DRAWINGS:
        raise template.TemplateSyntaxError(f"There is no icon {name!r}: see config/templatetags.")
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        mark_safe(DRAWINGS[name]),  # noqa: S308 - ours, above
    )
