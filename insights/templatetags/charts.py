from django import template

from insights import charts

register = template.Library()
register.simple_tag(charts.render_nps_chart, name="nps_chart")
register.simple_tag(charts.render_average_chart, name="average_chart")
register.simple_tag(charts.render_ratings_chart, name="ratings_chart")
register.simple_tag(charts.render_funnel_chart, name="funnel_chart")
register.simple_tag(charts.render_hours_chart, name="hours_chart")
register.simple_tag(charts.render_comparison_chart, name="comparison_chart")
register.simple_tag(charts.render_sparkline, name="sparkline")
register.simple_tag(charts.render_brought_chart, name="brought_chart")
