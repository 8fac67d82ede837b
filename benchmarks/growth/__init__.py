"""What every operation costs as the tables grow: ``python -m benchmarks.growth``."""
