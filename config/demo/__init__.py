"""A believable site for a first look, for screenshots and for the browser tests: made, never downloaded."""
