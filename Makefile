# Targets explain themselves: `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo serve check format test bench clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## Create .venv with everything pinned in constraints.txt

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Paragone needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-deps leaderbot # for its data file alone
	@touch $@

demo: setup ## Load the shipped catalog and serve it on http://127.0.0.1:7860 (local profile)
	$(BIN)/arena demo

serve: setup ## Serve without simulated votes, configured by ARENA_* variables
	$(BIN)/arena serve

format: setup ## Rewrite the sources in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: setup ## Format, lint, types, arrows between packages, catalog
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/arena catalog check

test: check ## Everything in `check`, then every test, browser tests included
	$(BIN)/python -m pytest

bench: setup ## Print the measured figures (ratios and browser latencies)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest tests/benchmarks -s -p no:cacheprovider --override-ini 'python_files=bench_*.py'

clean: ## Remove the environment and the caches, never the data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build dist
