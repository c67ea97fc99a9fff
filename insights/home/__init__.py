"""The home page: results, what waits for somebody, recent events, and what will be sent next."""
