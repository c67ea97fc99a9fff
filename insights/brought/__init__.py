"""What the asks brought: likely reviews, public reviews a month before and since, and their cost.

A review is *likely* if `reviews.Attribution` says so. Everything here counts such rows and shows
none of them: who may have written a review is a guess, and stays with the reviews.
"""
