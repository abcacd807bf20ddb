"""What people do on each surface, found by role and name as they find it; tests say what has to come of it."""
