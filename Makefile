# Varve. A target that needs Java finds a JDK 21 or newer by itself (src/main/dist/find-java.sh).

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo build test check bench bench-micro bench-page bench-guard bench-functions bench-server bench-console native image sbom search format clean \
  check-format check-shell check-infra check-image console check-console check-server check-docker check-store check-aws check-fuzz check-long check-program check-native check-function check-api check-terraform chaos

maven := src/build/maven
sources := pom.xml $(shell find src/main -type f)
test_sources := $(shell find src/test -type f)
resources := src/main/resources
console_folder := src/console
console_driver := target/console/driver/package
CHROMIUM = $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
shell_files := src/main/dist/find-java.sh src/main/dist/launcher.sh $(filter-out src/build/terraform-docs,$(wildcard src/build/* .ci/*))

# Tests that talk to the shared server, or to the shared store, are known by that call. ShapeTest takes minutes on MySQL:
# it is run on the embedded server alone. FunctionsTest runs on other servers and stores with the native program.
tests_that_use = $(shell grep -rlw --include='*Test.java' --exclude=ShapeTest.java --exclude=FunctionsTest.java '$(1)' src/test/java | sed 's:.*/\(.*\)\.java:\1:' | paste -sd, -)

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

demo: target/demo.classpath target/varve ## back up a shop, restore it, change it, do both again, compare: on this machine, in a minute
	@src/build/demo target/varve

build: target/varve ## make target/varve, which runs on any Java 21+

native: target/native/varve target/native/function.zip target/native/api.zip ## make target/native/varve, which needs no Java, and function.zip and api.zip for AWS Lambda (needs GraalVM 25 or Docker to build)

IMAGE = varve:latest
image: ## make the container image IMAGE of the native program (needs Docker or Podman)
	@src/build/image '$(IMAGE)'

sbom: ## list what the program, function.zip and api.zip are made of, as CycloneDX: target/*-sbom.cdx.json
	@$(maven) sbom 'Listing what the program is made of' cyclonedx:makeBom -DoutputName=varve-sbom.cdx
	@$(maven) sbom 'Listing what function.zip is made of' cyclonedx:makeBom -DoutputName=function-sbom.cdx -Dlambda -Dfunction
	@$(maven) sbom 'Listing what api.zip is made of' cyclonedx:makeBom -DoutputName=api-sbom.cdx -Dlambda -Dapi

test: ## run all tests that need nothing but this machine (embedded MariaDB, embedded S3)
	@$(maven) test 'Testing on embedded servers' verify

bench: target/varve target/native/varve target/bench.classpath ## measure backup and restore beside other tools; see docs/performance.md
ifdef VARVE_BENCH_SERVERS
	@. src/build/use-jdk.sh && python3 src/bench/python/bench.py run $(VARVE_BENCH_SERVERS:%=--server %) $(VARVE_BENCH_S3_ENDPOINT:%=--s3 %) $(BENCH)
else
	@echo 'Set VARVE_BENCH_SERVERS="mysql://user@host:port ...", servers without passwords that are for nothing else.' >&2; exit 2
endif

bench-micro: target/bench.classpath ## measure the codec, the row checksum and the range cutter by themselves
	@src/build/micro-benchmarks $(BENCH)

bench-page: ## write the figures of target/bench.json into docs/performance.md
	@python3 src/bench/python/bench.py page target/bench.json

bench-guard: target/native/varve ## fail if a backup takes longer than mariadb-dump and zstd, on VARVE_BENCH_SERVERS
	@python3 src/bench/python/bench.py guard --server $(VARVE_BENCH_SERVERS)

bench-functions: target/native/varve target/native/function.zip ## measure functions and jobs of several processes; see docs/performance.md
ifdef VARVE_BENCH_S3_ENDPOINT
	@python3 src/bench/python/functions.py run --server $(firstword $(VARVE_BENCH_SERVERS)) --s3 $(VARVE_BENCH_S3_ENDPOINT) $(ONLY:%=--add --only %) $(BENCH)
	@python3 src/bench/python/functions.py page target/functions.json
else
	@echo 'Set VARVE_BENCH_SERVERS and VARVE_BENCH_S3_ENDPOINT, a server without password and a store that are for nothing else.' >&2; exit 2
endif

check: check-format check-shell check-infra check-terraform test check-long check-program chaos check-server check-docker check-store check-aws check-fuzz check-console demo check-native ## check all that CI checks

check-format: ## check the formatting
	@$(maven) check-format 'Checking the formatting' spotless:check

check-shell: ## check the shell files (needs shellcheck)
	@echo 'Checking the shell files'
	@shellcheck --severity=warning $(shell_files)

check-infra: ## check alerts, workflows and manifests (with what of promtool, actionlint, kubernetes-validate is there)
	@echo 'Checking infra'
	@src/build/check-infra

check-terraform: ## check terraform with what of terraform, tflint, checkov and the tests' packages is there: terraform/README.md
	@echo 'Checking terraform'
	@src/build/check-terraform

check-long: ## run the tests that take long, on embedded servers; check-program has those that kill
	@$(maven) check-long 'Testing what takes long' test -Dtest='!KilledRunTest' -Dtest.groups=check -Dtest.excludedGroups=

check-program: target/varve ## kill and interrupt target/varve at many moments
	@$(maven) check-program 'Killing target/varve' test -Dtest=KilledRunTest -Dtest.excludedGroups= \
	  -Dvarve.test.program=$(CURDIR)/target/varve

# Each run takes another seed, and says when it fails how to take the same again.
KILLS = 200
check: KILLS = 30
chaos: ## kill every command at random moments, KILLS times, on embedded or named servers; SEED repeats a run
	@$(maven) chaos 'Killing every command, $(KILLS) times' test -Dtest=ChaosTest -Dtest.excludedGroups= \
	  -Dvarve.chaos.kills=$(KILLS) $(SEED:%=-Dvarve.chaos.seed=%)

bench-server: target/bench.classpath target/varve ## measure a server of 10,000 backups: start, memory, how long answers take; PROGRAM=target/native/varve
	@. src/build/use-jdk.sh && "$$JAVA_HOME/bin/java" -cp "target/test-classes:target/classes:$$(cat target/bench.classpath)" \
	  io.varve.server.ServerBenchmark $(or $(PROGRAM),target/varve) | tee target/bench-server.json

bench-console: target/bench.classpath target/varve $(console_driver) ## measure the console in Chromium over 10,000 backups; PROGRAM=target/native/varve
	@. src/build/use-jdk.sh && "$$JAVA_HOME/bin/java" -cp "target/test-classes:target/classes:$$(cat target/bench.classpath)" \
	  $(with_browser) -Dvarve.test.program=$(CURDIR)/$(or $(PROGRAM),target/varve) io.varve.server.ConsoleBenchmark | tee target/bench-console.json

search: ## try all orders of the calls of up to five runs to a store; half an hour, and 8 GB of memory
	@$(maven) search 'Trying all orders of calls' test -Dtest=PruneSearchTest -Dtest.groups=search -Dtest.excludedGroups= \
	  -Dtest.heap=8g

check-server: EXCLUDE ?= chaos | search | native
with_processes := -Dtest.excludedGroups='check | chaos | console | search | aws | native'
check-server: ## run the tests that talk to a database on VARVE_TEST_SERVER=mysql://user@host:port; all but those tagged EXCLUDE
ifdef VARVE_TEST_SERVER
	@$(maven) check-server 'Testing on $(VARVE_TEST_SERVER)' test -Dtest.forks=1 -Dtest.excludedGroups='$(EXCLUDE)' -Dtest=$(call tests_that_use,TestServer.shared)
else
	@echo '### NOT CHECKED: another database server. Set VARVE_TEST_SERVER (and VARVE_TEST_SERVER_PASSWORD).'
endif

images := mysql:8.0 mysql:8.4 mariadb:10.6

check-docker: ## run the tests that talk to a database on MySQL 8.0, 8.4 and MariaDB 10.6 (needs Docker)
	@if docker info >/dev/null 2>&1; then \
	  for image in $(images); do \
	    VARVE_TEST_IMAGE=$$image \
	    VARVE_TEST_DUMP="docker run --rm --network host --env MYSQL_PWD $$image $$(case $$image in maria*) echo mariadb-dump;; *) echo mysqldump;; esac)" \
	      $(maven) check-docker "Testing on $$image" test -Dtest.forks=1 -Dtest=$(call tests_that_use,TestServer.shared) || exit; \
	  done; \
	else echo '### NOT CHECKED: $(images). They need Docker.'; fi

check-store: ## run the tests that talk to a store on VARVE_TEST_S3_ENDPOINT=http://host:port
ifdef VARVE_TEST_S3_ENDPOINT
	@$(maven) check-store 'Testing on $(VARVE_TEST_S3_ENDPOINT)' test -Dtest.forks=1 -Dtest=$(call tests_that_use,EmbeddedS3.shared)
else
	@echo '### NOT CHECKED: another store. Set VARVE_TEST_S3_ENDPOINT, VARVE_TEST_S3_ACCESS_KEY, VARVE_TEST_S3_SECRET_KEY.'
endif

check-aws: ## read configurations and logins from Secrets Manager and SSM on VARVE_TEST_AWS_ENDPOINT=http://host:port
ifdef VARVE_TEST_AWS_ENDPOINT
	@$(maven) check-aws 'Reading logins on $(VARVE_TEST_AWS_ENDPOINT)' test -Dtest.groups=aws -Dtest.excludedGroups=
else
	@echo '### NOT CHECKED: Secrets Manager and SSM. Set VARVE_TEST_AWS_ENDPOINT, to moto for example.'
endif

check-native: target/native/varve target/demo.classpath check-function check-api ## run the demo with the native program, kill it, have it serve, and call the functions
	@src/build/check-old-cpu target/native/varve
	@src/build/demo target/native/varve
	@$(maven) check-native 'Killing target/native/varve, and asking it to serve' test -Dtest.forks=1 $(with_processes) -Dtest=KilledRunTest,ServerIT,BadInputIT,RemoteIT,OidcIT,TracesIT \
	  -Dvarve.test.program=$(CURDIR)/target/native/varve

check-image: image ## make the image, and have it back up by infra/compose.yaml (needs Docker Compose)
	@src/build/check-image

# As Lambda does it: unpacked, and nothing but what is in function.zip.
check-function: target/native/function.zip ## call the functions of target/native/function.zip as Lambda does, and kill them
	@rm -rf target/function && unzip -q target/native/function.zip -d target/function
	@$(maven) check-function 'Calling target/native/function.zip' test $(with_processes) -Dtest=FunctionsTest \
	  -Dvarve.test.bootstrap=$(CURDIR)/target/function/bootstrap

check-api: target/native/api.zip ## ask the API of target/native/api.zip as API Gateway does
	@rm -rf target/gateway && unzip -q target/native/api.zip -d target/gateway
	@$(maven) check-api 'Asking target/native/api.zip' test -Dtest=GatewayTest -Dtest.excludedGroups= \
	  -Dvarve.test.api=$(CURDIR)/target/gateway/bootstrap

# npm takes the versions of package-lock.json.
$(console_folder)/node_modules: $(console_folder)/package-lock.json
	@command -v npm >/dev/null || { echo 'The console is built with Node 20 or newer: install nodejs and npm.' >&2; exit 2; }
	@echo 'Fetching what the console is built with'
	@cd $(console_folder) && npm ci --silent --no-audit --no-fund && touch node_modules

$(console_driver): $(console_folder)/node_modules
	@mkdir -p $(dir $@) && ln -sfn $(CURDIR)/$</playwright-core $@

with_browser = -Dvarve.test.chromium=$(CHROMIUM) -Dplaywright.cli.dir=$(CURDIR)/$(dir $(console_driver)) -Dvarve.test.node=$$(command -v node)

console: $(console_folder)/node_modules ## build the console into src/main/resources (needs Node; what is there is what the server shows)
	@cd $(console_folder) && npm run --silent build

# PICTURES=docs/images writes those of the documents anew.
check-console: target/varve $(console_driver) ## use the console in a browser, and build it anew (needs Node, and Chromium as CHROMIUM)
	@cd $(console_folder) && npm run --silent build -- $(CURDIR)/target/console/fresh
	@diff -r target/console/fresh $(resources)/META-INF/resources || { echo 'The console in $(resources) is not that of $(console_folder): run make console' >&2; exit 1; }
	@$(maven) check-console 'Using the console' test -Dtest=ConsoleIT -Dtest.excludedGroups= \
	  -Dvarve.test.program=$(CURDIR)/$(or $(PROGRAM),target/varve) -Dvarve.test.pictures=$(PICTURES) $(with_browser)

check-fuzz: target/varve ## ask the API of a server for all kinds of things with VARVE_TEST_SCHEMATHESIS=path of schemathesis (PyPI), for a minute
ifdef VARVE_TEST_SCHEMATHESIS
	@$(maven) check-fuzz 'Fuzzing the API' test -Dtest=ApiFuzzIT -Dtest.excludedGroups=
else
	@echo '### NOT CHECKED: the API, fuzzed. Set VARVE_TEST_SCHEMATHESIS to the executable of schemathesis.'
endif

format: ## format the code
	@$(maven) format 'Formatting' spotless:apply

clean: ## remove all that was made
	rm -rf target

target/quarkus-app/quarkus-run.jar: $(sources)
	@$(maven) build 'Building target/varve' package -Dmaven.test.skip=true -Dmdep.skip=true
	@touch $@

target/bench.classpath: $(sources) $(shell find src/bench -name '*.java')
	@$(maven) bench 'Building the benchmarks' -Pbench package -DskipTests -Dquarkus.build.skip=true \
	  dependency:build-classpath -Dmdep.outputFile=$@
	@. src/build/use-jdk.sh && "$$JAVA_HOME/bin/javac" -cp target/classes -d target/no-checksums \
	  src/bench/no-checksums/io/varve/codec/RowHasher.java
	@touch $@

target/varve: target/quarkus-app/quarkus-run.jar src/main/dist/find-java.sh src/main/dist/launcher.sh
	@{ echo '#!/bin/sh'; cat src/main/dist/find-java.sh src/main/dist/launcher.sh; } > $@
	@chmod +x $@

target/varve.1: target/varve
	@target/varve generate-man > $@

# With target/varve in one run of Maven, where both are old.
target/demo.classpath: $(sources) $(test_sources)
	@$(maven) demo 'Building the demo' package -DskipTests dependency:build-classpath -Dmdep.outputFile=$@
	@touch $@ target/quarkus-app/quarkus-run.jar

# QUICK=true: only the program for CPUs with SHA instructions is optimised, and all is built sooner
target/native/varve: $(sources)
	@src/build/native program

target/native/function.zip: $(sources)
	@src/build/native function

target/native/api.zip: $(sources)
	@src/build/native api
