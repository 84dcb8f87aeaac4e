"""What can be reported: departments, services and their questions."""
