"""Whether every answer is right under load, and what it takes: ``python -m benchmarks.load``."""
