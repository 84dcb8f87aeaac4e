"""The demo city: New York, its areas real, its reports simulated."""
