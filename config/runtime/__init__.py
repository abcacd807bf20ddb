"""The local runtime: broker, web, worker and beat under one supervisor, whose processes all end with it."""
