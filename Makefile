# quern: one non-recursive makefile. `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules --no-print-directory
CC  ?= cc
CXX ?= c++
ifeq ($(origin CC),default)
CC := cc
endif
ifeq ($(origin CXX),default)
CXX := c++
endif
comma := ,
V ?= 0
Q := $(if $(filter 1,$(V)),,@)
SANITIZER ?=
FLAVOUR := $(if $(SANITIZER),$(SANITIZER),$(if $(DEBUG),debug,))
B ?= build$(if $(FLAVOUR),/$(FLAVOUR),)
PREFIX ?= /usr/local

# x86-64-v3 (AVX2, 2015 and later); the programs check it at start. ARCH= builds for any machine.
ARCH ?= $(if $(filter x86_64,$(shell uname -m)),x86-64-v3,)
PACKAGES := libczmq libzmq msgpack libpq libuv libpcre2-8 libzstd zlib libxxhash sqlite3 libmicrohttpd \
            jansson libcrypto
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lunistring -lcctz -ldragonbox_to_chars -lsimdjson
OPT := $(if $(SANITIZER)$(DEBUG),-O1 -DQ_DEBUG,-O2) -g
SAN := $(if $(SANITIZER),-fsanitize=$(SANITIZER)$(if $(filter address,$(SANITIZER)),$(comma)undefined,) -fno-omit-frame-pointer -fno-sanitize-recover=undefined,)
WARN := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wvla -Wundef
COMMON_FLAGS := $(OPT) $(if $(ARCH),-march=$(ARCH),) $(SAN) -pthread -ffp-contract=off -fno-math-errno -I. -isystem /usr/include/dragonbox-1.1.3 \
          -D_GNU_SOURCE $(patsubst -I%,-isystem %,$(PKG_CFLAGS)) -MMD -MP
CFLAGS_ALL := -std=c17 $(WARN) $(COMMON_FLAGS) $(CFLAGS)
CXXFLAGS_ALL := -std=c++17 -Wall -Wextra -Werror -fno-rtti -DNDEBUG $(COMMON_FLAGS) $(CXXFLAGS)
LDLIBS_ALL := $(PKG_LIBS) -lm -lstdc++ $(LDLIBS)

find = $(sort $(shell find $(1) -name '*.$(2)' 2>/dev/null))
LIB_SRC  := $(call find,common proto,c) $(filter-out master/main.c,$(call find,master,c)) \
            $(filter-out worker/main.c,$(call find,worker,c)) $(filter-out cli/main.c,$(call find,cli,c))
LIB_CXX  := $(call find,common,cc)
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/obj/%.o) $(LIB_CXX:%.cc=$(B)/obj/%.o) $(B)/obj/web_files.o
# Files that the daemons serve, carried in the programs.
WEB_FILES := $(sort $(shell find web -type f -not -name '.*' 2>/dev/null)) $(wildcard docs/openapi.json)
MAINS    := $(wildcard master/main.c worker/main.c cli/main.c)
BIN      := $(if $(wildcard master/main.c),$(B)/bin/quern-master) $(if $(wildcard worker/main.c),$(B)/bin/quern-worker) \
            $(if $(wildcard cli/main.c),$(B)/bin/quern)
UNIT_SRC := $(call find,tests/unit,c)
UNIT_BIN := $(UNIT_SRC:%.c=$(B)/%)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)

all: $(BIN) ## build the three programs

$(B)/bin/quern-master: $(B)/obj/master/main.o $(B)/libquern.a
$(B)/bin/quern-worker: $(B)/obj/worker/main.o $(B)/libquern.a
$(B)/bin/quern: $(B)/obj/cli/main.o $(B)/libquern.a
$(BIN):
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK  $@")
	$(Q)$(CC) $(SAN) -pthread -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS_ALL)

$(B)/libquern.a: $(LIB_OBJ)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  AR    $@")
	$(Q)rm -f $@ && ar rcs $@ $^

# Kernels are loops of unknown length, which gcc vectorises at -O3 only.
$(B)/obj/common/exec/kernel/%.o: CFLAGS_ALL += $(if $(SANITIZER)$(DEBUG),,-O3)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC    $<")
	$(Q)$(CC) $(CFLAGS_ALL) -c -o $@ $<

$(B)/obj/%.o: %.cc
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CXX   $<")
	$(Q)$(CXX) $(CXXFLAGS_ALL) -c -o $@ $<

$(B)/tests/unit/%: tests/unit/%.c $(B)/libquern.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  TEST  $@")
	$(Q)$(CC) $(CFLAGS_ALL) $(shell pkg-config --cflags check) -o $@ $< $(B)/libquern.a $(shell pkg-config --libs check) $(LDLIBS_ALL)

# Directories change when files come and go.
$(B)/web_files.c: tools/embed_web.sh $(WEB_FILES) $(shell find web -type d 2>/dev/null)
	@mkdir -p $(@D)
	$(Q)tools/embed_web.sh $(WEB_FILES) >$@
$(B)/obj/web_files.o: $(B)/web_files.c $(WEB_FILES)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  EMBED $(words $(WEB_FILES)) files")
	$(Q)$(CC) $(CFLAGS_ALL) -c -o $@ $<

check-unit: $(UNIT_BIN) ## unit tests (Check), as many programs at once as there are processors
	$(Q)printf '%s\n' $^ | xargs -P $$(nproc) -I{} sh -c 'said=$$({} 2>&1); code=$$?; echo "$$said"; exit $$code'

# Python end-to-end tests run the programs of this flavour: SANITIZER=thread check-cluster works.
PYTHON ?= /usr/bin/python3
PYTEST := QUERN_BIN=$(CURDIR)/$(B)/bin $(PYTHON) -B -m pytest -p no:cacheprovider -ra --color=no
check-stage3: $(BIN) ## stage 3 at 10, 1,000 and 1,000,000 records against an independent computation
	$(Q)$(PYTEST) tests/stage3
# Its tests mostly wait for processes: more of its files at once than there are processors.
CLUSTER_JOBS ?= $(shell echo $$(($$(nproc) + 1)))
check-cluster: $(BIN) ## master, workers, CLI and PostgreSQL as real processes
	$(Q)$(PYTEST) -n $(CLUSTER_JOBS) --dist loadfile tests/cluster
check-deploy: $(BIN) ## how daemons start where something manages them (no container engine needed)
	$(Q)$(PYTEST) tests/deploy/test_start.py
FAULT_SEEDS ?= 2000
$(B)/tests/fault/sim: tests/fault/sim.c tests/fault/sim_queue.h $(B)/libquern.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  TEST  $@")
	$(Q)$(CC) $(CFLAGS_ALL) -o $@ $< $(B)/libquern.a $(LDLIBS_ALL)
check-fault: $(BIN) $(B)/tests/fault/sim ## the scheduler in a simulated cluster, then real processes in trouble
	$(Q)$(B)/tests/fault/sim --seeds $(FAULT_SEEDS)
	$(Q)$(B)/tests/fault/sim --seed 1 --workers 1000
	$(Q)$(PYTEST) tests/fault
check-oracle: $(BIN) ## the same SQL as Spark 3.5, value for value (answers are recorded)
	$(Q)$(PYTHON) -B tests/oracle/selftest.py
	$(Q)$(PYTHON) -B tests/oracle/run.py --quern $(B)/bin/quern
check-functions: $(BIN) ## every example of common/plan/functions.def
	$(Q)$(PYTHON) -B tests/functions/run.py --quern $(B)/bin/quern
PYTHON_VENV := build/python-venv
$(PYTHON_VENV)/ready: python/requirements-dev.txt
	$(Q)$(PYTHON) -m venv $(PYTHON_VENV) && $(PYTHON_VENV)/bin/pip install -q -r python/requirements-dev.txt
	$(Q)touch $@
check-python: $(BIN) $(PYTHON_VENV)/ready ## the Python client against a real cluster
	$(Q)cd python && ../$(PYTHON_VENV)/bin/python -W ignore setup.py -q build_ext --inplace --build-temp ../build/python-ext
	$(Q)cd python && PYTHONPATH=src QUERN_BIN=$(CURDIR)/$(B)/bin ../$(PYTHON_VENV)/bin/python -B -m pytest -p no:cacheprovider -q -ra --color=no
check-docs: $(BIN) ## every command and statement of README.md and docs/, and what they show
	$(Q)$(PYTHON) -B tests/docs/run.py --bin $(B)/bin
bench-python: $(BIN) $(PYTHON_VENV)/ready ## a million dicts through stage 3 and back, beside Polars
	$(Q)cd python && ../$(PYTHON_VENV)/bin/python -W ignore setup.py -q build_ext --inplace --build-temp ../build/python-ext
	$(Q)QUERN_HOME=$(CURDIR)/$(B) $(PYTHON_VENV)/bin/python -B bench/python_dicts.py $(BENCH_ARGS)
wheel: $(BIN) $(PYTHON_VENV)/ready ## build/dist: the Python package, a wheel with the programs and an sdist
	$(Q)rm -rf build/dist build/python-src && mkdir -p build/dist && cp -r python build/python-src
	$(Q)cd build/python-src && rm -rf build src/quern/*.so && \
	    QUERN_WHEEL_BIN=$(CURDIR)/$(B)/bin ../../$(PYTHON_VENV)/bin/python -m build --no-isolation --outdir ../dist . >../dist/log 2>&1 || (cat ../dist/log; exit 1)
	$(Q)rm -f build/dist/log; ls -l build/dist
# The example's packages (Prefect, dbt) and quern's own, in an environment of their own.
PIPELINE_VENV := build/pipeline-venv
pipeline-venv: $(PIPELINE_VENV)/ready ## Prefect, dbt and the Python package, for examples/pipeline
$(PIPELINE_VENV)/packages: examples/pipeline/requirements.txt
	$(if $(Q),@echo "  VENV  $(@D)")
	$(Q)rm -rf $(@D) && $(PYTHON) -m venv $(@D)
	$(Q)$(@D)/bin/pip install -q --disable-pip-version-check -r $<
	$(Q)touch $@
$(PIPELINE_VENV)/ready: $(PIPELINE_VENV)/packages python/pyproject.toml $(shell find python/src -type f -not -path '*/__pycache__/*' -not -path '*.egg-info*' 2>/dev/null)
	$(Q)$(@D)/bin/pip install -q --disable-pip-version-check --force-reinstall --no-deps ./python
	$(Q)touch $@
check-pipeline: $(BIN) ## the Prefect and dbt example on a cluster and PostgreSQL (downloads Prefect)
	-$(Q)$(MAKE) pipeline-venv
	$(Q)$(PYTEST) tests/pipeline
gen: ## documents made from the tables in the sources
	$(Q)$(PYTHON) -B tools/gen_docs.py
gen-check: ## whether they are current
	$(Q)$(PYTHON) -B tools/gen_docs.py --check
oracle-answers: ## ask PySpark 3.5 for the oracle's answers afresh (java, PyPI)
	$(Q)$(PYTHON) -m venv build/oracle-venv && build/oracle-venv/bin/pip install -q -r tests/oracle/requirements.txt
	$(Q)build/oracle-venv/bin/python tests/oracle/record.py
CHECKS := gen-check check-docs check-unit check-functions check-oracle check-stage3 check-cluster check-fault check-deploy
check: ## all of the tests
	$(Q)set -e; for c in $(CHECKS); do $(MAKE) $$c; done

# Fuzz targets are built apart: clang, libFuzzer, address and undefined sanitizers.
FUZZ_SECONDS ?= 60
FUZZ_B := build/fuzz
FUZZ_BIN := $(FUZZ_SRC:%.c=$(B)/%)
$(B)/tests/fuzz/%: tests/fuzz/%.c $(B)/libquern.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  FUZZ  $@")
	$(Q)$(CC) $(CFLAGS_ALL) -Wno-missing-prototypes -fsanitize=fuzzer -o $@ $< $(B)/libquern.a $(LDLIBS_ALL)
fuzz-build: $(FUZZ_BIN)
fuzz: ## every fuzz target for FUZZ_SECONDS (60)
	$(Q)$(MAKE) B=$(FUZZ_B) CC=clang CXX=clang++ SANITIZER=address CFLAGS=-fsanitize=fuzzer-no-link \
	    CXXFLAGS=-fsanitize=fuzzer-no-link fuzz-build
	$(Q)tools/fuzz.sh $(FUZZ_SECONDS) $(FUZZ_SRC:%.c=$(FUZZ_B)/%)

# The pages in a real browser: Debian's chromium, its driver and axe from PyPI.
UI_VENV := build/ui-venv
UI_PYTHON = $$(ls $(UI_VENV)/bin/python 2>/dev/null || echo $(PYTHON))
$(UI_VENV)/ready: tests/ui/requirements.txt
	$(Q)$(PYTHON) -m venv --clear $(UI_VENV) && $(UI_VENV)/bin/pip install -q -r $< && touch $@
ui-deps:
	$(Q)tools/deps.sh ui || [ -z "$$CI" ]
	$(Q)$(MAKE) $(UI_VENV)/ready || [ -z "$$CI" ]
check-ui: $(BIN) ui-deps ## the pages of master and workers in a real Chromium
	$(Q)QUERN_BIN=$(CURDIR)/$(B)/bin $(UI_PYTHON) -B -m pytest -p no:cacheprovider -ra --color=no tests/ui
screenshots: $(BIN) ui-deps ## the pictures in docs/images
	$(Q)QUERN_BIN=$(CURDIR)/$(B)/bin $(UI_PYTHON) -B tools/screenshots.py
.PHONY: ui-deps check-ui screenshots

bench: $(BIN) ## stage 3 at 1,000,000 records beside DuckDB, Polars, PySpark and Sail
	$(Q)$(PYTHON) -B bench/run.py --bin $(B)/bin $(BENCH_ARGS)

deps: ## install the Debian packages that building, checking and linting need
	$(Q)tools/deps.sh

C_FILES := $(shell git ls-files '*.c' '*.h' '*.cc' 2>/dev/null)
SH_FILES := $(shell git ls-files 'tools/*.sh' 'examples/*.sh' 'deploy/*.sh' .ci/run 2>/dev/null)
fmt: ## format the C sources
	$(Q)clang-format -i $(C_FILES)
lint: ## format, layers, cppcheck, shellcheck
	$(Q)clang-format --dry-run -Werror $(C_FILES)
	$(Q)tools/check-layers.sh
	$(Q)cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 -j 2 -I. -D_GNU_SOURCE \
	    --enable=warning,portability --suppressions-list=tools/cppcheck.txt $(filter-out tests/%,$(filter %.c,$(C_FILES)))
	$(Q)shellcheck $(SH_FILES)
	$(Q)echo "lint: clean"

compile_commands.json: Makefile $(LIB_SRC) $(LIB_CXX) $(MAINS) ## for clangd and clang-tidy
	$(Q){ s='['; for f in $(LIB_SRC) $(MAINS) $(UNIT_SRC); do \
	    printf '%s\n{"directory":"%s","file":"%s","command":"%s"}' "$$s" '$(CURDIR)' $$f '$(CC) $(CFLAGS_ALL) -c '$$f; s=,; \
	    done; for f in $(LIB_CXX); do \
	    printf '%s\n{"directory":"%s","file":"%s","command":"%s"}' "$$s" '$(CURDIR)' $$f '$(CXX) $(CXXFLAGS_ALL) -c '$$f; s=,; \
	    done; printf '\n]\n'; } >$@

SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
CONFDIR := $(SYSCONFDIR)/quern
UNITDIR := $(PREFIX)/lib/systemd/system
UNITS := quern-master.service quern-worker.service
install: $(BIN) ## install under PREFIX (/usr/local), below DESTDIR if given
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/quern/jobs
	install -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin
	install -m 644 jobs/*.sql $(DESTDIR)$(PREFIX)/share/quern/jobs
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man8 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	$(B)/bin/quern man >$(DESTDIR)$(PREFIX)/share/man/man1/quern.1
	$(B)/bin/quern man quern-master >$(DESTDIR)$(PREFIX)/share/man/man8/quern-master.8
	$(B)/bin/quern man quern-worker >$(DESTDIR)$(PREFIX)/share/man/man8/quern-worker.8
	$(B)/bin/quern completion >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/quern
	ln -sf quern $(DESTDIR)$(PREFIX)/share/bash-completion/completions/quern-master
	ln -sf quern $(DESTDIR)$(PREFIX)/share/bash-completion/completions/quern-worker
	install -d $(DESTDIR)$(CONFDIR) $(DESTDIR)$(UNITDIR)
	set -e; for c in master worker; do f=$(DESTDIR)$(CONFDIR)/$$c.conf; [ -e $$f ] || install -m 640 deploy/conf/$$c.conf $$f; done
	set -e; for u in $(UNITS); do sed -e '/@HARDENING@/{r deploy/systemd/hardening.in' -e 'd}' \
	    -e 's|@BINDIR@|$(PREFIX)/bin|; s|@CONFDIR@|$(CONFDIR)|' deploy/systemd/$$u.in >$(DESTDIR)$(UNITDIR)/$$u; done
uninstall: ## remove what install put there, but the settings
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(notdir $(BIN))) $(addprefix $(DESTDIR)$(UNITDIR)/,$(UNITS)) \
	    $(DESTDIR)$(PREFIX)/share/man/man1/quern.1 \
	    $(addprefix $(DESTDIR)$(PREFIX)/share/man/man8/,quern-master.8 quern-worker.8) \
	    $(addprefix $(DESTDIR)$(PREFIX)/share/bash-completion/completions/,$(notdir $(BIN)))
	rm -rf $(DESTDIR)$(PREFIX)/share/quern

.PHONY: image compose-test package-test manifests-test try-bare
image: ## the container images quern:latest and quern-postgres:15 (Docker; no registry needed)
	$(Q)deploy/image.sh
compose-test: $(BIN) ## docker-compose.yml and the image in real containers (after make image)
	$(Q)$(PYTEST) tests/deploy/test_compose.py
package-test: package ## the Debian package in a bare container, its units under systemd (Docker)
	$(Q)! docker info >/dev/null 2>&1 || deploy/base.sh
	$(Q)$(PYTEST) tests/deploy/test_package.py
manifests-test: ## the Kubernetes manifests against Kubernetes' schemas (PyPI)
	$(Q)$(PYTHON) -m venv build/deploy-venv && build/deploy-venv/bin/pip install -q -r tests/deploy/requirements.txt
	$(Q)build/deploy-venv/bin/kubernetes-validate --strict deploy/kubernetes/*.yaml
try-bare: ## README's first command in a bare Debian container
	$(Q)tools/try-bare.sh
package: $(BIN) ## the Debian package, in build/package
	$(Q)deploy/package.sh $(B)/bin

clean: ## remove everything built
	rm -rf build compile_commands.json
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9_.-]+:.*## / { printf "  %-22s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "  with V=1 (commands), DEBUG=1, SANITIZER=address|undefined|thread, CC=clang CXX=clang++, ARCH="

.PHONY: all check pipeline-venv check-pipeline check-docs check-deploy check-unit check-functions gen gen-check check-stage3 check-cluster check-fault check-oracle oracle-answers fuzz fuzz-build bench deps fmt lint install uninstall package clean help
-include $(shell find $(B) -name '*.d' 2>/dev/null)
