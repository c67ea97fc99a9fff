"""Run tests under a shifted clock that all processes share: `make test-days`."""
