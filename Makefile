# Two commands are all a newcomer needs: `make run` and `make test`. The rest is for those who change the code.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Test processes at once. A file stays in one process, and files begin in the order of tests/conftest.py, the longest first: left to itself,
# the runner begins with those of the most tests, and one process waits minutes for the last journey of the other.
WORKERS ?= 2
SHARED := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# The build machine repeats one order, so that red is about the change and not about the draw; a developer's every run draws another.
ORDER := $(if $(CI),--randomly-seed=20261129)
# docs/decisions/0009: what failed beside others is tried once more, alone and one after the other. What fails again has failed.
ALONE := --last-failed --last-failed-no-failures=none
BROWSER := STANDFAST_TEST_BROWSER="$$(cat .state/browser)"

.PHONY: help run setup test check code test-nightly screenshots docs assets wheel lock bench clean

help: ## Print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: setup ## Set everything up and start Standfast with the demonstration force
	@exec $(BIN)/standfast up --demo

setup: ## Set everything up, without starting it
	@scripts/set_up.sh run

# What is rerun on Debian's PostgreSQL 15: migrations, operations and the loss test.
ON_POSTGRESQL_15 := tests/operations tests/triage tests/incidents tests/parties tests/places tests/intake/test_del1.py

# Every part runs, whichever fails. Beside the tests, which wait for pages and clocks a good part of their time, the code is checked and
# then the PostgreSQL 15 is tried: there one test after the other, as the seal waits for every transaction of a server.
# `make`, not $$(MAKE): that would run even under `make -n`.
test: ## Set up what is missing, a browser included, and run every test
	@scripts/set_up.sh test
	@failed=""; beside=.state/beside-the-tests.log; \
	( bad=0; make --no-print-directory code || bad=1; \
		$(BIN)/python scripts/on_postgresql_15.py $(PYTEST) -q -p no:cacheprovider $(ON_POSTGRESQL_15) \
		-m "database and not browser and not nightly" || bad=1; exit $$bad ) >$$beside 2>&1 & others=$$!; \
	$(BROWSER) $(PYTEST) $(SHARED) $(ORDER) -m "not nightly" || { test $$? = 1 \
		&& echo "make test: the tests that failed above are tried once more, alone" >&2 \
		&& $(BROWSER) $(PYTEST) $(ALONE) -m "not nightly"; } || failed="$$failed tests"; \
	wait $$others || failed="$$failed format/lint/types/contracts-or-tests-on-PostgreSQL-15"; \
	cat $$beside; \
	if [ -n "$$failed" ]; then echo "make test: failed:$$failed" >&2; exit 1; fi

check: ## Format, lint, types, import contracts, rules and unit tests: under two minutes, no database, no browser
	@scripts/set_up.sh check
	@$(MAKE) --no-print-directory code
	@$(PYTEST) -q $(SHARED) -m "not (database or processes or browser or nightly)" --ignore=tests/setup

code:
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --diff --quiet .; exit 1; }
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test-nightly: ## Run the tests that are too long for every change
	@scripts/set_up.sh test
	@scripts/set_up.sh engines
	@$(BROWSER) $(PYTEST) -m nightly

screenshots: ## Make the pictures of the README and the docs
	@scripts/set_up.sh test
	@$(BROWSER) STANDFAST_TEST_PICTURES="$(CURDIR)/docs/pictures" $(PYTEST) -m picture

docs: ## Write the pages under docs/ that are made from the code
	@scripts/set_up.sh check
	@$(BIN)/python scripts/make_docs.py

assets: ## Build the front-end files
	@scripts/set_up.sh assets

wheel: ## Build the package into dist/; its users need no Node
	@scripts/set_up.sh check
	@scripts/set_up.sh assets
	@$(BIN)/python -m hatchling build

lock: ## Lock the newest packages that pyproject.toml allows for, and write what pip would install
	@scripts/set_up.sh check
	@$(BIN)/python scripts/lock.py
	@scripts/set_up.sh check

bench: setup ## Measure, with the yardsticks beside
	@$(BIN)/standfast bench

clean: ## Remove what was built and installed here; the data of a running Standfast lies elsewhere
	@rm -rf .venv .state node_modules dist build standfast/faces/screens/static/built
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
