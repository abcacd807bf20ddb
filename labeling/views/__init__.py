"""Pages and endpoints of the work itself."""
