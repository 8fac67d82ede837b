"""Takes rules, and single operators, out of the code, and looks whether the tests notice."""
