"""The tests on other days: `make test-days` runs them under a clock that every process shares."""
