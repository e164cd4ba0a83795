# Two commands set everything up: `make start` and `make test`.
.PHONY: start build debug test lint lessons transcripts bench clean

# Builds use what the machine has; the lists of packages are in .ci/install-packages.
SWIFT ?= swift

start: build
	@exec .build/release/kijabi

build:
	@.ci/install-packages build
	@.ci/check-toolchain $(SWIFT)
	$(SWIFT) build -c release

debug:
	@.ci/install-packages build
	@.ci/check-toolchain $(SWIFT)
	$(SWIFT) build

# Everything that decides whether a change is good: style, unit and kernel tests, lessons, transcripts.
test:
	@.ci/install-packages test
	@.ci/check-toolchain $(SWIFT)
	.ci/test $(SWIFT)

lint:
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift

lessons: debug
	.build/debug/kijabi lessons lint
	.build/debug/kijabi lessons verify

transcripts: debug
	for recording in transcripts/*.cast; do .build/debug/kijabi replay --verify "$$recording" || exit 1; done

bench: build
	@.ci/install-packages bench
	.build/release/kijabi bench

clean:
	rm -rf .build
