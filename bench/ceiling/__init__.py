"""What Django and PostgreSQL could do at best: the default middleware, one look-up, one statement per call."""
