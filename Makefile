# Every target installs what it lacks first (deploy/setup), so each works on a bare Debian 12.
# Bazel does the building; this file only names the things a person wants to do.
SHELL := /bin/bash
.DEFAULT_GOAL := help
SETUP := deploy/setup/setup.sh
NPM := deploy/setup/npm.sh
BAZEL ?= bazel
# `make demo BROWSER=firefox`. The environment often has a variable of that name: it does not count.
DEMO_BROWSER = $(if $(filter command,$(origin BROWSER)),$(BROWSER),chromium)
# Of each fuzz target.
FUZZ_SECONDS ?= 60

.PHONY: help demo run build test asan tsan lint format tidy fuzz docs bench soak

help: ## This list.
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: ## A headless browser publishes to the service, ffmpeg decodes, all is checked (BROWSER=firefox).
	@$(SETUP) build node demo demo-$(DEMO_BROWSER)
	@$(NPM) clients/node clients/node/demo
	@echo "demo: building the service (minutes the first time, seconds afterwards)"
	@$(BAZEL) build --config=opt //service:peerconnectiond
	@node clients/node/demo/main.js $(DEMO_BROWSER)

run: ## The service on loopback with its defaults.
	@$(SETUP) build
	@$(BAZEL) build --config=opt //service:peerconnectiond //clients/pcctl
	@deploy/run.sh

build: ## The service and its clients, optimised.
	@$(SETUP) build
	$(BAZEL) build --config=opt //service/... //clients/...

test: ## Everything: unit and integration tests under sanitizers, clients, real peers and browsers.
	@$(SETUP) build node test bench
	@tests/run.py

asan: ## Unit and integration tests under AddressSanitizer and UBSan.
	@$(SETUP) build test bench
	@tests/run.py asan

tsan: ## The engine's tests under ThreadSanitizer; make test runs those with threads.
	@$(SETUP) build test bench
	@tests/run.py tsan-engine

lint: ## Formatting, build files, API contract.
	@$(SETUP) build lint node test bench
	@$(NPM) third_party/npm
	@tests/lint.sh check

format: ## Rewrites C++ and build files in the project's style.
	@$(SETUP) lint node
	@$(NPM) third_party/npm
	@tests/lint.sh format

tidy: ## clang-tidy, on what changed since it was last clean.
	@$(SETUP) build lint test
	@tests/lint.sh tidy

fuzz: ## Each fuzz target for FUZZ_SECONDS (60).
	@$(SETUP) build fuzz
	@tests/fuzz/run.sh $(FUZZ_SECONDS)

docs: ## API documentation of the Node client, in clients/node/api.
	@$(SETUP) node
	@$(NPM) clients/node
	@cd clients/node && npm run --silent docs

bench: ## CPU per packet, per connection set-up, memory; beside the raw floor. Writes docs/performance.md.
	@$(SETUP) build bench
	$(BAZEL) run --config=opt //tests/bench -- --markdown=$(CURDIR)/docs/performance.md \
	  --trend=$(CURDIR)/docs/performance-trend.jsonl --commit=$(shell git rev-parse --short HEAD)

soak: ## Connections come and go for hours; memory and descriptors must not grow.
	@$(SETUP) build bench
	$(BAZEL) run --config=opt //tests/load:soak
