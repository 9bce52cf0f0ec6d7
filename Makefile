# Two commands do everything: `make demo` runs the main job on an example, `make test` passes the tests.
# Both first install what is missing (scripts/bootstrap), which is silent and instant when nothing is.

SWIFT ?= swift
BSB = .build/release/bsb
DEMO = demo-output

.PHONY: demo studio test sanitize lint docs build clean

demo: build
	$(BSB) example guitar --output $(DEMO)/example
	$(BSB) match --image $(DEMO)/example/photo.png --click "$$(cat $(DEMO)/example/click.txt)" --mesh $(DEMO)/example/mesh.obj --output $(DEMO)
	@echo "The picture: $(DEMO)/overview.png" >&2

# The same example in the browser; Ctrl-C ends it.
studio: build
	$(BSB) example guitar --output $(DEMO)/example
	$(BSB) studio --image $(DEMO)/example/photo.png --mesh $(DEMO)/example/mesh.obj

build:
	@scripts/bootstrap
	$(SWIFT) build -c release --product bsb

# Release mode: the end-to-end tests run the real models, which a debug build makes many times slower.
test: lint
	@scripts/bootstrap
	$(SWIFT) test -c release -Xswiftc -enable-testing --scratch-path .build-test

# Races between threads, in a build of its own.
sanitize:
	scripts/sanitize

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks

docs:
	scripts/docs

clean:
	rm -rf .build .build-test $(DEMO)
