# Everything a newcomer needs: `make demo` and `make test`. Wants Python 3.11 or newer, git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-peer check lock clean

demo: $(STAMP)
	@exec $(BIN)/python -m sandbox.demo

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# npm itself writes the file that stands for an installation, at its end.
PEER := tests/peer/node
PEER_STAMP := $(PEER)/node_modules/.package-lock.json

test-peer: $(STAMP) $(PEER_STAMP)
	$(BIN)/python -m pytest -m peer tests/peer

$(PEER_STAMP): $(PEER)/package-lock.json $(PEER)/.npmrc
	@cd $(PEER) && npm ci >/dev/null

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock:
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate requirements.in -o requirements.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate requirements-dev.in -o requirements-dev.txt

$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (make PYTHON=python3.12 ...)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build
