"""What a browser calls itself, as its owner would."""

import re

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The first that fits: Edge and Opera also say Chrome, Chrome also says Safari.
BROWSERS = {
    r"Edg(e|A|iOS)?/": "Edge",
    r"OPR/|Opera": "Opera",
    r"SamsungBrowser/": "Samsung Internet",
    r"Firefox/|FxiOS/": "Firefox",
    r"Chrome/|CriOS/": "Chrome",
    r"Safari/": "Safari",
}
SYSTEMS = {
    r"iPhone": "iPhone",
    r"iPad": "iPad",
    r"Android": "Android",
    r"Windows": "Windows",
    r"Macintosh|Mac OS X": "Mac",
    r"CrOS": "Chromebook",
    r"Linux": "Linux",
}


@register.filter
def device(user_agent: str) -> str:
    browser = first_that_fits(BROWSERS, user_agent)
    system = first_that_fits(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


def first_that_fits(names: dict[str, str], user_agent: str) -> str | None:
    return next((name for mark, name in names.items() if re.search(mark, user_agent)), None)
