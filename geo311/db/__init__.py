"""What both databases need: the SpatiaLite backend and the bounding-box lookup."""
