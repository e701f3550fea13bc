# Other systems and processors; see docs/platforms.md.

.PHONY: cross

# For instance TARGETS='windows:library,tools musl'.
cross:
	CARGO=$(CARGO) tests/cross.sh $(TARGETS)
