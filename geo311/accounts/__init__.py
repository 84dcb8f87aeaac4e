"""Who uses the desk, and in which role."""
