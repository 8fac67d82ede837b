"""Acts that are broken at each of their points (the means: ``tests/support/faults.py``).

Each makes a fresh state, does one thing over HTTP, and says what must be true
however far it came; then it is done again, and must come to a clean end.
"""
