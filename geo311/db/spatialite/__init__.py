"""Django's SpatiaLite backend, with migrations that keep the R*Tree right."""
