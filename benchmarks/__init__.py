"""Measures of the project, each a module: ``python -m benchmarks.store --json``."""
