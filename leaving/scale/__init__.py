"""Everything that a customer has on another server that speaks Scale's API."""
