"""Areas of the city: sets, versions, shapes, and which of them hold a point."""
