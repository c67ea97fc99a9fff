from django import template

from workspaces import time_zones

register = template.Library()
register.filter("city", time_zones.city)
