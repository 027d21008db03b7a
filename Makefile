# Everything a newcomer needs: `make run` and `make test`. `make help` lists the rest.

VENV := .venv
PYTHON ?= python3
PORT ?= 7860
LIBRARY ?= data
BIN := $(VENV)/bin
# Processes that run the tests; each loads the models, 1.2 GB.
WORKERS ?= 2

# PyTorch's CPU index keeps a laptop without a GPU from downloading gigabytes of CUDA. Set
# TORCH_INDEX= (empty) to get PyPI's build, which is the CUDA one on Linux. Where wheels lie on
# disk (PIP_FIND_LINKS) no other index is asked.
ifndef PIP_FIND_LINKS
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
endif
PIP_INSTALL := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-compile \
	-c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test test-thorough test-browser test-milvus torture lint fix audit \
	bench build installed sbom image release clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 20

run: $(VENV)/.run  ## build the environment and the index, and serve the chat on PORT (7860)
	@$(BIN)/turncite serve --library "$(LIBRARY)" --port $(PORT)

# A worker has a core: two that compute with two threads each take three times as long.
test test-thorough test-browser: export OMP_NUM_THREADS = 1

test: $(VENV)/.test  ## run the tests, but those that take long or need a browser or a server
	@$(BIN)/python -m pytest -m 'not milvus and not browser and not thorough' -n $(WORKERS) --dist worksteal

test-thorough: $(VENV)/.test  ## run the tests that take long: the guides as printed, written answers
	@$(BIN)/python -m pytest -m thorough -n $(WORKERS) --dist worksteal

test-browser: $(VENV)/.test  ## run the tests of the page, in a real browser
	@$(BIN)/python -m pytest -m browser -n $(WORKERS) --dist worksteal

test-milvus: $(VENV)/.milvus  ## run the tests of the store on Milvus, over a server of their own
	@$(BIN)/python -m pytest -m milvus

torture: $(VENV)/.test  ## try faults for ten minutes: kills, full disks, damage, two writers
	@PYTHONPATH=tests:. $(BIN)/python -m torture

lint: $(VENV)/.test  ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

fix: $(VENV)/.test  ## mend what the linter can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

audit: $(VENV)/.audit  ## ask whether what is installed has known faults; 3 where nobody can be asked
	@$(BIN)/python .ci/audit $(BIN)/pip-audit

bench: $(VENV)/.test  ## measure answers, speed and memory
	@$(BIN)/python -m benchmarks

# The date of the commit, so that the same commit makes the same wheel.
build: $(VENV)/.release  ## make the wheel and the source archive in dist, and look into them
	@rm -rf dist
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) PIP_CONSTRAINT=$(CURDIR)/constraints.txt \
		$(BIN)/python -m build > /dev/null
	@$(BIN)/twine check --strict dist/*
	@$(BIN)/python .ci/contents dist

installed: build  ## try the wheel in an empty environment, and as in a container
	@PYTHON=$(BIN)/python TORCH_INDEX=$(TORCH_INDEX) .ci/installed dist build/installed

sbom: installed  ## write what an installed Turncite consists of (CycloneDX), and check the licences
	@$(BIN)/cyclonedx-py environment build/installed/bin/python --pyproject pyproject.toml \
		--mc-type application --output-reproducible -o dist/turncite.cdx.json
	@$(BIN)/python .ci/licences dist/turncite.cdx.json

image:  ## build the container image turncite (needs Docker)
	@docker build --tag turncite .

release:  ## all that comes before a release, which uploads nothing
	@.ci/release

clean:  ## remove the environment, caches and the sample's index; transcripts stay
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .hypothesis artifacts data/.turncite
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Turncite needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# Compiling in parallel afterwards is several times quicker than pip's own.
$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing Turncite into $(VENV): once, about 1.4 GB, a few minutes"
	@$(PIP_INSTALL) $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) torch
	@$(PIP_INSTALL) -e .
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 0 $(VENV)/lib > /dev/null || true
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@$(PIP_INSTALL) -e '.[test]'
	@touch $@

$(VENV)/.release: $(VENV)/.test
	@$(PIP_INSTALL) -e '.[test,release]'
	@touch $@

$(VENV)/.audit: $(VENV)/.test
	@$(PIP_INSTALL) -e '.[test,audit]'
	@touch $@

$(VENV)/.milvus: $(VENV)/.test
	@$(PIP_INSTALL) -e '.[test,test-milvus]'
	@touch $@
