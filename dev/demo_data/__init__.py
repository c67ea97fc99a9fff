"""What a visitor of the demo finds: a clinic that has used the product for half a year, another one
next door, and three patients of today who can be asked at once."""

from dev.demo_data.seeding import seed

__all__ = ["seed"]
