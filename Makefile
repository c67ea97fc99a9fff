# `make demo` runs the product, `make test` tests it. Both need only Python and work from a fresh
# checkout. They install into .venv and store data in .local.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo demo-reset test test-long test-days check lock bench train chaos attack runtime tools

# Settings of the user's shell must not change how our Python runs.
unexport PYTHONPATH PYTHONHOME PYTHONSAFEPATH PYTHONSTARTUP DJANGO_SETTINGS_MODULE
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PYTHONS := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11

PIN := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet --system-certs

# Install a lock file into .venv, with the first Python that is new enough.
define install
@for python in $(PYTHONS); do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		exec $$python -I config/install.py $(1); \
	fi; \
done; \
echo "Python 3.11 or newer is needed, and there is $$(python3 --version 2>/dev/null || echo none)." \
	"Install it, or say where it is: make PYTHON=/path/to/python3.12" >&2; \
exit 1
endef

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: runtime ## run the product with demo data until Ctrl-C (PORT=8000)
	@exec $(BIN)/python -m dev.demo

demo-reset: runtime ## delete the demo's data
	@exec $(BIN)/python -m dev.demo reset

test: check ## all checks, then all tests on all cores
	$(BIN)/python manage.py translations compile
	$(BIN)/python -m pytest -n logical --dist loadgroup
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		command -v google-chrome >/dev/null || \
		echo "LEFT OUT: the journeys in a browser, because there is no Chromium (apt install chromium)."
	@PATH=$$PATH:/usr/sbin command -v nginx >/dev/null || \
		echo "LEFT OUT: the tests of the proxy, because there is no nginx (apt install nginx-light)."

test-days: tools ## tests that depend on the date, under other clocks (DAYS="sunday leap-day", TESTS=…)
	$(BIN)/python manage.py translations compile
	$(BIN)/python -m tests.days $(DAYS) $(if $(TESTS),--tests $(TESTS))

check: tools ## lint, types, imports between apps, migrations, translations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check
	$(BIN)/python manage.py translations check

bench: tools ## measure and compare with a limit: make bench NAME=dispatch
	$(BIN)/python manage.py bench $(NAME)

train: tools ## train the local reader of patients' words from its example texts
	$(BIN)/python manage.py train_understanding

# These tests have a short form in `make test`, so that it finds regressions too.
test-long: chaos ## long forms of the randomised tests, and every page in every size and theme
	INSIGHTS_EXAMPLES=200 CREDITS_EXAMPLES=200 API_EXAMPLES=20 $(BIN)/python -m pytest \
		--hypothesis-profile=random tests/insights/test_histories.py tests/billing/test_credit_lots_in_any_order.py \
		tests/core/api/test_described.py
	$(BIN)/python -m pytest --hypothesis-profile=random -m hypothesis
	EVERY_TEXT=1 EVERY_DAY=1 $(BIN)/python -m pytest \
		tests/messaging/understanding/test_unseen.py tests/dev/test_seed_demo_at_any_day.py
	EVERY_LOOK=1 JOURNEY_PICTURES=1 $(BIN)/python -m pytest tests/journeys

chaos: tools ## kill and restart everything while it sends (CHAOS_PATIENTS, CHAOS_SECONDS)
	$(BIN)/python -m tests.chaos
	$(BIN)/python -m tests.chaos.reviews
	PROMISES_EXAMPLES=200 $(BIN)/python -m pytest tests/messaging/promises
	PAYMENTS_EXAMPLES=200 PAYMENT_EVENTS=1000 PAYMENT_ORDERS=20 $(BIN)/python -m pytest \
		tests/billing/stripe/test_histories.py tests/billing/stripe/test_event_orders.py

attack: tools ## run all attacks at once and check that another clinic does not notice
	$(BIN)/python manage.py translations compile
	$(BIN)/python -m tests.attacks
	FUZZ_EXAMPLES=60 $(BIN)/python -m pytest tests/patients/lists/test_fuzz.py

lock: tools ## pin the dependencies of pyproject.toml, with hashes, for every Python
	$(PIN) -o requirements.lock
	$(PIN) --group dev -o requirements-dev.lock

runtime:
	$(call install,requirements.lock)

tools:
	$(call install,requirements-dev.lock requirements.lock)
