"""How each kind of device judges a code."""
