"""The example project does what its pages promise."""
