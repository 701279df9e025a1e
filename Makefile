# Everything a newcomer needs: `make demo` and `make test`. Wants Python 3.11 or newer, git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-coverage fuzz chaos test-peer test-openapi check bench screenshots picture lighthouse states settings endpoints metrics test-alerts translations sbom audit lock clean

# What a shop of one's own needs is in the file, while the demo runs. DEMO may hold more options: sandbox/README.md.
demo: $(STAMP)
	@exec $(BIN)/python -m sandbox.demo --env-file build/demo.env $(DEMO)

# By file, since what a module sets up can be dear: storms, remotes that hang, a browser. In the folders' order, in which
# the long ones come first. One process a core of a small machine: browsers and servers of the tests want some as well.
SUITE := -n 2 --dist loadfile --no-loadscope-reorder

test: $(STAMP)
	@tests/browser/get_chromium.sh
	@tests/browser/get_firefox.sh
	@tests/enabler/get_typescript.sh
	@tests/markup/get_checker.sh
	$(BIN)/python -m pytest $(SUITE)

# Which lines and branches of the package the tests reach: told at the end, and line by line in build/coverage/index.html.
# TESTS may name some of them.
test-coverage: $(STAMP)
	@tests/browser/get_chromium.sh
	@tests/browser/get_firefox.sh
	@tests/enabler/get_typescript.sh
	@tests/markup/get_checker.sh
	.ci/coverage $(SUITE) $(TESTS)

# Every parser and every address, with more examples than the suite plays, and others in each run.
FUZZ_EXAMPLES ?= 1000

fuzz: $(STAMP)
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest -n 2 --dist loadfile -o faulthandler_timeout=3600 tests/fuzz

# The fault campaign: so many storms, each with so many buyers.
SEEDS ?= 20
BUYERS ?= 200

chaos: $(STAMP)
	$(BIN)/python -m tests.campaign --seeds $(SEEDS) --buyers $(BUYERS)

# Every page, on phone and desktop, light and dark, in some languages; 3-D Secure in Firefox too. $(SHOTS) is not committed.
SHOTS := build/screenshots

screenshots: $(STAMP)
	@tests/browser/get_chromium.sh
	@tests/browser/get_firefox.sh
	$(BIN)/python -m tests.browser.screenshots $(SHOTS)
	FIREFOX_PICTURES=$(SHOTS)/firefox $(BIN)/python -m pytest tests/browser/test_firefox.py

# The picture of the README, which is committed: take it again after a change of the checkout page.
PICTURE := docs/images/checkout.png

picture: $(STAMP)
	@tests/browser/get_chromium.sh
	$(BIN)/python -m tests.browser.picture $(PICTURE)

# Looks at pages as on a phone; needs npm and Chromium. No figure has to be reached, and nothing of it is committed.
LIGHTHOUSE := build/lighthouse

lighthouse: $(STAMP)
	@tests/browser/get_chromium.sh
	@npm install --prefix $(LIGHTHOUSE) --no-save --no-fund --no-audit --loglevel=error lighthouse@12 >/dev/null
	$(BIN)/python -m tests.browser.lighthouse $(LIGHTHOUSE)/node_modules/.bin/lighthouse $(LIGHTHOUSE)/reports

# npm itself writes the file that stands for an installation, at its end.
PEER := tests/peer/node
PEER_STAMP := $(PEER)/node_modules/.package-lock.json

test-peer: $(STAMP) $(PEER_STAMP)
	$(BIN)/python -m pytest -m peer tests/peer

$(PEER_STAMP): $(PEER)/package-lock.json $(PEER)/.npmrc
	@cd $(PEER) && npm ci >/dev/null

# Says what is missing where it can't be done.
test-openapi: $(STAMP)
	@tests/openapi/run.sh $(BIN)/python

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy examples/python
	$(BIN)/lint-imports
	$(BIN)/python -m tools.supply.licences

# The document of all states, printed from the code; a test says when it is out of date.
STATES := docs/states.md

states: $(STAMP)
	$(BIN)/python -m tools.states > $(STATES).new
	@mv $(STATES).new $(STATES)

# The documents that list the settings, printed from their declarations; a test says when they are out of date.
SETTINGS := docs/configuration.md .env.example

settings: $(STAMP)
	@for document in $(SETTINGS); do \
		$(BIN)/python -m tools.settings $$document > $$document.new && mv $$document.new $$document || exit 1; \
	done

# The tables of addresses and limits, from what the endpoints declare; a test says when they are out of date.
ENDPOINTS := docs/api.md

endpoints: $(STAMP)
	$(BIN)/python -m tools.endpoints > $(ENDPOINTS).new
	@mv $(ENDPOINTS).new $(ENDPOINTS)

metrics: $(STAMP)
	$(BIN)/python -m tools.metrics > docs/metrics.md.new
	@mv docs/metrics.md.new docs/metrics.md

# Needs Prometheus' promtool.
test-alerts:
	cd deploy/prometheus && promtool check rules alerts.yml && promtool test rules alerts_test.yml silence_test.yml

# New sentences come into the catalogues empty, those that are gone leave them. What is compiled is committed as well.
translations: $(STAMP)
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg --add-location=file --sort-by-file -o build/messages.pot .
	$(BIN)/pybabel -q update -i build/messages.pot -d translations -w 100 \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d translations

# What the bridge is delivered with, from the lock. Their tools have a lock and an environment of their own: they bring
# more packages than the bridge has.
SUPPLY := build/supply

sbom: $(SUPPLY)/.installed
	$(SUPPLY)/bin/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --mc-type application \
		--output-reproducible --output-format JSON --output-file build/sbom.json
	@echo build/sbom.json

# Ends with 3 where no database of advisories can be reached, and says so.
audit: $(STAMP) $(SUPPLY)/.installed
	$(BIN)/python -m tools.supply.audit $(SUPPLY)/bin/pip-audit

$(SUPPLY)/.installed: tools/supply/requirements.txt
	@mkdir -p build
	@test -x $(SUPPLY)/bin/python || $(PYTHON) -m venv $(SUPPLY)
	$(SUPPLY)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/supply/requirements.txt
	@touch $@

# Load on the bridge (docs/performance.md). BENCH may hold options, for example: make bench BENCH="--quick --bridge ../before --bridge ."
# What sends the load and stands for the remotes has a lock and an environment of its own.
BENCH_ENV := build/bench
BENCH ?=

bench: $(STAMP) $(BENCH_ENV)/.installed
	$(BIN)/python -m bench $(BENCH)

$(BENCH_ENV)/.installed: bench/requirements.txt
	@mkdir -p build
	@test -x $(BENCH_ENV)/bin/python || $(PYTHON) -m venv $(BENCH_ENV)
	$(BENCH_ENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/requirements.txt
	@touch $@

lock:
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate requirements.in -o requirements.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate requirements-dev.in -o requirements-dev.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate tools/supply/requirements.in -o tools/supply/requirements.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate bench/requirements.in -o bench/requirements.txt

$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (make PYTHON=python3.12 ...)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(PEER)/node_modules tests/browser/node/node_modules tests/enabler/types/node_modules tests/markup/node/node_modules
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build
