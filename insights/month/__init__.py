"""The month in a page: what changed, what patients praise and blame, and what to do first.

`facts.read_facts` reads the figures and masks the quotes, `summary.summarize` composes the page
from them. `assistant` asks the language model for a text beside it, where the clinic has agreed.
"""
