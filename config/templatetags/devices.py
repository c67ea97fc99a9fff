from django import template

from workspaces import devices

register = template.Library()
register.filter("device", devices.name)
