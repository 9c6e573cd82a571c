# Two commands need nothing but Python, pip, git and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOWEST := .venv-minimum
ARGS ?=
SECONDS ?= 60

.PHONY: demo test test-quick test-minimum audit fuzz lint types docs bench clean

demo: $(VENV)/.run
	$(BIN)/python examples/shop/demo.py $(ARGS)

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term $(ARGS)

# For while one works: less than a minute, something of everything but the fuzzer.
test-quick: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 -m "not slow and not thorough and not browser" --ignore tests/fuzz \
		--hypothesis-profile quick $(ARGS)

# The lowest versions that pyproject.toml allows, all at once: what it says has to be so. Not slow, no browser.
test-minimum: $(LOWEST)/.test
	$(LOWEST)/bin/python -m pytest -n 2 -m "not slow and not browser" -p no:cacheprovider $(ARGS)

# What is known of holes in the packages that are installed, and in the lowest ones that may be.
audit: $(VENV)/.audit $(LOWEST)/.test
	$(BIN)/python tools/audit.py $(VENV) $(LOWEST)

# Other documents with another seed: make fuzz SECONDS=3600 ARGS='--seed 7'. What fails goes into build/fuzz.
fuzz: $(VENV)/.test
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(ARGS)

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.lint
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

# The site is in build/docs. The variable keeps a notice of the maker out of the output.
docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict $(ARGS)

bench: $(VENV)/.bench
	$(BIN)/python bench/run.py $(ARGS)

clean:
	rm -rf $(VENV) $(LOWEST) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*

# Each stamp installs what its name says, and does so again when the requirements change.
$(VENV)/.run $(VENV)/.test $(VENV)/.lint $(VENV)/.docs $(VENV)/.bench $(VENV)/.audit: pyproject.toml | $(VENV)/bin/python
$(VENV)/.run:
	$(BIN)/python -m pip install --quiet --editable .
	touch $@
$(VENV)/.test:
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@
$(VENV)/.lint:
	$(BIN)/python -m pip install --quiet --editable '.[test,lint]'
	touch $@
$(VENV)/.docs:
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@
$(VENV)/.bench:
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	touch $@

$(VENV)/.audit:
	$(BIN)/python -m pip install --quiet --editable '.[test,audit]'
	touch $@
$(LOWEST)/.test: pyproject.toml tools/minimum.py | $(LOWEST)/bin/python
	$(LOWEST)/bin/python tools/minimum.py test >$(LOWEST)/constraints.txt
	$(LOWEST)/bin/python -m pip install --quiet --editable '.[test]' --constraint $(LOWEST)/constraints.txt
	touch $@

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
$(LOWEST)/bin/python:
	$(PYTHON) -m venv $(LOWEST)
