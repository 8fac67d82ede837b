"""What it costs to start a process with the package in it: time and memory."""
