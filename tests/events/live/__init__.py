"""Live events: the hub with real rows, the application without a server, the whole process in test_process.py."""
