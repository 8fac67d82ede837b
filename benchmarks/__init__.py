"""What the package costs, measured beside its peers and at every size."""
