# Agencements. The two commands to know: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help setup run test tests lint bench neo4j neo4j-stop clean

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
# Where a POSIX shell would stop at a missing interpreter with an obscure message, say what is needed.
need_python = @test -n "$(PYTHON)" || { echo "Python 3.11 ou plus récent est nécessaire (https://www.python.org)." >&2; exit 1; }

help: ## this list
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

.venv/.run: pyproject.toml
	$(need_python)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installation (une à deux minutes la première fois)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fast]'
	@touch $@

.venv/.dev: pyproject.toml
	$(need_python)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fast,dev]'
	@touch .venv/.run $@

setup: .venv/.dev ## create .venv with everything needed to work on the project

run: .venv/.run ## create the environment, load the example territory, serve it on loopback
	@$(BIN)/agencements demo

test: lint tests ## everything: linters, types, boundaries, tests on every store, in a real browser

tests: .venv/.dev
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup $(PYTEST_ARGS)

lint: .venv/.dev ## ruff, mypy, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/.dev ## speed, as ratios against a peer measured in the same run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fast,dev,bench]'
	@$(BIN)/python -m benchmarks

neo4j: .venv/.run ## start an empty local Neo4j without Docker (Java 17 or 21, Maven); prints AGENCEMENTS_STORE=…
	@$(BIN)/python deploy/neo4j/local_server.py start

neo4j-stop: .venv/.run ## end it
	@$(BIN)/python deploy/neo4j/local_server.py stop

clean: ## remove the environment and caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
