# Needs only git, make and Python 3.11 or newer: every target sets up what it uses.

PORT ?= 8000
BIN := .venv/bin
INSTALLED := .venv/.installed
MANAGE := $(BIN)/python manage.py
RANDOM_KEY := $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))'
export PORT

.DEFAULT_GOAL := help
.PHONY: help demo serve data guide test test-django61 attack lint mutate mutate-all format messages screenshots bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

demo: data guide ## Set up and run the example at http://127.0.0.1:$PORT/
	$(MANAGE) runserver 127.0.0.1:$(PORT)

serve: data guide ## The same under gunicorn with 4 worker processes
	$(BIN)/gunicorn --config example_project/gunicorn.conf.py

data: $(INSTALLED)
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) seed_demo

guide: $(INSTALLED)
	@$(MANAGE) demo_guide

test: $(INSTALLED) ## Run all tests; ARGS='-k name' chooses some
	@scripts/install-node-packages
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

test-django61: $(INSTALLED) ## Run a fast part of the tests with Django 6.1, its background tasks too
	$(BIN)/python scripts/test_django61.py $(ARGS)

attack: $(INSTALLED) ## Run the attacks, each race 20 times, on every database, and 100 bodies for each call
	REQUIRE_ALL=1 ACCESSFLOW_TEST_ROUNDS=$${ACCESSFLOW_TEST_ROUNDS:-20} \
		ACCESSFLOW_TEST_EXAMPLES=$${ACCESSFLOW_TEST_EXAMPLES:-100} \
		$(BIN)/python -m pytest --timeout 3600 tests/adversarial tests/api/test_schemathesis.py $(ARGS)

lint: $(INSTALLED) ## Run every check that is not a test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --severity-level medium --configfile pyproject.toml --recursive drf_accessflow_mfa example_project
	$(MANAGE) makemigrations --check --dry-run
	DJANGO_HTTPS=1 DJANGO_SECRET_KEY="$$($(RANDOM_KEY))" MFA_ENCRYPTION_KEYS="$$($(RANDOM_KEY))" \
		$(MANAGE) check --deploy --fail-level WARNING
	$(MANAGE) spectacular --validate --fail-on-warn --file /dev/null
	$(BIN)/python scripts/audit_dependencies.py

mutate: $(INSTALLED) ## Take each rule out of the code and see that a test notices
	$(BIN)/python scripts/mutate.py $(ARGS)

mutate-all: $(INSTALLED) ## Change single operators as well: hours; ARGS='domain --sample 100' for less
	$(BIN)/python scripts/mutate_operators.py $(ARGS)

format: $(INSTALLED) ## Let ruff rewrite what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

messages: $(INSTALLED) ## Bring the translations up to date: new texts come out empty, and a test asks for them
	$(BIN)/python scripts/messages.py

screenshots: $(INSTALLED) ## Save every page and state to build/screenshots/, three to docs/screenshots/
	$(BIN)/python scripts/screenshots.py

bench: $(INSTALLED) ## Measure beside the peers into docs/benchmarks.md; ARGS='guard --quick' for a part
	$(BIN)/python -m benchmarks $(ARGS)

clean: ## Remove the environment and the example's database
	rm -rf .venv example_project/db.sqlite3*

$(INSTALLED): pyproject.toml scripts/find-python
	@test -x $(BIN)/python || { python=$$(scripts/find-python) && "$$python" -m venv .venv; }
	@extras=test,lint; \
	if command -v mariadb_config mysql_config >/dev/null 2>&1; then extras=$$extras,mariadb; fi; \
	echo "Installing the package with its extras $$extras into .venv (about a minute)"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$$extras]"
	@touch $@
