PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
AXE_SHA256 := 29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c

run: $(READY)  ## notebook 10 on the synthetic sample of the State Department month
	$(BIN)/digidip run 10-comment-analysis

# Where it is set, each of some thirty processes would compile the package and the libraries' sources anew.
export PYTHONDONTWRITEBYTECODE :=

# Small matrices cost several threads of linear algebra more to share than to solve.
test check: export OPENBLAS_NUM_THREADS = 1
test: $(READY)  ## house tests, unit tests, every notebook against its checked cells
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest -n 2 --dist worksteal

check: $(READY)  ## the inner loop, within a minute: ruff, the rules of the house and of docs, the tests of what changed since the last commit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest -q -n 2 --dist worksteal tests/test_house.py tests/test_docs.py $$($(BIN)/python tests/changed.py)

browser: $(READY)  ## what the browser tests need: Playwright's client, axe-core, and Chromium where we may install it
	$(BIN)/python -c "import playwright"
	npm install --no-save --no-audit --no-fund --ignore-scripts --prefix .venv/axe axe-core@4.14.1
	echo "$(AXE_SHA256)  .venv/axe/node_modules/axe-core/axe.min.js" | sha256sum --check --quiet || (rm -rf .venv/axe; exit 1)
	test -x /usr/bin/chromium || (test "$$(id -u)" = 0 && apt-get update -q && apt-get install -y -q chromium) || (echo "no /usr/bin/chromium: install Chromium, or call make browser as root where apt-get is" >&2; exit 1)

report: $(READY)  ## five synthetic ministries over one month, as one report
	$(BIN)/digidip run five-ministries

lab: $(READY)  ## JupyterLab on the notebooks
	$(BIN)/digidip lab

notebooks: $(READY)  ## execute every notebook in place
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False --log-level=WARN notebooks/*.ipynb

docs: $(READY)  ## the site of handbook, notebooks and API in build/docs, without a warning; opens from disk
	rm -rf build/docs docs/api
	$(BIN)/python -m sphinx -q -W --keep-going -j 2 -c docs . build/docs
	@echo "Open build/docs/index.html"

bench: $(READY)  ## side-by-side timings, as ratios
	$(BIN)/python benchmarks/loading.py
	$(BIN)/python benchmarks/tweets.py
	$(BIN)/python benchmarks/sweep.py
	$(BIN)/python benchmarks/qap.py
	$(BIN)/python benchmarks/graphs.py
	$(BIN)/python benchmarks/dialogue.py 5000000

lock: $(READY)  ## remake requirements.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra test --extra docs --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --upgrade -q -o requirements.lock

advisories: $(READY)  ## known faults of the pinned packages, by PyPI's advisories; needs the network, so once a week and not in test
	$(BIN)/uv tool run -q pip-audit -r requirements.lock --require-hashes --disable-pip

attack: $(READY)  ## kill -9 and full disks at writes of each command, four at once, names in all samples, least holdings, mutants; ten minutes, not part of test
	$(BIN)/pytest -q -n 2 --dist worksteal -p no:cacheprovider -o faulthandler_timeout=600 tests/attack/forgotten_samples.py tests/attack/minimal_holdings.py
	$(BIN)/pytest -q -n 2 --dist worksteal -p no:cacheprovider -o faulthandler_timeout=600 tests/attack/kills.py
	$(BIN)/python tests/attack/mutations.py

structures: $(READY)  ## samples of all readers bent in their structure, for an hour or three: make structures INPUTS=20000 (for each family)
	$(BIN)/python tests/readers/fuzz.py --structure --inputs $(or $(INPUTS),20000)

fuzz: $(READY)  ## mutated samples against the parsers in Python, in an environment of its own with atheris: make fuzz SECONDS=60
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv run -q --active --no-project --with atheris==3.0.0 python tests/readers/fuzz.py --seconds $(or $(SECONDS),20)

clean:  ## remove what make installs and tests leave; data/ and reports/ stay
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis build *.egg-info

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

.PHONY: run test check browser report lab notebooks docs bench advisories attack structures fuzz lock clean
