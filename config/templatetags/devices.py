from django import template

from core import user_agents

register = template.Library()
register.filter("device", user_agents.describe_browser)
