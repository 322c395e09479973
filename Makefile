# Everything a newcomer needs: `make demo` and `make test` work from a bare clone.
PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
READY := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help .venv demo lab test test-thorough test-newest check format answers catalogue bench clean

help: ## list what can be made
	@grep -hE '^[a-z.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
	  awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

.venv: $(READY) ## build the environment (again only when pyproject.toml changed)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: Qunlab needs Python 3.11 or newer and '$(PYTHON)' is not; try: make PYTHON=python3.12" >&2; \
	  exit 1; }
	@echo "Building .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --editable '.[dev]'
	@touch $@

demo: $(READY) ## the main job: size x cadence x red packets, its answers and its HTML page
	$(BIN)/qunlab demo

lab: $(READY) ## levers to move and two plans to watch, in the browser
	$(BIN)/qunlab lab

test: $(READY) ## every test and every example in a docstring
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -q

test-thorough: $(READY) ## the same with many more random cases
	QUNLAB_THOROUGH=1 $(BIN)/python -m pytest -n $(JOBS) --dist worksteal -q

# Where Mesa's newest 3.x wants a newer Python than ours: the tests that touch Mesa, once more.
MESA_TESTS = $(shell grep -lE '^(from|import) (mesa|sim\.models|sim\.agents)' tests/*.py)
test-newest: $(READY) ## the Mesa tests on the newest Python and Mesa 3.x found here
	@for version in 3.13 3.12; do \
	  for python in "$$($(BIN)/uv python find --no-python-downloads $$version 2>/dev/null)" \
	      "$$(command -v python$$version)" "$$HOME"/.pyenv/versions/$$version.*/bin/python; do \
	    "$$python" -c 'import venv' 2>/dev/null && break 2; python=; \
	  done; \
	done; \
	if [ -z "$$python" ]; then echo "No Python newer than 3.11 on this machine: nothing to test."; exit 0; fi; \
	set -e; \
	"$$python" -m venv --clear .venv-newest; \
	$(BIN)/uv pip install --quiet --upgrade --python .venv-newest/bin/python --editable '.[dev]'; \
	.venv-newest/bin/python -c 'import mesa, platform; print("Python", platform.python_version(), "Mesa", mesa.__version__)'; \
	.venv-newest/bin/python -m pytest -n $(JOBS) -q $(MESA_TESTS)

check: $(READY) ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

answers: $(READY) ## the twenty questions asked anew, docs/answers.md and its Chinese written
	$(BIN)/python -m experiments.answers

catalogue: $(READY) ## gather what users read into sim/locale, and compile its Chinese
	$(BIN)/python tests/catalogue.py

bench: $(READY) ## speed, printed and written to results/bench.json
	$(BIN)/python benchmarks/bench.py

clean: ## delete the environments and what tools left behind (results/ stays)
	rm -rf .venv .venv-newest .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
