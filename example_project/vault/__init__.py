"""The guarded part of the example: one vault for each access flow."""
