"""What patients wrote that only a person can answer: who waits, the thread, the answer."""
