# make run    open the lab in a browser, for this machine alone; PORT=8600, ARGS=--server.headless=true
#             and the like, ARGS=--server.address=0.0.0.0 for others too (see README.md first)
# make test   every test; TESTS="tests/unit tests/pages" some of them, ARGS="-k floor" as for pytest
# make lint types format lock
# make audit  which of the locked versions have known vulnerabilities, as OSV knows them
# PYTHON=/path/to/python names the Python that .venv is made with.
.DELETE_ON_ERROR:
.PHONY: run test lint types format audit lock install install-dev
export PYTHON

BIN := .venv/bin
PACKAGES := core pages tests tools benchmarks app.py

# The address stands here and not in .streamlit/config.toml: a host that starts app.py itself, as
# Streamlit Community Cloud does, reads that file and has to reach the lab from outside.
run: install
	@exec $(BIN)/python -m streamlit run app.py --server.address=127.0.0.1 \
		$(if $(PORT),--server.port=$(PORT)) $(ARGS)

test: install-dev
	@exec $(BIN)/python -m tools.run_tests $(TESTS) -- $(ARGS)

lint: install-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: install-dev
	$(BIN)/mypy

format: install-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

audit: install-dev
	@exec $(BIN)/python -m tools.audit

lock: install-dev
	$(COMPILE) requirements.in -o requirements.txt $(ARGS)
	$(COMPILE) requirements-dev.in -o requirements-dev.txt $(ARGS)

install:
	@sh tools/install.sh requirements.txt

install-dev:
	@sh tools/install.sh requirements.txt requirements-dev.txt

COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links
