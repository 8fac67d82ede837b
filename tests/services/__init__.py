"""The verbs, and the rules that they keep."""
