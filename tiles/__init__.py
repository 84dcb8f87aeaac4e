"""Everything that leaves as vectors: layers, exports, the Folium map."""
