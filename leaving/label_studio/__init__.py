"""What was labeled with Label Studio: its configuration (XML) and its export (JSON) as a project of ours."""
