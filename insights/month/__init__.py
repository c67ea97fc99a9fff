"""The month in a page: what changed, what patients praise and blame, and what to do first.

`facts.read_facts` reads the figures and masks the quotes, `summary.summarize` composes the page
from them. A provider of better summaries takes the same facts and returns the same summary.
"""
