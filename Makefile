# Thin names for the scripts in .ci/. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run dev check test bench lock format clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## install what geo311 needs, into .venv and node_modules
	@.ci/setup

run: setup ## serve the desk on http://127.0.0.1:$PORT (8000), with its worker; an empty one gets the demo city
	@.venv/bin/python -m geo311.serve

dev: setup ## the same with DEBUG, starting anew when a file changes
	@.venv/bin/python -m geo311.serve --dev

check: ## the quick loop: format, lint, types, contracts, tests on SpatiaLite
	@.ci/setup tests
	@.ci/check

test: ## everything, also on PostGIS and in a browser; installs what that takes
	@.ci/test

bench: ## measure; prints figures and their limits
	@.ci/setup tests
	@.venv/bin/python -m pytest -q -s tests/benchmarks

lock: ## compile the lock files anew
	@.ci/setup tests
	@.ci/lock

format: ## put code, templates, scripts and styles in form
	@.ci/setup tests
	@.ci/format

clean: ## remove what was installed and cached; the desk's data in var/ stays
	@rm -rf .venv node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
