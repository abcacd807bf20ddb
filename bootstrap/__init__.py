"""Sets up everything on a machine that has only Python and make; standard library only."""
