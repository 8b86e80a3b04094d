"""Proofs that are too long for `make test`: `python -m bench.<name>` prints what it measured."""
