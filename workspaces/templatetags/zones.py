from django import template

from workspaces import zones

register = template.Library()
register.filter("city", zones.city)
