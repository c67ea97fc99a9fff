"""The clinic's doctors: their names in lists, who is behind which spelling, and their details."""
