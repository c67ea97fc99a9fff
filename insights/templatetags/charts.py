from django import template

from insights import charts

register = template.Library()
register.simple_tag(charts.nps_over_time, name="nps_chart")
register.simple_tag(charts.average_over_time, name="average_chart")
register.simple_tag(charts.distribution, name="ratings_chart")
register.simple_tag(charts.funnel, name="funnel_chart")
register.simple_tag(charts.hours, name="hours_chart")
register.simple_tag(charts.comparison, name="comparison_chart")
register.simple_tag(charts.sparkline, name="sparkline")
