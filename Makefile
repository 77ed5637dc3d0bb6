# The verbs of this repository. Everything runs from .venv, which the first verb sets up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What the provider is measured beside has an environment of its own: it needs an older protobuf.
BESIDE := .venv-bench-terraform
# The tests with the lowest versions that pyproject.toml allows, and with the newest on offer.
LOWEST := .venv-lowest
NEWEST := .venv-newest
ALONE := .venv-alone
OLDEST_PYTHON ?= python3.10
# Each set of requirements leaves its mark when it is installed to the end.
RUNS := $(VENV)/.preview
READY := $(VENV)/.dev
SOURCES := __main__.py provider sdk tests tools trust examples bench docs
SCENARIO_SCHEMA := provider/callerid/sandbox/scenario.schema.json
TERRAFORM_SCHEMA := provider/callerid/frontends/terraform/schema.json
LOCK := --universal --python-version 3.10 --no-strip-extras --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

# Tests start hundreds of Python processes; compiled once, each starts in half the time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup preview examples test tests acceptance lint types format schema sdk bench trust coverage mutation docs site dist release lowest newest lock licences clean

help: ## Show the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Set up .venv with everything locked in requirements-dev.txt

$(RUNS): requirements-preview.txt pyproject.toml sdk/python/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "callerid needs Python 3.10 or newer; name one with: make PYTHON=python3.12")'
	@$(PYTHON) tools/set_up.py $(VENV) $< --editable . sdk/python
	@touch $@

$(VENV)/.%: requirements-%.txt $(RUNS)
	@$(PYTHON) tools/set_up.py $(VENV) $<
	@touch $@

# An environment whose Python has gone, or that was never made to the end, is made anew.
ifeq ($(and $(wildcard $(BIN)/python),$(wildcard $(VENV)/.whole)),)
$(shell rm -f $(VENV)/.preview $(VENV)/.dev $(VENV)/.docs $(VENV)/.bench $(VENV)/.fuzz $(VENV)/.mutation)
endif

ifeq ($(wildcard $(BESIDE)/bin/python),)
$(shell rm -f $(BESIDE)/.whole)
endif

$(BESIDE)/.whole: requirements-bench-terraform.txt
	@$(PYTHON) tools/set_up.py $(BESIDE) $<

preview: $(RUNS) ## Run examples/python once per built-in caller, against the sandbox
	@$(BIN)/callerid preview examples/python --engine auto --as person --as service-user --as owner --as member

examples: $(READY) ## Run every example that the tools on PATH allow, and compare with its README
	@$(BIN)/python examples/run.py

test: lint types tests acceptance examples docs ## Set up, lint, check types, run all tests, examples, docs

tests: $(READY) ## Run the tests, but for the slow ones that `acceptance` runs
	$(BIN)/python -m pytest --numprocesses 4 --dist worksteal -m "not acceptance"

acceptance: $(READY) ## Run the tests of the whole from outside: programs, examples, pages, wheels
	$(BIN)/python -m pytest --numprocesses 4 --dist worksteal -m acceptance

$(LOWEST)/.whole: requirements-lowest.txt pyproject.toml sdk/python/pyproject.toml
	@$(OLDEST_PYTHON) tools/set_up.py $(LOWEST) $< --editable . sdk/python

lowest: $(LOWEST)/.whole ## Run the tests with the lowest versions that pyproject.toml allows, on Python 3.10
	$(LOWEST)/bin/python -m pytest --numprocesses 4 --dist worksteal -m "not acceptance"

newest: ## Run the tests with the newest version of everything, locked or not
	$(PYTHON) -m venv --clear $(NEWEST)
	$(NEWEST)/bin/python -m pip install --quiet --upgrade pip
	$(NEWEST)/bin/python -m pip install --quiet --upgrade --group dev --editable '.[sandbox,terraform,testing]' --editable sdk/python
	$(NEWEST)/bin/python -m pytest --numprocesses 4 --dist worksteal -m "not acceptance"
	$(PYTHON) -m venv --clear $(ALONE) # pulumi's package holds protobuf back, which nobody else does
	$(ALONE)/bin/python -m pip install --quiet --upgrade pip
	$(ALONE)/bin/python -m pip install --quiet --upgrade hypothesis jsonschema pytest pytest-xdist --editable '.[sandbox,terraform]'
	$(ALONE)/bin/python -m pytest --numprocesses 4 --dist worksteal tests/frontends/pulumi/test_alone.py tests/frontends/terraform

lint: $(READY) ## Check style and format
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: $(READY) ## Check types
	$(BIN)/mypy

format: $(READY) ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

schema: $(READY) ## Derive schema.json, Terraform's, that of scenario files, and validators, from the models
	$(BIN)/python -m callerid.deriving
	$(BIN)/python -m callerid.frontends.pulumi.schema > schema.json.new
	mv schema.json.new schema.json
	$(BIN)/python -m callerid.sandbox.schema > $(SCENARIO_SCHEMA).new
	mv $(SCENARIO_SCHEMA).new $(SCENARIO_SCHEMA)
	$(BIN)/python -m callerid.frontends.terraform.schema > $(TERRAFORM_SCHEMA).new
	mv $(TERRAFORM_SCHEMA).new $(TERRAFORM_SCHEMA)

sdk: schema ## Derive the Python SDK and the reference pages
	$(BIN)/python sdk/generate.py
	PYTHONPATH=sdk:tests:tools $(BIN)/python docs/derive.py --pages

bench: $(READY) $(VENV)/.bench $(BESIDE)/.whole ## Measure, both sides in one run
	PYTHONPATH=tests $(BIN)/python bench/run.py

trust: $(READY) $(VENV)/.fuzz ## Try everything that is promised, and write docs/trust.md (an hour; some of it: ONLY="fleets soak")
	PYTHONPATH=tests $(BIN)/python trust/trying.py --write $(ONLY)

coverage: $(READY) ## Run all tests, and count what they reach in every process that they start
	rm -rf .coverage/data*
	mkdir -p .coverage
	$(BIN)/coverage run -m pytest --numprocesses 4 --dist worksteal
	$(BIN)/coverage combine --quiet .coverage
	$(BIN)/coverage report
	$(BIN)/coverage json --quiet -o .coverage/report.json
	$(BIN)/python tools/branches.py .coverage/report.json

mutation: $(READY) $(VENV)/.mutation ## Try whether tests see small faults (an hour; one file or folder: ONLY=PATH)
	PYTHONPATH=trust $(BIN)/python -m mutation $(ONLY)

docs: $(READY) ## Derive pages and pictures, and build the site into site/ (Python 3.11 or newer)
	PYTHONPATH=sdk:tests:tools $(BIN)/python docs/derive.py
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then $(MAKE) --no-print-directory site; \
	else echo "docs: skipped: Zensical, which builds the site, needs Python 3.11 or newer"; fi

site: $(READY) $(VENV)/.docs
	$(BIN)/python docs/stage.py .pages
	$(BIN)/zensical build --strict --clean

dist: $(READY) ## Build wheels, sdists, bill of materials and checksums into dist
	$(BIN)/python tools/distributions.py

release: $(READY) ## The same, refused unless version, changelog and tree are ready
	$(BIN)/python tools/distributions.py --release $(if $(TAG),--tag "$$TAG")

lock: ## Renew the requirement files (needs uv)
	uv pip compile pyproject.toml --all-extras --group dev $(LOCK) -o requirements-dev.txt
	cp requirements-dev.txt requirements-lowest.txt # tools keep these versions, where they can
	uv pip compile pyproject.toml --all-extras --resolution lowest-direct $(LOCK) | uv pip compile pyproject.toml --all-extras --group dev --constraint - $(LOCK) -o requirements-lowest.txt
	uv pip compile pyproject.toml --extra testing --group setup --constraint requirements-dev.txt $(LOCK) -o requirements-preview.txt
	uv pip compile --group bench --constraint requirements-dev.txt $(LOCK) -o requirements-bench.txt
	sed '/^protobuf==/,/[^\\]$$/d' requirements-dev.txt | uv pip compile --group bench-terraform --constraint - $(LOCK) -o requirements-bench-terraform.txt
	uv pip compile --group fuzz --constraint requirements-dev.txt $(LOCK) -o requirements-fuzz.txt
	uv pip compile --group mutation --constraint requirements-dev.txt $(LOCK) -o requirements-mutation.txt
	uv pip compile --group docs --constraint requirements-dev.txt $(LOCK) -o requirements-docs.txt

licences: $(READY) ## Look up the licence of every package that callerid installs; run it after `lock` (needs a package index)
	$(BIN)/python tools/dependencies.py
	PYTHONPATH=sdk:tests:tools $(BIN)/python docs/derive.py --pages

clean: ## Remove what the verbs made
	rm -rf $(VENV) $(BESIDE) $(LOWEST) $(NEWEST) $(ALONE) dist site .pages .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	find $(SOURCES) -name __pycache__ -prune -exec rm -rf {} +
