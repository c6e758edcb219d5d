# Everything from a fresh machine with Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := $(VENV)-peers
PORT ?= 3000
export DAGSTER_HOME ?= $(CURDIR)/.dagster
unexport PYTHONDONTWRITEBYTECODE # what is compiled once is kept: the tests start some hundred processes

.DEFAULT_GOAL := help
.PHONY: help demo test test-nights test-started test-rules check dev serve bench docs requirements clean

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/product: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p .dagster && ln -sfn ../dagster.yaml .dagster/dagster.yaml
	@touch $@

$(VENV)/develop: requirements-dev.txt $(VENV)/product
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(PEERS)/done: requirements-peers.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.txt
	@touch $@

demo: $(VENV)/product ## set up and run the main job on an embedded demo world, offline
	$(BIN)/oso demo

test: $(VENV)/develop ## set up and run the tests, in three parts side by side: nights, what else is started, the rest
	@$(MAKE) --no-print-directory -j3 test-nights test-started test-rules

# three parts that take about as long; the second often waits, for daemons, browsers and what it kills. Frames of a few rows
# gain nothing by threads, which wait by spinning; whole nights run with them, as they do elsewhere.
STARTED := $(wildcard tests/outputs/test_overview_*.py tests/overrides/test_*.py) \
	$(addprefix tests/e2e/test_,alerts.py every_explanation.py kill_points.py second_reading.py serve.py)
NIGHTS := $(filter-out $(STARTED),$(wildcard tests/e2e/test_*.py))

test-nights: $(VENV)/develop
	$(BIN)/pytest -q $(NIGHTS)

test-started: $(VENV)/develop
	POLARS_MAX_THREADS=1 $(BIN)/pytest -q $(STARTED)

test-rules: $(VENV)/develop
	POLARS_MAX_THREADS=1 $(BIN)/pytest -q $(addprefix --ignore=,$(NIGHTS) $(STARTED))

check: $(VENV)/develop ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/ty check

dev: $(VENV)/product ## the Dagster UI on http://127.0.0.1:3000
	$(BIN)/dagster dev --host 127.0.0.1

serve: $(VENV)/product ## webserver and daemon for good: the schedule and the sensors run (PORT=3000)
	@BIN=$(BIN) PORT=$(PORT) exec deploy/serve

bench: $(VENV)/develop $(PEERS)/done ## the table of benchmarks/RESULTS.md: wall, processor, memory, beside what else there is
	$(BIN)/python -m benchmarks $(BENCH)

docs: $(VENV)/develop ## write docs/dictionary.md from the contracts and docs/faults.md from the tests
	$(BIN)/python -m oso_pipeline.contracts.dictionary > docs/dictionary.md
	$(BIN)/python tests/e2e/endings.py > docs/faults.md

requirements: ## pin the dependencies again (needs uv)
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-strip-extras \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet --output-file requirements.txt
	uv pip compile pyproject.toml --extra build --extra dev --constraint requirements.txt --universal --python-version 3.11 \
		--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet --output-file requirements-dev.txt
	uv pip compile --group bench --constraint requirements.txt --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet --output-file requirements-peers.txt

clean: ## drop the virtual environments and Dagster's run storage (never the data)
	rm -rf $(VENV) $(PEERS) .dagster build *.egg-info
