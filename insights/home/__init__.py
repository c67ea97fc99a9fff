"""The first page after signing in: what the clinic learned, what waits for somebody, what comes."""
